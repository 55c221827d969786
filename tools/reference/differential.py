#!/usr/bin/env python3
"""Converts random small datasets with random options, and compares each with the independent computation.

    differential.py GRF_DATA [--count 200] [--seed 0]

The sequences hold what published files hold and worse: unsorted, overlapping, touching and zero-length rows, f32 and
f64 intervals, entries split into `video[k]`, missing entries, values that are not finite. Stops at the first
difference and says where its files are.
"""
import argparse
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

import comparison
import reference_conversion

# What random data and options rightly come to at times.
REFUSALS = [
    "beyond the range of", "no sample", "frames a second, and averaging", "so --drop-zero-frames leaves none",
    "the others are aligned to", "share no entry", "overlaps any of its rows",
]
VIDEOS = ["b", "a-1", "a", "é", "v 7", "Zz_", "0x"]


class Generator:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def chance(self, p):
        return self.random.random() < p

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def intervals(self, n, duration):
        """Rows in time: a grid or any, then perhaps shuffled; on a coarse lattice, so that edges often touch."""
        if self.chance(0.5):
            edges = np.arange(n + 1) * (duration / max(n, 1))
            rows = np.stack([edges[:-1], edges[1:]], axis=1)
        else:
            start = np.round(self.random.uniform(-0.5, duration, n) * 8) / 8
            rows = np.stack([start, start + np.round(self.random.exponential(0.5, n) * 8) / 8], axis=1)
        if self.chance(0.3):
            rows = self.random.permutation(rows)
        return rows.astype(self.pick([np.float32, np.float64])).reshape(n, 2)

    def storage(self, shape):
        if 0 in shape or self.chance(0.3):
            return {}
        options = {"chunks": tuple(int(self.random.integers(1, s + 1)) for s in shape)}
        if self.chance(0.7):
            options["compression"] = "gzip"
        if self.chance(0.4):
            options["shuffle"] = True
        if self.chance(0.15):
            options["fletcher32"] = True
        return options

    def values(self, n, dimension):
        values = self.random.normal(size=(n, dimension)) * 10.0 ** self.random.integers(-3, 4)
        values = values.astype(self.pick([np.float32, np.float64]))
        for special in (np.nan, np.inf, -np.inf):
            if self.chance(0.2):
                values[self.random.random(values.shape) < 0.05] = special
        if values.dtype == np.float64 and self.chance(0.3):
            values[self.random.random(values.shape) < 0.05] = 1e300
        if self.chance(0.4):
            values[self.random.random(n) < 0.3] = 0
        if dimension > 1 and self.chance(0.2):
            values[:, 0] = 2.5
        return values

    def tokens(self, n):
        words = np.array([self.pick(["sp", "", "good", "naïve", "a", "wonderful"]).encode() for _ in range(n)], dtype=object)
        if self.chance(0.5):
            return words.astype("S").reshape(n, 1) if n else np.zeros((0, 1), "S1"), None
        return words.reshape(n, 1), h5py.string_dtype()

    def write(self, path):
        duration = 4.0
        videos = [video for video in VIDEOS if self.chance(0.7)] or ["b"]
        with h5py.File(path, "w") as file:
            labels = file.create_group("Opinion Segment Labels/data")
            for video in videos:
                n = int(self.random.integers(1, 5))
                values = self.random.normal(size=(n, 3)).astype("f4") * 2
                self.entry(labels, video, values, self.intervals(n, duration))
            spoken = {}  # the intervals of words, which are often those of their vectors
            share = self.chance(0.5)
            for root, dimension in (("glove_vectors", 3), ("COVAREP", int(self.random.integers(1, 20))), ("words", 0)):
                data = file.create_group(f"{root}/data")
                for video in videos + (["unlabelled"] if self.chance(0.3) else []):
                    if self.chance(0.12):
                        continue
                    parts = [f"{video}[{k}]" for k in (0, 2, 10)] if self.chance(0.2) else [video]
                    for part in parts:
                        n = int(self.pick([0, 1, 5, 40]))
                        intervals = self.intervals(n, duration)
                        if share and root == "glove_vectors":
                            spoken[part] = intervals
                        elif root == "words":
                            intervals = spoken.get(part, intervals)
                        n = len(intervals)
                        features, dtype = (self.values(n, dimension), None) if dimension else self.tokens(n)
                        self.entry(data, part, features, intervals, dtype)
                # Something must overlap, or the conversion rightly refuses.
                n = 30
                features, dtype = (self.values(n, dimension), None) if dimension else self.tokens(n)
                if videos[0] in data:
                    del data[videos[0]]
                edges = np.arange(n + 1) * 0.2 - 0.5
                self.entry(data, videos[0], features, np.stack([edges[:-1], edges[1:]], axis=1), dtype)
                if f"{videos[0]}[0]" in data:
                    for k in (0, 2, 10):
                        del data[f"{videos[0]}[{k}]"]
            # The first video's first label has a length.
            intervals = labels[videos[0]]["intervals"]
            intervals[0] = [0.25, 2.0]
        return videos

    def entry(self, data, name, features, intervals, dtype=None):
        group = data.create_group(name)
        storage = self.storage(features.shape)
        if dtype is not None:  # variable-length strings, which neither filter can handle
            storage.pop("shuffle", None)
            storage.pop("fletcher32", None)
        group.create_dataset("features", data=features, dtype=dtype, **storage)
        group.create_dataset("intervals", data=intervals, **self.storage(intervals.shape))

    def options(self):
        options = []
        if self.chance(0.4):
            options += ["--lag", self.pick(["1", "text=1,words=1", "audio=-2", "words=3,text=-1", "2,audio=0"])]
        if self.chance(0.4):
            options += ["--select", self.pick(["text=2,0", "text=0-1", "audio=0"])]
        if self.chance(0.3):
            options += ["--drop-zero-frames", self.pick(["text", "audio", "words", "text,words"])]
        aligns = self.chance(0.5)
        if aligns:
            options += ["--align", self.pick(["words", "glove_vectors", "text", "COVAREP", "Opinion Segment Labels"])]
            if self.chance(0.5):
                options += ["--collapse", self.pick(["mean", "first", "last", "max", "last,text=first"])]
            if self.chance(0.4):
                options += ["--align-missing", self.pick(["drop", "drop,audio=zero", "zero"])]
        if not aligns and self.chance(0.4):
            options += ["--rate", self.pick(["audio=3", "text=2.5", "text=1,audio=4"])]
        if self.chance(0.4):
            options += ["--max-frames", self.pick(["3", "audio=5", "text=2,words=1"])]
        if self.chance(0.3):
            options += ["--keep", self.pick(["last", "audio=last"])]
        if self.chance(0.5):
            options += ["--nonfinite", self.pick(["zero", "mask", "audio=mask"])]
        if self.chance(0.6):
            options += ["--normalize", self.pick(["none", "minmax", "zscore,text=none", "audio=minmax"])]
        elif self.chance(0.5):
            options += ["--normalize", self.pick(["robust", "audio=robust"])]
            if self.chance(0.5):
                options += ["--clip", self.pick(["1.5", "audio=0.5,text=3", "2,text=none"])]
        elif self.chance(0.3):
            options += ["--clip", "1"]
        if self.chance(0.3):
            options += ["--label-columns", self.pick(["1", "2,0", "0-1", "1,2,0"])]
        if self.chance(0.3):
            options += ["--dtype", self.pick(["bf16", "text=bf16", "audio=f32"])]
        if self.chance(0.2):
            options += ["--drop-incomplete"]
        if self.chance(0.2):
            options += ["--times", "drop"]
        return options

    def folds(self, videos, path):
        folds = {"train": [videos[0]], "valid": [], "test": []}
        for video in videos[1:]:
            if not self.chance(0.1):
                folds[self.pick(["train", "valid", "test"])].append(video)
        path.write_text(json.dumps(folds))


def run(program, number, seed, folder):
    generator = Generator([seed, number])
    source, folds, out = folder / "raw.csd", folder / "folds.json", folder / "out"
    videos = generator.write(source)
    generator.folds(videos, folds)
    options = generator.options() + ["--folds", str(folds)]
    extra = ["--threads", str(generator.pick([1, 2, 5])), "--shard-bytes", generator.pick(["400", "4KiB", "256MiB"])]
    done = subprocess.run([program, "convert", source, out, *options, *extra], capture_output=True, text=True)
    if done.returncode != 0:
        if any(reason in done.stderr for reason in REFUSALS):
            return "refused"
        return f"exit status {done.returncode}: {done.stderr}\n{options}"
    parser = argparse.ArgumentParser()
    parser.add_argument("input", nargs="+")
    reference_conversion.add_options(parser)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        status = comparison.compare(reference_conversion.compute(parser.parse_args([str(source), *options])), out)
    return None if status == 0 else f"{text.getvalue()}{options} {extra}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    refused = 0
    for number in range(arguments.first, arguments.first + arguments.count):
        folder = pathlib.Path(tempfile.mkdtemp())
        problem = run(arguments.program, number, arguments.seed, folder)
        if problem == "refused":
            refused += 1
        elif problem:
            sys.exit(f"dataset {number} of seed {arguments.seed}, kept in {folder}:\n{problem}")
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()
    print(f"{arguments.count} random datasets: the same ({refused} rightly refused)")


if __name__ == "__main__":
    main()
