"""The rows of a label sequence (`.csd`): what a segment that is known by its times is called."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .errors import PathLike
from .ids import canonical_id, split_id, video_of

# Seconds. Pickles hold times that were binary32 or were printed with few digits.
TOLERANCE = 0.02


class LabelRows:
    """Segments by recording and time.

    Args:
        path: a file of computational sequences; its labels are the root whose name has "label" in it, or its only one.

    Raises:
        ImportError: h5py is not installed.
        OSError: the file is no HDF5.
        ValueError: no root, or several, can be the labels.
    """

    def __init__(self, path: PathLike) -> None:
        try:
            import h5py
        except ImportError:
            raise ImportError("reading labels from a .csd needs h5py: pip install h5py") from None
        self._rows: Dict[str, List[Tuple[float, float, str]]] = {}
        with h5py.File(os.fspath(path), "r") as file:
            roots = [name for name, group in file.items() if isinstance(group, h5py.Group) and "data" in group]
            named = [name for name in roots if "label" in name.lower()] or roots
            if len(named) != 1:
                raise ValueError(f"{len(named)} of its roots could be the labels ({', '.join(roots) or 'it has none'}); give a "
                                 "file with one")
            for entry, group in file[named[0]]["data"].items():
                self._add(canonical_id(entry), np.asarray(group["intervals"], np.float64).reshape(-1, 2))

    def _add(self, entry: str, intervals: np.ndarray[Any, Any]) -> None:
        is_segment = split_id(entry)[1] is not None and len(intervals) == 1
        for row, (start, end) in enumerate(intervals.tolist()):
            name = entry if is_segment else f"{entry}[{row}]"
            self._rows.setdefault(video_of(name), []).append((start, end, name))

    def name(self, video: str, start: float, end: float) -> Optional[str]:
        """The id of the row with these times; None where there is none, or more than one."""
        near = [name for first, last, name in self._rows.get(video, ())
                if abs(first - start) <= TOLERANCE and abs(last - end) <= TOLERANCE]
        return near[0] if len(near) == 1 else None
