"""Reads and edits the files of a dataset by hand, so that tests neither trust nor use the code under test."""

import json
import struct
import zlib

SHARD = "train-00000-of-00001.safetensors"


def tensors(path):
    """{name: (dtype, shape, bytes)} of a shard."""
    content = path.read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    header.pop("__metadata__")
    return {name: (one["dtype"], one["shape"], content[start + one["data_offsets"][0]:start + one["data_offsets"][1]])
            for name, one in header.items()}


def write_manifest(folder, document):
    """Writes a manifest with the CRC that belongs to it."""
    document.pop("crc32", None)
    text = json.dumps(document, indent=2, ensure_ascii=False).removesuffix("\n}") + ",\n"
    body = text.encode()
    (folder / "manifest.json").write_bytes(body + f'  "crc32": "{zlib.crc32(body):08x}"}}\n'.encode())


def edit_manifest(folder, change):
    document = json.loads((folder / "manifest.json").read_text())
    change(document)
    write_manifest(folder, document)


def edit_header(folder, change, name=SHARD):
    """Lets `change` edit a shard's header: an object, or its text where `change` returns one. The manifest follows."""
    content = (folder / name).read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    text = change(header)
    if not isinstance(text, str):
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    text = text.encode()
    text += b" " * (-(8 + len(text)) % 4096)
    head = struct.pack("<Q", len(text)) + text
    (folder / name).write_bytes(head + content[start:])
    follow(folder, name, head)


def edit_data(folder, tensor, at, value, name=SHARD):
    """Overwrites bytes of a tensor; no checksum follows."""
    content = bytearray((folder / name).read_bytes())
    start = 8 + struct.unpack("<Q", content[:8])[0]
    place = start + json.loads(content[8:start])[tensor]["data_offsets"][0] + at
    content[place:place + len(value)] = value
    (folder / name).write_bytes(content)


def follow(folder, name, head):
    """Makes the manifest agree with a shard's size and header."""
    size = (folder / name).stat().st_size

    def change(document):
        for split in document["splits"].values():
            for shard in split["shards"]:
                if shard["file"] == name:
                    shard.update(bytes=size, header_crc32=f"{zlib.crc32(head):08x}")

    edit_manifest(folder, change)
