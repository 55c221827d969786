"""The measuring half of tools/benchmarks/report, which calls it; see there."""

import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import sys
import time

import h5py
from measuring import MEGABYTE, Arguments, kept, machine, measured, output_of, table

TSNE_AIM, STUDY_AIM = 20, 120  # seconds
STAGES = ["stage.first", "stage.0.state", "stage.1.state"]


def make_run(cache, programs):
    """(dataset, run): made once; all videos but two are in the test split."""
    shards, run = cache / "report-set", cache / "report-run"
    if not (run / "test.json").exists():
        raw, folds = cache / "report-raw", cache / "report-folds.json"
        for folder in (raw, shards, run):
            shutil.rmtree(folder, ignore_errors=True)
        measured([programs / "grf-data", "generate", raw, "--like", "mosi", "--quiet"])
        labels = next(path for path in raw.glob("*.csd") if "Labels" in path.name)
        with h5py.File(labels) as file:
            videos = sorted(next(iter(file.values()))["data"])
        folds.write_text(json.dumps({"train": videos[:1], "valid": videos[1:2], "test": videos[2:]}))
        measured([programs / "grf-data", "convert", *raw.glob("*.csd"), shards, "--folds", folds, "--quiet",
                  "--max-frames", "text=50,audio=100,vision=100"])
        measured([programs / "grf-train", "--shards", shards, "--out", run, "--epochs", "1", "--quiet"])
        shutil.rmtree(raw)
    return shards, run


def peer(embedding):
    """Seconds of scikit-learn's TSNE over the stages of an embedding; called as a process of its own."""
    import numpy as np
    from safetensors.numpy import load_file
    from sklearn.manifold import TSNE

    states = load_file(embedding)
    began = time.perf_counter()
    for stage in STAGES:
        TSNE(perplexity=30, init="pca", max_iter=750, random_state=0).fit_transform(np.asarray(states[stage]))
    print(json.dumps({"seconds": time.perf_counter() - began, "samples": len(states["prediction"])}))


def main():
    parser = Arguments("cache", "programs", rounds=3)
    arguments = parser.parsed()
    shards, run = make_run(arguments.cache, arguments.programs)
    embedding, page = arguments.cache / "report.safetensors", arguments.cache / "report.html"
    trainer, threads = arguments.programs / "grf-train", ["--threads", arguments.threads]
    study = arguments.cache / "report-study"
    fixture = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
    has_peer = importlib.util.find_spec("sklearn") is not None
    found = {name: [] for name in ("embed", "page", "study", "peer")}
    peaks = dict.fromkeys(found, 0)

    def take(name, command):
        one = measured(command)
        found[name].append(one["seconds"])
        peaks[name] = max(peaks[name], one["peak"])

    os.environ["PATH"] = f"{arguments.programs}:{os.environ['PATH']}"
    for round_ in range(arguments.rounds):
        take("embed", [trainer, "embed", "--shards", shards, "--checkpoint", run / "best.safetensors", "--output",
                       embedding, *threads])
        take("page", [trainer, "report", run, "--output", page, "--quiet", *threads])
        if has_peer:
            found["peer"].append(output_of([sys.executable, __file__, "--peer", embedding])["seconds"])
        shutil.rmtree(study, ignore_errors=True)
        take("study", [trainer, "reproduce", "--data", fixture, "--out", study, "--quick", "--quiet", *threads])
        print(f"round {round_ + 1}", file=sys.stderr)

    rest = [page_ - embed for page_, embed in zip(found["page"], found["embed"])]
    rows = [["", "seconds, median", "fastest to slowest", "peak memory", "wanted", "kept"]]

    def row(title, values, peak, aim=None):
        median = statistics.median(values)
        rows.append([title, f"{median:.1f}", f"{min(values):.1f} to {max(values):.1f}",
                     f"{peak / MEGABYTE:.0f} MB" if peak else "", f"{aim} s" if aim else "",
                     kept(median <= aim) if aim else ""])

    row("embed", found["embed"], peaks["embed"])
    row("page of the run", found["page"], peaks["page"])
    row(f"  without the embedding: {len(STAGES)} t-SNEs, all else", rest, 0, TSNE_AIM)
    if has_peer:
        row(f"  scikit-learn, {len(STAGES)} t-SNEs", found["peer"], 0)
    row("quick study of the fixture", found["study"], peaks["study"], STUDY_AIM)
    samples = json.loads((run / "test.json").read_text())["samples"]
    print(f"{machine(arguments.threads)}; {samples:,} test samples; {arguments.rounds} rounds\n")
    print(table(rows, arguments.markdown))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2])
    else:
        main()
