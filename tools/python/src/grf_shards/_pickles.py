"""Reading a pickle without running anything that is in it.

A pickle is a program: it names functions, and loading it calls them. Here the only names that mean anything are those by
which numpy's arrays, scalars and dtypes are written, and Python's own containers; and even those are not numpy's functions
but the stand-ins below, which only take down what they are given. Arrays are made from that afterwards, by size-checked
views of bytes: numpy's own unpickling trusts what it reads.
"""

from __future__ import annotations

import pickle
import pickletools
import re
from typing import Any, BinaryIO, Dict, Iterator, List, Literal, NoReturn, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from .kinds import HEAD, explanation, kind_of

DEEPEST_TUPLE = 1000


class PickleError(ValueError):
    """A pickle that is damaged, or asks for something that is not admitted. Nothing of it has been run."""


class DType:
    """What a pickle says of a dtype."""

    __slots__ = ("code", "order")

    def __init__(self, code: str) -> None:
        self.code = code
        self.order = "|"

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 5 or not all(part is None for part in state[2:5]):
            raise PickleError("it holds a dtype with fields, which is not admitted")
        self.order = text(state[1])

    def numpy(self) -> np.dtype[Any]:
        """Plain dtypes only: Booleans, numbers, byte strings, text; `O` for lists of objects."""
        found = re.fullmatch(r"([<>|=]?)([?biufcSUO])([0-9]{0,9})", self.code)
        if found is None or self.order not in ("<", ">", "|", "="):
            raise PickleError(f"it holds the dtype {self.code!r}, which is not admitted")
        order = found[1] if found[1] in ("<", ">") else self.order
        if found[2] == "O":
            return np.dtype(object)
        try:
            return np.dtype(order + found[2] + found[3])
        except TypeError:
            raise PickleError(f"it holds the dtype {self.code!r}, which numpy does not know") from None


class Array:
    """What a pickle says of an array."""

    __slots__ = ("state",)

    def __init__(self, state: Optional[Tuple[Any, DType, bool, Any]] = None) -> None:
        self.state = state

    def __setstate__(self, state: object) -> None:
        if isinstance(state, tuple) and len(state) == 5:
            state = state[1:]  # a version comes first
        if not isinstance(state, tuple) or len(state) != 4 or not isinstance(state[1], DType):
            raise PickleError("it holds an array whose state is not numpy's")
        self.state = state

    def numpy(self) -> NDArray[Any]:
        """The array; of dtype object its elements are as the pickle has them.

        Raises:
            PickleError: bytes that do not fit the shape, or an array without a state.
        """
        if self.state is None:
            raise PickleError("it holds an array without content")
        shape, described, is_fortran, content = self.state
        dtype = described.numpy()
        if not isinstance(shape, tuple) or not all(type(n) is int and 0 <= n < 1 << 62 for n in shape) or len(shape) > 32:
            raise PickleError("it holds an array whose shape is no tuple of sizes")
        count = 1
        for size in shape:
            count *= size
        order: Literal["C", "F"] = "F" if is_fortran else "C"
        if dtype == object:
            if not isinstance(content, list) or len(content) != count:
                raise PickleError("it holds an array of objects whose number does not fit its shape")
            objects = np.empty(count, object)
            for place, one in enumerate(content):
                objects[place] = one
            return objects.reshape(shape, order=order)
        if isinstance(content, str):
            content = encoded(content)
        if not isinstance(content, (bytes, bytearray)) or len(content) != count * dtype.itemsize:
            raise PickleError(f"it holds an array {shape} of {dtype} whose bytes do not fit its shape")
        if dtype.itemsize == 0 or count == 0:
            return np.zeros(shape, dtype)
        if dtype == np.bool_:
            return np.asarray(np.frombuffer(content, np.uint8) != 0).reshape(shape, order=order)
        if dtype.kind == "U":
            points = np.frombuffer(content, ">u4" if dtype.byteorder == ">" else "<u4")
            if int(points.max()) > 0x10FFFF:
                raise PickleError("it holds text with characters that there are none of")
        flat: NDArray[Any] = np.frombuffer(content, dtype)
        return flat.reshape(shape, order=order)


class StandIn:
    """Something that a pickle may call by its name. Without attributes, so that a pickle can set none."""

    __slots__ = ()


class NdarrayName(StandIn):
    """`numpy.ndarray`, which is named but not called."""

    __slots__ = ()


class Reconstruct(StandIn):
    """`numpy.core.multiarray._reconstruct(ndarray, (0,), b"b")`: an empty array that is given its state later."""

    __slots__ = ()

    def __call__(self, kind: object, shape: object, code: object) -> Array:
        if not isinstance(kind, NdarrayName):
            raise PickleError("it holds an array of a kind that is not numpy.ndarray")
        return Array()


class FromBuffer(StandIn):
    """`numpy.core.numeric._frombuffer(bytes, dtype, shape, order)`: an array under protocol 5."""

    __slots__ = ()

    def __call__(self, content: object, dtype: object, shape: object, order: object) -> Array:
        if not isinstance(dtype, DType):
            raise PickleError("it holds an array whose state is not numpy's")
        return Array((shape, dtype, text(order) == "F", content))


class DTypeName(StandIn):
    """`numpy.dtype("f4", False, True)`."""

    __slots__ = ()

    def __call__(self, code: object, *flags: object) -> DType:
        return DType(text(code))


class Scalar(StandIn):
    """`numpy.core.multiarray.scalar(dtype, bytes)`."""

    __slots__ = ()

    def __call__(self, dtype: object, content: object = b"") -> Any:
        if not isinstance(dtype, DType) or dtype.numpy() == object:
            raise PickleError("it holds a scalar of a dtype that is not admitted")
        return Array(((), dtype, False, content)).numpy()[()]


class Encode(StandIn):
    """`_codecs.encode(text, "latin1")`, which is how Python 3 writes bytes under the protocols of Python 2."""

    __slots__ = ()

    def __call__(self, content: object, encoding: object) -> bytes:
        if not isinstance(content, str) or text(encoding) not in ("latin1", "latin-1"):
            raise PickleError("it calls _codecs.encode for something else than bytes")
        return encoded(content)


class Container(StandIn):
    """`set` and `frozenset`, of a list; as a list, since order and hashing are nobody's concern here."""

    __slots__ = ()

    def __call__(self, content: object = ()) -> List[Any]:
        if not isinstance(content, (list, tuple)):
            raise PickleError("it makes a set of something that is no list")
        return list(content)


class ByteString(StandIn):
    """`bytes()` and `bytearray` of bytes, or of text and `latin-1`; never of a size."""

    __slots__ = ()

    def __call__(self, content: object = b"", encoding: object = "latin-1") -> bytes:
        if isinstance(content, (bytes, bytearray)):
            return bytes(content)
        return Encode()(content, encoding)


def _admitted() -> Dict[Tuple[str, str], StandIn]:
    names: Dict[Tuple[str, str], StandIn] = {("numpy", "ndarray"): NdarrayName(), ("numpy", "dtype"): DTypeName(),
                                             ("_codecs", "encode"): Encode()}
    for core in ("numpy.core", "numpy._core"):
        names[f"{core}.multiarray", "_reconstruct"] = Reconstruct()
        names[f"{core}.multiarray", "scalar"] = Scalar()
        names[f"{core}.numeric", "_frombuffer"] = FromBuffer()
    for builtins in ("builtins", "__builtin__"):
        names[builtins, "set"] = names[builtins, "frozenset"] = Container()
        names[builtins, "bytes"] = names[builtins, "bytearray"] = ByteString()
    return names


ADMITTED = _admitted()


class RestrictedUnpickler(pickle.Unpickler):
    """Knows the names in `ADMITTED` and no others."""

    def find_class(self, module: str, name: str) -> Any:
        found = ADMITTED.get((module, name))
        if found is None:
            raise PickleError(f"it asks for {module}.{name}, which is neither numpy's arrays nor a plain container; nothing "
                              "of it was run")
        return found

    def persistent_load(self, pid: object) -> NoReturn:
        raise PickleError("it refers to objects outside of itself")


def load(file: BinaryIO, size: int) -> Any:
    """What the pickle in an open file holds: plain containers, numbers, text, bytes, numpy scalars, and `Array`s.

    Byte strings of Python 2 come as bytes. The file is read twice: first its opcodes are looked over, then it is loaded.

    Args:
        size: the file's size in bytes.

    Raises:
        PickleError: it is damaged, or asks for anything that is not admitted.
    """
    start = file.tell()
    head = file.read(HEAD)
    if kind_of(head) not in ("pickle", "unknown"):
        raise PickleError(f"it is not a pickle but {explanation(head)}" if kind_of(head) != "damagedPickle"
                          else f"it is {explanation(head)}")
    file.seek(start)
    try:
        look_over(file, size)
        file.seek(start)
        return RestrictedUnpickler(file, encoding="bytes").load()
    except PickleError:
        raise
    except MemoryError:
        raise PickleError("it claims more than there is memory for") from None
    except Exception as error:  # A damaged pickle ends in nearly any error.
        raise PickleError(f"it is not a pickle, or damaged: {error or type(error).__name__}") from None


def look_over(file: BinaryIO, size: int) -> None:
    """Goes through a pickle's opcodes without obeying them.

    Refuses memo numbers that no file of this size needs, which cost memory, and tuples in tuples so deep that hashing them would
    overrun the stack.
    """
    depths: List[Optional[int]] = []  # of tuples on the stack; None is a mark
    memo: Dict[int, int] = {}
    for opcode, found in opcodes(file):
        name, argument = opcode.name, found if isinstance(found, int) else 0
        if name in ("PUT", "BINPUT", "LONG_BINPUT"):
            if not 0 <= argument <= size:
                raise PickleError(f"it uses memo number {argument} in {size} bytes")
            memo[argument] = depths[-1] or 0
        elif name == "MEMOIZE":
            memo[len(memo)] = depths[-1] or 0
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            depths.append(memo.get(argument, 0))
        elif name == "MARK":
            depths.append(None)
        elif name == "DUP":
            depths.append(depths[-1])
        else:
            popped: List[int] = []
            for before in reversed(opcode.stack_before):
                if before is pickletools.stackslice:
                    continue
                if before is pickletools.markobject:
                    while (depth := depths.pop()) is not None:
                        popped.append(depth)
                else:
                    popped.append(depths.pop() or 0)
            depth = 1 + max(popped, default=0) if name.startswith("TUPLE") else 0
            if depth > DEEPEST_TUPLE:
                raise PickleError(f"it nests tuples more than {DEEPEST_TUPLE} deep")
            depths.extend([depth] * len(opcode.stack_after))


def opcodes(file: BinaryIO) -> Iterator[Tuple[pickletools.OpcodeInfo, Any]]:
    """A pickle's opcodes and their arguments, as `pickletools.genops` gives them.

    That one wants the strings of protocol 0 in ASCII, which Python 2 did not.
    """
    known = {opcode.code: opcode for opcode in pickletools.opcodes}
    while True:
        code = file.read(1).decode("latin-1")
        if code not in known:
            raise PickleError("it is not a pickle, or damaged: " + (f"there is no opcode {code!r}" if code else "it ends early"))
        opcode = known[code]
        if opcode.name == "STRING":
            yield opcode, file.readline()
        else:
            yield opcode, None if opcode.arg is None else opcode.arg.reader(file)
        if opcode.name == "STOP":
            return


def text(value: object) -> str:
    """A name or word: text, or Python 2's byte string. Bytes that are not UTF-8 are read as Latin-1."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    raise PickleError(f"it has a {type(value).__name__} where a word belongs")


def encoded(content: str) -> bytes:
    try:
        return content.encode("latin-1")
    except UnicodeEncodeError:
        raise PickleError("it has text where bytes belong") from None
