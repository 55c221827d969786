"""Lays the rows of one sequence over those of another, as `grf-data convert --align` does: slow, every frame against
every row."""

import dataclasses

import numpy as np

TOLERANCE = 1e-5  # seconds: a row shorter than that is none, and a frame must overlap one by more


@dataclasses.dataclass
class Pair:
    """What a sample has of a sequence and of the one that it is aligned to."""

    features: np.ndarray | list
    intervals: np.ndarray
    entries: list  # keys of the entries that the sequence's rows are made of
    rows: np.ndarray  # intervals of the rows that are aligned to
    is_whole: bool  # taken without regard to time


def pair(sample, sequence, pivot):
    """None where either has no entry."""
    key = sample.whole_entry
    if key is not None and key in sequence.data and key in pivot.data:
        features, intervals = sequence.entry(key)
        return Pair(features, intervals, [key], pivot.intervals(key), True)
    if sample.labels is None or sample.video not in sequence.by_video or sample.video not in pivot.by_video:
        return None
    features, intervals = sequence.video(sample.video)
    return Pair(features, intervals, sequence.by_video[sample.video], pivot.video(sample.video)[1], False)


def is_short(rows):
    return rows[:, 1] - rows[:, 0] < TOLERANCE


def aligned(rows, intervals):
    """For each row that is long enough: the frames that overlap it, by start, ties by row; and the interval."""
    found = []
    for start, end in rows[~is_short(rows)]:
        shared = np.minimum(intervals[:, 1], end) - np.maximum(intervals[:, 0], start)
        frames = np.nonzero(shared > TOLERANCE)[0]
        frames = frames[np.argsort(intervals[frames, 0], kind="stable")]
        clipped = np.clip(intervals[frames], start, end)
        found.append((frames, (clipped[:, 0].min(), clipped[:, 1].max()) if len(frames) else (start, end)))
    return found


def combined(rows, how):
    """The row that several make; of each dimension only what is finite counts. `first` and `last` are one row."""
    if how in ("first", "last"):
        return rows[0].astype(np.float64)
    finite = np.isfinite(rows)
    number = finite.sum(axis=0)
    if how == "max":
        greatest = np.where(finite, rows, -np.inf).max(axis=0).astype(np.float64)
        return np.where(number > 0, greatest, np.nan)
    total = np.zeros(rows.shape[1])
    for row, is_finite in zip(rows.astype(np.float64), finite):
        total[is_finite] += row[is_finite]
    with np.errstate(invalid="ignore"):
        return np.where(number > 0, total / number, np.nan)
