"""Values: classes with named fields that nobody changes, made without a compiler.

`dataclass(frozen=True, slots=True)` of the standard library writes the source of six functions for
each class and compiles it, whenever the program starts. The phone has 450 such classes, and
they took two fifths of its start. Here the same functions are closures. What else is known of
dataclasses (`replace`, `fields`, `asdict`, patterns, type checkers) works as ever; of `field` there
are `default`, `default_factory`, `repr` and, for the last ones of a class, `kw_only`.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, field, fields, make_dataclass
from operator import attrgetter
from typing import Any, ClassVar, Final, NoReturn, TypeVar, dataclass_transform, get_origin

_T = TypeVar("_T")
_FIELDS: Final = "__dataclass_fields__"
"""Where the standard library looks for them."""
_OF_THE_CLASS: Final[object] = ClassVar
_WITHOUT_SLOTS: Final = ("__dict__", "__weakref__")
"""What only a class without slots has."""


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def frozen(cls: type[_T]) -> type[_T]:
    """The class with slots for its fields, filled once, and equal where all of them are.

    What it defines itself stays, and its `__post_init__` is called. As in any class that gets slots
    afterwards, `super()` without arguments does not work in it.

    Raises:
        TypeError: A field wants more than is offered here.
    """
    inherited = _Fields.of(cls.__mro__[1:])
    known = inherited.and_own(cls)
    values = _reader(known.names)
    body = dict(vars(cls))
    for name in (*_WITHOUT_SLOTS, *known.names):
        body.pop(name, None)
    body.setdefault("__repr__", _representation(known))
    body.setdefault("__eq__", _equality(values))
    if body.get("__hash__") is None:  # as Python has it beside an `__eq__`
        body["__hash__"] = lambda self: hash(values(self))
    body |= {
        "__qualname__": cls.__qualname__,
        "__slots__": known.names[len(inherited.names) :],
        "__match_args__": known.names[: known.by_place],
        "__setattr__": _no_change,
        "__delattr__": _no_deletion,
        "__setstate__": _restore,
        "__signature__": _Signature(),
        _FIELDS: known,
    }
    metaclass: Callable[..., Any] = type(cls)
    made = metaclass(cls.__name__, cls.__bases__, body)
    made.__init__ = _initialiser(made, known)
    return made  # type: ignore[no-any-return]


class _Fields:
    """The fields of a class; who asks the class for them gets them as the standard library's."""

    def __init__(self, kinds: dict[str, Any], told: dict[str, Any]) -> None:
        """`kinds`: their types by name, in order; `told`: default values, or what `field` returns."""
        self.names = tuple(kinds)
        self._kinds, self._told = kinds, told
        self._standard: dict[str, Field[Any]] | None = None
        made = {name: each for name, each in told.items() if isinstance(each, Field)}
        self.by_place = len(kinds) - sum(each.kw_only is True for each in made.values())
        """How many of them, the first ones, need no name."""
        self.hidden = {name for name, each in made.items() if not each.repr}
        self.defaults = {name: each for name, each in told.items() if name not in made}
        self.factories: dict[str, Callable[[], Any]] = {}
        for name, each in made.items():
            if each.default_factory is not MISSING:
                self.factories[name] = each.default_factory
            elif each.default is not MISSING:
                self.defaults[name] = each.default

    @classmethod
    def of(cls, classes: Iterable[type]) -> "_Fields":
        """Those of the first of these classes that has any."""
        found = (vars(each).get(_FIELDS) for each in classes)
        return next((each for each in found if isinstance(each, cls)), _NO_FIELDS)

    def and_own(self, cls: type) -> "_Fields":
        """With those that this class names itself."""
        notes = inspect.get_annotations(cls).items()
        kinds = {name: kind for name, kind in notes if get_origin(kind) is not _OF_THE_CLASS}
        told = {name: _offered(name, vars(cls)[name]) for name in kinds if name in vars(cls)}
        return _Fields(self._kinds | kinds, self._told | told)

    def twin(self, *, init: bool) -> type:
        """A class of the standard library with the same fields, for who looks into it."""
        specs = [(name, kind, self._told.get(name, field())) for name, kind in self._kinds.items()]
        doc = {"__doc__": "Twin"}  # else its signature is made into one
        return make_dataclass("Twin", specs, namespace=doc, init=init, repr=False, eq=False)

    def __get__(self, instance: object, owner: type) -> dict[str, Field[Any]]:
        if self._standard is None:
            self._standard = {each.name: each for each in fields(self.twin(init=False))}
        return self._standard


_NO_FIELDS: Final = _Fields({}, {})


class _Signature:
    """How a class is called, for who asks."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        return inspect.signature(_Fields.of(owner.__mro__).twin(init=True))


def _offered(name: str, default: object) -> object:
    if isinstance(default, Field):
        if not (default.init and default.compare and default.hash is None):
            raise TypeError(f"{name}: `init`, `compare` and `hash` of a field are not to be had")
    elif type(default).__hash__ is None:
        raise TypeError(f"{name}: all objects would share this default, which can be changed")
    return default


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """All values of an object at once."""
    match names:
        case ():
            return lambda _: ()
        case (name,):
            only = attrgetter(name)
            return lambda of: (only(of),)
        case _:
            return attrgetter(*names)


def _equality(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], bool]:
    def equal(self: Any, other: Any) -> bool:
        same = other.__class__ is self.__class__
        return values(self) == values(other) if same else NotImplemented

    return equal


def _representation(known: _Fields) -> Callable[[Any], str]:
    def representation(self: Any) -> str:
        names = (name for name in known.names if name not in known.hidden)
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return representation


def _initialiser(cls: Any, known: _Fields) -> Callable[..., None]:
    put = [getattr(cls, name).__set__ for name in known.names]
    whole = len(put) if len(put) == known.by_place else None
    checked = hasattr(cls, "__post_init__")

    def fill(self: Any, /, *given: Any, **named: Any) -> None:
        if named or len(given) != whole:
            given = _bound(cls, known, given, named)
        for put_it, value in zip(put, given, strict=True):
            put_it(self, value)
        if checked:
            self.__post_init__()

    return fill


def _bound(
    cls: type, known: _Fields, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """A value for each field, in order."""
    if len(given) > known.by_place:
        raise TypeError(f"{cls.__qualname__}() cannot take {len(given)} values without names")
    values = [*given]
    for name in known.names[len(given) :]:
        if (value := named.pop(name, MISSING)) is not MISSING:
            values.append(value)
        elif name in known.defaults:
            values.append(known.defaults[name])
        elif name in known.factories:
            values.append(known.factories[name]())
        else:
            raise TypeError(f"{cls.__qualname__}() needs {name!r}")
    if named:
        raise TypeError(f"{cls.__qualname__}() cannot take {', '.join(named)}")
    return tuple(values)


def _no_change(self: Any, name: str, value: object) -> NoReturn:  # noqa: ARG001
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deletion(self: Any, name: str) -> NoReturn:  # noqa: ARG001
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: Any, state: tuple[None, dict[str, Any]]) -> None:
    """What `copy` does with a copy that has nothing in it yet."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)
