"""The measuring half of tools/benchmarks/pack, which calls it; see there."""

import os
import shutil
import statistics
import sys

from measuring import MEGABYTE, Arguments, kept, machine, measured, table

SPEED_AIM = 1.1


def shards(folder, suffix):
    return sorted(path for path in folder.iterdir() if path.name.endswith(suffix))


def fresh(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    os.sync()  # what earlier steps left to be written must not slow the next


def one_round(arguments, level):
    """{name: (seconds, seconds of processor time)}, and the packed bytes of both."""
    program, threads = arguments.program, arguments.threads
    ours, theirs = arguments.cache / "pack-ours", arguments.cache / "pack-zstd"
    seconds = {}
    fresh(arguments.dataset, ours)
    fresh(arguments.dataset, theirs)

    def zstd(*words):
        alone = timed("zstd", "-q", f"-T{threads}", "--rm", *words)
        syncing = timed("sync", *theirs.iterdir(), theirs)
        return alone, (alone[0] + syncing[0], alone[1] + syncing[1])

    def timed(*command):
        found = measured(command)
        return found["seconds"], found["processor"]

    seconds["verify"] = timed(program, "verify", "--json", ours)
    seconds["crc"] = timed(arguments.floor, threads, *shards(ours, ".safetensors"))
    seconds["pack"] = timed(program, "pack", "--quiet", "--level", level, "--threads", threads, ours)
    seconds["zstd"], seconds["zstd, synced"] = zstd(f"-{level}", *shards(theirs, ".safetensors"))
    sizes = [sum(path.stat().st_size for path in shards(folder, ".zst")) for folder in (ours, theirs)]
    seconds["verify packed"] = timed(program, "verify", "--json", ours)
    os.sync()
    seconds["unpack"] = timed(program, "unpack", "--quiet", "--threads", threads, ours)
    seconds["zstd -d"], seconds["zstd -d, synced"] = zstd("-d", *shards(theirs, ".zst"))
    return seconds, sizes


def main():
    parser = Arguments("cache", "dataset", "program", "floor", rounds=5)
    parser.add_argument("--level", type=int, default=3)
    arguments = parser.parsed()
    total = sum(path.stat().st_size for path in shards(arguments.dataset, ".safetensors"))

    rounds = []
    for number in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        seconds, sizes = one_round(arguments, arguments.level)
        print(f"round {number}: " + ", ".join(f"{name} {one[0]:.2f} s" for name, one in seconds.items()), file=sys.stderr)
        rounds.append(seconds)
    middle = {name: statistics.median(one[name][0] for one in rounds[1:]) for name in rounds[0]}
    processor = {name: statistics.median(one[name][1] for one in rounds[1:]) for name in rounds[0]}

    print(machine(arguments.threads))
    print(f"{total / MEGABYTE:.0f} MB of shards; level {arguments.level}\n")
    pairs = [("grf-data pack", "pack", "zstd, synced"), ("zstd", "zstd", "zstd, synced"),
             ("zstd, and its files synced", "zstd, synced", "zstd, synced"),
             ("grf-data unpack", "unpack", "zstd -d, synced"), ("zstd -d", "zstd -d", "zstd -d, synced"),
             ("zstd -d, and its files synced", "zstd -d, synced", "zstd -d, synced"),
             ("grf-data verify", "verify", "crc"), ("CRC-32 alone", "crc", "crc"),
             ("grf-data verify, packed", "verify packed", "crc")]
    rows = [["", "seconds, median", "MB/s", "of the yardstick", "processor s", "of the yardstick"]]
    for label, name, yardstick in pairs:
        rows.append([label, f"{middle[name]:.3f}", f"{total / MEGABYTE / middle[name]:,.0f}",
                     f"{middle[name] / middle[yardstick]:.2f}", f"{processor[name]:.3f}",
                     f"{processor[name] / processor[yardstick]:.2f}"])
    print(table(rows, arguments.markdown) + "\n")
    rows = [["", "found", "wanted", "kept"]]
    for label, name, yardstick in (("pack against zstd", "pack", "zstd, synced"),
                                   ("unpack against zstd -d", "unpack", "zstd -d, synced"),
                                   ("verify against CRC-32", "verify", "crc")):
        ratio = middle[name] / middle[yardstick]
        rows.append([label, f"{ratio:.2f}", f"at most {SPEED_AIM}", kept(ratio <= SPEED_AIM)])
    rows.append(["size against zstd's", f"{sizes[0] / sizes[1]:.3f}", "", ""])
    print(table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
