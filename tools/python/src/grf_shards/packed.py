"""Packed shards: `X.safetensors.zst`, inflated once before they are mapped.

Where a plain shard is missing and its packed one is there, it is inflated:

- beside it, where the folder can be written to and no `cache` was given;
- else into `CACHE/FINGERPRINT-CONTENT/`, where CACHE is what was given, or `$XDG_CACHE_HOME/grf`, or `~/.cache/grf`, and the
  rest are the first 16 digits of the manifest's fingerprint and its `content`. Copies of a dataset share it, others never
  meet; `grf-data` and `grf-train` use the same place.

The bytes go to a temporary file, which is renamed when it is whole, so that no reader ever maps half a shard. Readers that
come meanwhile wait for a lock on the folder.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from typing import BinaryIO, Iterator, Optional

from .errors import PathLike, ShardError
from .folder import Folder
from .manifest import Manifest, ShardFile

PIECE = 1 << 20


def open_shard(folder: Folder, entry: ShardFile, manifest: Manifest, cache: Optional[PathLike]) -> int:
    """A descriptor of the plain shard, wherever it is; inflates it where only the packed one is there.

    Raises:
        ShardError: neither is there; the packed one is damaged or of another size; zstandard is not installed.
    """
    try:
        return folder.open(entry.file)
    except FileNotFoundError:
        pass
    try:
        packed = folder.open(entry.file + ".zst")
    except FileNotFoundError:
        raise ShardError(folder.join(entry.file), "it is missing") from None
    with open(packed, "rb") as source:
        if cache is None and os.access(folder.path, os.W_OK):
            return _inflated(source, folder, entry)
        place = os.path.join(os.fspath(cache) if cache is not None else default_cache(), cache_key(manifest))
        os.makedirs(place, exist_ok=True)
        with Folder(place) as target:
            return _inflated(source, target, entry)


def default_cache() -> str:
    base = os.environ.get("XDG_CACHE_HOME", "")
    # By the XDG base directory specification a relative path counts as none.
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "grf")


def cache_key(manifest: Manifest) -> str:
    """A dataset's own folder in a cache. Equal content alone is not enough: headers hold the fingerprint."""
    return f"{manifest.fingerprint[:16]}-{manifest.content}"


def _inflated(source: BinaryIO, target: Folder, entry: ShardFile) -> int:
    with _locked(target):
        try:
            descriptor = target.open(entry.file)
            if os.fstat(descriptor).st_size == entry.bytes:
                return descriptor
            os.close(descriptor)  # of a cache that was meddled with
        except FileNotFoundError:
            pass
        # A random name: where a file system has no locks, two may inflate, and either one's bytes are right.
        temporary = f".{entry.file}.{secrets.token_hex(8)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(temporary, flags, 0o666, dir_fd=target.descriptor), "wb") as file:
            try:
                _inflate(source, file, target.join(entry.file) + ".zst", entry.bytes)
                file.flush()
                os.fsync(file.fileno())
                os.rename(temporary, entry.file, src_dir_fd=target.descriptor, dst_dir_fd=target.descriptor)
            except BaseException:
                os.unlink(temporary, dir_fd=target.descriptor)
                raise
        return target.open(entry.file)


def _inflate(source: BinaryIO, file: BinaryIO, path: str, size: int) -> None:
    try:
        import zstandard
    except ImportError:
        raise ShardError(path, "it is packed: pip install zstandard, or unpack the dataset with grf-data unpack") from None
    written = 0
    try:
        # A seekable file is a row of frames, the last one with nothing to inflate.
        with zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True, closefd=False) as reader:
            while True:
                piece = reader.read(PIECE)
                if not piece:
                    break
                written += len(piece)
                if written > size:
                    raise ShardError(path, f"it inflates to more than the {size} bytes that the manifest says")
                file.write(piece)
    except zstandard.ZstdError as error:
        raise ShardError(path, f"it cannot be inflated: {error}") from error
    if written != size:
        raise ShardError(path, f"it inflates to {written} bytes, not {size} as the manifest says")


@contextmanager
def _locked(folder: Folder) -> Iterator[None]:
    """Holds a lock on the folder itself, which leaves no file behind."""
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder.descriptor)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            pass  # Some network file systems lock no folders; the rename alone keeps readers safe.
        yield
    finally:
        os.close(descriptor)
