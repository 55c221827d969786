"""Writes sequences of CMU-MOSI's lengths with random frames in which the label shows faintly.

    make_training_set.py OUT [LABELS.csd]

Durations, ids and labels are those of the label sequence LABELS.csd. Without it they are drawn: log-normal with the
deviation and mean of the logarithms that MOSI's durations have, and OUT/folds.json deals 1284, 229 and 686 samples.
A sample of s seconds has max(1, round(rate s)) frames, at 2.9 (text), 12.5 (audio) and 15 (vision) a second; every
label entry is one row `video[k]`, and so is every feature entry, so that a sample has exactly these frames.
"""

import json
import pathlib
import sys

import h5py
import numpy as np

MODALITIES = [  # name of the file, root, frames a second, dimension
    ("text", "glove_vectors", 2.9, 300),
    ("audio", "COVAREP", 12.5, 5),
    ("vision", "FACET 4.2", 15.0, 20),
]
SIGNAL = 0.1


def real_samples(path):
    """[(id, begin, end, label)] of every row of a label sequence."""
    with h5py.File(path, "r") as file:
        data = file[list(file)[0]]["data"]
        return [(f"{video}[{k}]", *map(float, span), float(label))
                for video, entry in data.items()
                for k, (span, label) in enumerate(zip(entry["intervals"][:], entry["features"][:, 0]))]


def drawn_samples(random):
    counts = {"train": 1284, "valid": 229, "test": 686}
    samples = []
    for split, count in counts.items():
        begin = 0.0
        for k, duration in enumerate(np.clip(np.exp(random.normal(1.216, 0.668, count)), 0.4, 40)):
            samples.append((f"{split}[{k}]", begin, begin + duration, float(np.round(random.uniform(-3, 3), 1))))
            begin += duration
    return samples, {split: [split] for split in counts}


def write_csd(path, root, names, entries):
    with h5py.File(path, "w") as file:
        data = file.create_group(f"{root}/data")
        for key, (features, intervals) in entries:
            group = data.create_group(key)
            for name, array in (("features", features), ("intervals", intervals)):
                group.create_dataset(name, data=array, compression="gzip", compression_opts=1)
        metadata = file.create_group(f"{root}/metadata")
        for key, value in {"root name": root, "dimension names": names, "computational sequence version": 1.0,
                           "alignment compatible": True, "uuid": root}.items():
            metadata.create_dataset(key, (1,), dtype=h5py.string_dtype())[0] = json.dumps(value)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(0)
    if len(sys.argv) > 2:
        samples = real_samples(sys.argv[2])
    else:
        samples, folds = drawn_samples(random)
        (out / "folds.json").write_text(json.dumps(folds))
    labels = ((key, (np.array([[label]], np.float32), np.array([[begin, end]]))) for key, begin, end, label in samples)
    write_csd(out / "labels.csd", "Opinion Segment Labels", ["sentiment"], labels)
    for name, root, rate, dimension in MODALITIES:
        direction = random.standard_normal(dimension)

        def entries():
            for key, begin, end, label in samples:
                count = max(1, round((end - begin) * rate))
                frames = random.standard_normal((count, dimension)) + SIGNAL * label * direction
                edges = np.linspace(begin, end, count + 1)
                yield key, (frames.astype(np.float32), np.stack([edges[:-1], edges[1:]], axis=1))

        write_csd(out / f"{name}.csd", root, [str(i) for i in range(dimension)], entries())


if __name__ == "__main__":
    main()
