#!/usr/bin/env python3
"""Feeds damaged .csd files to grf-data, each in a process of its own, and says how it took them.

    python tools/fuzz/mutate_csd.py --program .build/release/grf-data [--mutants 20000] [--first 0] [--jobs 2] [--keep DIR]

Three small files that h5py writes are damaged by a seeded generator: mutant n is the same on every machine that has
the same h5py. Every mutant goes to convert, info or doctor. It fails where a command

- ends by a signal, hangs (more than a second of processor time, or 30 on the clock), or needs more than 512 MB;
- ends with anything but success or one error line and exit status 1;
- says that the program itself is at fault;
- converts it, with a result that differs from the undamaged file's, although a checksum of the file covers all that
  was changed: bytes inside gzip or Fletcher-32 chunks, and all of a file whose metadata has checksums but its
  heap of strings and its trees of chunks.

Where libhdf5 itself dies, the error line of the process that guards it is what is wanted; such mutants are counted.
Needs h5py and numpy. Exits 1 where any mutant failed; --keep saves those.
"""
import argparse, collections, json, multiprocessing, os, random, resource, signal, sys, tempfile, time
import h5py
import numpy

GREATEST_MEMORY = 512 << 20
GREATEST_SECONDS = 1.0
GREATEST_WAIT = 30.0
VIDEOS = ["03bSnISJMiM", "1DmNV9C1hbY", "_dI--eQ6qVU"]


# The files that are damaged.


def intervals(rows, step):
    starts = numpy.arange(rows) * step
    return numpy.stack([starts, starts + step], axis=1)


def write_entry(group, video, features, spans, options):
    entry = group.create_group(video)
    for name, values in (("features", features), ("intervals", spans)):
        chunked = options if values.dtype.kind != "O" and values.size else {}
        entry.create_dataset(name, data=values, **chunked)


def write_file(path, kind):
    generator = numpy.random.default_rng(7)
    options = {
        "gzip": {"compression": "gzip", "chunks": True},
        "checked": {"compression": "gzip", "shuffle": True, "fletcher32": True, "chunks": True},
        "plain": {},
    }[kind]
    with h5py.File(path, "w", libver=("v108", "v110") if kind == "checked" else "earliest") as file:
        roots = {"glove_vectors": 3, "COAVAREP": 5, "Opinion Segment Labels": 1, "words": 0}
        for root, dimension in roots.items():
            data = file.create_group(f"{root}/data")
            for number, video in enumerate(VIDEOS):
                rows = {"COAVAREP": 60, "Opinion Segment Labels": 3}.get(root, 12) + number
                step = 6.0 / rows
                if dimension:
                    values = generator.standard_normal((rows, dimension)).astype("f4")
                    if root == "Opinion Segment Labels":
                        values = numpy.clip(numpy.round(values * 2), -3, 3).astype("f4")
                else:
                    values = numpy.array([[f"word{i}".encode()] for i in range(rows)], dtype="S9")
                write_entry(data, video, values, intervals(rows, step), options)
            metadata = file.create_group(f"{root}/metadata")
            for key, value in {"root name": root, "creator": "fuzz", "dimension names": ["x"] * dimension}.items():
                text = numpy.array([json.dumps(value)], dtype=object)
                metadata.create_dataset(key, data=text, dtype=h5py.string_dtype())


def chunk_ranges(path):
    """Bytes of the file that a chunk's own checksum covers."""
    ranges = []

    def visit(_, item):
        if isinstance(item, h5py.Dataset) and item.chunks and (item.compression == "gzip" or item.fletcher32):
            for index in range(item.id.get_num_chunks()):
                chunk = item.id.get_chunk_info(index)
                ranges.append((chunk.byte_offset, chunk.byte_offset + chunk.size))

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return ranges


def uncovered(content):
    """The parts of a new-style file that have no checksum: heaps of strings, and the trees that say where chunks are."""
    ranges = []
    for signature in (b"GCOL", b"TREE"):
        start = content.find(signature)
        while start >= 0:
            # A node of a tree: its head, and room for 65 keys of 32 bytes and 64 addresses.
            size = int.from_bytes(content[start + 8 : start + 16], "little") if signature == b"GCOL" else 24 + 65 * 32 + 64 * 8
            ranges.append((start, start + size))
            start = content.find(signature, start + 4)
    return sorted(ranges)


class Seed:
    def __init__(self, folder, kind, program):
        self.kind = kind
        path = os.path.join(folder, f"{kind}.csd")
        write_file(path, kind)
        self.content = open(path, "rb").read()
        self.chunks = chunk_ranges(path)
        if kind == "checked":
            heaps, size = uncovered(self.content), len(self.content)
            edges = [0] + [edge for heap in heaps for edge in heap] + [size]
            self.covered = list(zip(edges[::2], edges[1::2]))
        else:
            self.covered = self.chunks
        out = os.path.join(folder, f"{kind}-out")
        ending = run([program, "convert", path, out, "--quiet"])
        if ending.status != 0:
            raise RuntimeError(f"the undamaged file is not converted: {ending.error}")
        self.result = json.load(open(os.path.join(out, "manifest.json")))["content"]


# Damage.

EDGES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 32, 1 << 40, (1 << 63) - 1, (1 << 64) - 1]


def mutant(seed, other, number):
    """The damaged file, and whether checksums cover all that was changed."""
    draw = random.Random(number)
    content = bytearray(seed.content)
    inside = bool(seed.covered) and draw.random() < 0.35
    for _ in range(draw.choice([1, 1, 1, 2, 3, 8])):
        if inside:
            low, high = draw.choice(seed.covered)
        elif draw.random() < 0.5:
            low, high = 0, min(4096, len(content))
        else:
            low, high = 0, len(content)
        if high - low < 8 or high > len(content):
            continue
        place = draw.randrange(low, high - 7)
        kind = draw.randrange(4 if inside else 8)
        if kind == 0:
            content[place] ^= 1 << draw.randrange(8)
        elif kind == 1:
            content[place] = draw.randrange(256)
        elif kind == 2:
            width = draw.choice([1, 2, 4, 8])
            content[place : place + width] = (draw.choice(EDGES) & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        elif kind == 3:
            width = draw.choice([1, 2, 4])
            value = int.from_bytes(content[place : place + width], "little") + draw.randrange(-9, 10)
            content[place : place + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        elif kind == 4:
            length = min(draw.randrange(1, 200), len(content) - place)
            content[place : place + length] = bytes([draw.choice([0, 255])]) * length
        elif kind == 5:
            length = min(draw.randrange(1, 200), len(content) - place)
            start = draw.randrange(0, len(content) - length)
            content[place : place + length] = content[start : start + length]
        elif kind == 6:
            length = draw.randrange(1, 600)
            start = draw.randrange(0, max(1, len(other.content) - length))
            piece = other.content[start : start + min(length, len(content) - place)]
            content[place : place + len(piece)] = piece
        else:
            del content[draw.choice([draw.randrange(len(content)), place, max(0, len(content) - draw.randrange(1, 64))]) :]
    changed = [i for i, (a, b) in enumerate(zip(content, seed.content)) if a != b]
    whole = len(content) == len(seed.content)
    covered = whole and all(any(low <= i < high for low, high in seed.covered) for i in changed)
    return bytes(content), covered


# One run.

Ending = collections.namedtuple("Ending", "status error seconds memory hung")


def run(arguments):
    error = tempfile.TemporaryFile()
    pid = os.fork()
    if pid == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
            os.dup2(os.open("/dev/null", os.O_RDWR), 0)
            os.dup2(0, 1)
            os.dup2(error.fileno(), 2)
            os.execv(arguments[0], arguments)
        finally:
            os._exit(127)
    begun, hung, pause = time.monotonic(), False, 0.001
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > GREATEST_WAIT:
            hung = True
            os.kill(pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(0.01, pause * 1.2)
    error.seek(0)
    text = error.read().decode(errors="replace")
    # The figures are those of the process and of the child that it guards.
    return Ending(os.waitstatus_to_exitcode(status), text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10, hung)


def verdict(ending):
    """How a command ended, and whether that is a failure."""
    if ending.hung or ending.seconds > GREATEST_SECONDS:
        return "hung", True
    if ending.memory > GREATEST_MEMORY:
        return "too much memory", True
    if ending.status == 0:
        return "accepted", False
    lines = [line for line in ending.error.splitlines() if ": error: " in line]
    if ending.status != 1 or len(lines) != 1:
        return f"status {ending.status}, {len(lines)} error lines", True
    if "this program has a fault" in lines[0]:
        return "a fault of the program", True
    if "ended the reader" in lines[0]:
        return "libhdf5 died, one error line", False
    return "refused, one error line", False


def work(task):
    program, first, count, step, keep, folder = task
    seeds = [Seed(folder, kind, program) for kind in ("gzip", "checked", "plain")]
    tally, failures, worst = collections.Counter(), [], [0.0, 0]
    path, out = os.path.join(folder, "mutant.csd"), os.path.join(folder, "out")
    for number in range(first, first + count, step):
        seed = seeds[number % 3]
        content, covered = mutant(seed, seeds[(number + 1) % 3], number)
        with open(path, "wb") as file:
            file.write(content)
        command = ("convert", "convert", "info", "doctor")[number // 3 % 4]
        ending = run([program, command, path] + ([out, "--quiet"] if command == "convert" else []))
        what, fails = verdict(ending)
        if command == "convert" and ending.status == 0:
            with open(os.path.join(out, "manifest.json")) as file:
                same = json.load(file)["content"] == seed.result
            what = "accepted, the same content" if same else "accepted, other content"
            if covered:
                what += ", checksums cover the change"
                fails = fails or not same
        os.system(f"rm -rf '{out}' '{out}.partial'")
        tally[command, what] += 1
        worst = [max(worst[0], ending.seconds), max(worst[1], ending.memory)]
        if fails:
            failures.append((number, command, what, ending.error.strip()[:300]))
            if keep:
                with open(os.path.join(keep, f"{number}-{command}.csd"), "wb") as file:
                    file.write(content)
    return tally, failures, worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--mutants", type=int, default=20000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep")
    options = parser.parse_args()
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        tasks = []
        for job in range(options.jobs):
            own = os.path.join(folder, str(job))
            os.mkdir(own)
            program = os.path.abspath(options.program)
            tasks.append((program, options.first + job, options.mutants - job, options.jobs, options.keep, own))
        with multiprocessing.Pool(options.jobs) as pool:
            results = pool.map(work, tasks)
    tally = sum((result[0] for result in results), collections.Counter())
    failures = sorted(failure for result in results for failure in result[1])
    print(f"{sum(tally.values())} mutants from number {options.first} in {time.monotonic() - begun:.0f} s, {options.jobs} at a time")
    for (command, what), count in sorted(tally.items()):
        print(f"  {command:8} {count:6}  {what}")
    print(f"  most processor time {max(r[2][0] for r in results):.2f} s, most memory {max(r[2][1] for r in results) >> 20} MB")
    for number, command, what, error in failures:
        print(f"FAILED: mutant {number}, {command}: {what}: {error}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
