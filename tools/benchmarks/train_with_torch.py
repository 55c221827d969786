"""Trains the PyTorch GRF for some steps on a dataset's train split, all of it in memory, and times each step.

    train_with_torch.py --shards OUT --batches published|masked|bucketed [--steps N] [--threads 2] [--preset grf]

published   every batch padded to 50, 375 and 500 frames of text, audio and vision, and the padding treated as data
masked      padded to the longest of the batch, with masks
bucketed    the same, of samples with like total lengths: sorted within shuffled pools of 20 batches

A step is making the padded batch, forward, backward, clipping and AdamW. One step goes before and is not counted.
Prints a line of JSON: the seconds of each step, the steps of an epoch, and the mean number of padded frames a step by
modality.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import grf_torch  # noqa: E402
import packed_batches  # noqa: E402

PADDED_LENGTHS = {"text": 50, "audio": 375, "vision": 500}
POOL = 20


def batches_of_epoch(split, kind, size, random):
    """Lists of samples; every sample is in one. The last batch may be smaller."""
    order = random.permutation(len(split))
    if kind == "bucketed":
        total = sum(packed.lengths for packed in split.modalities.values())
        pools = [order[i : i + POOL * size] for i in range(0, len(order), POOL * size)]
        order = np.concatenate([pool[np.argsort(total[pool], kind="stable")] for pool in pools])
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    return [batches[i] for i in random.permutation(len(batches))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shards", type=pathlib.Path, required=True)
    parser.add_argument("--batches", choices=["published", "masked", "bucketed"], required=True)
    parser.add_argument("--steps", type=int, default=0, help="0: an epoch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--preset", choices=grf_torch.PRESETS, default="grf")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)

    split = packed_batches.read_split(arguments.shards, "train", ["text", "vision", "audio"])
    dimensions = {name: packed.values.shape[1] for name, packed in split.modalities.items()}
    model = grf_torch.GRF(grf_torch.PRESETS[arguments.preset], dimensions, masked=arguments.batches != "published")
    adamw = grf_torch.optimizer(model.train())
    lengths = PADDED_LENGTHS if arguments.batches == "published" else None

    epoch = batches_of_epoch(split, arguments.batches, arguments.batch_size, np.random.RandomState(0))
    chosen = epoch[: arguments.steps] if arguments.steps else epoch
    seconds, padded = [], {name: 0 for name in dimensions}
    for i, samples in enumerate([chosen[-1], *chosen]):  # the first, not counted, is the last one too
        start = time.perf_counter()
        frames, valid, labels = split.batch(samples, lengths)
        grf_torch.step(model, adamw, frames, valid, labels)
        if i > 0:
            seconds.append(time.perf_counter() - start)
            padded = {name: count + valid[name].numel() / len(chosen) for name, count in padded.items()}
    print(json.dumps({"seconds": seconds, "steps_an_epoch": len(epoch), "padded": padded}))


if __name__ == "__main__":
    main()
