#!/usr/bin/env python3
"""Trains the PyTorch MulT on a dataset as grf-train does, and prints test metrics: a figure to hold ours against.

    train_mult_torch.py OUT [--order text,audio] [--seed 0] [--epochs 40] [--threads 1]

Batches of 24 in a new random order each epoch, padded to the batch's longest, with masks; learning rate and clipping as in
the catalog of Training; the epoch with the lowest valid loss is tested. A line an epoch on standard error; one line of
JSON at the end.
"""

import argparse
import copy
import json
import sys
import time

import mult_torch
import numpy as np
import packed_batches
import torch
from dump_mult_golden import batch
from train_grf_torch import metrics

BATCH = 24


def batches(order):
    return [order[i : i + BATCH] for i in range(0, len(order), BATCH)]


def predict(model, split):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(*batch(split, samples)[0]) for samples in batches(np.arange(len(split)))]).numpy()


def train_epoch(model, adam, split, random):
    """The mean loss, and the seconds of the steps."""
    model.train()
    total, start = 0.0, time.perf_counter()
    for samples in batches(random.permutation(len(split))):
        arguments, labels = batch(split, samples)
        total += mult_torch.step(model, adam, arguments, labels).item() * len(samples)
    return total / len(split), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("--order", default="text,audio")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    random, order = np.random.RandomState(arguments.seed), arguments.order.split(",")

    splits = {name: packed_batches.read_split(arguments.dataset, name, order) for name in ("train", "valid", "test")}
    dimensions = {name: packed.values.shape[1] for name, packed in splits["train"].modalities.items()}
    model = mult_torch.MulT(mult_torch.Configuration(), dimensions)
    adam = mult_torch.optimizer(model)
    schedule = mult_torch.schedule(adam)

    best, best_epoch, weights, seconds = float("inf"), 0, None, []
    for epoch in range(1, arguments.epochs + 1):
        loss, duration = train_epoch(model, adam, splits["train"], random)
        seconds.append(duration)
        valid = metrics(predict(model, splits["valid"]), splits["valid"].labels)["mae"]
        schedule.step(valid)
        if valid < best:
            best, best_epoch, weights = valid, epoch, copy.deepcopy(model.state_dict())
        mark = " *" if best_epoch == epoch else ""
        print(f"epoch {epoch}: loss {loss:.4f}, valid MAE {valid:.4f}{mark}, {duration:.1f} s", file=sys.stderr)
    model.load_state_dict(weights)
    found = metrics(predict(model, splits["test"]), splits["test"].labels)
    run = {"seed": arguments.seed, "best_epoch": best_epoch, "valid_mae": best,
           "epoch_seconds": float(np.median(seconds))}
    print(json.dumps(run | found))


if __name__ == "__main__":
    main()
