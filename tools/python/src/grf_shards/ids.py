"""The spellings of a sample's id, and the recording that it is part of.

| spelling | recording | segment | found in |
|---|---|---|---|
| `V[k]` | V | k | datasets; sequences that the SDK aligned |
| `V[i][k]` | V | k | sequences that the SDK aligned twice |
| `V$_$k` | V | k | MMSA's pickles |
| `V_k`, where V is a known recording | V | k | tables, pickles |
| `V@s` | V | none: only its start, s seconds, is known | what `grf_shards.unpickle` makes of times |
"""

from __future__ import annotations

import re
from typing import Collection, Optional, Tuple

MMSA = re.compile(r"(.+)\$_\$([0-9]+)", re.DOTALL)
UNDERSCORE = re.compile(r"(.+)_([0-9]+)", re.DOTALL)
TIME = re.compile(r"(.+)@(-?[0-9][0-9.e-]*)", re.DOTALL)


def split_id(name: str) -> Tuple[str, Optional[int]]:
    """The spelling of datasets: `video[3]` is (video, 3); any other text is (text, None)."""
    start = name.rfind("[")
    number = name[start + 1:-1]
    is_row = start > 0 and name.endswith("]") and number.isascii() and number.isdigit() and str(int(number)) == number
    return (name[:start], int(number)) if is_row else (name, None)


def read_id(name: str, videos: Collection[str] = ()) -> Tuple[str, Optional[int]]:
    """Any spelling, as (entry, segment); whatever is none of them is (text, None).

    Args:
        videos: the known recordings. Real names hold `_` too, so only these make `V_k` a segment.
    """
    if name in videos:
        return name, None
    found = MMSA.fullmatch(name)
    if found is None:
        found = UNDERSCORE.fullmatch(name)
        if found is not None and found[1] not in videos:
            found = None
    return (found[1], int(found[2])) if found else split_id(name)


def canonical_id(name: str, videos: Collection[str] = ()) -> str:
    """The id as datasets spell it."""
    entry, segment = read_id(name, videos)
    return entry if segment is None else f"{entry}[{segment}]"


def video_of(name: str) -> str:
    """The recording that a sample is part of: its id without the marks of segments at the end."""
    while True:
        entry, segment = split_id(name)
        found = None if segment is not None else MMSA.fullmatch(name) or TIME.fullmatch(name)
        if found:
            entry = found[1]
        if entry == name:
            return name
        name = entry
