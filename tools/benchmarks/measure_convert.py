"""The measuring half of tools/benchmarks/convert, which calls it; see there."""

import json
import os
import shutil
import statistics
import subprocess
import sys

import h5py
from measuring import HERE, MEGABYTE, Arguments, kept, machine, measured, output_of, table

MEMORY_AIM, OPENING_AIM, H5PY_AIM, FLOOR_AIM = 256 * MEGABYTE, 0.010, 1 / 3, 1.3


def convert(program, files, out, threads, *options):
    command = [program, "convert", *files, out, "--quiet", "--threads", threads, *options]
    shutil.rmtree(out, ignore_errors=True)
    os.sync()  # what earlier rounds left to be written must not slow this one
    return measured(command)


def timings(arguments, files):
    """{name: [seconds a round]}, and the largest peak of the conversions."""
    seconds = {"h5py": [], "convert": [], "floor": []}
    peak = 0
    for round_ in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        found = {
            "h5py": output_of([sys.executable, HERE / "read_with_h5py.py", *files]),
            "convert": convert(arguments.program, files, arguments.cache / "out", arguments.threads),
            "floor": output_of([arguments.floor, arguments.threads, *files]),
        }
        print(f"round {round_}: " + ", ".join(f"{name} {one['seconds']:.2f} s" for name, one in found.items()),
              file=sys.stderr)
        peak = max(peak, found["convert"]["peak"])
        if round_ > 0:
            for name, one in found.items():
                seconds[name].append(one["seconds"])
    return seconds, peak, found["h5py"]["bytes"], found["floor"]["stored"]


def large_peak(arguments, files):
    folder = arguments.cache / "four-times"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, HERE / "enlarge.py", "4", folder, *files], check=True)
        (folder / "complete").touch()
    large = [folder / file.name for file in files]
    found = convert(arguments.program, large, arguments.cache / "out-four-times", arguments.threads,
                    "--folds", folder / "folds.json")
    return found["peak"], found["seconds"]


def read_speed(program, out):
    done = subprocess.run([program, "read-speed", out, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no word"]
        print(f"read-speed: status {done.returncode}: {lines[0]}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def main():
    parser = Arguments("cache", "data", "program", "floor", rounds=5)
    parser.add_argument("--no-large", action="store_true")
    arguments = parser.parsed()
    files = parser.sequences(arguments.data)

    seconds, peak, raw, stored = timings(arguments, files)
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    names = {"h5py": "h5py loop, reading only", "convert": "grf-data convert",
             "floor": f"inflating alone, {arguments.threads} threads"}
    rows = [["", "seconds, median", "fastest to slowest", "of h5py's", "of the floor"]]
    for name, label in names.items():
        rows.append([label, f"{middle[name]:.2f}", f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}",
                     f"{middle[name] / middle['h5py']:.2f}", f"{middle[name] / middle['floor']:.2f}"])
    manifest = json.loads((arguments.cache / "out" / "manifest.json").read_text())
    splits = ", ".join(f"{name} {split['samples']}" for name, split in manifest["splits"].items())
    python = f"h5py {h5py.__version__} with HDF5 {h5py.version.hdf5_version}"
    print(f"{machine(arguments.threads)}; {python}\n{raw / MEGABYTE:.0f} MB of arrays in {stored / MEGABYTE:.0f} MB "
          f"of chunks, warm; medians of {arguments.rounds} rounds. Samples: {splits}.\n")
    print(table(rows, arguments.markdown))

    def of(name):
        return middle["convert"] / middle[name]

    rows = [["", "found", "wanted", "kept"],
            ["time against h5py", f"{of('h5py'):.2f}", f"at most {H5PY_AIM:.2f}", kept(of("h5py") <= H5PY_AIM)],
            ["time against the floor", f"{of('floor'):.2f}", f"{FLOOR_AIM} or less", kept(of("floor") <= FLOOR_AIM)],
            ["peak memory", f"{peak / MEGABYTE:.0f} MB", "at most 256 MB", kept(peak <= MEMORY_AIM)]]
    if not arguments.no_large:
        large, large_seconds = large_peak(arguments, files)
        # Allocators breathe: a tenth more is the same.
        rows.append([f"peak memory, four times the set ({large_seconds:.2f} s)", f"{large / MEGABYTE:.0f} MB", "the same",
                     kept(large <= max(peak * 1.1, peak + 8 * MEGABYTE))])
    speed = read_speed(arguments.program, arguments.cache / "out")
    if speed:
        rate = speed["bytes"] / speed["seconds"]
        memory = speed["memory_read_bytes_per_second"]
        rows.append(["opening the dataset", f"{speed['open_seconds'] * 1e3:.2f} ms", "under 10 ms",
                     kept(speed["open_seconds"] < OPENING_AIM)])
        rows.append(["reading every frame, warm", f"{rate / 1e9:.1f} GB/s", f"a memory read: {memory / 1e9:.1f} GB/s",
                     kept(rate >= 0.8 * memory)])
    print("\n" + table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
