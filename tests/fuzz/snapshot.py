"""Things as they were: copies that are quick to make, and a way to tell whether one changed."""

from collections import deque
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import fields, is_dataclass
from enum import Enum
from types import FunctionType, MethodType
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_PLAIN: Final = (type(None), int, float, str, bytes, Enum, FunctionType, type)


class Snapshot(Generic[T]):
    """A thing to be copied as often as anybody likes.

    Args:
        thing: is not to be used any more.
    """

    def __init__(self, thing: T) -> None:
        self._thing = thing
        self._shared = {id(each): each for each in _parts(thing) if _cannot_change(each)}

    def copy(self) -> T:
        """One that shares with the others only what cannot change."""
        return deepcopy(self._thing, dict(self._shared))


def _attributes(thing: object) -> Iterable[tuple[str, object]]:
    if is_dataclass(thing):
        return [(field.name, getattr(thing, field.name)) for field in fields(thing)]
    return vars(thing).items() if hasattr(thing, "__dict__") else ()


def _children(thing: object) -> list[object]:
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, (tuple, list, frozenset, set, deque)):
        return list(thing)
    return [value for _, value in _attributes(thing)]


def _parts(thing: object, seen: dict[int, object] | None = None) -> list[object]:
    """Everything that hangs on a thing, with itself."""
    seen = {} if seen is None else seen
    if id(thing) not in seen:
        seen[id(thing)] = thing
        if not _is_plain(thing):
            for child in _children(thing):
                _parts(child, seen)
    return list(seen.values())


def _is_plain(thing: object) -> bool:
    # A key pair lies in OpenSSL, where nobody changes it.
    return isinstance(thing, _PLAIN) or type(thing).__module__.startswith("cryptography.")


def _cannot_change(thing: object) -> bool:
    if _is_plain(thing):
        return True
    is_frozen = is_dataclass(thing) and type(thing).__setattr__ is not object.__setattr__
    if is_frozen or isinstance(thing, (tuple, frozenset)):
        return all(map(_cannot_change, _children(thing)))
    return False


def fingerprint(thing: object, without: frozenset[str] = frozenset()) -> object:
    """All that a thing holds, as a value that can be compared.

    Args:
        thing: whatever hangs on it is looked at once.
        without: attributes that do not count.
    """
    return _Reader(without).read(thing)


class _Reader:
    def __init__(self, without: frozenset[str]) -> None:
        self._without = without
        self._seen: dict[int, int] = {}

    def read(self, thing: object) -> object:
        if _is_plain(thing):
            return thing
        if isinstance(thing, MethodType):
            return thing.__name__, self.read(thing.__self__)
        if id(thing) in self._seen:
            return "seen", self._seen[id(thing)]
        self._seen[id(thing)] = len(self._seen)
        return self._inside(thing)

    def _inside(self, thing: object) -> object:
        if isinstance(thing, bytearray):
            return bytes(thing)
        if isinstance(thing, (set, frozenset)):
            return frozenset(map(self.read, thing))
        if isinstance(thing, (dict, tuple, list, deque)):
            return tuple(map(self.read, _children(thing)))
        return type(thing).__name__, tuple(
            (name, self.read(value))
            for name, value in _attributes(thing)
            if name not in self._without
        )
