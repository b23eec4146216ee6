"""What a configuration from the net may say, and how it lies over the phone's own. Pure.

Whoever owns the web server, or a certificate for its name, can put a file there. So without a
signature only what is listed here may come: a new section or key is refused until somebody has
thought about it. Nothing of the list makes a call less secure, opens a file of the phone, or changes
what the phone's own configuration says of an account, a contact or a rule. The way of numbers is on
it: calls need ZRTP on any of them, and the words are compared with a person.

A signature is the owner's word and may say nearly all; but never where the next file comes from or
who must have signed it (a lost key must not be able to lock its owner out), nor by which Wi-Fi it is
fetched, nor where the phone keeps its memory and answers its shell.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agent.config import Problem
from agent.config.locate import KeyPath, Lines
from agent.config.reader import name_of

_UNSIGNED: Final[Mapping[str, frozenset[str]]] = {
    "phone": frozenset({"name", "country", "language", "ring_tone", "dial_timeout_s"}),
    "media": frozenset({"codecs", "echo_cancelling"}),
    "account": frozenset({"name", "uri", "user", "password", "registrar", "voice_mail", "policy"}),
    "contact": frozenset({"name", "number", "uri"}),
    "rule": frozenset({"pattern", "account", "strip", "prefix"}),
    "fleet": frozenset({"version"}),
}
_STRICTEST_POLICY: Final = "zrtp"
_NEVER: Final[Mapping[str, frozenset[str]]] = {
    "phone": frozenset({"state_dir", "control_socket"}),
}
_NOTHING: Final[frozenset[str]] = frozenset()
_NEVER_SECTIONS: Final = frozenset({"simulator", "wifi"})
_KNOWN_BY: Final = {"account": "name", "contact": "number"}
"""Arrays whose tables are told apart by one of their keys."""
VERSION: Final = "version"


def check_permission(
    fetched: Mapping[str, Any], own: Mapping[str, Any], lines: Lines, *, signed: bool
) -> list[Problem]:
    """Everything that may not come from there.

    Args:
        fetched: The document from the net.
        own: The document of the phone's own configuration.
        lines: Where things stand in the one from the net.
        signed: Whether its owner has signed it.
    """
    found = [*_never(fetched), *([] if signed else _unsigned(fetched, own))]
    return [Problem(f"{name_of(path)} {why}", lines.line_of(path)) for path, why in found]


def version_of(fetched: Mapping[str, Any]) -> int | None:
    """The number that grows with each signed configuration; None: there is none, or no such."""
    section = fetched.get("fleet")
    version = section.get(VERSION) if isinstance(section, dict) else None
    return version if type(version) is int and version > 0 else None


def laid_over(own: Mapping[str, Any], fetched: Mapping[str, Any]) -> dict[str, Any]:
    """The document of both: key by key, accounts by name, contacts by number; rules as a whole.

    Those of the net come first, so that `Lines` of the net's text finds them.
    """
    whole = dict(own)
    for section, value in fetched.items():
        if section == "fleet":
            continue
        before = own.get(section)
        if isinstance(value, dict) and isinstance(before, dict):
            whole[section] = {**before, **value}
        elif section in _KNOWN_BY and isinstance(value, list) and isinstance(before, list):
            names = _names(value, section)
            key = _KNOWN_BY[section]
            whole[section] = [*value, *(each for each in before if each.get(key) not in names)]
        else:
            whole[section] = value
    return whole


def _never(fetched: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    why = "never comes from the net"
    for section, value in fetched.items():
        if section in _NEVER_SECTIONS:
            yield (section,), why
        elif section == "fleet":
            keys = value if isinstance(value, dict) else {}
            yield from (((section, key), why) for key in keys if key != VERSION)
        elif isinstance(value, dict):
            never = _NEVER.get(section, _NOTHING)
            yield from (((section, key), why) for key in value if key in never)


def _unsigned(fetched: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    why = "comes from the net only in a signed configuration"
    for section, value in fetched.items():
        tables = list(_tables(section, value))
        if section not in {*_UNSIGNED, *_NEVER_SECTIONS} and not any(table for _, table in tables):
            yield (section,), why
        for path, table in tables:
            allowed = _UNSIGNED.get(section, _NOTHING) | _NEVER.get(section, _NOTHING)
            for key in table:
                if section != "fleet" and key not in allowed:
                    yield (*path, key), why
            if section == "account" and table.get("policy", _STRICTEST_POLICY) != _STRICTEST_POLICY:
                yield (*path, "policy"), f'other than "{_STRICTEST_POLICY}" {why}'
    yield from _of_others(fetched, own)


def _of_others(fetched: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """What the phone's own configuration says already."""
    why = "is in the phone's own configuration, which only a signed one changes"
    for section, key in _KNOWN_BY.items():
        names = _names(own.get(section), section)
        for path, table in _tables(section, fetched.get(section)):
            name = table.get(key)
            if isinstance(name, str) and name in names:
                yield (*path, key), why
    if "rule" in fetched and own.get("rule"):
        yield ("rule", 0), why


def _tables(section: str, value: object) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield (section,), value
    elif isinstance(value, list):
        for position, each in enumerate(value):
            if isinstance(each, dict):
                yield (section, position), each


def _names(value: object, section: str) -> set[object]:
    names = (table.get(_KNOWN_BY[section]) for _, table in _tables(section, value))
    return {name for name in names if isinstance(name, str)}
