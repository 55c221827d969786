"""Reads computational sequences (.csd) with h5py: roots, entries, and the names that modalities go by.

Written for reading, not for speed; the package's own reader is not used anywhere here.
"""

import json
import pathlib
import re

import h5py
import numpy as np

# The roots that have a common name. Where several roots of the inputs claim one, the first in the list has it.
KNOWN_ROOTS = {
    "text": ["glove_vectors", "glove_vectors_with_sp"],
    "audio": ["COVAREP", "COAVAREP", "OpenSMILE", "OpenSmile-emobase2010", "OpenSMILE utterance"],
    "vision": ["FACET 4.2", "FACET_4.2", "FACET 4.1", "FACET_4.1", "OpenFace_2", "OpenFace_1", "OpenFace",
               "Video utterance"],
    "words": ["words", "CMU_MOSI_ModifiedTimestampedWords", "CMU_MOSI_TimestampedWords"],
    "phones": ["phones", "phonemes"],
    "labels": ["Opinion Segment Labels", "All Labels", "Sentiment Labels", "Emotion Labels"],
}
FILE_PREFIXES = ("CMU_MOSI_", "CMU_MOSEI_")


def split_key(key):
    """`video[3]` is (video, 3); any other text is (text, None)."""
    found = re.fullmatch(r"(.+)\[(0|[1-9][0-9]*)\]", key, re.DOTALL)
    return (found[1], int(found[2])) if found else (key, None)


def key_order(key):
    """Entries in UTF-8 byte order, a video's own segments in order of k, a whole entry before them."""
    video, k = split_key(key)
    return video.encode(), -1 if k is None else k


class Sequence:
    """One root of one file. `entry(key)` and `video(name)` give (features, intervals).

    Features are float32 [n, d], or a list of n byte strings; intervals are float64 [n, 2] seconds.
    """

    def __init__(self, path, root, group):
        self.path, self.root, self.data = path, root, group["data"]
        self.keys = sorted(self.data, key=key_order)
        self.by_video = {}
        for key in self.keys:
            self.by_video.setdefault(split_key(key)[0], []).append(key)
        kinds = {self.is_text(self.data[key]["features"]) for key in self.keys}
        if len(kinds) > 1:
            raise ValueError(f"{path}: {root} holds numbers in one entry and text in another")
        self.is_tokens = kinds == {True}
        widths = {self.data[key]["features"].shape[1] for key in self.keys}
        if len(widths) > 1:
            raise ValueError(f"{path}: {root} has entries of different dimensions, {sorted(widths)}")
        self.dimension = widths.pop() if widths else 0
        self.dimension_names = self.read_dimension_names(group)
        self.remembered = (None, None)

    @staticmethod
    def is_text(dataset):
        return dataset.dtype.kind in "SOU"

    def read_dimension_names(self, group):
        try:
            text = group["metadata"]["dimension names"][0]
            names = json.loads(text)
        except (KeyError, ValueError):
            return None
        usable = isinstance(names, list) and len(names) == self.dimension and all(isinstance(n, str) for n in names)
        return names if usable else None

    def entry(self, key):
        group = self.data[key]
        intervals = group["intervals"][:].astype(np.float64).reshape(-1, 2)
        raw = group["features"][:]
        if len(raw) != len(intervals):
            raise ValueError(f"{self.path}: {key} has {len(raw)} rows of features but {len(intervals)} intervals")
        if not (np.isfinite(intervals).all() and (intervals[:, 0] <= intervals[:, 1]).all()):
            raise ValueError(f"{self.path}: {key} has an interval that is not finite or not in order")
        if self.is_tokens:
            tokens = [t.encode() if isinstance(t, str) else bytes(t) for t in raw[:, 0]]
            return [t.rstrip(b"\0") for t in tokens], intervals
        with np.errstate(over="ignore"):
            return raw.astype(np.float32), intervals

    def intervals(self, key):
        return self.data[key]["intervals"][:].astype(np.float64).reshape(-1, 2)

    def video(self, name):
        """The video's entries one after the other: `video` itself, then `video[k]` in order of k."""
        if self.remembered[0] != name:
            parts = [self.entry(key) for key in self.by_video.get(name, [])]
            if not parts:
                features = [] if self.is_tokens else np.zeros((0, self.dimension), np.float32)
                whole = features, np.zeros((0, 2))
            elif self.is_tokens:
                whole = sum((p[0] for p in parts), []), np.concatenate([p[1] for p in parts])
            else:
                whole = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
            self.remembered = name, whole
        return self.remembered[1]


def open_sequences(inputs):
    """Every root of the files, and of the .csd files in the folders."""
    paths = []
    for path in map(pathlib.Path, inputs):
        paths += sorted(path.glob("*.csd")) if path.is_dir() else [path]
    found = []
    for path in paths:
        file = h5py.File(path, "r")
        found += [Sequence(path, root, file[root]) for root in file if "data" in file[root]]
    roots = [sequence.root for sequence in found]
    for root in roots:
        if roots.count(root) > 1:
            raise ValueError(f"the root {root!r} is there twice")
    return found


def known_place(sequence, name):
    """The sequence's place in the list of those that may be called `name`, by its root or by its file; or None."""
    stem = sequence.path.stem
    for prefix in FILE_PREFIXES:
        stem = stem.removeprefix(prefix)
    known = KNOWN_ROOTS[name]
    is_known_root = any(sequence.root in roots for roots in KNOWN_ROOTS.values())
    if sequence.root in known:
        return known.index(sequence.root)
    return known.index(stem) if stem in known and not is_known_root else None


def own_name(root):
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in root.lower())
    if not name or not name[0].isalpha():
        name = "m_" + name
    return name + "_" if name in ("labels", "sample") else name


def name_sequences(sequences, modality_options=(), labels_option=None):
    """({modality: sequence}, label sequence or None), as `--modality NAME=ROOT` and `--labels ROOT|none` say."""
    by_root = {sequence.root: sequence for sequence in sequences}
    first = {}
    for name in KNOWN_ROOTS:
        claims = [(known_place(s, name), i) for i, s in enumerate(sequences) if known_place(s, name) is not None]
        if claims:
            first[name] = sequences[min(claims)[1]]
    labels = first.pop("labels", None)
    left_out = []
    if labels_option == "none":
        left_out = [s for s in sequences if known_place(s, "labels") is not None]
        labels = None
    elif labels_option is not None:
        labels = by_root[labels_option]
    if modality_options:
        chosen = dict(option.split("=", 1) for option in modality_options)
        return {name: by_root[root] for name, root in chosen.items()}, labels
    names = {id(sequence): name for name, sequence in first.items()}
    modalities = {}
    for sequence in sequences:
        if sequence is labels or sequence in left_out:
            continue
        name = names.get(id(sequence), own_name(sequence.root))
        if name in modalities:
            raise ValueError(f"two roots go by the name {name}; choose with --modality")
        modalities[name] = sequence
    return modalities, labels
