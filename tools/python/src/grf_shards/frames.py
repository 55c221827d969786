"""What a sample holds of one modality."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from .errors import ShardError


class Frames:
    """The frames of one sample in one modality of numbers. Arrays are read-only views of the mapped file.

    Attributes:
        valid: bool [T]; False where a frame is masked.
        times: float32 [T, 2], start and end of each frame in seconds from the sample's start; None where the dataset was
            converted with `--times drop`.
    """

    __slots__ = ("_stored", "_is_bf16", "valid", "times")

    def __init__(self, stored: NDArray[Any], is_bf16: bool, valid: NDArray[np.bool_],
                 times: Optional[NDArray[np.float32]]) -> None:
        self._stored = stored
        self._is_bf16 = is_bf16
        self.valid = valid
        self.times = times

    @property
    def values(self) -> NDArray[Any]:
        """float32, float16 or bfloat16 [T, D]; T may be 0.

        Raises:
            ImportError: the modality is stored as bfloat16, which numpy does not know, and ml_dtypes is not there.
        """
        return self._stored.view(bfloat16()) if self._is_bf16 else self._stored

    @property
    def stored(self) -> NDArray[Any]:
        """As `values`, but bfloat16 as the uint16 that hold its bits: needs no ml_dtypes."""
        return self._stored

    @property
    def is_bf16(self) -> bool:
        return self._is_bf16

    def float32(self) -> NDArray[np.float32]:
        """The values as float32 [T, D]: the view itself where they are stored so, else a widened copy."""
        return widened(self._stored, self._is_bf16)

    def __len__(self) -> int:
        return len(self.valid)

    def __repr__(self) -> str:
        name = "bfloat16" if self._is_bf16 else self._stored.dtype.name
        return f"Frames({name} {list(self._stored.shape)}, {int(self.valid.sum())} valid)"


class Tokens:
    """The tokens of one sample in one modality of byte strings: words, phones.

    Attributes:
        valid: bool [T]; False where a token is masked.
        times: float32 [T, 2], as in `Frames`.
    """

    __slots__ = ("_bytes", "_offsets", "valid", "times")

    def __init__(self, stored: NDArray[np.uint8], offsets: NDArray[np.int64], valid: NDArray[np.bool_],
                 times: Optional[NDArray[np.float32]]) -> None:
        self._bytes = stored
        self._offsets = offsets
        self.valid = valid
        self.times = times

    @property
    def bytes(self) -> List[bytes]:
        """The tokens as they are stored."""
        bounds = self._offsets.tolist()
        text = self._bytes[bounds[0]:bounds[-1]].tobytes()
        return [text[first - bounds[0]:end - bounds[0]] for first, end in zip(bounds, bounds[1:])]

    @property
    def values(self) -> List[str]:
        """The tokens as text; bytes that are not UTF-8 become lone surrogates (`surrogateescape`)."""
        return [token.decode("utf-8", "surrogateescape") for token in self.bytes]

    def __len__(self) -> int:
        return len(self.valid)

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
