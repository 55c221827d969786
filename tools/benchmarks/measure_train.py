"""The measuring half of tools/benchmarks/train, which calls it; see there."""

import argparse
import json
import pathlib
import shutil
import statistics
import sys

import numpy as np
import safetensors
import torch
from measuring import HERE, MEGABYTE, hold_to_cores, kept, machine, measured, output_of, table

ORDER = ["text", "vision", "audio"]
BATCH, PRESET, WIDTH, LAYERS, FFN = 32, "grf", 64, 4, 256
PEERS = {  # name of the batches: what the table calls them, how many times our speed is wanted, and aimed at
    "published": ("padded to 50/375/500, as published", 60, 100),
    "masked": ("padded to the batch's longest, masked", 10, 15),
    "bucketed": ("the same, bucketed by length", 3, 5),
}
MEMORY_AIM, LOADER_AIM = 1000 * MEGABYTE, 0.02


def train_lengths(shards):
    """({modality: frames [N]}, {modality: dimension}) of the train split."""
    manifest = json.loads((shards / "manifest.json").read_text())
    lengths, dimensions = {name: [] for name in ORDER}, {}
    for shard in manifest["splits"]["train"]["shards"]:
        with safetensors.safe_open(shards / shard["file"], "np") as file:
            for name in ORDER:
                if not file.get_tensor(f"{name}.valid").all():
                    sys.exit(f"{shards}: {name} has masked frames; the count of operations knows none")
                lengths[name].append(np.diff(file.get_tensor(f"{name}.offsets")))
                dimensions[name] = file.get_slice(f"{name}.values").get_shape()[1]
    return {name: np.maximum(1, np.concatenate(parts)) for name, parts in lengths.items()}, dimensions


def decoder_operations(t, m):
    """Of one stack: t frames of target, m of memory. A multiplication and an addition are two operations."""
    projections = 8 * t * WIDTH**2 + 4 * (t + m) * WIDTH**2  # in and out of self-attention; of cross-attention
    attention = 4 * t * (t + m) * WIDTH  # scores, and weighted sums
    return LAYERS * (projections + attention + 4 * t * WIDTH * FFN)


def operations_of_epoch(lengths, dimensions):
    """3 x the matrix products of the forward pass over every sample: the backward pass has twice as many."""
    d, samples = WIDTH, len(lengths[ORDER[0]])
    total = sum(2 * lengths[name].sum() * dimensions[name] * d for name in ORDER)
    state = lengths[ORDER[0]]
    for name in ORDER[1:]:
        total += decoder_operations(state, lengths[name]).sum() + decoder_operations(lengths[name], state).sum()
        total += samples * 2 * (2 * d * d) * 2  # gate and candidate
        state = np.ones(samples, int)
    total += samples * 2 * 2 * (d * d // 2 + d // 2)  # the two regressors
    return 3 * float(total)


def run_ours(arguments, number):
    """(train lines of the epochs after the first, peak bytes) of one run of grf-train."""
    out = arguments.cache / f"run-{number}"
    shutil.rmtree(out, ignore_errors=True)
    found = measured([arguments.program, "--shards", arguments.shards, "--preset", PRESET, "--order", ",".join(ORDER),
                      "--batch-size", BATCH, "--epochs", arguments.epochs, "--threads", arguments.threads,
                      "--out", out, "--quiet"])
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    train = [line for line in lines if line["split"] == "train" and line["epoch"] > 1]
    seconds = ", ".join(f"{line['train_seconds']:.2f} s" for line in train)
    print(f"grf-train: {seconds} an epoch", file=sys.stderr)
    return train, found["peak"]


def run_peer(arguments, name):
    """(median seconds a step, seconds an epoch, steps counted, padded frames a step)"""
    steps = getattr(arguments, f"{name}_steps")
    found = output_of([sys.executable, HERE / "train_with_torch.py", "--shards", arguments.shards, "--batches", name,
                       "--steps", steps, "--threads", arguments.threads, "--batch-size", BATCH, "--preset", PRESET])
    seconds, padded = found["seconds"], sum(found["padded"].values())
    epoch = statistics.mean(seconds) * found["steps_an_epoch"]
    print(f"{name}: {epoch:.1f} s an epoch, from {len(seconds)} of {found['steps_an_epoch']} steps", file=sys.stderr)
    return statistics.median(seconds), epoch, len(seconds), padded


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--published-steps", type=int, default=3)
    parser.add_argument("--masked-steps", type=int, default=0)
    parser.add_argument("--bucketed-steps", type=int, default=0)
    parser.add_argument("--only-peers", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    if arguments.threads < 1 or arguments.epochs < 2:
        parser.error("--threads wants at least 1, --epochs at least 2")
    hold_to_cores(arguments.threads)
    lengths, dimensions = train_lengths(arguments.shards)
    samples = len(lengths[ORDER[0]])
    steps = -(-samples // BATCH)
    operations = operations_of_epoch(lengths, dimensions)

    sgemm = [sys.executable, HERE / "sgemm_peak.py", arguments.threads]
    peak = output_of(sgemm)
    train, memory = ([], 0) if arguments.only_peers else run_ours(arguments, 1)
    peers = {} if arguments.no_peers else {name: run_peer(arguments, name) for name in PEERS}
    if train and peers:  # again: the machine may have become slower or faster
        again, memory_again = run_ours(arguments, 2)
        train, memory = train + again, max(memory, memory_again)
    peak = {name: max(rate, peak[name]) for name, rate in output_of(sgemm).items()}
    ours = statistics.median(line["train_seconds"] for line in train) if train else None

    frames = {name: values.sum() for name, values in lengths.items()}
    print(f"{machine(arguments.threads)}; PyTorch {torch.__version__}\n{samples} samples in {steps} steps of {BATCH}; "
          f"frames: {', '.join(f'{name} {count:,}' for name, count in frames.items())}; preset {PRESET}, "
          f"{operations / steps / 1e9:.1f} GFLOP a step\n")
    rows = [["", "a step, median", "an epoch", "frames a step", "times grf-train's", "wanted (aim)", "kept"]]
    if ours:
        rows.append(["grf-train", f"{ours / steps:.3f} s", f"{ours:.2f} s", f"{sum(frames.values()) / steps:,.0f}",
                     "1", "", ""])
    for name, (step, epoch, counted, padded) in peers.items():
        label, wanted, aim = PEERS[name]
        label = "PyTorch, " + label + ("" if counted == steps else f" ({counted} of {steps} steps)")
        times = [f"{epoch / ours:.1f}", f"{wanted} ({aim})", kept(epoch >= wanted * ours)] if ours else ["", "", ""]
        rows.append([label, f"{step:.2f} s", f"{epoch:.1f} s", f"{padded:,.0f}", *times])
    print(table(rows, arguments.markdown))

    best = max(peak, key=peak.get)
    rows = [["", "found", "wanted", "kept"],
            [f"sgemm peak, 2048 cubed ({best})", f"{peak[best] / 1e9:.0f} GFLOP/s", "", ""]]
    if ours:
        rate = operations / ours
        rows.append(["grf-train's part of it", f"{rate / 1e9:.0f} GFLOP/s, {100 * rate / peak[best]:.0f} %", "", ""])
        rows.append(["peak memory", f"{memory / MEGABYTE:.0f} MB", "at most 1 GB", kept(memory <= MEMORY_AIM)])
        if all("loader_seconds" in line for line in train):
            share = sum(line["loader_seconds"] for line in train) / sum(line["train_seconds"] for line in train)
            rows.append(["the loader's share", f"{100 * share:.2f} %", "under 2 %", kept(share < LOADER_AIM)])
    for name, (_, epoch, _, _) in peers.items():
        part = 100 * operations / epoch / peak[best]
        rows.append([f"PyTorch's part, {name}", f"{operations / epoch / 1e9:.1f} GFLOP/s, {part:.1f} %", "", ""])
    print("\n" + table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
