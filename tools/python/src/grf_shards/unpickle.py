"""Turns one of the field's pickles into an .npz file that needs no pickle to be read, and runs nothing that is in it.

    python -m grf_shards.unpickle FILE.pkl OUT.npz [--labels-csd LABELS.csd] [--overwrite]

Such a pickle is a dictionary of splits, each a dictionary of arrays: `mosi_data.pkl`, `mosi_data_noalign.pkl`,
`unaligned_50.pkl` and their like. The .npz has a member SPLIT/NAME for each of them:

- numbers keep their type and shape; `labels` of [N, 1, 1] become [N, 1];
- text and byte strings (also lists, and arrays of objects) become arrays of text;
- `id` becomes `ids` [N], `RECORDING$_$k` spelled RECORDING[k]. Where it is [N, 3], of recording, start and end, `intervals`
  [N, 2] are start and end in seconds, `id` is kept as it was, and `ids` is the first column if each of its names is a
  segment's. Otherwise only times tell the segments of a recording apart: with `--labels-csd` they get the number of the label
  row with these times, RECORDING[k], as `grf-data convert` has them; what no row matches, and everything without that option,
  carries its start in seconds, RECORDING@12.5.

What cannot be carried is named on standard error, and so is what was changed. Exit status: 0, 1 where the file is at fault, 64
where the command line is.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
import zipfile
from typing import Any, Dict, Iterator, List, NoReturn, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ._pickles import Array, PickleError, load, text
from .ids import MMSA, UNDERSCORE, canonical_id, split_id
from .label_rows import LabelRows

DEEPEST = 8
# How many bytes of arrays a byte of the pickle may become. Text takes 4 bytes a character and as much as its longest piece.
GREATEST_GROWTH = 64


class NotCarried(Exception):
    """Why a value cannot become an array."""


def convert(content: Any, size: int, labels: Optional[LabelRows] = None) -> Tuple[Dict[str, NDArray[Any]], List[str]]:
    """The arrays of a loaded pickle by their names in the .npz, and a line for whatever was changed or left out.

    Args:
        size: the pickle's, in bytes: what it may become is a multiple of that.
        labels: what segments that are known by their times are numbered by.

    Raises:
        PickleError: the pickle is no dictionary, or holds no array.
    """
    if not isinstance(content, dict):
        raise PickleError(f"it holds a {kind(content)}, not a dictionary of splits")
    arrays: Dict[str, NDArray[Any]] = {}
    notes: List[str] = []
    carrier = Carrier(GREATEST_GROWTH * size + (1 << 20))
    for name, value in members(content, "", notes):
        room = carrier.room
        try:
            if name in arrays:
                raise NotCarried("its name is there twice")
            arrays[name] = carrier.carried(value)
        except NotCarried as reason:
            notes.append(f"left out {shown(name)}: {reason}")
            carrier.room = room
        except RecursionError:
            notes.append(f"left out {shown(name)}: its lists are nested too deep")
            carrier.room = room
    for name in list(arrays):
        prefix = name[:name.rfind("/") + 1]
        if name == prefix + "labels" and arrays[name].ndim == 3 and arrays[name].shape[1:] == (1, 1):
            arrays[name] = arrays[name].reshape(-1, 1)
        if name == prefix + "id" and f"{prefix}ids" not in arrays:
            identify(arrays, prefix, notes, labels)
    if not arrays:
        raise PickleError("it holds no array" + "".join(f"; {note}" for note in notes[:1]))
    # What was made of `id` comes last; it belongs to its split.
    splits = list(dict.fromkeys(name[:name.rfind("/") + 1] for name in arrays))
    return dict(sorted(arrays.items(), key=lambda item: splits.index(item[0][:item[0].rfind("/") + 1]))), notes


def members(content: Dict[Any, Any], prefix: str, notes: List[str], depth: int = 1) -> Iterator[Tuple[str, Any]]:
    """(name, value) of everything in nested dictionaries, names joined by slashes."""
    for key, value in content.items():
        name = text(key) if isinstance(key, (str, bytes)) else ""
        path = prefix + name
        if not re.fullmatch(r"[^/\\\x00-\x1f\x7f]+", name) or name in (".", ".."):
            notes.append(f"left out {shown(prefix)}{key!r:.60}: it is no name")
        elif not isinstance(value, dict):
            yield path, value
        elif depth == DEEPEST:
            notes.append(f"left out {shown(path)}: it lies more than {DEEPEST} dictionaries deep")
        else:
            if not value:
                notes.append(f"left out {shown(path)}: it is an empty dictionary")
            yield from members(value, path + "/", notes, depth + 1)


class Carrier:
    """Makes arrays that need no pickle, as long as there is room.

    A few bytes can name one list a million times; `room`, in bytes, is what bounds the time and memory that costs.
    """

    def __init__(self, room: int) -> None:
        self.room = room

    def take(self, bytes_: int) -> None:
        self.room -= bytes_
        if self.room < 0:
            raise NotCarried(f"it would take more than {GREATEST_GROWTH} times the pickle's size")

    def carried(self, value: Any) -> NDArray[Any]:
        """A value as an array.

        Raises:
            NotCarried: None, dictionaries, lists of unequal or mixed things, and what there is no room for.
        """
        if isinstance(value, Array):
            value = value.numpy()
        if isinstance(value, np.ndarray):
            if value.dtype == object:
                return self.listed(value.ravel().tolist(), value.shape)
            if value.dtype.kind == "S":
                return self.texts([text(one) for one in value.ravel().tolist()], value.shape)
            self.take(value.nbytes)
            plain: NDArray[Any] = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
            return plain.reshape(value.shape)
        if isinstance(value, (str, bytes, bytearray)):
            return self.texts([text(bytes(value) if isinstance(value, bytearray) else value)], ())
        if isinstance(value, (bool, int, float, complex, np.generic)):
            return numbers([value]).reshape(())
        if isinstance(value, (list, tuple)):
            return self.listed(list(value), (len(value),))
        if isinstance(value, (set, frozenset)):
            try:
                return self.listed(sorted(value), (len(value),))
            except TypeError:
                raise NotCarried("it is a set of mixed things") from None
        raise NotCarried(f"it is {kind(value)}")

    def listed(self, values: List[Any], shape: Tuple[int, ...]) -> NDArray[Any]:
        """Text, numbers, or arrays of one shape."""
        self.take(16 * len(values))
        if values and all(isinstance(one, (str, bytes)) for one in values):
            return self.texts([text(one) for one in values], shape)
        if all(isinstance(one, (bool, int, float, complex, np.number, np.bool_)) for one in values):
            return numbers(values).reshape(shape)
        if any(one is None or isinstance(one, dict) for one in values):
            raise NotCarried("some of its elements are None or dictionaries")
        parts = [self.carried(one) for one in values]
        if len({(part.shape, "U" if part.dtype.kind == "U" else part.dtype.str) for part in parts}) != 1:
            raise NotCarried(f"its {len(parts)} elements differ in shape or type")
        if parts[0].dtype.kind == "U":
            return self.texts([one for part in parts for one in part.ravel().tolist()], shape + parts[0].shape)
        return np.stack(parts).reshape(shape + parts[0].shape)

    def texts(self, values: List[str], shape: Tuple[int, ...]) -> NDArray[Any]:
        longest = max(map(len, values), default=0)
        self.take(4 * longest * len(values))
        if any(one.endswith("\0") for one in values):
            raise NotCarried("its text ends with NUL characters, which numpy drops")
        return np.array(values, f"<U{max(1, longest)}").reshape(shape)


def numbers(values: List[Any]) -> NDArray[Any]:
    try:
        found = np.array(values) if values else np.zeros(0)
    except (OverflowError, ValueError):
        raise NotCarried("its numbers fit no type of numpy's") from None
    if found.dtype == object:
        raise NotCarried("its whole numbers are beyond 64 bits")
    if found.dtype.kind == "f" and any(isinstance(one, int) and abs(one) > 1 << 53 for one in values):
        raise NotCarried("its whole numbers are beyond what a double holds")
    return found


def identify(arrays: Dict[str, NDArray[Any]], prefix: str, notes: List[str], labels: Optional[LabelRows]) -> None:
    """Makes `ids` [N], and `intervals` where there are any, from `id`."""
    given = arrays[f"{prefix}id"]
    if given.ndim == 1 or (given.ndim == 2 and given.shape[1] == 1):
        names = arrays.pop(f"{prefix}id").reshape(-1).astype(str)
        arrays[f"{prefix}ids"] = np.array([canonical_id(name) for name in names.tolist()], str)
        return
    if given.ndim != 2 or given.shape[1] != 3:
        notes.append(f"{shown(prefix)}id is no list of ids: it is kept as it is")
        return
    names, times = given[:, 0].astype(str), seconds(given[:, 1:])
    if times is not None:
        arrays[f"{prefix}intervals"] = times
    if times is None or all(is_segment(name) for name in names.tolist()):
        if len(set(names.tolist())) != len(names):
            notes.append(f"{shown(prefix)}id names recordings more than once, without times: it is kept as it is")
            return
        arrays[f"{prefix}ids"] = np.array([canonical_id(name) for name in names.tolist()], str)
        return
    found, strangers = named_by_time(names.tolist(), times, labels)
    arrays[f"{prefix}ids"] = np.array(found, str)
    if labels is None:
        notes.append(f"{shown(prefix)}ids: only times tell segments apart, so they carry their start, RECORDING@SECONDS; "
                     "--labels-csd numbers them by the rows of the labels")
    elif strangers:
        notes.append(f"{shown(prefix)}ids: no one row of the labels has the times of {len(strangers)} of {len(found)} segments, "
                     f"which carry their start: {', '.join(strangers[:5])}{', …' if len(strangers) > 5 else ''}")


def is_segment(name: str) -> bool:
    """Whether a name looks like that of a segment by itself."""
    return split_id(name)[1] is not None or MMSA.fullmatch(name) is not None or UNDERSCORE.fullmatch(name) is not None


def named_by_time(videos: List[str], times: NDArray[np.float64], labels: Optional[LabelRows]) -> Tuple[List[str], List[str]]:
    """The ids of segments that are known by recording, start and end, and those among them that are in no label file."""
    names, strangers = [], []
    for video, (start, end) in zip(videos, times.tolist()):
        name = labels.name(video, start, end) if labels else None
        if name is None:
            name = f"{video}@{start}"
            strangers.append(name)
        names.append(name)
    return names, strangers


def seconds(columns: NDArray[Any]) -> Optional[NDArray[np.float64]]:
    """The columns as times, or None where they are something else."""
    try:
        found = columns.astype(np.float64)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found).all() and (found[:, 0] <= found[:, 1]).all() else None


def kind(value: Any) -> str:
    if isinstance(value, Array):
        return "array"
    return "None" if value is None else type(value).__name__


def shown(name: str) -> str:
    return name if name.isprintable() else repr(name)


def write(path: str, arrays: Dict[str, NDArray[Any]]) -> None:
    """Writes the .npz beside its place and renames it, so that it is whole or not there. The same arrays give the same bytes."""
    temporary = f"{path}.{secrets.token_hex(8)}"
    try:
        with open(temporary, "xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name, array in arrays.items():
                    member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                    with archive.open(member, "w", force_zip64=True) as target:
                        np.lib.format.write_array(target, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


class Parser(argparse.ArgumentParser):
    """Ends with 64 for a wrong command line, as grf-data does."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = Parser(prog="python -m grf_shards.unpickle", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pickle", metavar="FILE.pkl")
    parser.add_argument("out", metavar="OUT.npz")
    parser.add_argument("--labels-csd", metavar="LABELS.csd",
                        help="the label sequence whose rows number segments that are known by their times")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT.npz where it is there")
    given = parser.parse_args(arguments)
    if not given.out.endswith(".npz"):
        parser.error(f"{shown(given.out)} does not end in .npz")
    if os.path.lexists(given.out) and not given.overwrite:
        return fail(given.out, "it is there already; --overwrite replaces it")
    labels = None
    if given.labels_csd is not None:
        try:
            labels = LabelRows(given.labels_csd)
        except (ImportError, OSError, ValueError) as error:
            return fail(given.labels_csd, str(error))
    try:
        with open(given.pickle, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            arrays, notes = convert(load(file, size), size, labels)
            rest = size - file.tell()
        if rest:
            notes.append(f"left out {rest} bytes that follow the pickle's end")
        write(given.out, arrays)
    except PickleError as error:
        return fail(given.pickle, str(error))
    except OSError as error:
        return fail(error.filename if isinstance(error.filename, str) else given.out, error.strerror or str(error))
    except MemoryError:
        return fail(given.pickle, "it does not fit into memory")
    for note in notes:
        print(note, file=sys.stderr)
    width = max(len(shown(name)) for name in arrays)
    for name, array in arrays.items():
        print(f"{shown(name):{width}}  {array.dtype!s:8}  {list(array.shape)}")
    return 0


def fail(path: str, problem: str) -> int:
    print(f"Error: {shown(path)}: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
