"""What can be wrong with a dataset."""

from __future__ import annotations

import os
from typing import Union

PathLike = Union[str, "os.PathLike[str]"]


class ShardError(ValueError):
    """A dataset that is damaged, cut short, or not what this package can read.

    The message says which file, what is wrong in it, and what was expected.

    Attributes:
        path: the file at fault.
        problem: what is wrong with it.
    """

    def __init__(self, path: PathLike, problem: str) -> None:
        super().__init__(os.fspath(path), problem)
        self.path = os.fspath(path)
        self.problem = problem

    def __str__(self) -> str:
        # A file's name may hold a newline; a message is one line.
        shown = self.path if self.path.isprintable() else repr(self.path)
        return f"{shown}: {self.problem}"
