#!/usr/bin/env python3
"""Reads a dataset with the stock safetensors library and holds it against what it says of itself.

    check_shards.py DATASET

Every shard must be a safetensors file that the library reads; every tensor must start on 64 bytes and the data on 4096;
zlib must reproduce every CRC-32 in `_crc.*`, the header's and the ledger's in the manifest, and the manifest's own;
hashlib must reproduce the content digest. Prints what is wrong, a line a fault, and exits with 1, or prints a summary.

Needs Python 3.9 and safetensors 0.4 or newer.
"""

import hashlib
import json
import pathlib
import struct
import sys
import zlib

import safetensors

MIB = 1 << 20


def crc(content):
    return f"{zlib.crc32(content):08x}"


def numbers(tensor):
    return list(struct.unpack(f"<{len(tensor['data']) // 8}q", bytes(tensor["data"])))


class Checker:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.faults = []
        self.tensors = 0
        self.blocks = 0

    def expect(self, condition, *what):
        if not condition:
            self.faults.append(": ".join(map(str, what)))

    def manifest(self):
        content = (self.folder / "manifest.json").read_bytes()
        body, line = content[:-1].rsplit(b"\n", 1)
        expected = '  "crc32": "' + crc(body + b"\n") + '"}'
        self.expect(line == expected.encode(), "manifest.json", "crc32")
        return json.loads(content)

    def shard(self, entry, split, manifest):
        name = entry["file"]
        content = (self.folder / name).read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        start = 8 + length
        header = json.loads(content[8:start])
        metadata = header.pop("__metadata__")
        self.expect(len(content) == entry["bytes"], name, "bytes")
        self.expect(start % 4096 == 0, name, "the data is not aligned")
        self.expect(crc(content[:start]) == entry["header_crc32"], name, "header_crc32")
        self.expect(metadata["fingerprint"] == manifest["fingerprint"], name, "fingerprint")
        self.expect(metadata["split"] == split, name, "split")
        for tensor, place in header.items():
            aligned = place["data_offsets"][0] % 64 == 0
            self.expect(aligned or tensor.startswith("_pad."), name, tensor, "not aligned")

        tensors = dict(safetensors.deserialize(content))
        self.expect(set(tensors) == set(header), name, "the library sees other tensors")
        checksums = []
        for tensor in sorted(tensors, key=lambda tensor: header[tensor]["data_offsets"]):
            value = tensors[tensor]
            self.tensors += 1
            if tensor.startswith("_pad."):
                self.expect(not any(value["data"]), name, tensor, "not zero")
            elif tensor.startswith("_crc."):
                checksums.append(bytes(value["data"]))
            else:
                data = bytes(value["data"])
                found = [zlib.crc32(data[i : i + MIB]) for i in range(0, len(data), MIB)]
                self.expect(found == numbers(tensors["_crc." + tensor]), name, tensor, "CRC")
                self.blocks += len(found)
        samples = len(numbers(tensors["sample.id_offsets"])) - 1
        for modality in manifest["modalities"]:
            offsets = numbers(tensors[modality["name"] + ".offsets"])
            frames = tensors[modality["name"] + ".valid"]["shape"][0]
            self.expect(len(offsets) == samples + 1 and offsets[0] == 0 and offsets[-1] == frames, name, modality["name"])
            self.expect(offsets == sorted(offsets), name, modality["name"], "offsets decrease")
        return b"".join(checksums), samples

    def run(self):
        manifest = self.manifest()
        ledger = (self.folder / "ledger.jsonl").read_bytes()
        self.expect(len(ledger) == manifest["ledger"]["bytes"], "ledger.jsonl", "bytes")
        self.expect(crc(ledger) == manifest["ledger"]["crc32"], "ledger.jsonl", "crc32")
        digest, shards = hashlib.sha256(), 0
        for name, split in manifest["splits"].items():
            samples = 0
            for entry in split["shards"]:
                checksums, count = self.shard(entry, name, manifest)
                digest.update(checksums)
                samples += count
                shards += 1
            self.expect(samples == split["samples"], name, "samples")
        self.expect(digest.hexdigest() == manifest["content"], "content")
        for fault in self.faults:
            print(fault)
        if not self.faults:
            print(f"{shards} shards, {self.tensors} tensors, {self.blocks} blocks: all as they say")
        return 1 if self.faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(Checker(sys.argv[1]).run())
