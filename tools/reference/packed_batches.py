"""Samples in packed form, as in the shards, and padded batches of them. Needs numpy, safetensors and torch."""

import dataclasses
import json
import pathlib

import numpy as np
import safetensors.numpy
import torch


@dataclasses.dataclass
class Packed:
    """A modality of many samples: sample i's frames are rows offsets[i] ..< offsets[i + 1]."""

    values: np.ndarray  # [F, D]
    offsets: np.ndarray  # [N + 1]
    valid: np.ndarray  # [F], false: masked

    @property
    def lengths(self):
        return np.diff(self.offsets)

    def padded(self, samples, length=None):
        """([B, T, D], [B, T]) with frames at the left; T is the longest sample's length, at least 1, or `length`."""
        rows = [slice(self.offsets[i], self.offsets[i + 1]) for i in samples]
        length = length or max(1, max(row.stop - row.start for row in rows))
        frames = np.zeros((len(rows), length, self.values.shape[1]), self.values.dtype)
        valid = np.zeros((len(rows), length), bool)
        for i, row in enumerate(rows):
            frames[i, : row.stop - row.start] = self.values[row]
            valid[i, : row.stop - row.start] = self.valid[row]
        return torch.from_numpy(frames), torch.from_numpy(valid)

    def filled(self, length):
        """Every sample with rows of zeros after its own, up to `length`, and without a mask."""
        zeros = np.zeros((length, self.values.shape[1]), self.values.dtype)
        samples = [np.concatenate([self.values[i:j], zeros[j - i:]]) for i, j in zip(self.offsets, self.offsets[1:])]
        offsets = np.concatenate([[0], np.cumsum([len(sample) for sample in samples])]).astype(np.int64)
        return Packed(np.concatenate(samples), offsets, np.ones(offsets[-1], bool))


@dataclasses.dataclass
class Split:
    modalities: dict[str, Packed]
    labels: np.ndarray  # [N]

    def __len__(self):
        return len(self.labels)

    def filled(self, lengths):
        """What `data.masks: false` makes of it; `lengths` by modality."""
        return Split({name: packed.filled(lengths[name]) for name, packed in self.modalities.items()}, self.labels)

    def batch(self, samples, lengths=None):
        """({modality: frames}, {modality: valid}, labels), padded to `lengths` or to the batch's longest."""
        padded = {name: packed.padded(samples, (lengths or {}).get(name)) for name, packed in self.modalities.items()}
        return ({name: frames for name, (frames, _) in padded.items()},
                {name: valid for name, (_, valid) in padded.items()}, torch.from_numpy(self.labels[samples]))


def read_split(folder, split, order, label="sentiment"):
    """A split of a dataset, all of it in memory as float32."""
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    column = manifest["labels"].index(label) if label in manifest["labels"] else 0
    shards = [safetensors.numpy.load_file(folder / shard["file"]) for shard in manifest["splits"][split]["shards"]]

    def packed(name):
        offsets = [np.zeros(1, np.int64)]
        for shard in shards:
            offsets.append(shard[f"{name}.offsets"][1:] + offsets[-1][-1])
        return Packed(np.concatenate([shard[f"{name}.values"] for shard in shards]).astype(np.float32),
                      np.concatenate(offsets),
                      np.concatenate([shard[f"{name}.valid"] for shard in shards]).astype(bool))

    labels = np.concatenate([shard["labels"][:, column] for shard in shards]).astype(np.float32)
    return Split({name: packed(name) for name in order}, labels)
