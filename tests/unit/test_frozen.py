"""Values without a compiler: the same as the standard library's, wherever one can look."""

import inspect
import sys
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import (
    FrozenInstanceError,
    asdict,
    astuple,
    dataclass,
    field,
    fields,
    is_dataclass,
    replace,
)
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.frozen import frozen

T = TypeVar("T")
Make = Callable[[type], Any]
standard: Make = dataclass(frozen=True, slots=True)


def family(make: Make) -> Any:
    """One class of each kind that the phone has."""

    class Family:
        @make
        class Nothing:
            """Says only that something happened."""

        @make
        class One:
            number: float

        @make
        class Call:
            KINDS: ClassVar[int] = 3

            name: str
            secret: bytes = field(repr=False)
            tags: list[int] = field(default_factory=list)
            times: int = 1
            loud: bool = field(default=False, kw_only=True)

        @make
        class Plain:
            first: int
            second: str = "2"

        @make
        class Longer(Plain):
            third: int = 3
            second: str = "two"

        class Renamed(Plain):
            __slots__ = ()

        @make
        class Checked:
            number: int

            def __post_init__(self) -> None:
                if self.number < 0:
                    raise ValueError("less than nothing")

        @make
        class Spoken:  # noqa: PLW1641 - who makes it adds that
            number: int

            def __eq__(self, other: object) -> bool:
                return True

            def __repr__(self) -> str:
                return "spoken"

        @make
        class Box(Generic[T]):
            content: T

    return Family


OURS, THEIRS = family(frozen), family(standard)
NAMES = [name for name, kind in vars(OURS).items() if isinstance(kind, type)]
each_class = pytest.mark.parametrize("name", NAMES)
VALUES: dict[str, tuple[Any, ...]] = {"Call": ("Alice", b"hidden"), "Nothing": ()}


def both(name: str) -> tuple[Any, Any]:
    values = VALUES.get(name, (1,))
    return getattr(OURS, name)(*values), getattr(THEIRS, name)(*values)


@each_class
def test_it_looks_like_the_standard_librarys(name: str) -> None:
    ours: Any = getattr(OURS, name)
    theirs: Any = getattr(THEIRS, name)
    assert is_dataclass(ours) is True
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__slots__ == theirs.__slots__
    assert ours.__doc__ == theirs.__doc__ or theirs.__doc__.startswith(name)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    seen = [
        [(each.name, each.type, each.default, each.repr, each.kw_only) for each in fields(kind)]
        for kind in (ours, theirs)
    ]
    assert seen[0] == seen[1]


@each_class
def test_its_values_do_what_the_standard_librarys_do(name: str) -> None:
    ours, theirs = both(name)
    assert repr(ours) == repr(theirs)
    assert astuple(ours) == astuple(theirs)
    assert asdict(ours) == asdict(theirs)
    again = both(name)[0]
    assert ours == again
    assert copy(ours) == ours == deepcopy(ours)
    assert replace(ours) == ours
    assert not hasattr(ours, "__dict__")


@each_class
def test_nobody_changes_a_value(name: str) -> None:
    value, _ = both(name)
    for target in (*(each.name for each in fields(value)), "something_else"):
        with pytest.raises(FrozenInstanceError, match=target):
            setattr(value, target, 2)
        with pytest.raises(FrozenInstanceError, match=target):
            delattr(value, target)


@given(
    st.lists(st.integers(0, 1), max_size=6),
    st.dictionaries(
        st.sampled_from(["name", "secret", "tags", "times", "loud", "more"]), st.integers(0, 1)
    ),
)
def test_a_call_that_the_standard_library_refuses_is_refused(
    given_: list[int], named: dict[str, int]
) -> None:
    made: list[dict[str, Any] | None] = []
    for kind in (OURS.Call, THEIRS.Call):
        try:
            made.append(asdict(kind(*given_, **named)))
        except TypeError:
            made.append(None)
    assert made[0] == made[1]


def test_what_is_missing_or_too_much_is_named() -> None:
    with pytest.raises(TypeError, match=r"Plain\(\) needs 'first'"):
        OURS.Plain(second="2")
    with pytest.raises(TypeError, match=r"Plain\(\) cannot take other"):
        OURS.Plain(1, other=2)
    with pytest.raises(TypeError, match=r"Plain\(\) cannot take first"):
        OURS.Plain(1, first=2)
    with pytest.raises(TypeError, match=r"Plain\(\) cannot take 3 values without names"):
        OURS.Plain(1, "2", 3)


@given(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(0, 2), st.integers(0, 2))
)
def test_equal_values_are_one_in_a_set(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = OURS.Plain(*one), OURS.Plain(*other)
    assert (first == second) is (one == other)
    assert (hash(first) == hash(second)) is (one == other)
    assert OURS.Renamed(*one) != first


def test_a_value_in_itself_is_found_by_identity_first() -> None:
    nan = float("nan")
    assert OURS.One(nan) == OURS.One(nan)
    # Python 3.13 compares field by field, so that a value that is not equal to itself makes a difference.
    theirs_too = sys.version_info < (3, 13)
    assert (THEIRS.One(nan) == THEIRS.One(nan)) is theirs_too


def test_what_a_class_defines_itself_stays() -> None:
    assert repr(OURS.Spoken(1)) == "spoken"
    assert OURS.Spoken(1) == 2
    assert hash(OURS.Spoken(1)) == hash(OURS.Spoken(1)) != hash(OURS.Spoken(2))
    assert OURS.Call.KINDS == 3
    with pytest.raises(ValueError, match="less than nothing"):
        OURS.Checked(-1)
    with pytest.raises(ValueError, match="less than nothing"):
        replace(OURS.Checked(1), number=-1)


def test_each_object_has_a_list_of_its_own() -> None:
    first, second = OURS.Call("a", b""), OURS.Call("b", b"")
    first.tags.append(1)
    assert second.tags == []


def test_patterns_take_it_apart() -> None:
    match OURS.Call("Alice", b"hidden", times=4):
        case OURS.Call(name, _, times=times):
            assert (name, times) == ("Alice", 4)
        case _:
            pytest.fail("it is a call")


@pytest.mark.parametrize(
    "unknown", [field(default=1, init=False), field(default=1, compare=False), field(hash=True)]
)
def test_what_is_not_offered_is_refused(unknown: Any) -> None:
    with pytest.raises(TypeError, match=r"number: .* not to be had"):

        @frozen
        class _Class:
            number: int = unknown


def test_a_default_that_can_be_changed_is_refused() -> None:
    with pytest.raises(TypeError, match=r"numbers: .* share this default"):

        @frozen
        class _Class:
            numbers: list[int] = []  # noqa: RUF012 - that is the mistake
