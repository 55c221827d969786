"""A dataset as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from .frames import Tokens
from .ids import split_id, video_of

if TYPE_CHECKING:
    import pandas

    from .dataset import Dataset


def to_dataframe(dataset: Dataset) -> pandas.DataFrame:
    """One row a sample, in the dataset's order.

    Columns: `id`; `video`, the recording, and `segment`, the last number of an id `video[k]` (missing in other ids); `split`;
    `start` and `end` in seconds; each label by its name; `frames_M`, the number of frames, for each modality M; and, for each modality
    of tokens, its tokens joined by spaces under the modality's own name. A label that bears the name of another column is
    called `label_NAME`.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise ImportError("to_dataframe needs pandas: pip install pandas") from None
    columns: Dict[str, Any] = {
        "id": dataset.ids,
        "video": [video_of(name) for name in dataset.ids],
        "segment": pandas.array([split_id(name)[1] for name in dataset.ids], dtype="Int64"),
        "split": [dataset.split] * len(dataset),
        "start": dataset.intervals[:, 0],
        "end": dataset.intervals[:, 1],
    }
    taken = {*columns, *(f"frames_{name}" for name in dataset.modalities), *dataset.modalities}
    for k, label in enumerate(dataset.label_names):
        columns[f"label_{label}" if label in taken else label] = dataset.labels[:, k]
    for name in dataset.modalities:
        columns[f"frames_{name}"] = dataset.lengths(name)
    for name in dataset.modalities:
        if dataset.manifest.modality(name).is_tokens:
            columns[name] = [" ".join(tokens.values) for tokens in (sample[name] for sample in dataset)
                             if isinstance(tokens, Tokens)]
    table: pandas.DataFrame = pandas.DataFrame(columns)
    return table
