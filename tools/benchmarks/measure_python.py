"""The measuring half of tools/benchmarks/python, which calls it; see there."""

import json
import pickle
import statistics
import sys

import numpy as np
from grf_shards import Dataset
from measuring import HERE, MEGABYTE, Arguments, kept, machine, measured, table
from read_in_python import MODALITIES, SPLITS

LONGEST = {"text": 50, "audio": 375, "vision": 500}
TASKS = {"sum": "every frame once", "samples": "every frame once, sample by sample",
         "batches": "an epoch of padded batches (PyTorch)"}
AIM = 10


def write_pickle(shards, path):
    """The dataset as the field publishes it: arrays padded on the left to 50, 375 and 500 frames, float32."""
    content = {}
    for split in SPLITS:
        dataset = Dataset(shards, split)
        content[split] = {"labels": np.array(dataset.labels)[:, :, None], "id": np.array(dataset.ids)}
        for name in MODALITIES:
            padded = np.zeros((len(dataset), LONGEST[name], dataset.manifest.modality(name).dimension), np.float32)
            for row, sample in zip(padded, dataset):
                if len(sample[name]):
                    row[-len(sample[name]):] = sample[name].values
            content[split][name] = padded
    with open(path, "wb") as file:
        pickle.dump(content, file)


def main():
    parser = Arguments("cache", "shards", rounds=7)
    arguments = parser.parsed()
    sources = {"shards": arguments.shards, "pickle": arguments.cache / "padded.pkl"}
    write_pickle(arguments.shards, sources["pickle"])

    tasks = dict(TASKS)
    try:
        import torch  # noqa: F401
    except ImportError:
        del tasks["batches"]
        print("PyTorch is not there: batches are left out (tools/setup --torch).", file=sys.stderr)
    found = {}
    for round_ in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        for task in tasks:
            for way in sources:
                out = arguments.cache / "one.json"
                whole = measured([sys.executable, HERE / "read_in_python.py", way, task, sources[way], out])
                one = json.loads(out.read_text())
                if round_ > 0:
                    found.setdefault((task, way), []).append((one["seconds"], whole["seconds"], whole["peak"], one["sum"]))
        print(f"round {round_}", file=sys.stderr)

    rows = [["", "pickle", "grf_shards", "times faster", "median of rounds", "wanted", "kept", "whole process"]]
    for task, label in tasks.items():
        # Padding is 0, and float32 sums differ by the order of their terms.
        sums = [abs(one[3]) for way in sources for one in found[task, way]]
        if max(sums) - min(sums) > 1e-3 * max(sums) + 100:
            sys.exit(f"{task}: the sums differ: {sorted(sums)}")
        inside, whole = ({way: min(one[which] for one in found[task, way]) for way in sources} for which in (0, 1))
        ratio = inside["pickle"] / inside["shards"]
        middle = statistics.median(slow[0] / fast[0] for slow, fast in zip(found[task, "pickle"], found[task, "shards"]))
        rows.append([label, f"{inside['pickle'] * 1e3:.0f} ms", f"{inside['shards'] * 1e3:.1f} ms", f"{ratio:.1f}",
                     f"{middle:.1f}", str(AIM), kept(ratio >= AIM),
                     f"{whole['pickle']:.2f} s to {whole['shards']:.2f} s"])
    peaks = {way: max(one[2] for one in found["sum", way]) for way in sources}
    size = sum(path.stat().st_size for path in arguments.shards.glob("*.safetensors"))
    print(f"{machine(arguments.threads)}; Python {sys.version.split()[0]}, numpy {np.__version__}\n"
          f"{size / MEGABYTE:.0f} MB of shards, {sources['pickle'].stat().st_size / MEGABYTE:.0f} MB of pickle, warm; the fastest of "
          f"{arguments.rounds} rounds in turns.\nPeak memory of a process: pickle {peaks['pickle'] / MEGABYTE:.0f} MB, "
          f"grf_shards {peaks['shards'] / MEGABYTE:.0f} MB.\n")
    print(table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
