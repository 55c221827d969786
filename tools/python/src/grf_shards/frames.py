"""What a sample holds of one modality."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from .errors import ShardError


class Column:
    """A modality of one shard: views of its tensors, [F, ...], and the rows of each sample as Python's integers."""

    __slots__ = ("offsets", "rows", "values", "is_bf16", "bytes", "token_offsets", "valid", "times", "_is_all_valid")

    def __init__(self, offsets: NDArray[np.int64], valid: NDArray[np.bool_], times: Optional[NDArray[np.float32]],
                 values: Optional[NDArray[Any]] = None, is_bf16: bool = False, bytes: Optional[NDArray[np.uint8]] = None,
                 token_offsets: Optional[NDArray[np.int64]] = None) -> None:
        self.offsets = offsets
        self.rows: List[int] = offsets.tolist()
        self.values = np.zeros((0, 0), np.float32) if values is None else values
        self.is_bf16 = is_bf16
        self.bytes = np.zeros(0, np.uint8) if bytes is None else bytes
        self.token_offsets = token_offsets
        self.valid = valid
        self.times = times
        self._is_all_valid: Optional[bool] = None

    @property
    def is_all_valid(self) -> bool:
        """Whether no frame of the shard is masked; looked up once."""
        if self._is_all_valid is None:
            self._is_all_valid = bool(self.valid.all())
        return self._is_all_valid

    def cut(self, first: int, end: int) -> Column:
        """Some of the rows by themselves, as one sample."""
        tokens = None if self.token_offsets is None else self.token_offsets[first:end + 1]
        return Column(np.array([0, end - first]), self.valid[first:end], None if self.times is None else self.times[first:end],
                      self.values[first:end], self.is_bf16,
                      None if tokens is None else self.bytes[tokens[0]:tokens[-1]], None if tokens is None else tokens - tokens[0])


class _Rows:
    """The rows of one sample in a column; views are made when they are asked for."""

    __slots__ = ("column", "first", "end")

    def __init__(self, column: Column, first: int, end: int) -> None:
        self.column = column
        self.first = first
        self.end = end

    @property
    def valid(self) -> NDArray[np.bool_]:
        """bool [T]; False where a frame is masked."""
        return self.column.valid[self.first:self.end]

    @property
    def times(self) -> Optional[NDArray[np.float32]]:
        """float32 [T, 2]: start and end of each frame in seconds from the sample's start.

        None where the dataset was converted with `--times drop`.
        """
        return None if self.column.times is None else self.column.times[self.first:self.end]

    def __len__(self) -> int:
        return self.end - self.first

    def __reduce__(self) -> Tuple[Any, Tuple[Any, ...]]:
        return type(self), (self.column.cut(self.first, self.end), 0, len(self))


class Frames(_Rows):
    """The frames of one sample in one modality of numbers. Arrays are read-only views of the mapped file."""

    __slots__ = ()

    @property
    def values(self) -> NDArray[Any]:
        """float32, float16 or bfloat16 [T, D]; T may be 0.

        Raises:
            ImportError: the modality is stored as bfloat16, which numpy does not know, and ml_dtypes is not there.
        """
        return self.stored.view(bfloat16()) if self.column.is_bf16 else self.stored

    @property
    def stored(self) -> NDArray[Any]:
        """As `values`, but bfloat16 as the uint16 that hold its bits: needs no ml_dtypes."""
        return self.column.values[self.first:self.end]

    @property
    def is_bf16(self) -> bool:
        return self.column.is_bf16

    def float32(self) -> NDArray[np.float32]:
        """The values as float32 [T, D]: the view itself where they are stored so, else a widened copy."""
        return widened(self.stored, self.is_bf16)

    def __repr__(self) -> str:
        name = "bfloat16" if self.is_bf16 else self.stored.dtype.name
        return f"Frames({name} {list(self.stored.shape)}, {int(self.valid.sum())} valid)"


class Tokens(_Rows):
    """The tokens of one sample in one modality of byte strings: words, phones."""

    __slots__ = ()

    @property
    def bytes(self) -> List[bytes]:
        """The tokens as they are stored."""
        if self.column.token_offsets is None:
            return []
        bounds = self.column.token_offsets[self.first:self.end + 1].tolist()
        text = self.column.bytes[bounds[0]:bounds[-1]].tobytes()
        return [text[first - bounds[0]:end - bounds[0]] for first, end in zip(bounds, bounds[1:])]

    @property
    def values(self) -> List[str]:
        """The tokens as text; bytes that are not UTF-8 become lone surrogates (`surrogateescape`)."""
        return [token.decode("utf-8", "surrogateescape") for token in self.bytes]

    def __repr__(self) -> str:
        return f"Tokens({' '.join(self.values)!r})"


def bfloat16() -> np.dtype[Any]:
    """numpy's dtype for bfloat16, from ml_dtypes."""
    try:
        import ml_dtypes
    except ImportError:
        raise ImportError("numpy has no bfloat16: pip install ml_dtypes, take .float32(), or use grf_shards.torch") from None
    found: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return found


def widened(stored: NDArray[Any], is_bf16: bool) -> NDArray[np.float32]:
    """Stored values as float32; bfloat16 is the upper half of a float32."""
    if is_bf16:
        bits: NDArray[np.uint32] = stored.astype(np.uint32) << np.uint32(16)
        return bits.view(np.float32)
    found: NDArray[np.float32] = stored.astype(np.float32, copy=False)
    return found


def scaling(normalization: str, statistics: Any, path: str, name: str) -> Tuple[Sequence[float], Sequence[float]]:
    """(shift, scale) by dimension, so that source = stored x scale + shift.

    A dimension without spread is only shifted; one without a finite value in train is left as it is.

    Raises:
        ShardError: a normalization that this package does not know.
    """
    least, greatest = statistics["min"], statistics["max"]
    shift, scale = [0.0] * len(least), [1.0] * len(least)
    if normalization == "none":
        return shift, scale
    if normalization == "zscore":
        centre, spread = statistics["mean"], statistics["std"]
    elif normalization == "minmax":
        centre = least
        spread = [None if low is None or high is None else high - low for low, high in zip(least, greatest)]
    elif normalization == "robust" and {"q1", "median", "q3"} <= set(statistics):
        centre = statistics["median"]
        spread = [None if low is None or high is None else high - low
                  for low, high in zip(statistics["q1"], statistics["q3"])]
    else:
        raise ShardError(path, f"modality {name!r} is normalized by {normalization!r}, which this package cannot undo")
    for d, (low, high) in enumerate(zip(least, greatest)):
        if low is None or high is None or centre[d] is None or spread[d] is None:
            continue
        shift[d] = centre[d]
        if low < high and 0 < spread[d] < float("inf"):
            scale[d] = spread[d]
    return shift, scale
