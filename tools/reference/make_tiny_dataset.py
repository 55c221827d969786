#!/usr/bin/env python3
"""Writes the smallest interesting dataset, from the article "The shard format" alone: no code of ours, no library.

    make_tiny_dataset.py FOLDER

The files in fixtures/shards/tiny were written by this script (Python 3.11); the Swift writer must produce the same bytes.
"""

import hashlib
import json
import pathlib
import struct
import sys
import zlib

FINGERPRINT = "0f" * 32


def pack(code, *values):
    return struct.pack(f"<{len(values)}{code}", *values)


# name, dtype, shape, bytes: in the order of the file. Two samples; the second has no frames.
TENSORS = [
    ("labels", "F32", [2, 1], pack("f", -1.5, 3)),
    ("sample.interval", "F64", [2, 2], pack("d", 0.5, 2.5, 0, 1)),
    ("sample.id", "U8", [6], "a[0]é".encode()),
    ("sample.id_offsets", "I64", [3], pack("q", 0, 4, 6)),
    ("text.offsets", "I64", [3], pack("q", 0, 2, 2)),
    ("text.values", "F32", [2, 2], pack("f", 1, 2, 3, -4)),
    ("text.valid", "BOOL", [2], bytes([1, 0])),
    ("text.times", "F32", [2, 2], pack("f", 0, 1, 1, 2)),
    ("words.offsets", "I64", [3], pack("q", 0, 2, 2)),
    ("words.bytes", "U8", [2], b"hi"),
    ("words.token_offsets", "I64", [3], pack("q", 0, 2, 2)),
    ("words.valid", "BOOL", [2], bytes([1, 1])),
    ("words.times", "F32", [2, 2], pack("f", 0, 0.5, 0.5, 1)),
]


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def shard():
    checksums = []
    for name, _, _, content in TENSORS:
        blocks = [content[i : i + 2**20] for i in range(0, len(content), 2**20)]
        checksums.append(("_crc." + name, "I64", [len(blocks)], pack("q", *map(zlib.crc32, blocks))))
    metadata = {"fingerprint": FINGERPRINT, "format": "grf-shards", "split": "train", "version": "1.0"}
    header, data, pads = {"__metadata__": metadata}, b"", 0

    def add(name, dtype, shape, content):
        nonlocal data
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content

    for name, dtype, shape, content in TENSORS + checksums:
        if len(data) % 64:
            size = -len(data) % 64
            add(f"_pad.{pads}", "U8", [size], bytes(size))
            pads += 1
        add(name, dtype, shape, content)
    text = compact(header).encode()
    text += b" " * (-(8 + len(text)) % 4096)
    head = struct.pack("<Q", len(text)) + text
    return head, data, b"".join(content for *_, content in checksums)


def modality(name, root, dimension, dtype, normalization):
    def each(value):
        return [value] * dimension

    numbers = {
        "count": each(4), "mean": each(0.5), "std": each(0.25), "min": each(-1.0), "max": each(2.0),
        "nan": each(0), "posinf": each(0), "neginf": each(0),
    }
    return {
        "name": name, "root": root, "dimension": dimension, "dimension_names": None, "dtype": dtype, "rate": None,
        "normalization": normalization, "statistics": numbers if dimension else None,
        "frames_dropped": {"zero": 3} if dimension else {},
        "nonfinite": {"nan": 1, "posinf": 0, "neginf": 0, "f32_overflow": 0} if dimension else None,
    }


def pretty(value, indent=""):
    """Two spaces a level; lists of scalars on one line."""
    if isinstance(value, dict) and value:
        inner = ",\n".join(f'{indent}  "{key}": {pretty(item, indent + "  ")}' for key, item in value.items())
        return "{\n" + inner + "\n" + indent + "}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return "[\n" + ",\n".join(indent + "  " + pretty(item, indent + "  ") for item in value) + "\n" + indent + "]"
    return json.dumps(value, ensure_ascii=False)


def main():
    folder = pathlib.Path(sys.argv[1])
    head, data, checksums = shard()
    name = "train-00000-of-00001.safetensors"
    ledger = "".join(
        compact(line) + "\n"
        for line in [
            {"id": "a[0]", "modality": "text", "reason": "missing"},
            {"id": "b", "reason": "no-split", "detail": "not in the folds"},
        ]
    ).encode()
    manifest = {
        "format": "grf-shards",
        "version": "1.0",
        "fingerprint": FINGERPRINT,
        "content": hashlib.sha256(checksums).hexdigest(),
        "configuration": {"normalize": "zscore"},
        "inputs": [
            {"root": "glove_vectors", "file": "text.csd", "bytes": 12345, "uuid": None, "digest": "ab" * 32}
        ],
        "modalities": [
            modality("text", "root of text", 2, "f32", "zscore"),
            modality("words", "words", 0, "tokens", "none"),
        ],
        "labels": ["sentiment"],
        "splits": {
            "train": {
                "samples": 2,
                "frames": {"text": 2, "words": 2},
                "shards": [
                    {"file": name, "bytes": len(head + data), "header_crc32": f"{zlib.crc32(head):08x}"}
                ],
            }
        },
        "ledger": {
            "bytes": len(ledger),
            "crc32": f"{zlib.crc32(ledger):08x}",
            "counts": {"missing": 1, "no-split": 1},
        },
    }
    text = pretty(manifest).removesuffix("\n}") + ",\n"
    text += f'  "crc32": "{zlib.crc32(text.encode()):08x}"}}\n'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(head + data)
    (folder / "ledger.jsonl").write_bytes(ledger)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
