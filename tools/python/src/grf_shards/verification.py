"""The full check of a dataset: every byte against its checksum."""

from __future__ import annotations

import hashlib
import os
import zlib
from typing import Any, List, Optional, Tuple

import numpy as np

from .errors import PathLike, ShardError
from .folder import Folder
from .header import BLOCK, Tensor
from .ids import split_id
from .manifest import Manifest
from .packed import open_shard
from .shard import Shard


def verify(path: PathLike, cache: Optional[PathLike] = None) -> int:
    """Reads a dataset and holds everything against what it says of itself.

    Checks what opening checks, in all splits; the CRC-32 of every MiB of every tensor; that masks are 0 or 1, padding is
    zero and samples are in order; the digest over all checksums; and the ledger.

    Returns:
        how many bytes of tensors were checked.

    Raises:
        ShardError: the first fault, by file, tensor and MiB.
    """
    checked = 0
    digest = hashlib.sha256()
    with Folder(path) as folder:
        manifest = folder.manifest()
        _check_ledger(folder, manifest)
        for name, split in manifest.splits.items():
            last: Optional[Tuple[bytes, int]] = None
            samples, frames = 0, dict.fromkeys(split.frames, 0)
            for entry in split.shards:
                descriptor = open_shard(folder, entry, manifest, cache)
                try:
                    shard = Shard(descriptor, folder.join(entry.file), entry, name, manifest, [])
                finally:
                    os.close(descriptor)
                checked += _check_tensors(shard, digest)
                last = _check_order(shard, last)
                samples += shard.samples
                for modality, count in shard.header.frames.items():
                    frames[modality] += count
            if samples != split.samples or frames != split.frames:
                raise ShardError(manifest.path, f"its shards hold {samples} samples of {name} with {frames} frames, not "
                                                f"{split.samples} with {dict(split.frames)}")
    if digest.hexdigest() != manifest.content:
        raise ShardError(manifest.path, f"its content is {manifest.content}, but its shards' is {digest.hexdigest()}")
    return checked


def _check_ledger(folder: Folder, manifest: Manifest) -> None:
    try:
        content = folder.read("ledger.jsonl", manifest.ledger_bytes)
    except FileNotFoundError:
        raise ShardError(folder.join("ledger.jsonl"), "it is missing") from None
    if len(content) != manifest.ledger_bytes or f"{zlib.crc32(content):08x}" != manifest.ledger_crc32:
        raise ShardError(folder.join("ledger.jsonl"), "its size or CRC-32 is not what the manifest says")


def _check_tensors(shard: Shard, digest: Any) -> int:
    checked = 0
    for tensor in shard.header.tensors.values():
        content = memoryview(shard.mapping)[tensor.start:tensor.end]
        if tensor.name.startswith("_crc."):
            digest.update(content)
        elif tensor.name.startswith("_pad."):
            if any(content):
                raise ShardError(shard.path, f"{tensor.name!r} is padding, but not zero")
        else:
            _check_blocks(shard, tensor, content)
            checked += len(content)
            if tensor.dtype == "BOOL" and len(content) and np.frombuffer(content, np.uint8).max() > 1:
                raise ShardError(shard.path, f"tensor {tensor.name!r} holds a byte that is neither 0 nor 1")
    return checked


def _check_blocks(shard: Shard, tensor: Tensor, content: memoryview) -> None:
    for block, expected in enumerate(shard.array(f"_crc.{tensor.name}").tolist()):
        found = zlib.crc32(content[block * BLOCK:(block + 1) * BLOCK])
        if found != expected:
            raise ShardError(shard.path, f"tensor {tensor.name!r} is damaged: MiB {block} has the CRC-32 {found:08x}, not "
                                         f"{expected:08x}")


def _check_order(shard: Shard, last: Optional[Tuple[bytes, int]]) -> Optional[Tuple[bytes, int]]:
    """Samples come in the order of their ids: the video's UTF-8 bytes, then k as a number, none before [0]."""
    for name in shard.ids():
        video, k = split_id(name)
        key = (video.encode("utf-8"), -1 if k is None else k)
        if last is not None and key <= last:
            raise ShardError(shard.path, f"sample {name!r} is out of order, or there twice")
        last = key
    return last
