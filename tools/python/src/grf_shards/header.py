"""A shard's header, read more strictly than the safetensors reference reads it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Tuple

from ._json import Fields, parse_object, shortened
from .errors import ShardError
from .manifest import Manifest, ShardFile, check_format

GREATEST_HEADER = 25_000_000
BLOCK = 1 << 20
ITEM_BYTES = {"F32": 4, "F64": 8, "F16": 2, "BF16": 2, "I64": 8, "U8": 1, "BOOL": 1}
VALUE_TYPES = {"f32": "F32", "f16": "F16", "bf16": "BF16"}


@dataclass(frozen=True)
class Tensor:
    """A tensor's place: `start` and `end` in bytes from the start of the file."""

    name: str
    dtype: str
    shape: Tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """The tensors of a shard, in the order of the file, held against what the manifest says of them."""

    tensors: Mapping[str, Tensor]
    samples: int
    frames: Mapping[str, int]
    has_times: bool


def read_header(head: bytes, size: int, path: str, shard: ShardFile, split: str, manifest: Manifest) -> Header:
    """Checks everything that a header can tell.

    Args:
        head: the file's first bytes, at least its header's (or all that there are).
        size: the file's size in bytes.

    Raises:
        ShardError: a header cut short, too long or not JSON; a name twice; another fingerprint, split or version; sizes
            that overflow or do not match; holes, overlaps and misaligned tensors; tensors that are missing,
            superfluous, out of order or of another shape.
    """
    length = header_length(head, size, path)
    found = f"{zlib.crc32(head[:8 + length]):08x}"
    if size != shard.bytes:
        raise ShardError(path, f"it has {size} bytes, not {shard.bytes} as the manifest says")
    text = head[8:8 + length]
    if text[:1] != b"{":
        raise ShardError(path, "its header does not begin with a brace")
    members = parse_object(text, path)
    _check_metadata(members, path, split, manifest)
    if found != shard.header_crc32:
        raise ShardError(path, f"its header's CRC-32 is {found}, not {shard.header_crc32} as the manifest says")
    if (8 + length) % 4096:
        raise ShardError(path, f"its data begins at {8 + length}, which is no multiple of 4096")
    tensors = _tensors(members, path, 8 + length)
    end = tensors[-1].end if tensors else 8 + length
    if end != size:
        raise ShardError(path, f"it has {size} bytes, not {end} as its header says")
    return _match(tensors, path, manifest)


def header_length(head: bytes, size: int, path: str) -> int:
    """The header's length in bytes, without the eight bytes that tell it."""
    if len(head) < 8:
        raise ShardError(path, f"its header is cut short: it has {size} bytes")
    length = int.from_bytes(head[:8], "little")
    if length > GREATEST_HEADER:
        raise ShardError(path, f"its header claims {length} bytes, more than {GREATEST_HEADER}")
    if 8 + length > size:
        raise ShardError(path, f"its header is cut short: it claims {length} bytes in a file of {size}")
    return length


def _check_metadata(members: Dict[str, object], path: str, split: str, manifest: Manifest) -> None:
    metadata = members.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ShardError(path, "its __metadata__ is no object of strings")
    fields = Fields(path, "__metadata__", metadata)
    check_format(path, fields.string("format"), fields.string("version"))
    for member, wanted in (("fingerprint", manifest.fingerprint), ("split", split)):
        if fields.string(member) != wanted:
            raise ShardError(path, f"its {member} is {shortened(metadata[member])}, not {wanted!r} as the manifest "
                                   "says: it belongs to another dataset or place")


def _tensors(members: Mapping[str, object], path: str, data_start: int) -> List[Tensor]:
    """The tensors by their offsets, which must follow one another without holes."""
    tensors = sorted((_tensor(name, value, path, data_start) for name, value in members.items()),
                     key=lambda tensor: (tensor.start, tensor.end))
    end = data_start
    for tensor in tensors:
        if tensor.start != end:
            what = "overlaps the one before it" if tensor.start < end else "leaves a hole before it"
            raise ShardError(path, f"tensor {tensor.name!r} {what}: it begins at {tensor.start}, not {end}")
        end = tensor.end
        if tensor.name.startswith("_pad."):
            if tensor.end - tensor.start >= 64:
                raise ShardError(path, f"{tensor.name!r} pads {tensor.end - tensor.start} bytes, more than 63")
        elif tensor.start % 64:
            raise ShardError(path, f"tensor {tensor.name!r} begins at {tensor.start}, which is no multiple of 64")
    return tensors


def _tensor(name: str, value: object, path: str, data_start: int) -> Tensor:
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise ShardError(path, f"tensor {name!r} has not exactly dtype, shape and data_offsets")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
        raise ShardError(path, f"tensor {name!r} has the unknown dtype {shortened(dtype)}")
    for member, sizes in (("shape", shape), ("data_offsets", offsets)):
        if not isinstance(sizes, list) or not set(map(type, sizes)) <= {int} or min(sizes, default=0) < 0:
            raise ShardError(path, f"tensor {name!r} has a {member} of {shortened(sizes)}, no list of sizes")
    bytes_ = ITEM_BYTES[dtype]
    for one in shape:
        bytes_ *= one
    # The product may be small although a factor overflows: another one may be 0.
    if max(bytes_, *shape, *offsets) > 1 << 62:
        raise ShardError(path, f"tensor {name!r} has sizes that overflow 64 bits")
    if len(offsets) != 2 or offsets[1] - offsets[0] != bytes_:
        raise ShardError(path, f"tensor {name!r} has the offsets {offsets}, but its shape takes {bytes_} bytes")
    return Tensor(name, dtype, tuple(shape), data_start + offsets[0], data_start + offsets[1])


def _match(tensors: Sequence[Tensor], path: str, manifest: Manifest) -> Header:
    """Holds the tensors against those that the manifest's modalities and labels ask for, and their order."""
    by_name = {tensor.name: tensor for tensor in tensors}
    has_times = any(f"{modality.name}.times" in by_name for modality in manifest.modalities)

    def size(name: str) -> int:
        tensor = by_name.get(name)
        return tensor.shape[0] if tensor is not None and len(tensor.shape) == 1 else 0

    samples = max(0, size("sample.id_offsets") - 1)
    frames = {modality.name: size(f"{modality.name}.valid") for modality in manifest.modalities}
    wanted: List[Tuple[str, str, Tuple[int, ...]]] = []
    if manifest.labels:
        wanted.append(("labels", "F32", (samples, len(manifest.labels))))
    wanted += [("sample.interval", "F64", (samples, 2)), ("sample.id", "U8", (size("sample.id"),)),
               ("sample.id_offsets", "I64", (samples + 1,))]
    for modality in manifest.modalities:
        name, count = modality.name, frames[modality.name]
        wanted.append((f"{name}.offsets", "I64", (samples + 1,)))
        if modality.is_tokens:
            wanted += [(f"{name}.bytes", "U8", (size(f"{name}.bytes"),)),
                       (f"{name}.token_offsets", "I64", (count + 1,))]
        else:
            wanted.append((f"{name}.values", VALUE_TYPES[modality.dtype], (count, modality.dimension)))
        wanted.append((f"{name}.valid", "BOOL", (count,)))
        if has_times:
            wanted.append((f"{name}.times", "F32", (count, 2)))
    for name, dtype, shape in list(wanted):
        bytes_ = ITEM_BYTES[dtype]
        for one in shape:
            bytes_ *= one
        wanted.append((f"_crc.{name}", "I64", (-(-bytes_ // BLOCK),)))
    _check_order(tensors, path, wanted)
    return Header(by_name, samples, frames, has_times)


def _check_order(tensors: Sequence[Tensor], path: str, wanted: List[Tuple[str, str, Tuple[int, ...]]]) -> None:
    places = {name: place for place, (name, _, _) in enumerate(wanted)}
    found = {tensor.name for tensor in tensors}
    missing = [name for name in places if name not in found]
    if missing:
        raise ShardError(path, f"it lacks the tensor {missing[0]!r}")
    last, place, pads = Tensor("", "", (), -1, -1), -1, 0
    wanted_shape: Tuple[int, ...]
    for tensor in tensors:
        if tensor.name == f"_pad.{pads}":
            pads += 1
            wanted_type, wanted_shape = "U8", (tensor.end - tensor.start,)
        elif tensor.name in places:
            _, wanted_type, wanted_shape = wanted[places[tensor.name]]
            # Empty tensors share their place, where the order of the file does not tell.
            is_tie = (tensor.start, tensor.end) == (last.start, last.end)
            if places[tensor.name] < place and not is_tie:
                raise ShardError(path, f"tensor {tensor.name!r} is out of order")
            place, last = max(place, places[tensor.name]), tensor
        else:
            raise ShardError(path, f"it has a tensor {tensor.name!r} that no shard of this dataset has")
        if (tensor.dtype, tensor.shape) != (wanted_type, wanted_shape):
            raise ShardError(path, f"tensor {tensor.name!r} is {tensor.dtype} {list(tensor.shape)}, not {wanted_type} "
                                   f"{list(wanted_shape)}")
