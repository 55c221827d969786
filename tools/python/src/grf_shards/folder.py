"""A dataset's folder: opened once, everything else relative to it."""

from __future__ import annotations

import errno
import os
from types import TracebackType
from typing import Optional, Type

from .errors import PathLike, ShardError
from .manifest import MANIFEST, Manifest, parse_manifest

GREATEST_MANIFEST = 1 << 30


class Folder:
    """An open folder; use it in a `with` statement. A dataset that is replaced meanwhile is still seen as it was."""

    def __init__(self, path: PathLike) -> None:
        self.path = os.path.abspath(os.fspath(path))
        try:
            self.descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise ShardError(self.path, f"it cannot be opened as a folder: {error.strerror}") from error

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        os.close(self.descriptor)

    def join(self, name: str) -> str:
        return os.path.join(self.path, name)

    def open(self, name: str) -> int:
        """A descriptor of a regular file in the folder, for reading.

        Raises:
            FileNotFoundError: it is not there.
            ShardError: it is a symbolic link, or cannot be read.
        """
        try:
            # A pipe would block without O_NONBLOCK, which means nothing for a regular file.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.descriptor)
        except FileNotFoundError:
            raise
        except OSError as error:
            problem = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise ShardError(self.join(name), f"it cannot be read: {problem}") from error
        if not os.path.isfile(descriptor):
            os.close(descriptor)
            raise ShardError(self.join(name), "it is no regular file")
        return descriptor

    def read(self, name: str, limit: int = GREATEST_MANIFEST) -> bytes:
        with open(self.open(name), "rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise ShardError(self.join(name), f"it has more than {limit} bytes")
        return content

    def manifest(self) -> Manifest:
        try:
            content = self.read(MANIFEST)
        except FileNotFoundError:
            raise ShardError(self.path, f"it is no dataset: there is no {MANIFEST}") from None
        return parse_manifest(content, self.join(MANIFEST))
