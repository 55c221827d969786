#!/usr/bin/env python3
"""Writes .csd files whose features are laid out in every way that h5py knows, and what h5py reads in them.

    python tools/fuzz/write_layouts.py FOLDER COUNT [FIRST]

File n is the same in every run with the same h5py. N.csd has one entry, `v` of COVAREP; N.f4 holds its features as h5py
reads them, as little-endian binary32, with NaN where the file holds no bytes for them. A line a file goes to standard
output: number, rows, columns, 1 where bytes are absent and else 0, and how it was made.
"""
import os, sys, tempfile
import h5py
import numpy

# More often, what files of features have.
TYPES = ["<f4"] * 18 + ["<f8"] * 10 + ["f2", ">f2", ">f4", ">f8"] * 2 + [
    "i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8",
]
VERSIONS = ["earliest"] * 4 + [("earliest", "v108"), ("v108", "v108"), ("earliest", "v110"), ("v110", "v110")]


def values(generator, rows, columns, dtype):
    dtype = numpy.dtype(dtype)
    if dtype.kind == "f":
        table = generator.standard_normal((rows, columns)) * 10.0 ** generator.integers(-3, 4)
        if generator.random() < 0.4:
            odd = generator.random((rows, columns))
            for limit, value in enumerate([numpy.nan, numpy.inf, -numpy.inf, -0.0, 1e-42, 3e38, 1e300]):
                table[odd * 50 < 7 - limit] = value
        if generator.random() < 0.3:
            table[generator.random(rows) < 0.5] = 0
        with numpy.errstate(over="ignore"):
            return table.astype(dtype)
    limits = numpy.iinfo(dtype)
    if generator.random() < 0.5:
        return generator.integers(0, 100, (rows, columns)).astype(dtype)
    return generator.integers(limits.min, limits.max, (rows, columns), dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)


def add_filters(properties, generator, dtype):
    """Adds up to three filters in a random order; returns their names.

    Scale-offset and n-bit come first, and only one of them: behind others they make libhdf5 write beyond its buffers.
    """
    names = ["deflate", "shuffle", "fletcher32", "lzf", "scaleoffset", "nbit"]
    weights = numpy.array([6, 4, 2, 3, 1, 1]) / 17
    chosen = list(generator.choice(names, size=generator.integers(0, 4), p=weights, replace=bool(generator.random() < 0.1)))
    packing = [name for name in chosen if name in ("scaleoffset", "nbit")][:1]
    chosen = packing + [name for name in chosen if name not in ("scaleoffset", "nbit")]
    for name in chosen:
        if name == "deflate":
            properties.set_deflate(int(generator.integers(0, 10)))
        elif name == "shuffle":
            properties.set_shuffle()
        elif name == "fletcher32":
            properties.set_fletcher32()
        elif name == "lzf":
            properties.set_filter(h5py.h5z.FILTER_LZF, h5py.h5z.FLAG_OPTIONAL)
        elif name == "scaleoffset" and dtype.kind == "f":
            properties.set_scaleoffset(h5py.h5z.SO_FLOAT_DSCALE, int(generator.integers(0, 4)))
        elif name == "scaleoffset":
            properties.set_scaleoffset(h5py.h5z.SO_INT, 0)
        elif name == "nbit":
            properties.set_filter(h5py.h5z.FILTER_NBIT, h5py.h5z.FLAG_OPTIONAL)
    return chosen


def write(path, generator):
    """Writes one file; returns a description."""
    dtype = numpy.dtype(str(generator.choice(TYPES)))
    rows, columns = int(generator.integers(1, 90)), int(generator.integers(1, 40))
    if generator.random() < 0.1:
        rows, columns = int(generator.integers(200, 900)), int(generator.integers(60, 90))
    kind = str(generator.choice(["contiguous", "compact", "chunked", "chunked", "chunked", "chunked", "chunked"]))
    if kind == "compact" and rows * columns * dtype.itemsize > 60000:
        kind = "contiguous"
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    said = [dtype.str, kind]
    largest = None
    start = (rows, columns)
    if kind == "compact":
        properties.set_layout(h5py.h5d.COMPACT)
    elif kind == "chunked":
        chunk = tuple(int(generator.integers(1, 2 * size + 2)) for size in (rows, columns))
        if generator.random() < 0.3:
            chunk = (chunk[0], columns)
        if generator.random() < 0.2:
            chunk = (64, 128)
        properties.set_chunk(chunk)
        largest = (h5py.h5s.UNLIMITED, h5py.h5s.UNLIMITED)
        if chunk[0] <= rows and chunk[1] <= columns and generator.random() < 0.5:
            largest = None
        else:
            grown = generator.random()
            if grown < 0.25:
                start = tuple(int(generator.integers(1, size + 1)) for size in (rows, columns))
            elif grown < 0.5:
                start = tuple(size + int(generator.integers(0, size + 5)) for size in (rows, columns))
        said += [f"chunks {chunk}", f"from {start}", *add_filters(properties, generator, dtype)]
    if generator.random() < 0.25:
        fill = generator.choice([0, 1, 7, 100])
        properties.set_fill_value(numpy.asarray(fill).astype(dtype))
        said.append(f"fill {fill}")
    version = VERSIONS[int(generator.integers(0, len(VERSIONS)))]
    said.append(str(version))
    kind_of_type = h5py.h5t.py_create(dtype, logical=True)
    if dtype.kind == "i" and dtype.itemsize >= 2 and "scaleoffset" not in said and generator.random() < 0.2:
        kind_of_type = kind_of_type.copy()
        kind_of_type.set_precision(int(generator.integers(8, 8 * dtype.itemsize)))
        said.append(f"{kind_of_type.get_precision()} bits")
    with h5py.File(path, "w", libver=version) as file:
        entry = file.create_group("COVAREP/data/v")
        entry["intervals"] = numpy.arange(2.0 * rows).reshape(rows, 2)
        space = h5py.h5s.create_simple(start, largest)
        made = h5py.Dataset(h5py.h5d.create(entry.id, b"features", kind_of_type, space, properties))
        first = generator.random()
        whole = values(generator, *start, dtype)
        if first < 0.75:
            made[...] = whole
        elif first < 0.95:
            low = [int(generator.integers(0, size)) for size in start]
            high = [int(generator.integers(at, size)) + 1 for at, size in zip(low, start)]
            made[low[0]:high[0], low[1]:high[1]] = whole[low[0]:high[0], low[1]:high[1]]
            said.append(f"written {low} to {high}")
        else:
            said.append("never written")
        if start != (rows, columns):
            made.resize((rows, columns))
            if generator.random() < 0.6:
                made[...] = values(generator, rows, columns, dtype)
                said.append("written again")
    return ", ".join(said)


def read(path):
    """The features as binary32, NaN where there are no bytes; and whether there are such places."""
    with h5py.File(path, "r") as file:
        dataset = file["COVAREP/data/v/features"]
        with numpy.errstate(over="ignore"):
            table = dataset[...].astype("<f4")
        properties = dataset.id.get_create_plist()
        is_chosen = properties.fill_value_defined() == h5py.h5d.FILL_VALUE_USER_DEFINED
        is_absent = numpy.zeros(table.shape, bool)
        if dataset.chunks and not is_chosen:
            is_absent[...] = True
            for index in range(dataset.id.get_num_chunks()):
                row, column = dataset.id.get_chunk_info(index).chunk_offset
                is_absent[row:row + dataset.chunks[0], column:column + dataset.chunks[1]] = False
        elif properties.get_layout() == h5py.h5d.CONTIGUOUS and dataset.id.get_offset() is None and not is_chosen:
            is_absent[...] = True
        table[is_absent] = numpy.nan
        return table, bool(is_absent.any())


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    # What h5py itself refuses costs a line that is not wanted here.
    h5py._errors.silence_errors()
    for number in range(first, first + count):
        path = os.path.join(folder, f"{number}.csd")
        for attempt in range(100):
            try:
                said = write(path, numpy.random.default_rng([number, attempt]))
                table, is_absent = read(path)
                break
            except (OSError, ValueError, RuntimeError, TypeError, OverflowError):
                continue
        table.tofile(os.path.join(folder, f"{number}.f4"))
        print(number, *table.shape, int(is_absent), said)


if __name__ == "__main__":
    main()
