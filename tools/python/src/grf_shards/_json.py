"""JSON as the format wants it: no name twice, no NaN, and members of the right type."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple, TypeVar

from .errors import ShardError

T = TypeVar("T")
HEXADECIMAL = frozenset("0123456789abcdef")


def parse_object(content: bytes, path: str) -> Dict[str, Any]:
    """The JSON object that `content` is.

    Stricter than `json.loads`: a name that comes twice in an object, at any depth, `NaN` and `Infinity`, and bytes that
    are not UTF-8 are errors.
    """

    def members(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ShardError(path, f"its JSON names {twice!r} twice in one object")
        return found

    def constant(name: str) -> NoReturn:
        raise ShardError(path, f"its JSON holds {name}, which is no JSON number")

    try:
        document = json.loads(content.decode("utf-8"), object_pairs_hook=members, parse_constant=constant)
    except ShardError:
        raise
    except RecursionError:
        raise ShardError(path, "its JSON is nested too deep") from None
    except ValueError as error:
        raise ShardError(path, f"it is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ShardError(path, "its JSON is no object")
    return document


class Fields:
    """The members of a JSON object, each taken with the type that it must have."""

    def __init__(self, path: str, name: str, members: Dict[str, Any]) -> None:
        self.path = path
        self.name = name
        self.members = members

    def fail(self, member: str, wanted: str) -> NoReturn:
        where = f"{self.name}.{member}" if self.name else member
        if member not in self.members:
            raise ShardError(self.path, f"it lacks {where!r}, which is {wanted}")
        raise ShardError(self.path, f"{where!r} is {shortened(self.members[member])}, not {wanted}")

    def string(self, member: str) -> str:
        value = self.members.get(member)
        return value if isinstance(value, str) else self.fail(member, "a string")

    def strings(self, member: str) -> List[str]:
        return [value if isinstance(value, str) else self.fail(member, "a list of strings")
                for value in self.list(member)]

    def digits(self, member: str, count: int) -> str:
        """Lower-case hexadecimal digits."""
        value = self.members.get(member)
        if isinstance(value, str) and len(value) == count and HEXADECIMAL.issuperset(value):
            return value
        self.fail(member, f"a string of {count} lower-case hexadecimal digits")

    def count(self, member: str) -> int:
        value = self.members.get(member)
        if isinstance(value, int) and is_count(value):
            return value
        self.fail(member, "a whole number from 0 to 2^63 - 1")

    def list(self, member: str) -> List[Any]:
        value = self.members.get(member)
        return value if isinstance(value, list) else self.fail(member, "a list")

    def object(self, member: str) -> Fields:
        value = self.members.get(member)
        if not isinstance(value, dict):
            self.fail(member, "an object")
        return Fields(self.path, f"{self.name}.{member}" if self.name else member, value)

    def objects(self, member: str) -> List[Fields]:
        name = f"{self.name}.{member}" if self.name else member
        return [Fields(self.path, f"{name}[{i}]", value) if isinstance(value, dict)
                else self.fail(member, "a list of objects") for i, value in enumerate(self.list(member))]

    def optional(self, member: str, read: Callable[[str], T]) -> Optional[T]:
        """None where the member is null; it must be there."""
        if member in self.members and self.members[member] is None:
            return None
        return read(member)

    def numbers(self, member: str, count: int) -> List[Optional[float]]:
        """A list of `count` numbers or nulls."""
        values = self.list(member)
        # All types at once: value by value this took most of the time of opening a dataset.
        if len(values) != count or not set(map(type, values)) <= {float, int, type(None)}:
            self.fail(member, f"a list of {count} numbers")
        try:
            return [None if value is None else float(value) for value in values]
        except OverflowError:
            self.fail(member, f"a list of {count} numbers")


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 40 else text[:37] + "..."
