"""The measuring half of tools/benchmarks/doctor, which calls it; see there."""

import json
import os
import shutil
import statistics
import subprocess
import sys

from measuring import MEGABYTE, Arguments, kept, machine, measured, table

TIME_AIM, MEMORY_AIM = 1.0, 256 * MEGABYTE


def main():
    parser = Arguments("cache", "data", "program", rounds=7)
    arguments = parser.parsed()
    files = parser.sequences(arguments.data)

    out = arguments.cache / "out"
    commands = {"grf-data doctor": ["doctor", *files, "--quiet"],
                "grf-data convert": ["convert", *files, out, "--quiet", "--threads", arguments.threads]}
    seconds, peaks = {name: [] for name in commands}, dict.fromkeys(commands, 0)
    for round_ in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        for name, command in commands.items():
            shutil.rmtree(out, ignore_errors=True)
            os.sync()  # what earlier rounds left to be written must not slow this one
            found = measured([arguments.program, *command])
            print(f"round {round_}: {name} {found['seconds']:.2f} s", file=sys.stderr)
            peaks[name] = max(peaks[name], found["peak"])
            if round_ > 0:
                seconds[name].append(found["seconds"])
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = middle["grf-data doctor"] / middle["grf-data convert"]

    done = subprocess.run([arguments.program, "doctor", *files, "--json"], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)["sequences"]
    values = sum(one["rows"] * one["columns"] for one in report)
    print(f"{machine(arguments.threads)}; {len(report)} sequences, {values / 1e6:.0f} million values; "
          f"medians of {arguments.rounds} rounds in turns\n")
    rows = [["", "seconds, median", "fastest to slowest", "peak memory"]]
    for name in commands:
        rows.append([name, f"{middle[name]:.2f}", f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}",
                     f"{peaks[name] / MEGABYTE:.0f} MB"])
    print(table(rows, arguments.markdown))
    peak = peaks["grf-data doctor"]
    print("\n" + table([["", "found", "wanted", "kept"],
                        ["the doctor's time, of a conversion's", f"{ratio:.2f}", "at most 1", kept(ratio <= TIME_AIM)],
                        ["the doctor's peak memory", f"{peak / MEGABYTE:.0f} MB", "at most 256 MB",
                         kept(peak <= MEMORY_AIM)]], arguments.markdown))


if __name__ == "__main__":
    main()
