"""`manifest.json`: what a dataset says of itself."""

from __future__ import annotations

import functools
import re
import zlib
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ._json import Fields, parse_object
from .errors import ShardError

FORMAT = "grf-shards"
MANIFEST = "manifest.json"
DTYPES = ("f32", "f16", "bf16", "tokens")
MODALITY_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")
SPLIT_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]*")
VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
LAST_LINE = re.compile(rb'  "crc32": "([0-9a-f]{8})"\}\n')


@dataclass(frozen=True)
class Modality:
    """What the manifest says of a modality.

    Attributes:
        name: what it is called; matches `[A-Za-z][A-Za-z0-9_]*`.
        root: the root of the computational sequence that it came from.
        dimension: values a frame; 0 for tokens.
        dimension_names: as many as `dimension`, or None where the source names none.
        dtype: `f32`, `f16`, `bf16` or `tokens`.
        rate: frames a second where it was resampled, else None.
        normalization: `none`, `zscore`, `minmax` or `robust`; a later format may know more.
        statistics: by name (`mean`, `std`, `min`, `max`, ...) a value by dimension, of the train split before
            normalization; None where there was no finite value, and for tokens.
    """

    name: str
    root: str
    dimension: int
    dimension_names: Optional[List[str]]
    dtype: str
    rate: Optional[float]
    normalization: str
    statistics: Optional[Mapping[str, List[Optional[float]]]]

    @property
    def is_tokens(self) -> bool:
        return self.dtype == "tokens"


@dataclass(frozen=True)
class ShardFile:
    """A shard as the manifest names it."""

    file: str
    bytes: int
    header_crc32: str


@dataclass(frozen=True)
class Split:
    """A split as the manifest counts it: samples, frames by modality, shards by number."""

    name: str
    samples: int
    frames: Mapping[str, int]
    shards: Tuple[ShardFile, ...]


@dataclass(frozen=True)
class Manifest:
    """A dataset's manifest.

    Attributes:
        fingerprint: SHA-256 of what the dataset was made of, and how.
        content: SHA-256 over all checksums: two datasets with equal content hold equal data.
        configuration: what the converter was asked for.
        document: the whole file, as JSON reads it.
    """

    path: str
    version: str
    fingerprint: str
    content: str
    configuration: Mapping[str, Any]
    modalities: Tuple[Modality, ...]
    labels: Tuple[str, ...]
    splits: Mapping[str, Split]
    ledger_bytes: int
    ledger_crc32: str
    document: Mapping[str, Any]

    def modality(self, name: str) -> Modality:
        """Raises ValueError where there is no such modality."""
        for modality in self.modalities:
            if modality.name == name:
                return modality
        raise ValueError(f"no modality {name!r}; this dataset has {', '.join(m.name for m in self.modalities)}")


@functools.lru_cache(maxsize=4)
def parse_manifest(content: bytes, path: str) -> Manifest:
    """Reads a manifest strictly: whole, of a known major version, every member there and of its type.

    Members that are not known are ignored. The last few manifests are remembered by their bytes, as each split that is opened
    asks for its dataset's.
    """
    document = parse_object(content, path)
    fields = Fields(path, "", document)
    check_format(path, fields.string("format"), fields.string("version"))
    _check_crc(content, path)
    if "pending" in document:
        raise ShardError(path, "it is a part of a conversion; put the parts together with grf-data merge")
    modalities = _modalities(fields)
    labels = fields.strings("labels")
    if len(set(labels)) != len(labels):
        fields.fail("labels", "a list of different names")
    ledger = fields.object("ledger")
    ledger.object("counts")
    fields.list("inputs")
    return Manifest(
        path=path, version=fields.string("version"), fingerprint=fields.digits("fingerprint", 64),
        content=fields.digits("content", 64), configuration=fields.object("configuration").members,
        modalities=tuple(modalities), labels=tuple(labels), splits=_splits(fields, modalities),
        ledger_bytes=ledger.count("bytes"), ledger_crc32=ledger.digits("crc32", 8), document=document)


def check_format(path: str, found: str, version: str) -> None:
    """Refuses another format, and another major version."""
    if found != FORMAT:
        raise ShardError(path, f"its format is {found!r}, not {FORMAT!r}")
    numbers = VERSION.fullmatch(version)
    if numbers is None or numbers[1] != "1":
        raise ShardError(path, f"its format's version is {version!r}; this package reads 1.x")


def shard_name(split: str, index: int, count: int) -> str:
    return f"{split}-{index:05d}-of-{count:05d}.safetensors"


def is_split_name(name: str) -> bool:
    return SPLIT_NAME.fullmatch(name) is not None


def _check_crc(content: bytes, path: str) -> None:
    start = content[:-1].rfind(b"\n") + 1
    line = LAST_LINE.fullmatch(content, start)
    if line is None:
        raise ShardError(path, "its last line is not its CRC-32; it was cut short or edited")
    found = f"{zlib.crc32(content[:start]):08x}"
    if found != line[1].decode():
        raise ShardError(path, f"its CRC-32 is {found}, not {line[1].decode()} as its last line says: it was changed")


def _modalities(fields: Fields) -> List[Modality]:
    found: List[Modality] = []
    for one in fields.objects("modalities"):
        name = one.string("name")
        is_valid = MODALITY_NAME.fullmatch(name) and name not in ("labels", "sample")
        if not is_valid or any(name == other.name for other in found):
            one.fail("name", "a modality's name that no other one has")
        dtype = one.string("dtype")
        if dtype not in DTYPES:
            one.fail("dtype", f"one of {', '.join(DTYPES)}")
        dimension = one.count("dimension")
        if (dimension == 0) != (dtype == "tokens"):
            one.fail("dimension", "a positive count, or 0 for tokens")
        names = one.optional("dimension_names", one.strings)
        if names is not None and len(names) != dimension:
            one.fail("dimension_names", f"a list of {dimension} strings")
        rate = one.members.get("rate")
        if rate is not None and type(rate) not in (int, float):
            one.fail("rate", "a number or null")
        found.append(Modality(
            name=name, root=one.string("root"), dimension=dimension, dimension_names=names, dtype=dtype, rate=rate,
            normalization=one.string("normalization"), statistics=_statistics(one, dimension)))
    return found


def _statistics(modality: Fields, dimension: int) -> Optional[Dict[str, List[Optional[float]]]]:
    statistics = modality.optional("statistics", modality.object)
    if (statistics is None) != (dimension == 0):
        modality.fail("statistics", "an object, or null for tokens")
    if statistics is None:
        return None
    found = {member: statistics.numbers(member, dimension) for member, values in statistics.members.items()
             if isinstance(values, list)}
    for member in ("count", "mean", "std", "min", "max", "nan", "posinf", "neginf"):
        if member not in found:
            statistics.fail(member, f"a list of {dimension} numbers")
    return found


def _splits(fields: Fields, modalities: List[Modality]) -> Dict[str, Split]:
    splits = fields.object("splits")
    found: Dict[str, Split] = {}
    for name in splits.members:
        if not is_split_name(name):
            raise ShardError(fields.path, f"{name!r} is not what a split may be called")
        split = splits.object(name)
        frames = split.object("frames")
        if set(frames.members) != {modality.name for modality in modalities}:
            split.fail("frames", "a count for each modality and nothing else")
        shards = split.objects("shards")
        files: List[ShardFile] = []
        for index, shard in enumerate(shards):
            file, wanted = shard.string("file"), shard_name(name, index, len(shards))
            if file != wanted:
                raise ShardError(fields.path, f"it names a shard {file!r} where {wanted!r} belongs")
            files.append(ShardFile(file, shard.count("bytes"), shard.digits("header_crc32", 8)))
        found[name] = Split(name, split.count("samples"),
                            {modality.name: frames.count(modality.name) for modality in modalities}, tuple(files))
    return found
