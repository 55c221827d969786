#!/usr/bin/env python3
"""Trains the PyTorch GRF on a dataset as grf-train does, and prints test metrics: a figure to hold ours against.

    train_grf_torch.py OUT [--order text,audio] [--preset grf] [--seed 0] [--epochs 100] [--threads 1] [--no-masks]

Batches of 32 in a new random order each epoch, padded to the batch's longest, with masks; learning rate, clipping,
decay and early stopping as in the catalog of Training. A line an epoch on standard error; one line of JSON at the end.
"""

import argparse
import copy
import json
import sys
import time

import grf_torch
import numpy as np
import packed_batches
import torch

BATCH, PATIENCE, WARMUP = 32, 20, 5


def f1_scores(predicted, actual):
    """(macro, weighted) F1 over the classes in either, as scikit-learn's."""
    classes = np.unique(np.concatenate([predicted, actual]))
    both = np.array([np.sum((predicted == c) & (actual == c)) for c in classes])
    counts = np.array([np.sum(actual == c) for c in classes])
    scores = 2 * both / (counts + np.array([np.sum(predicted == c) for c in classes]))
    return float(scores.mean()), float((scores * counts).sum() / counts.sum())


def metrics(predictions, labels):
    p, y = predictions.astype(np.float64), labels.astype(np.float64)
    found = {"mae": float(abs(p - y).mean()), "corr": float(np.corrcoef(p, y)[0, 1]) if p.std() * y.std() > 0 else 0.0}
    for name, of_p, of_y in (("has0", p >= 0, y >= 0), ("non0", p[y != 0] > 0, y[y != 0] > 0)):
        macro, weighted = f1_scores(of_p, of_y)
        found |= {f"acc2_{name}": float((of_p == of_y).mean()), f"f1_macro_{name}": macro,
                  f"f1_weighted_{name}": weighted}
    for name, limit in (("acc5", 2), ("acc7", 3)):
        rounded = [np.round(np.clip(values, -limit, limit)) for values in (p, y)]
        found[name] = float((rounded[0] == rounded[1]).mean())
    return found | {"f1_macro_7": f1_scores(*rounded)[0]}


def predict(model, split):
    model.eval()
    with torch.no_grad():
        parts = [model(*split.batch(samples)[:2]).main for samples in batches(np.arange(len(split)))]
    return torch.cat(parts).numpy()


def batches(order):
    return [order[i : i + BATCH] for i in range(0, len(order), BATCH)]


def train_epoch(model, adamw, split, random):
    model.train()
    losses = [grf_torch.step(model, adamw, *split.batch(samples))[0] * len(samples)
              for samples in batches(random.permutation(len(split)))]
    return sum(losses).item() / len(split)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("--order", default="text,audio")
    parser.add_argument("--preset", choices=grf_torch.PRESETS, default="grf")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-masks", action="store_true", help="treat padding as data")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    random, order = np.random.RandomState(arguments.seed), arguments.order.split(",")

    splits = {name: packed_batches.read_split(arguments.dataset, name, order) for name in ("train", "valid", "test")}
    dimensions = {name: packed.values.shape[1] for name, packed in splits["train"].modalities.items()}
    model = grf_torch.GRF(grf_torch.PRESETS[arguments.preset], dimensions, masked=not arguments.no_masks)
    adamw = grf_torch.optimizer(model)

    best, best_epoch, weights, start = float("inf"), 0, None, time.perf_counter()
    for epoch in range(arguments.epochs):
        for group in adamw.param_groups:
            group["lr"] = grf_torch.learning_rate(epoch, arguments.epochs, WARMUP)
        loss = train_epoch(model, adamw, splits["train"], random)
        valid = metrics(predict(model, splits["valid"]), splits["valid"].labels)
        if valid["mae"] < best:
            best, best_epoch, weights = valid["mae"], epoch + 1, copy.deepcopy(model.state_dict())
        mark = " *" if best_epoch == epoch + 1 else ""
        print(f"epoch {epoch + 1}: loss {loss:.4f}, valid MAE {valid['mae']:.4f}{mark}, "
              f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
        if epoch + 1 - best_epoch >= PATIENCE:
            break
    model.load_state_dict(weights)
    found = metrics(predict(model, splits["test"]), splits["test"].labels)
    run = {"seed": arguments.seed, "best_epoch": best_epoch, "epochs": epoch + 1, "valid_mae": best}
    print(json.dumps(run | found))


if __name__ == "__main__":
    main()
