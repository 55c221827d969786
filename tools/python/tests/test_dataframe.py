"""A dataset as a table."""

import pytest
import shard_files
from grf_shards import Dataset, to_dataframe
from grf_shards.ids import split_id

pandas = pytest.importorskip("pandas")


def test_a_row_is_a_sample(plain):
    train = Dataset(plain)
    table = to_dataframe(train)
    assert list(table.columns) == ["id", "video", "segment", "split", "start", "end", "sentiment", "frames_text",
                                   "frames_audio", "frames_vision", "frames_words", "words"]
    assert len(table) == len(train) and table["id"].tolist() == train.ids
    for i in (0, 17, 236):
        row, sample = table.iloc[i], train[i]
        assert f"{row.video}[{row.segment}]" == sample.id and row.split == "train"
        assert (row.start, row.end) == tuple(sample.interval) and row.sentiment == sample.labels[0]
        assert row.frames_vision == len(sample.vision) and row.words == " ".join(sample.words.values)


def test_ids_without_a_segment_and_labels_of_taken_names(tiny):
    shard_files.edit_manifest(tiny, lambda document: document.update(labels=["start"]))
    table = to_dataframe(Dataset(tiny, modalities=["text"]))
    assert table["segment"].isna().tolist() == [False, True] and table["video"].tolist() == ["a", "é"]
    assert table["label_start"].tolist() == [-1.5, 3.0] and "words" not in table


def test_an_empty_split_gives_an_empty_table(uneven):
    assert len(to_dataframe(Dataset(uneven, "valid"))) == 0


@pytest.mark.parametrize("name, parts", [
    ("a[0]", ("a", 0)), ("a[12]", ("a", 12)), ("a[1][2]", ("a[1]", 2)), ("a", ("a", None)), ("a[01]", ("a[01]", None)),
    ("a[]", ("a[]", None)), ("[3]", ("[3]", None)), ("a[-1]", ("a[-1]", None)), ("a[²]", ("a[²]", None)), ("", ("", None)),
    ("a[1] ", ("a[1] ", None))])
def test_ids_are_taken_apart_as_the_format_says(name, parts):
    assert split_id(name) == parts


def test_without_pandas_the_error_names_the_remedy(tiny, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        to_dataframe(Dataset(tiny))
