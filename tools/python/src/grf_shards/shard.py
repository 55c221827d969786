"""One shard, mapped: its tables checked, its frames as views that nothing has touched."""

from __future__ import annotations

import mmap
import os
from typing import Any, Dict, List

import numpy as np
from numpy.typing import NDArray

from .errors import ShardError
from .frames import Column
from .header import Header, Tensor, header_length, read_header
from .manifest import Manifest, Modality, ShardFile

DTYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "U8": "u1", "BOOL": "?"}


class Shard:
    """A shard's mapping and its tables. `columns` holds the modalities asked for."""

    def __init__(self, descriptor: int, path: str, entry: ShardFile, split: str, manifest: Manifest,
                 modalities: List[str]) -> None:
        """Maps an open file, which stays open no longer than this takes."""
        self.path = path
        size = os.fstat(descriptor).st_size
        head = os.pread(descriptor, 8, 0)
        length = header_length(head, size, path)
        self.header: Header = read_header(os.pread(descriptor, 8 + length, 0), size, path, entry, split, manifest)
        self.mapping = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        self.samples = self.header.samples
        self._check_tables(manifest)
        self.columns: Dict[str, Column] = {
            modality.name: self._column(modality) for modality in manifest.modalities if modality.name in modalities}

    def _column(self, modality: Modality) -> Column:
        name = modality.name
        common = (self.array(f"{name}.offsets"), self.array(f"{name}.valid"),
                  self.array(f"{name}.times") if self.header.has_times else None)
        if modality.is_tokens:
            return Column(*common, bytes=self.array(f"{name}.bytes"), token_offsets=self.array(f"{name}.token_offsets"))
        return Column(*common, values=self.array(f"{name}.values"), is_bf16=modality.dtype == "bf16")

    def array(self, name: str) -> NDArray[Any]:
        """A read-only view of a tensor in the mapping; bfloat16 as uint16."""
        return self.view(self.header.tensors[name])

    def view(self, tensor: Tensor) -> NDArray[Any]:
        found: NDArray[Any] = np.ndarray(tensor.shape, np.dtype(DTYPES[tensor.dtype]), self.mapping, tensor.start)
        return found

    def ids(self) -> List[str]:
        bounds: List[int] = self.array("sample.id_offsets").tolist()
        text = self.array("sample.id").tobytes()
        return [text[first:end].decode("utf-8") for first, end in zip(bounds, bounds[1:])]

    def _check_tables(self, manifest: Manifest) -> None:
        """Lists of offsets begin with 0, never decrease and end where they must; ids are UTF-8, each by itself."""
        ids = self.array("sample.id")
        self._check_offsets("sample.id_offsets", len(ids))
        bounds = self.array("sample.id_offsets")
        inner = bounds[bounds < len(ids)]
        try:
            ids.tobytes().decode("utf-8")
        except UnicodeDecodeError as error:
            sample = int(np.searchsorted(bounds, error.start, side="right")) - 1
            raise ShardError(self.path, f"the id of sample {sample} is not UTF-8") from None
        cut = np.flatnonzero((ids[inner] & 0xC0) == 0x80)
        if len(cut):
            raise ShardError(self.path, f"the id of sample {int(cut[0])} is not UTF-8")
        for modality in manifest.modalities:
            name = modality.name
            self._check_offsets(f"{name}.offsets", self.header.frames[name])
            if modality.is_tokens:
                self._check_offsets(f"{name}.token_offsets", len(self.array(f"{name}.bytes")))

    def _check_offsets(self, name: str, end: int) -> None:
        offsets = self.array(name)
        if offsets[0] != 0:
            raise ShardError(self.path, f"{name} begins with {offsets[0]}, not 0")
        falls = np.flatnonzero(offsets[1:] < offsets[:-1])
        if len(falls):
            raise ShardError(self.path, f"{name} decreases at {int(falls[0]) + 1}")
        if offsets[-1] != end:
            raise ShardError(self.path, f"{name} ends with {offsets[-1]}, not {end}")
