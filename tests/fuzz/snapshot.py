"""Things as they were: copies that are quick to make, and a way to tell whether one changed."""

import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from types import FunctionType, MethodType
from typing import Final, Generic, TypeVar, cast

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
        return _Copier(self._shared).copy(self._thing)


class _Copier:
    """What `copy.deepcopy` does, for the types that occur here, in a third of the time.

    Args:
        known: by id, what stands for a thing in the copy.
    """

    def __init__(self, known: dict[int, object]) -> None:
        self._known = known.copy()

    def copy(self, thing: T) -> T:
        known = self._known
        return cast("T", known[id(thing)] if id(thing) in known else self._copy(thing))

    def _copy(self, thing: object) -> object:
        """Of something that is not known yet."""
        if isinstance(thing, MethodType):
            new: object = MethodType(thing.__func__, self.copy(thing.__self__))
        elif isinstance(thing, dict):
            new = type(thing)(zip(self._each(thing), self._each(thing.values()), strict=True))
        elif isinstance(thing, bytearray):
            new = thing.copy()
        elif isinstance(thing, (tuple, list, set, deque)):
            new = type(thing)(self._each(thing))
        else:
            return self._object(thing)
        # None of these holds itself.
        self._known[id(thing)] = new
        return new

    def _object(self, thing: object) -> object:
        # It has to be known before what it holds is copied: that may hold it in turn.
        new = self._known[id(thing)] = object.__new__(type(thing))
        if hasattr(thing, "__dict__"):
            held = thing.__dict__
            new.__dict__.update(zip(held, self._each(held.values()), strict=True))
        else:
            for name, value in _attributes(thing):
                object.__setattr__(new, name, self.copy(value))
        return new

    def _each(self, things: Iterable[object]) -> list[object]:
        known, copy = self._known, self._copy
        return [known[id(each)] if id(each) in known else copy(each) for each in things]


def _attributes(thing: object) -> Iterable[tuple[str, object]]:
    if hasattr(thing, "__dict__"):
        return vars(thing).items()
    if is_dataclass(thing):
        return [(field.name, getattr(thing, field.name)) for field in fields(thing)]
    return ()


def _children(thing: object) -> list[object]:
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, (tuple, list, frozenset, set, deque)):
        return list(thing)
    if isinstance(thing, MethodType):
        return [thing.__self__]
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


def weight(thing: object) -> int:
    """Octets of everything that hangs on a thing; what lies in OpenSSL does not count."""
    return sum(map(sys.getsizeof, _parts(thing)))


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
