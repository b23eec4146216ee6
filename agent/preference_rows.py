"""What the person chose, as it lies on the disk: one row of JSON for each choice. Pure.

A row that is broken, or that another version of the phone wrote, is left out: its choice is then
the usual one, and the journal says so once. A phone that cannot read how dark its panel is to be
must be a phone all the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from agent.media.countries import COUNTRIES
from agent.phone.preferences import Language, Preferences
from agent.phone.text_entry import ADDRESS_LIMIT, NUMBER_LIMIT
from agent.sip_uri import SipUri, SipUriError
from hw.ring_tones import RING_TONES

_HUNDRED: Final = 100
_DAY_S: Final = 86_400
_DIALLED: Final = frozenset("0123456789*#")
_MOST_ENTRIES: Final = 1000


class _WrongError(ValueError):
    """The value is none that the phone could have written."""


def read(rows: Mapping[str, str], usual: Preferences) -> tuple[Preferences, list[str]]:
    """From rows to choices.

    Args:
        rows: Name and JSON.
        usual: What counts where there is no row, or no sound one.

    Returns:
        The choices, and a sentence for each row that does not count.
    """
    found: dict[str, Any] = {}
    problems = []
    for key, text in sorted(rows.items()):
        reader = _READERS.get(key)
        if reader is None:
            problems.append(f'the choice "{key}" is not known to this version of the phone')
            continue
        try:
            found[key] = reader(json.loads(text))
        except (ValueError, RecursionError):
            problems.append(f'the choice "{key}" cannot be {text[:40]!r}; the usual one counts')
    return replace(usual, **found), problems


def write(before: Preferences, after: Preferences) -> dict[str, str]:
    """The rows of all that was chosen otherwise."""
    changed = {
        key: getattr(after, key) for key in _READERS if getattr(after, key) != getattr(before, key)
    }
    return {key: json.dumps(_plain(value)) for key, value in changed.items()}


def is_target(text: str) -> bool:
    """Whether it is a number or a SIP address that could be called, or nothing."""
    if text.lower().startswith(("sip:", "sips:")):
        try:
            SipUri.parse(text)
        except SipUriError:
            return False
        return len(text) <= ADDRESS_LIMIT + len("sips:")
    return len(text) <= NUMBER_LIMIT and set(text) <= _DIALLED


def _plain(value: object) -> object:
    return value.value if isinstance(value, Language) else value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError
    return value


def _number(low: float, high: float) -> Callable[[object], float]:
    def reader(value: object) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise _WrongError
        return float(value)

    return reader


def _whole(low: int, high: int) -> Callable[[object], int]:
    def reader(value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise _WrongError
        return value

    return reader


def _volume(value: object) -> int | None:
    return None if value is None else _whole(0, _HUNDRED)(value)


def _one_of(names: Mapping[str, object]) -> Callable[[object], str]:
    def reader(value: object) -> str:
        if not isinstance(value, str) or (value and value not in names):
            raise _WrongError
        return value

    return reader


def _target(value: object) -> str:
    if not isinstance(value, str) or not is_target(value):
        raise _WrongError
    return value


def _targets(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        raise _WrongError
    return tuple(_target(each) for each in value)


def _speed_dial(value: object) -> tuple[tuple[str, str], ...]:
    match value:
        case list(pairs) if all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):  # noqa: PLR2004 - a pair
            found = {str(digit): _target(number) for digit, number in pairs}
        case _:
            raise _WrongError
    if not found.keys() <= set("123456789"):
        raise _WrongError
    return tuple(sorted(found.items()))


_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "do_not_disturb": _switch,
    "ring_through": _targets,
    "forward_always": _target,
    "forward_busy": _target,
    "forward_no_answer": _target,
    "forward_after_s": _number(1, 600),
    "hot_line": _target,
    "hot_line_after_s": _number(0, 600),
    "speed_dial": _speed_dial,
    "call_waiting": _switch,
    "language": Language,
    "earpiece_volume": _volume,
    "ringer_volume": _volume,
    "headset_volume": _volume,
    "ring_tone": _one_of(RING_TONES),
    "country": _one_of(COUNTRIES),
    "brightness": _whole(1, _HUNDRED),
    "screen_off_after_s": _whole(0, _DAY_S),
    "lock_after_s": _whole(0, _DAY_S),
}
