"""Opens a converted dataset with the stock safetensors library and holds it against the reference computation."""

import json
import re
import zlib

import numpy as np
import safetensors
from options import setting

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "u1", "BOOL": "?"}
MEBIBYTE = 1 << 20
STATISTICS = ("count", "nan", "posinf", "neginf", "min", "max", "mean", "std")


class Differences:
    """Collects what differs; prints the first few of each kind."""

    def __init__(self):
        self.counts = {}

    def add(self, kind, text):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= 5:
            print(f"{kind}: {text}")

    def check(self, kind, text, found, expected):
        if found != expected:
            self.add(kind, f"{text}: found {found!r}, expected {expected!r}")


def read_shard(path):
    """{tensor: array}; BF16 is widened to float32."""
    tensors = {}
    for name, tensor in safetensors.deserialize(path.read_bytes()):
        if tensor["dtype"] == "BF16":
            array = (np.frombuffer(tensor["data"], "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            array = np.frombuffer(tensor["data"], DTYPES[tensor["dtype"]])
        tensors[name] = array.reshape(tensor["shape"])
        tensors[name, "bytes"] = bytes(tensor["data"])
    return tensors


def checksums(data):
    return [zlib.crc32(data[start:start + MEBIBYTE]) for start in range(0, len(data), MEBIBYTE)]


def ragged(values, offsets, i):
    return values[offsets[i]:offsets[i + 1]]


def samples_of(tensors, names, differences, file):
    """A dictionary a sample: id, interval, labels, and (values or tokens, times, valid) by modality."""

    def offsets(tensor, count, end):
        array = tensors[tensor]
        if len(array) != count + 1 or array[0] != 0 or array[-1] != end or (np.diff(array) < 0).any():
            differences.add("offsets", f"{file}: {tensor} does not lead from 0 to {end} in {count} steps")
        return array

    intervals = tensors["sample.interval"]
    count = len(intervals)
    ids, id_offsets = tensors["sample.id"].tobytes(), offsets("sample.id_offsets", count, tensors["sample.id"].size)
    found = [{"id": ragged(ids, id_offsets, i).decode(), "interval": intervals[i],
              "labels": tensors["labels"][i] if "labels" in tensors else None} for i in range(count)]
    for name in names:
        if f"{name}.bytes" in tensors:
            text, ends = tensors[f"{name}.bytes"].tobytes(), tensors[f"{name}.token_offsets"]
            offsets(f"{name}.token_offsets", len(ends) - 1, len(text))
            frames = [ragged(text, ends, i) for i in range(len(ends) - 1)]
        else:
            frames = tensors[f"{name}.values"]
        rows = offsets(f"{name}.offsets", count, len(frames))
        for i, sample in enumerate(found):
            times, valid = tensors.get(f"{name}.times"), tensors.get(f"{name}.valid")
            sample[name] = (ragged(frames, rows, i), None if times is None else ragged(times, rows, i),
                            None if valid is None else ragged(valid, rows, i))
    return found


def read_split(folder, manifest, split, differences):
    """The samples of a split, shard after shard; checks each shard's size, fingerprint and checksums on the way."""
    names = [modality["name"] for modality in manifest["modalities"]]
    for shard in manifest["splits"][split]["shards"]:
        path = folder / shard["file"]
        differences.check("bytes", path.name, path.stat().st_size, shard["bytes"])
        with safetensors.safe_open(path, framework="numpy") as file:
            differences.check("fingerprint", path.name, (file.metadata() or {}).get("fingerprint"),
                              manifest["fingerprint"])
        tensors = read_shard(path)
        for name in [name for name in tensors if isinstance(name, str) and not name.startswith("_")]:
            stored = tensors.get(f"_crc.{name}")
            computed = checksums(tensors[name, "bytes"])
            if stored is None or stored.tolist() != computed:
                differences.add("crc", f"{path.name}: the checksums of {name} are missing or others")
        yield from samples_of(tensors, names, differences, path.name)


# --- What may differ -------------------------------------------------------------------------------------------------


def quantum(values, dtype):
    """The distance between neighbouring numbers of the dtype around each value."""
    if dtype == "f16":
        return np.spacing(np.abs(values).astype(np.float16)).astype(np.float64)
    if dtype == "f32":
        return np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
    _, exponent = np.frexp(values)
    return np.maximum(np.ldexp(1.0, exponent - 8), 2.0**-133)


def narrowed(values, dtype):
    """Rounded once, half to even, to the dtype; still in Double."""
    if dtype == "bf16":
        unit = quantum(values, dtype)
        return np.rint(values / unit) * unit
    return values.astype({"f32": np.float32, "f16": np.float16}[dtype]).astype(np.float64)


def compare_frames(computation, sample, name, found, differences):
    values, times, valid = found
    expected = computation.finished(sample, name)
    where = f"{sample.key} {name}"
    if len(values) != len(expected.times):
        differences.add("offsets", f"{where}: {len(values)} frames, expected {len(expected.times)}")
        return
    if computation.configuration.times == "drop":
        differences.check("times", f"{where}: times are there", times is not None, False)
    elif times is None:
        differences.add("times", f"{where}: no times")
    elif (np.abs(times - expected.times) > np.spacing(np.abs(expected.times))).any():
        differences.add("times", f"{where}: {times.tolist()[:3]}…, expected {expected.times.tolist()[:3]}…")
    if valid is None or (valid != expected.valid).any():
        differences.add("valid", f"{where}: other frames are masked")
    if computation.modalities[name].is_tokens:
        differences.check("tokens", where, list(values), list(expected.values))
        return
    dtype = setting(computation.configuration.dtype, name, "f32")
    normalization = setting(computation.configuration.normalize, name, "zscore")
    rounded = narrowed(expected.values, dtype)
    if values.shape != rounded.shape:
        differences.add("frames", f"{where}: {values.shape}, expected {rounded.shape}")
        return
    allowed = 0
    if normalization != "none":
        # One rounding, and what statistics 1e-12 apart can shift.
        shift, scale = computation.statistics(name).normalization(normalization)
        allowed = quantum(rounded, dtype) + 1e-11 * (1 + np.abs(shift) / scale)
    wrong = ~(np.abs(values.astype(np.float64) - rounded) <= allowed)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        differences.add("frames", f"{where}: {wrong.sum()} values, the first in frame {row}, dimension {column}: "
                        f"{values[row, column]!r}, expected {rounded[row, column]!r}")


def compare_statistics(computation, modality, differences):
    name = modality["name"]
    stored = modality.get("statistics")
    if computation.modalities[name].is_tokens:
        return
    if not stored:
        if setting(computation.configuration.normalize, name, "zscore") != "none":
            differences.add("statistics", f"{name}: none in the manifest")
        return
    expected = computation.statistics(name)
    robust = setting(computation.configuration.normalize, name, "zscore") == "robust"
    if ("median" in stored) != robust:
        differences.add("statistics", f"{name}: quartiles are there, {'median' in stored}, expected {robust}")
    if robust:
        for key, want in zip(("q1", "median", "q3"), expected.quartiles):
            # To the last bit: they are order statistics, and the arithmetic between two of them is numpy's.
            differences.check("statistics", f"{name}.{key}", stored.get(key),
                              [None if np.isnan(value) else float(value) for value in want])
    for key in STATISTICS:
        want = getattr(expected, key)
        want = want.tolist() if isinstance(want, np.ndarray) else want
        if key in ("mean", "std"):
            # Relative, to the deviation where the mean is next to nothing.
            unit = np.maximum(np.abs(np.array(want)), expected.std)
            same = len(stored[key]) == len(want) and \
                (np.abs(np.array(stored[key], np.float64) - want) <= 1e-12 * unit).all()
        else:
            same = stored[key] == want
        if not same:
            pairs = list(zip(stored[key], want))
            first = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
            differences.add("statistics", f"{name}.{key}, dimension {first}: {stored[key][first:first + 1]}, "
                            f"expected {want[first:first + 1]}")


def compare_clip(computation, modality, differences):
    """The limit, and how many values of all splits lay beyond it."""
    name, limit = modality["name"], computation.clip(modality["name"])
    if limit is None:
        differences.check("clip", name, modality.get("clip"), None)
        return
    beyond = sum(int((np.abs(computation.unclipped(sample, name).values) > limit).sum()) for sample in computation.samples)
    differences.check("clip", name, modality.get("clip"), {"limit": limit, "values": beyond})


def compare_alignment(computation, manifest, differences):
    """How many frames were imputed, and how many samples have modalities of different lengths."""
    if computation.pivot is None:
        differences.check("alignment", "manifest", manifest.get("alignment"), None)
        return
    names = list(computation.modalities)
    imputed, uneven = {name: 0 for name in names if computation.is_aligned(name)}, 0
    for sample in computation.samples:
        frames = {name: computation.raw(sample, name) for name in names}
        uneven += len({len(one.times) for one in frames.values()}) > 1
        for name in imputed:
            imputed[name] += frames[name].imputed
    expected = {"root": computation.pivot.root, "uneven_samples": uneven, "imputed": imputed}
    differences.check("alignment", "manifest", manifest.get("alignment"), expected)


def check_manifest_sum(text, differences):
    """The last line holds the CRC-32 of every byte before it."""
    start = text.rstrip(b"\n").rfind(b"\n") + 1
    stored = re.search(rb'"crc32": "([0-9a-f]{8})"', text[start:])
    differences.check("manifest", "its crc32", stored and int(stored[1], 16), zlib.crc32(text[:start]))


def compare(computation, folder):
    """Prints what differs; 0 where nothing does, else 1."""
    differences = Differences()
    text = (folder / "manifest.json").read_bytes()
    manifest = json.loads(text)
    check_manifest_sum(text, differences)
    names = [modality["name"] for modality in manifest["modalities"]]
    differences.check("modalities", "manifest", sorted(names), sorted(computation.modalities))
    named = {split for split, entry in manifest["splits"].items() if entry["samples"]}
    differences.check("splits", "manifest", sorted(named), sorted(computation.splits()))
    if differences.counts:
        return 1
    for split in computation.splits():
        expected = [sample for sample in computation.samples if sample.split == split]
        found = 0
        totals = dict.fromkeys(names, 0)
        for i, stored in enumerate(read_split(folder, manifest, split, differences)):
            found += 1
            if i >= len(expected):
                continue
            sample = expected[i]
            differences.check("ids", f"{split} sample {i}", stored["id"], sample.key)
            differences.check("intervals", sample.key, stored["interval"].tolist(), [sample.start, sample.end])
            # As text, so that NaN is the same as NaN.
            differences.check("labels", sample.key, str(stored["labels"]), str(sample.labels))
            for name in names:
                totals[name] += len(stored[name][0])
                compare_frames(computation, sample, name, stored[name], differences)
        differences.check("samples", split, found, len(expected))
        differences.check("samples", f"{split} in the manifest", manifest["splits"][split]["samples"], found)
        differences.check("frames", f"{split} in the manifest", manifest["splits"][split]["frames"], totals)
    compare_alignment(computation, manifest, differences)
    for modality in manifest["modalities"]:
        compare_statistics(computation, modality, differences)
        compare_clip(computation, modality, differences)
    ledger = {json.loads(line)["id"] for line in (folder / "ledger.jsonl").read_text().splitlines()}
    for key in sorted(computation.lacking.union(computation.left_out) - ledger):
        differences.add("ledger", f"{key} lacks frames or was left out, and no line says so")
    for kind, count in differences.counts.items():
        print(f"{count} differences in {kind}")
    if not differences.counts:
        print(f"the same: {len(computation.samples)} samples, {', '.join(names)}")
    return 1 if differences.counts else 0
