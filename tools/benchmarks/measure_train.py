"""The measuring half of tools/benchmarks/train, which calls it; see there."""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import numpy as np
import safetensors
import torch
from measuring import HERE, MEGABYTE, hold_to_cores, kept, machine, measured, output_of, table

ORDER = ["text", "vision", "audio"]
BATCH, PRESET, WIDTH, LAYERS, FFN = 32, "grf", 64, 4, 256
PEERS = {  # name of the batches: what the table calls them, how many times our speed is wanted, and aimed at
    "published": ("padded to 50/375/500, as published", 120, 200),
    "masked": ("padded to the batch's longest, masked", 20, 30),
    "bucketed": ("the same, bucketed by length", 6, 10),
}
PEAK_AIM, LOADER_AIM = 0.5, 0.02
MEMORY_AIMS = {BATCH: 250 * MEGABYTE, 1284: 300 * MEGABYTE}  # by batch size
# What holds other libraries to an instruction set, for the peak that ours is held against.
HELD = {
    "": {},
    "avx2": {"OPENBLAS_CORETYPE": "Haswell", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
}


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


def run_ours(arguments, kernels="", batch=BATCH):
    """(train lines of the epochs after the first, peak bytes, SHA-256 of the weights) of one run of grf-train.

    kernels: the instruction set that it is held to; empty: the one that it chooses.
    """
    out = arguments.cache / "run"
    shutil.rmtree(out, ignore_errors=True)
    command = [arguments.program, "--shards", arguments.shards, "--preset", PRESET, "--order", ",".join(ORDER),
               "--batch-size", batch, "--epochs", arguments.epochs, "--threads", arguments.threads, "--out", out, "--quiet"]
    found = measured(command if not kernels else ["env", f"GRF_KERNELS={kernels}", *command])
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    train = [line for line in lines if line["split"] == "train" and line["epoch"] > 1]
    seconds = ", ".join(f"{line['train_seconds']:.2f} s" for line in train)
    print(f"grf-train{' ' if kernels else ''}{kernels}: {seconds} an epoch of batches of {batch}", file=sys.stderr)
    return train, found["peak"], hashlib.sha256((out / "best.safetensors").read_bytes()).hexdigest()


def kernels_of(program):
    """The instruction sets that grf-train can use here, the best one last."""
    refusal = subprocess.run([program, "presets"], env={**os.environ, "GRF_KERNELS": "?"}, capture_output=True, text=True)
    return refusal.stderr.split("choose one of ")[1].split(" (see")[0].strip().split(", ")


def sgemm_peak(arguments, kernels):
    """(the most operations a second, through which library)"""
    found = output_of(["env", *(f"{name}={value}" for name, value in HELD[kernels].items()), sys.executable,
                       HERE / "sgemm_peak.py", arguments.threads])
    library = max(found, key=found.get)
    return found[library], library


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

    available = [] if arguments.only_peers else kernels_of(arguments.program)
    sets = [""] + (["avx2"] if "avx2" in available[:-1] else []) if available else []
    peaks = {name: sgemm_peak(arguments, name) for name in sets}
    runs = {name: run_ours(arguments, name) for name in sets}
    peers = {} if arguments.no_peers else {name: run_peer(arguments, name) for name in PEERS}
    for name in sets:  # again: the machine may have become slower or faster
        train, memory, weights = run_ours(arguments, name)
        if weights != runs[name][2]:
            sys.exit("two runs with the same seed have different weights")
        runs[name] = runs[name][0] + train, max(memory, runs[name][1]), weights
        peaks[name] = max(peaks[name], sgemm_peak(arguments, name))
    if len({weights for _, _, weights in runs.values()}) > 1:
        sys.exit("instruction sets have different weights")
    large = run_ours(arguments, batch=samples)[1] if sets else 0
    epochs = {name: statistics.median(line["train_seconds"] for line in train) for name, (train, _, _) in runs.items()}

    frames = {name: values.sum() for name, values in lengths.items()}
    print(f"{machine(arguments.threads)}; PyTorch {torch.__version__}\n{samples} samples in {steps} steps of {BATCH}; "
          f"frames: {', '.join(f'{name} {count:,}' for name, count in frames.items())}; preset {PRESET}, "
          f"{operations / steps / 1e9:.1f} GFLOP a step\n")
    rows = [["", "a step, median", "an epoch", "frames a step", "times grf-train's", "wanted (aim)", "target met?"]]
    for name, seconds in epochs.items():
        label = f"grf-train, held to {name}" if name else f"grf-train, as installed: {available[-1]}"
        rows.append([label, f"{seconds / steps:.3f} s", f"{seconds:.2f} s", f"{sum(frames.values()) / steps:,.0f}",
                     f"{seconds / epochs['']:.1f}", "", ""])
    for name, (step, epoch, counted, padded) in peers.items():
        label, wanted, aim = PEERS[name]
        label = "PyTorch, " + label + ("" if counted == steps else f" ({counted} of {steps} steps)")
        times = ["", "", ""]
        if epochs:
            times = [f"{epoch / epochs['']:.1f}", f"{wanted} ({aim})", kept(epoch >= wanted * epochs[""])]
        rows.append([label, f"{step:.2f} s", f"{epoch:.1f} s", f"{padded:,.0f}", *times])
    print(table(rows, arguments.markdown))

    if not sets:
        return
    rows = [["", "found", "wanted", "target met?"]]
    for name in sets:
        (peak, library), rate, label = peaks[name], operations / epochs[name], name or available[-1]
        rows.append([f"sgemm peak, 2048 cubed, {label} ({library})", f"{peak / 1e9:.0f} GFLOP/s", "", ""])
        rows.append([f"grf-train's part of it, {label}", f"{rate / 1e9:.0f} GFLOP/s, {100 * rate / peak:.0f} %",
                     f"{100 * PEAK_AIM:.0f} %", kept(rate >= PEAK_AIM * peak)])
    for batch, memory in [(BATCH, runs[""][1]), (samples, large)]:
        aim = MEMORY_AIMS.get(batch)
        rows.append([f"peak memory, batches of {batch}", f"{memory / MEGABYTE:.0f} MB",
                     f"at most {aim / MEGABYTE:.0f} MB" if aim else "", kept(memory <= aim) if aim else ""])
    train = runs[""][0]
    share = sum(line["loader_seconds"] for line in train) / sum(line["train_seconds"] for line in train)
    rows.append(["the loader's share", f"{100 * share:.2f} %", "under 2 %", kept(share < LOADER_AIM)])
    print("\n" + table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
