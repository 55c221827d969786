#!/usr/bin/env python3
"""The rules by which the CMU Multimodal SDK makes samples of sequences, stated anew in numpy: unify, align, impute,
hard unify, padding. And random small datasets with what these rules make of them.

    sdk_rules.py FOLDER [--count 60] [--seed 0] [--first 0]    writes FOLDER/N.csd and FOLDER/N.json

`N.json` holds options for `grf-data convert`, the intervals that the first alignment gives, and the samples. A sequence is
{entry: (features, intervals)}, a dataset {root: sequence}.

Where the package differs on purpose, the datasets keep to what both do, or the rules here to what the package does:
  - the SDK compares intervals in the type that the file has; here and there they become Doubles first;
  - the SDK drops a video or a segment that any sequence lacks; the package does it under --drop-incomplete;
  - an average with a NaN is NaN to the SDK; the package leaves out what is not finite (so all values are, here);
  - `video[10]` comes before `video[2]` to the SDK, which matters for frames that begin at the same time (here there are
    fewer than ten), and it cannot align to a root whose entries have such names;
  - an imputed row comes behind all frames that begin with it: that takes a row of exactly 1e-5 s (here there is none).
"""

import argparse
import json
import math
import pathlib

import h5py
import numpy as np

EPSILON = 1e-5


# --- The rules -------------------------------------------------------------------------------------------------------


def video_of(key):
    return key.split("[")[0]


def unified(dataset):
    """Only the videos that every sequence has."""
    shared = set.intersection(*({video_of(key) for key in sequence} for sequence in dataset.values()))
    return {root: {key: entry for key, entry in sequence.items() if video_of(key) in shared}
            for root, sequence in dataset.items()}


def hard_unified(dataset):
    """Only the entries that every sequence has."""
    shared = set.intersection(*(set(sequence) for sequence in dataset.values()))
    return {root: {key: entry for key, entry in sequence.items() if key in shared} for root, sequence in dataset.items()}


def joined(sequence):
    """The entries of each video as one, by start; of those that begin together the first comes first."""
    result = {}
    for key, entry in sequence.items():
        result.setdefault(video_of(key), []).append(entry)
    for video, entries in result.items():
        features = np.concatenate([features for features, _ in entries])
        intervals = np.concatenate([intervals for _, intervals in entries])
        order = sorted(range(len(intervals)), key=lambda row: intervals[row, 0])
        result[video] = features[order], intervals[order]
    return result


def overlapping(row, features, intervals):
    """The frames that share more than EPSILON with a row, and what they share."""
    start, end = np.maximum(intervals[:, 0], row[0]), np.minimum(intervals[:, 1], row[1])
    found = end - start > EPSILON
    return features[found], np.stack([start[found], end[found]], axis=1)


def aligned(dataset, reference, collapse=None):
    """An entry `video[i]` for each row i of the reference: its frames in each sequence; one frame, where there is a
    function {root: features → one} that collapses them. Rows shorter than EPSILON make none."""
    dataset = unified(dataset)
    others = {root: joined(sequence) for root, sequence in dataset.items() if root != reference}
    result = {root: {} for root in dataset}
    for video, (own, rows) in dataset[reference].items():
        for i, row in enumerate(rows):
            if abs(row[0] - row[1]) < EPSILON:
                continue
            for root in dataset:
                features, intervals = (own[i:i + 1], row[None]) if root == reference \
                    else overlapping(row, *others[root][video])
                if len(features) == 0:
                    continue
                if collapse is not None:
                    intervals = np.array([[intervals.min(), intervals.max()]])
                    features = features if root == reference else collapse[root](features)
                result[root][f"{video}[{i}]"] = features, intervals
    return result


def imputed(dataset, reference):
    """Zeros, at the reference's interval, for each entry that it has and another sequence has not."""
    result = {}
    for root, sequence in dataset.items():
        result[root] = dict(sequence)
        shape, dtype = next((features.shape[1:], features.dtype) for features, _ in sequence.values())
        for key, (features, intervals) in dataset[reference].items():
            if key not in sequence:
                result[root][key] = np.zeros((len(features), *shape), dtype), intervals
    return result


def padded(features, length, at_end):
    """Zeros at the end and the first frames, or zeros at the beginning and the last."""
    zeros = np.zeros((length, *features.shape[1:]), features.dtype)
    return np.concatenate([features, zeros])[:length] if at_end else np.concatenate([zeros, features])[-length:]


# --- What `grf-data convert --align` stands for ------------------------------------------------------------------------


COLLAPSES = {
    "mean": lambda frames: np.array([[math.fsum(column) / len(frames) for column in frames.astype(np.float64).T]]),
    "max": lambda frames: frames.max(axis=0, keepdims=True).astype(np.float64),
    "first": lambda frames: frames[:1],
    "last": lambda frames: frames[-1:],
}


def two_levels(features, labels, reference, collapse, imputes):
    """(the first alignment by root, samples by key): align to the reference, impute, align to the labels."""
    words = aligned(features, reference, collapse)
    if imputes:
        words = imputed(words, reference)
    samples = hard_unified(aligned({**words, "labels": labels}, "labels"))
    return words, samples


# --- Random datasets ---------------------------------------------------------------------------------------------------


class Generator:
    def __init__(self, *seed):
        self.random = np.random.default_rng(seed)

    def chance(self, p):
        return self.random.random() < p

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def intervals(self, n, duration, shift=0):
        """Rows that touch, or lie anywhere on a coarse lattice; some moved by about EPSILON; perhaps shuffled."""
        if self.chance(0.5):
            edges = np.arange(n + 1) * (duration / max(n, 1))
            rows = np.stack([edges[:-1], edges[1:]], axis=1)
        else:
            start = np.round(self.random.uniform(-0.5, duration, n) * 8) / 8
            rows = np.stack([start, start + np.round(self.random.exponential(0.5, n) * 8) / 8], axis=1)
        if self.chance(0.3):
            rows += self.random.integers(-2, 3, rows.shape) * 0.6e-5
            rows[:, 1] = np.maximum(rows[:, 1], rows[:, 0])
        if self.chance(0.3):
            short = self.random.random(n) < 0.3
            rows[short, 1] = rows[short, 0] + self.pick([0, 0.5e-5, 1.1e-5])
        rows += shift
        if self.chance(0.3):
            rows = self.random.permutation(rows)
        return rows.astype(self.pick([np.float32, np.float64])).astype(np.float64).reshape(n, 2)

    def features(self, n, dimension):
        if dimension == 0:
            return np.array([self.pick([b"so", b"sp", b"good", b"wonderful", "naïve".encode()]) for _ in range(n)],
                            "S9").reshape(n, 1)
        return (self.random.normal(size=(n, dimension)) * 10.0 ** self.random.integers(-3, 4)).astype(np.float32)

    def sequence(self, videos, dimension, duration, shifts, splits):
        sequence = {}
        for number, video in enumerate(videos):
            if number > 0 and self.chance(0.12):
                continue
            keys = [f"{video}[{k}]" for k in (0, 1, 2)] if splits and self.chance(0.2) else [video]
            for key in keys:
                n = int(self.pick([0, 1, 5, 30])) if number > 0 else 12
                sequence[key] = self.features(n, dimension), self.intervals(n, duration, shifts[number])
            if number == 0:  # something must overlap, or the conversion rightly refuses
                rows = np.arange(13) * (duration / 12)
                sequence = {video: (self.features(12, dimension), np.stack([rows[:-1], rows[1:]], axis=1))}
        return sequence

    def dataset(self):
        """(features by root, labels, reference)."""
        videos = [video for video in ("b", "a-1", "a", "é", "v 7", "0x") if self.chance(0.7)] or ["b"]
        # Some videos begin where an f32 is coarser than EPSILON.
        shifts = [200 * (number > 0 and self.chance(0.3)) for number in range(len(videos))]
        reference = self.pick(["words", "COVAREP", "FACET 4.2"])
        dimensions = {"words": 0, "COVAREP": int(self.random.integers(1, 12)), "FACET 4.2": 3}
        features = {root: self.sequence(videos, dimension, 4.0, shifts, root != reference)
                    for root, dimension in dimensions.items()}
        labels = {}
        for number, video in enumerate(videos):
            n = int(self.random.integers(1, 5))
            labels[video] = self.features(n, 1), self.intervals(n, 4.0, shifts[number])
            if number == 0:
                labels[video][1][0] = [0.25, 2.0]
        return features, labels, reference


def write(path, dataset):
    with h5py.File(path, "w") as file:
        for root, sequence in dataset.items():
            for key, (features, intervals) in sequence.items():
                file[f"{root}/data/{key}/features"] = features
                # As f32 where that holds them exactly, so that both types occur.
                narrow = intervals.astype(np.float32)
                file[f"{root}/data/{key}/intervals"] = narrow if (narrow == intervals).all() else intervals


def listed(features):
    return [token.decode() for token in features[:, 0]] if features.dtype.kind == "S" else features.tolist()


def expectation(generator, features, labels, reference):
    """Options, and what they come to; None where nothing is left."""
    how, imputes = generator.pick(list(COLLAPSES)), generator.chance(0.6)
    limit, at_end = (int(generator.pick([1, 3, 8])) if generator.chance(0.4) else None), generator.chance(0.5)
    collapse = {root: COLLAPSES["first" if root == "words" and how in ("mean", "max") else how] for root in features}
    words, samples = two_levels(features, labels, reference, collapse, imputes)
    options = {"align": reference, "collapse": how, "align-missing": "zero" if imputes else "drop"}
    if limit is not None:
        options.update({"max-frames": str(limit), "keep": "first" if at_end else "last"})
    plan = {root: {} for root in words}
    for root, sequence in words.items():
        for key, (_, intervals) in sorted(sequence.items(), key=lambda entry: int(entry[0].split("[")[1][:-1])):
            plan[root].setdefault(video_of(key), []).append(intervals[0].tolist())
    found = []
    for key in samples["labels"]:
        frames = {}
        for root in features:
            values, intervals = samples[root][key]
            if limit is not None:
                frames[root] = {"padded": listed(padded(values, limit, at_end)), "frames": min(limit, len(values))}
                continue
            frames[root] = {"values": listed(values), "intervals": intervals.tolist()}
        found.append({"id": key, "interval": samples["labels"][key][1][0].tolist(), "frames": frames})
    return {"options": options, "reference": reference, "plan": plan, "samples": found} if found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    written, number = 0, arguments.first
    while written < arguments.count:
        generator = Generator(arguments.seed, number)
        features, labels, reference = generator.dataset()
        expected = expectation(generator, features, labels, reference)
        if expected is not None:
            write(arguments.folder / f"{number}.csd", {"Opinion Segment Labels": labels, **features})
            (arguments.folder / f"{number}.json").write_text(json.dumps(expected))
            written += 1
        number += 1
    print(f"{written} datasets")


if __name__ == "__main__":
    main()
