"""A split of a dataset, open for reading."""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import PathLike, ShardError
from .folder import Folder
from .frames import Column, Frames, Tokens, scaling
from .manifest import Manifest
from .packed import open_shard
from .shard import Shard


class Sample:
    """One sample. Its modalities are views that are made when they are asked for: `sample.text` or `sample["text"]`.

    A modality that bears the name of an attribute below is reached by `sample["id"]` only.

    Attributes:
        id: such as `video[3]`.
        labels: float32 [K], read-only; [0] in a dataset without labels.
        interval: float64 [2], start and end in the recording, in seconds.
        index: its place in the split.
        modalities: the names of those that the dataset was opened with.
    """

    __slots__ = ("_dataset", "_shard", "_place", "index")

    def __init__(self, dataset: Dataset, shard: Shard, place: int, index: int) -> None:
        self._dataset = dataset
        self._shard = shard
        self._place = place
        self.index = index

    @property
    def id(self) -> str:
        return self._dataset.ids[self.index]

    @property
    def labels(self) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self._dataset.labels[self.index]
        return row

    @property
    def interval(self) -> NDArray[np.float64]:
        row: NDArray[np.float64] = self._dataset.intervals[self.index]
        return row

    @property
    def modalities(self) -> Tuple[str, ...]:
        return self._dataset.modalities

    def __getitem__(self, modality: str) -> Union[Frames, Tokens]:
        column, first, end = self.span(modality)
        return Frames(column, first, end) if column.token_offsets is None else Tokens(column, first, end)

    def span(self, modality: str) -> Tuple[Column, int, int]:
        """The shard's column of that modality, and the sample's rows in it, `first ..< end`: what a collate function needs."""
        column = self._shard.columns.get(modality)
        if column is None:
            raise KeyError(self._dataset._unknown(modality))
        return column, column.rows[self._place], column.rows[self._place + 1]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._shard.columns:
            raise AttributeError(f"a sample has no {name!r}; its modalities are {', '.join(self._dataset.modalities)}")
        return self[name]

    def __reduce__(self) -> Tuple[Any, Tuple[Any, ...]]:
        return _sample, (self._dataset, self.index)

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(self[name])}" for name in self.modalities)
        return f"Sample({self.id!r}, labels {self.labels.tolist()}, frames: {counts})"


def _sample(dataset: Dataset, index: int) -> Sample:
    return dataset[index]


class Dataset(Sequence[Sample]):
    """The samples of one split. Opening reads headers and tables; no frame is read before someone looks at it.

    Views stay valid as long as they are referred to, also after the dataset is gone. A shard must not be cut short while it
    is open: the system ends a process that reads past the end of a mapped file.

    Pickling carries the path only: a worker opens the files itself, and refuses them where they are others by then.

    Attributes:
        path: the dataset's folder, absolute.
        split: the split's name.
        manifest: what the dataset says of itself.
        modalities: the names of those asked for, in the dataset's order.
        label_names: the names of the K label columns.
    """

    def __init__(self, path: PathLike, split: str = "train", modalities: Optional[Sequence[str]] = None,
                 cache: Optional[PathLike] = None) -> None:
        """Opens a split.

        Args:
            path: the folder that `grf-data convert` made.
            split: `train`, `valid`, `test`, `all`, or what the folds called it.
            modalities: the names of those to take; None: all.
            cache: where packed shards are inflated to; None: beside them, or `$XDG_CACHE_HOME/grf` where that cannot be
                written to.

        Raises:
            ShardError: not a dataset, damaged, or of a version that this package cannot read.
            ValueError: no such split or modality.
        """
        self._cache = None if cache is None else os.path.abspath(os.fspath(cache))
        with Folder(path) as folder:
            self.path = folder.path
            self.manifest: Manifest = folder.manifest()
            self.split = split
            if split not in self.manifest.splits:
                raise ValueError(f"{self.path} has no split {split!r}; it has {', '.join(self.manifest.splits)}")
            if isinstance(modalities, str):
                raise ValueError(f"modalities wants a list of names: [{modalities!r}]")
            names = [modality.name for modality in self.manifest.modalities]
            for name in modalities if modalities is not None else ():
                if name not in names:
                    raise ValueError(f"{self.path} has no modality {name!r}; it has {', '.join(names)}")
            self.modalities = tuple(name for name in names if modalities is None or name in modalities)
            self.label_names = self.manifest.labels
            self._shards = self._open(folder)
        self._starts: List[int] = [0]
        for shard in self._shards:
            self._starts.append(self._starts[-1] + shard.samples)
        self._check_totals()
        self._ids: Optional[List[str]] = None
        self._places: Optional[Dict[str, int]] = None
        self._labels: Optional[NDArray[np.float32]] = None
        self._intervals: Optional[NDArray[np.float64]] = None

    def _open(self, folder: Folder) -> List[Shard]:
        shards: List[Shard] = []
        for entry in self.manifest.splits[self.split].shards:
            descriptor = open_shard(folder, entry, self.manifest, self._cache)
            try:
                shard = Shard(descriptor, folder.join(entry.file), entry, self.split, self.manifest, list(self.modalities))
            finally:
                os.close(descriptor)
            if shards and shard.header.has_times != shards[0].header.has_times:
                raise ShardError(shard.path, "it and the shards before it differ in whether frames have times")
            shards.append(shard)
        return shards

    def _check_totals(self) -> None:
        split = self.manifest.splits[self.split]
        if len(self) != split.samples:
            raise ShardError(self.manifest.path, f"its shards hold {len(self)} samples of {self.split}, not {split.samples}")
        for name, expected in split.frames.items():
            found = sum(shard.header.frames[name] for shard in self._shards)
            if found != expected:
                raise ShardError(self.manifest.path,
                                 f"its shards hold {found} frames of {name} in {self.split}, not {expected}")

    def _unknown(self, modality: object) -> str:
        return f"no modality {modality!r}; this dataset was opened with {', '.join(self.modalities)}"

    # --- Samples

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> Sample: ...

    @overload
    def __getitem__(self, index: slice) -> List[Sample]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Sample, List[Sample]]:
        """A sample, from the end where the index is negative; or a list of samples."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = int(index.__index__())
        if i < 0:
            i += len(self)
        if not 0 <= i < len(self):
            raise IndexError(f"sample {index} of {len(self)} in {self.split}")
        number = bisect_right(self._starts, i) - 1 if len(self._shards) > 1 else 0
        return Sample(self, self._shards[number], i - self._starts[number], i)

    def __iter__(self) -> Iterator[Sample]:
        index = 0
        for shard in self._shards:
            for place in range(shard.samples):
                yield Sample(self, shard, place, index)
                index += 1

    def find(self, id: str) -> Sample:
        """The sample of that id. Raises KeyError where there is none."""
        if self._places is None:
            self._places = {name: i for i, name in enumerate(self.ids)}
        return self[self._places[id]]

    # --- What concerns all samples

    @property
    def ids(self) -> List[str]:
        """The ids of all N samples, in order."""
        if self._ids is None:
            self._ids = [name for shard in self._shards for name in shard.ids()]
        return self._ids

    @property
    def labels(self) -> NDArray[np.float32]:
        """float32 [N, K], read-only; K is 0 in a dataset without labels."""
        if self._labels is None:
            parts = [shard.array("labels") for shard in self._shards] if self.label_names else []
            self._labels = _joined(parts, (len(self), len(self.label_names)), np.float32)
        return self._labels

    @property
    def intervals(self) -> NDArray[np.float64]:
        """float64 [N, 2]: start and end of each sample in its recording, in seconds."""
        if self._intervals is None:
            self._intervals = _joined([shard.array("sample.interval") for shard in self._shards], (len(self), 2), np.float64)
        return self._intervals

    def lengths(self, modality: str) -> NDArray[np.int64]:
        """int64 [N]: how many frames each sample has, masked ones included."""
        if modality not in self.modalities:
            raise ValueError(self._unknown(modality))
        return _joined([np.diff(shard.columns[modality].offsets) for shard in self._shards], (len(self),), np.int64)

    def packed(self, modality: str) -> List[Tuple[NDArray[Any], NDArray[np.int64]]]:
        """Each shard's frames as they lie in the file: (values [F, D], offsets [n + 1]), views.

        Sample i of the shard has the rows `offsets[i]:offsets[i + 1]`. The fastest way to read everything.

        Raises:
            ValueError: no such modality, or one of tokens.
        """
        if modality not in self.modalities or self.manifest.modality(modality).is_tokens:
            raise ValueError(f"{modality!r} is not a modality of numbers that this dataset was opened with")
        columns = [shard.columns[modality] for shard in self._shards]
        return [(Frames(column, 0, column.rows[-1]).values, column.offsets) for column in columns]

    def denormalize(self, modality: str, values: ArrayLike) -> NDArray[Any]:
        """Undoes the normalization: values in the units of the source, [..., D].

        Computed in float64; float64 for such input, else float32. A value that was not finite in the source was stored as 0
        and stays what that means; one that was clipped stays clipped.

        Raises:
            ShardError: a normalization that this package does not know.
            ValueError: no such modality, one of tokens, or a last dimension other than D.
        """
        described = self.manifest.modality(modality)
        given = np.asarray(values)
        if described.statistics is None or given.ndim == 0 or given.shape[-1] != described.dimension:
            raise ValueError(f"{modality!r} has frames of {described.dimension} values, not an array {given.shape}")
        shift, scale = scaling(described.normalization, described.statistics, self.manifest.path, modality)
        found: NDArray[Any] = given.astype(np.float64) * np.asarray(scale) + np.asarray(shift)
        return found if given.dtype == np.float64 else found.astype(np.float32)

    def verify(self) -> int:
        """Reads the whole dataset, all splits, and holds every byte against its checksum.

        Returns:
            how many bytes of tensors were checked.

        Raises:
            ShardError: the first fault, by file, tensor and MiB.
        """
        from .verification import verify
        return verify(self.path, cache=self._cache)

    # --- Other processes

    def __getstate__(self) -> Dict[str, Any]:
        return {"path": self.path, "split": self.split, "modalities": list(self.modalities), "cache": self._cache,
                "content": self.manifest.content}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        Dataset.__init__(self, state["path"], state["split"], state["modalities"], state["cache"])
        if self.manifest.content != state["content"]:
            raise ShardError(self.manifest.path, "it is another dataset than the one that was pickled")

    def __repr__(self) -> str:
        return f"Dataset({self.path!r}, {self.split!r}: {len(self)} samples, {', '.join(self.modalities)})"


def _joined(parts: List[NDArray[Any]], shape: Tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """The parts one after another: a view where there is one, else a copy that is read-only as well."""
    joined: NDArray[Any] = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.zeros(shape, dtype)
    joined.flags.writeable = False
    return joined
