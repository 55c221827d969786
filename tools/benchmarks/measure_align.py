"""The measuring half of tools/benchmarks/align, which calls it; see there."""

import os
import shutil
import statistics
import sys

from measuring import MEGABYTE, Arguments, kept, machine, measured, table

TIME_AIM = 1.5


def main():
    parser = Arguments("cache", "data", "program", rounds=5)
    parser.add_argument("--align", default="glove_vectors")
    arguments = parser.parsed()
    files = sorted(arguments.data.glob("*.csd"))
    if not files:
        parser.error(f"{arguments.data} holds no .csd file; make them with build.py DIR --frames")

    align = ["--align", arguments.align]
    kinds = {"as it is": []} | {f"{how}": [*align, "--collapse", how] for how in ("mean", "max", "first", "last")}
    kinds["mean, without zero frames"] = [*align, "--drop-zero-frames", "audio", "--drop-zero-frames", "vision"]
    seconds = {kind: [] for kind in kinds}
    peaks = dict.fromkeys(kinds, 0)
    out = arguments.cache / "aligned"
    for round_ in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        for kind, options in kinds.items():
            shutil.rmtree(out, ignore_errors=True)
            os.sync()  # what was left to be written must not slow this one
            found = measured([arguments.program, "convert", *files, out, "--quiet", "--threads", arguments.threads,
                              *options])
            peaks[kind] = max(peaks[kind], found["peak"])
            if round_ > 0:
                seconds[kind].append(found["seconds"])
        print(f"round {round_}", file=sys.stderr)
    # Of each round the ratio: what else the machine does slows both.
    plain = seconds["as it is"]
    rows = [["converted", "seconds, median", "fastest to slowest", "of the first, median", "peak memory", "kept"]]
    for kind, found in seconds.items():
        ratio = statistics.median(one / first for one, first in zip(found, plain))
        good = ratio <= TIME_AIM and peaks[kind] <= peaks["as it is"] + 8 * MEGABYTE
        rows.append([kind, f"{statistics.median(found):.2f}", f"{min(found):.2f} to {max(found):.2f}", f"{ratio:.2f}",
                     f"{peaks[kind] / MEGABYTE:.0f} MB", kept(good)])
    print(f"{machine(arguments.threads)}; {len(files)} files, aligned to {arguments.align}; {arguments.rounds} rounds; at most "
          f"{TIME_AIM} times the first, and no more memory\n")
    print(table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
