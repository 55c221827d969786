#!/usr/bin/env python3
"""A second, independent computation of what `grf-data convert` does: slow, readable, numpy and h5py only.

    reference_conversion.py compare OUT INPUT... [options]    a converted dataset against this computation
    reference_conversion.py samples INPUT... [options]        the samples and their lengths, one a line

The options are those of `grf-data convert`, with the same grammar. `--folds` takes `none`, a JSON file, or `cmu-mosi`
and `cmu-mosei`, read from ../shared/data/folds beside the project. Needs h5py, numpy and safetensors.
"""

import argparse
import dataclasses
import functools
import json
import pathlib
import sys

import numpy as np

import alignment
import sequences as csd
from moments import Statistics
from options import Configuration, selected_columns, setting

OVERLAP = 1e-5  # seconds by which a frame must overlap a sample, exclusive
FOLDS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "folds"


# --- Samples ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Sample:
    key: str  # its id
    video: str
    start: float
    end: float
    labels: np.ndarray | None
    split: str | None
    whole_entry: str | None  # the feature entry with exactly this key is taken whole, without overlap search


def all_samples(modalities, labels, folds, label_columns=None):
    """Every sample, in the order of the dataset; `split` is None where the folds leave its video out."""
    samples = []
    if labels is None:
        for key in sorted({key for s in modalities.values() for key in s.keys}, key=csd.key_order):
            spans = [s.intervals(key) for s in modalities.values() if key in s.data]
            spans = np.concatenate([span for span in spans])
            start, end = (spans[:, 0].min(), spans[:, 1].max()) if len(spans) else (0.0, 0.0)
            samples.append(Sample(key, csd.split_key(key)[0], start, end, None, None, key))
    else:
        for entry in labels.keys:
            video, suffix = csd.split_key(entry)
            values, intervals = labels.entry(entry)
            values = values if label_columns is None else values[:, label_columns]
            if suffix is not None and len(values) != 1:
                raise ValueError(f"the label entry {entry} has {len(values)} rows; one is wanted")
            for k, (start, end) in enumerate(intervals):
                key = entry if suffix is not None else f"{entry}[{k}]"
                samples.append(Sample(key, video, start, end, values[k], None, None if suffix is None else entry))
    for sample in samples:
        sample.split = "all" if folds is None else folds.get(sample.video)
    return sorted(samples, key=lambda sample: csd.key_order(sample.key))


def read_folds(option):
    """{video: split}, or None for one split `all`."""
    if option == "none":
        return None
    path = FOLDS / f"{option}.json" if option in ("cmu-mosi", "cmu-mosei") else pathlib.Path(option)
    folds = {}
    for split, videos in json.loads(path.read_text()).items():
        for video in videos:
            video = csd.split_key(video)[0]
            if folds.setdefault(video, split) != split:
                raise ValueError(f"{path}: {video} is in two folds")
    return folds


# --- A sample's frames -----------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Frames:
    values: np.ndarray | list  # float32 [n, d] (float64 averages where resampled), or n byte strings
    times: np.ndarray  # float32 [n, 2], seconds from the sample's start
    valid: np.ndarray  # bool [n]
    source: np.ndarray | None  # the source rows that these frames are made of, float32 [m, d]
    imputed: int = 0  # frames that no row became


class Computation:
    """Samples and their frames, before (`raw`) and after (`finished`) normalization."""

    def __init__(self, modalities, labels, folds, configuration, pivot=None, label_columns=None):
        self.modalities, self.configuration, self.pivot = modalities, configuration, pivot
        self.alignments = {}  # by modality: the last video, its pair and its aligned rows
        everything = all_samples(modalities, labels, folds, label_columns)
        self.left_out = [sample.key for sample in everything if sample.split is None]
        self.lacking = set()
        self.samples = []
        for sample in everything:
            if sample.split is None:
                continue
            lengths = {name: len(self.raw(sample, name).times) for name in modalities}
            if 0 in lengths.values():
                self.lacking.add(sample.key)
                if configuration.drop_incomplete:
                    self.left_out.append(sample.key)
                    continue
            self.samples.append(sample)

    def splits(self):
        order = ["train", "valid", "test", "all"]
        return sorted({sample.split for sample in self.samples}, key=lambda split: (split not in order, split))

    def is_aligned(self, name):
        return self.pivot is not None and self.modalities[name].root != self.pivot.root

    def rows(self, sample, name):
        """(features, intervals, source rows) of the frames that belong to the sample, by start, ties by row."""
        sequence = self.modalities[name]
        entries = []
        if sample.whole_entry is not None and sample.whole_entry in sequence.data:
            features, intervals = sequence.entry(sample.whole_entry)
            entries = [sample.whole_entry]
            rows = np.arange(len(intervals))
            if self.pivot is not None:
                rows = rows[~alignment.is_short(intervals)]
        elif sample.labels is None:
            features, intervals = [] if sequence.is_tokens else np.zeros((0, sequence.dimension), "f4"), np.zeros((0, 2))
            rows = np.arange(0)
        else:
            features, intervals = sequence.video(sample.video)
            entries = sequence.by_video.get(sample.video, [])
            overlap = np.minimum(intervals[:, 1], sample.end) - np.maximum(intervals[:, 0], sample.start)
            rows = np.nonzero(overlap > OVERLAP)[0]
        rows = rows[np.argsort(intervals[rows, 0], kind="stable")]
        features, sources = self.lagged(name, entries, features, intervals)
        if sequence.is_tokens:
            return [features[row] for row in sources[rows]], intervals[rows], sources[rows]
        return features[sources[rows]], intervals[rows], sources[rows]

    def empty(self, name, key):
        """Which rows of an entry hold nothing. Vectors of words hold nothing where there is no word: where words with the
        same intervals are moved by the same number of rows, those tell it."""
        sequence, words = self.modalities[name], self.modalities.get("words")
        features, intervals = sequence.entry(key)
        lag = self.configuration.lag
        if not sequence.is_tokens and words is not None and words.is_tokens and key in words.data \
                and setting(lag, name, 0) == setting(lag, "words", 0) \
                and np.array_equal(words.intervals(key), intervals):
            sequence, features = words, words.entry(key)[0]
        if sequence.is_tokens:
            return np.array([token in (b"", b"sp") for token in features], bool)
        return (features == 0).all(axis=1)

    def lagged(self, name, entries, features, intervals):
        """(features with a row of nothing at their end, the row that each row of some entries has its value from)."""
        sequence, lag = self.modalities[name], setting(self.configuration.lag, name, 0)
        if lag == 0:
            return features, np.arange(len(intervals))
        sources = lagged_rows(lag, [(sequence.intervals(key), self.empty(name, key)) for key in entries])
        if sequence.is_tokens:
            return features + [b""], sources
        return np.concatenate([features, np.zeros((1, sequence.dimension), np.float32)]), sources

    def aligned_rows(self, sample, name):
        """(values, intervals, source rows of each) of the sample's frames, made of those that overlap a row."""
        sequence, configuration = self.modalities[name], self.configuration
        how = setting(configuration.collapse, name, "mean")
        if sequence.is_tokens and how in ("mean", "max"):
            how = "first"
        place = sample.video, sample.whole_entry
        if self.alignments.get(name, (None,))[0] != place:
            found = alignment.pair(sample, sequence, self.pivot)
            self.alignments[name] = place, found, found and alignment.aligned(found.rows, found.intervals)
        _, found, rows = self.alignments[name]
        if found is None:
            return [] if sequence.is_tokens else np.zeros((0, sequence.dimension)), np.zeros((0, 2)), []
        rows = list(rows)
        if setting(configuration.align_missing, name, "zero") == "drop":
            rows = [row for row in rows if len(row[0])]
        if not found.is_whole:
            rows = [row for row in rows if min(row[1][1], sample.end) - max(row[1][0], sample.start) > OVERLAP]
        rows.sort(key=lambda row: row[1][0])
        features, sources = self.lagged(name, found.entries, found.features, found.intervals)
        chosen = {"first": slice(None, 1), "last": slice(-1, None)}.get(how, slice(None))
        made = [np.sort(sources[frames[chosen]]) for frames, _ in rows]
        intervals = np.array([interval for _, interval in rows]).reshape(-1, 2)
        if sequence.is_tokens:
            return [features[frames[0]] if len(frames) else b"" for frames in made], intervals, made
        nothing = np.full(sequence.dimension, np.nan)
        values = [alignment.combined(features[frames], how) if len(frames) else nothing for frames in made]
        return np.array(values).reshape(-1, sequence.dimension), intervals, [features[frames] for frames in made]

    def raw(self, sample, name):
        """Everything but normalization."""
        sequence, configuration = self.modalities[name], self.configuration
        if self.is_aligned(name):
            values, intervals, rows = self.aligned_rows(sample, name)
            is_imputed = np.array([len(row) == 0 for row in rows], bool)
        else:
            values, intervals, rows = self.rows(sample, name)
            is_imputed = np.zeros(len(values), bool)
        columns = slice(None)
        if sequence.is_tokens:
            kept = np.ones(len(values), bool)
            if name in configuration.drop_zero_frames:
                kept = np.array([token not in (b"", b"sp") for token in values], bool)
        else:
            if name in configuration.select or None in configuration.select:
                pieces = configuration.select.get(name, configuration.select.get(None))
                columns = selected_columns(pieces, sequence)
                values = values[:, columns]
            kept = np.ones(len(values), bool)
            if name in configuration.drop_zero_frames:
                kept = ~(values == 0).all(axis=1) & ~is_imputed
        indices = np.nonzero(kept)[0]
        groups = [[i] for i in indices]  # the frames that each frame of the result is made of
        spans = np.clip(intervals[indices], sample.start, sample.end)
        rate = setting(configuration.rate, name, None)
        if rate is not None and sequence.is_tokens and None not in configuration.rate:
            raise ValueError(f"{name} holds tokens, which cannot be resampled")
        if rate is not None and not sequence.is_tokens:
            groups, spans = self.bins(sample, indices, intervals, rows, rate)
        limit = setting(configuration.max_frames, name, None)
        if limit is not None and len(groups) > limit:
            chosen = slice(len(groups) - limit, None) if setting(configuration.keep, name, "first") == "last" \
                else slice(0, limit)
            groups, spans = groups[chosen], spans[chosen]
        times = (spans - sample.start).astype(np.float32).reshape(-1, 2)
        taken = [i for group in groups for i in group]
        imputed = int(is_imputed[taken].sum())
        if sequence.is_tokens:
            return Frames([values[i] for i in taken], times, ~is_imputed[taken], None, imputed)
        source = values[taken]
        if self.is_aligned(name):
            nothing = np.zeros((0, sequence.dimension), np.float32)
            values, source = source, np.concatenate([nothing] + [rows[i] for i in taken])[:, columns]
        elif rate is None:
            values = source
        else:
            values = np.array([average(values[group]) for group in groups]).reshape(len(groups), values.shape[1])
        policy = setting(configuration.nonfinite, name, "zero")
        finite = np.isfinite(values).all(axis=1)
        if policy == "error" and not np.isfinite(source).all():
            raise ValueError(f"{name}: {sample.key} has a value that is not finite")
        valid = finite if policy == "mask" else np.ones(len(values), bool)
        return Frames(values, times, valid & ~is_imputed[taken] if imputed else valid, source, imputed)

    @staticmethod
    def bins(sample, indices, intervals, rows, rate):
        """Frames by the bin that holds their midpoint, each bin's frames in source row order; and the bins' spans."""
        last = max(int(np.ceil((sample.end - sample.start) * rate)) - 1, 0)
        found = {}
        for i in sorted(indices, key=lambda i: rows[i]):
            midpoint = (intervals[i, 0] + intervals[i, 1]) / 2
            number = min(max(int(np.floor((midpoint - sample.start) * rate)), 0), last)
            found.setdefault(number, []).append(i)
        numbers = np.array(sorted(found), float)
        spans = np.stack([sample.start + numbers / rate, sample.start + (numbers + 1) / rate], axis=1)
        return [found[number] for number in sorted(found)], np.clip(spans, sample.start, sample.end)

    @functools.cache
    def statistics(self, name):
        """The statistics of a modality over the train split, or over `all`."""
        split = "all" if "all" in self.splits() else "train"
        statistics = None
        for sample in self.samples:
            if sample.split != split:
                continue
            frames = self.raw(sample, name)
            if statistics is None:
                statistics = Statistics(frames.values.shape[1])
            statistics.add(frames.values[frames.valid])
            statistics.count_source(frames.source)
        if statistics is None:
            raise ValueError("the train split is empty; there is nothing to fit the normalization on")
        return statistics

    def finished(self, sample, name):
        """The frames as they are stored, in Double before they are narrowed."""
        frames = self.unclipped(sample, name)
        limit = self.clip(name)
        return frames if limit is None else dataclasses.replace(frames, values=np.clip(frames.values, -limit, limit))

    def clip(self, name):
        return None if self.modalities[name].is_tokens else setting(self.configuration.clip, name, None)

    def unclipped(self, sample, name):
        frames = self.raw(sample, name)
        if self.modalities[name].is_tokens:
            return frames
        shift, scale = self.statistics(name).normalization(setting(self.configuration.normalize, name, "zscore"))
        values = frames.values.astype(np.float64)
        finite = np.isfinite(values)
        values = np.where(finite, (np.where(finite, values, 0) - shift) / scale, 0)
        return dataclasses.replace(frames, values=values)


def lagged_rows(lag, entries):
    """The row that each row has its value from; the number of rows where there is none. An entry is its intervals, and
    which rows are empty."""
    total = sum(len(intervals) for intervals, _ in entries)
    sources = np.arange(total)
    first = 0
    for intervals, empty in entries:
        filled = [first + row for row in np.argsort(intervals[:, 0], kind="stable") if not empty[row]]
        for i, row in enumerate(filled):
            sources[row] = filled[i + lag] if 0 <= i + lag < len(filled) else total
        first += len(intervals)
    return sources


def average(rows):
    """Each dimension's finite values, added in order in Double, over their number; NaN where there is none."""
    total, number = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for row in rows.astype(np.float64):
        finite = np.isfinite(row)
        total[finite] += row[finite]
        number += finite
    with np.errstate(invalid="ignore"):
        return np.where(number > 0, total / number, np.nan)


# --- The command -----------------------------------------------------------------------------------------------------


def add_options(parser):
    parser.add_argument("--modality", action="append", metavar="NAME=ROOT")
    parser.add_argument("--labels", metavar="ROOT|none")
    parser.add_argument("--folds", default="none", metavar="FILE|cmu-mosi|cmu-mosei|none")
    parser.add_argument("--label-columns", action="append", metavar="NAMES")
    parser.add_argument("--align", metavar="ROOT")
    for name in ("lag", "collapse", "align-missing", "select", "drop-zero-frames", "rate", "max-frames", "keep", "nonfinite",
                 "normalize", "clip", "dtype"):
        parser.add_argument(f"--{name}", action="append")
    parser.add_argument("--drop-incomplete", action="store_true")
    parser.add_argument("--times", choices=["keep", "drop"], default="keep")


def compute(arguments):
    found = csd.open_sequences(arguments.input)
    modalities, labels = csd.name_sequences(found, arguments.modality or (), arguments.labels)
    pieces = [piece for text in arguments.label_columns or [] for piece in text.split(",")]
    columns = selected_columns(pieces, labels) if pieces else None
    pivot = None
    if arguments.align is not None:
        pivot = next((sequence for sequence in found if sequence.root == arguments.align), modalities.get(arguments.align))
        if pivot is None:
            raise ValueError(f"there is no root {arguments.align!r} to align to")
    return Computation(modalities, labels, read_folds(arguments.folds), Configuration.of(arguments), pivot, columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser("compare", help="compare a converted dataset with this computation")
    compare.add_argument("out", type=pathlib.Path)
    samples = commands.add_parser("samples", help="list the samples and their lengths")
    for command in (compare, samples):
        command.add_argument("input", nargs="+")
        add_options(command)
    arguments = parser.parse_args()
    computation = compute(arguments)
    if arguments.command == "compare":
        import comparison
        sys.exit(comparison.compare(computation, arguments.out))
    for split in computation.splits():
        for sample in (s for s in computation.samples if s.split == split):
            lengths = {name: len(computation.raw(sample, name).times) for name in computation.modalities}
            print(sample.key, split, sample.start, sample.end, *(f"{n}={length}" for n, length in lengths.items()))


if __name__ == "__main__":
    main()
