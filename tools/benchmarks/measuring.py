"""What the measuring scripts share: running commands, the machine in words, tables."""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MEGABYTE = 1e6


# The sequences of a set of CMU-MOSI's size that ../shared/data/mosi/build.py --frames makes.
SEQUENCES = ["CMU_MOSI_Opinion_Labels.csd", "CMU_MOSI_TimestampedWordVectors.csd", "CMU_MOSI_COVAREP.csd",
             "CMU_MOSI_Visual_Facet_41.csd"]


class Arguments(argparse.ArgumentParser):
    """What every measuring script is given: paths, rounds, threads; further ones are added before `parsed`."""

    def __init__(self, *paths, rounds):
        super().__init__()
        for name in paths:
            self.add_argument(f"--{name}", type=pathlib.Path, required=True)
        self.add_argument("--rounds", type=int, default=rounds)
        self.add_argument("--threads", type=int, default=2)
        self.add_argument("--markdown", action="store_true")

    def parsed(self):
        """The arguments; from here on the process and its children have as many cores as threads."""
        arguments = self.parse_args()
        if arguments.rounds < 1 or arguments.threads < 1:
            self.error("--rounds and --threads want at least 1")
        hold_to_cores(arguments.threads)
        return arguments

    def sequences(self, folder):
        """The files of SEQUENCES in a folder."""
        files = [folder / name for name in SEQUENCES]
        missing = [str(file) for file in files if not file.exists()]
        if missing:
            self.error(f"not there: {', '.join(missing)}; make them with build.py DIR --frames")
        return files


def output_of(command):
    """The JSON that a command prints."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    if done.returncode != 0:
        sys.exit(f"failed with status {done.returncode}: {' '.join(map(str, command))}")
    return json.loads(done.stdout)


def measured(command):
    """{seconds, processor, peak} of a command that must succeed; peak is in bytes."""
    found = output_of([sys.executable, "-S", "-E", HERE / "run_and_measure.py", *command])
    if found["status"] != 0:
        sys.exit(f"failed with status {found['status']}: {' '.join(map(str, command))}")
    return found


def hold_to_cores(number):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:number])


def machine(threads):
    model = platform.processor() or platform.machine()
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{model}, {threads} cores"


def table(rows, markdown):
    """The first row is the head; columns after the first are set to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("| " + " | ".join(cells) + " |" if markdown else "  ".join(cells).rstrip())
    rule = ["-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    lines.insert(1, "| " + " | ".join(rule) + " |" if markdown else "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def kept(is_kept):
    return "yes" if is_kept else "NO"
