"""Writes docs/conformance.md: each demand of RFC 6189, and the tests that hold us to it.

    python tests/conformance/report.py

`requirements.toml` has the demands; a test belongs to one when its name carries the ID, as in
`test_d05_xa01_...`, or when the demand names it.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
REQUIREMENTS: Final = Path(__file__).with_name("requirements.toml")
PAGE: Final = ROOT / "docs" / "conformance.md"

_ID: Final = re.compile(r"X?[A-Z][0-9]{2}")

_GROUPS: Final = {
    "T": "Transport, framing, repetition",
    "N": "Discovery, version, negotiation",
    "A": "Algorithms and messages",
    "C": "Commit, contention, roles",
    "D": "Diffie-Hellman mode",
    "P": "Preshared mode",
    "X": "Multistream mode",
    "K": "Key derivation and erasure",
    "F": "Confirm, cache",
    "H": "Hash chain, signalling",
    "E": "Errors",
    "G": "GoClear",
    "S": "SAS",
    "V": "Signed SAS",
    "R": "Relay and enrolment at a PBX",
    "I": "Ping",
    "L": "Disclosure",
    "B": "Boxes in between",
    "XA": "Attacks on key agreement and SAS",
    "XB": "Injection, replay, denial of service",
    "XC": "SRTP",
    "XS": "Signalling and downgrade in mid-call",
}

_HEAD: Final = """# Conformance to RFC 6189

Written by `python tests/conformance/report.py` from `tests/conformance/requirements.toml` and from
the names of the tests; not by hand. Levels: M is MUST, S is SHOULD, m is MAY, i is what the RFC
says as plain fact and without which two phones do not meet.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row.

    Attributes:
        name: its ID, such as D05.
        level: M, S, m, i, a mixture of these, or "attack".
        section: of RFC 6189; empty for an attack.
        text: what is asked for, or what is done to us.
        expected: what has to become of an attack.
        tests: "path::name" of each.
        remark: what is left out and why, or where a test ends.
    """

    name: str
    level: str
    section: str
    text: str
    expected: str
    tests: tuple[str, ...]
    remark: str

    @property
    def obligatory(self) -> bool:
        """A MUST or SHOULD, or an attack: it wants a test, or a reason."""
        return self.level == "attack" or bool(set("MS") & set(self.level))


def test_names() -> Iterator[tuple[str, str]]:
    """Every test function under tests/, as its path and its name."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
                "test_"
            ):
                yield place, node.name


def ids_in(name: str) -> list[str]:
    """The IDs that a test's name carries."""
    return [part.upper() for part in name.split("_")[1:] if _ID.fullmatch(part.upper())]


def requirements() -> list[Requirement]:
    """All of them, in the order of the file, each with its tests."""
    by_id: dict[str, list[str]] = {}
    for place, name in test_names():
        for each in ids_in(name):
            by_id.setdefault(each, []).append(f"{place}::{name}")
    table = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))
    return [
        Requirement(
            name,
            row["level"],
            row.get("section", ""),
            row["text"],
            row.get("expected", ""),
            tuple(sorted({*by_id.get(name, ()), *row.get("tests", ())})),
            row.get("remark", ""),
        )
        for name, row in table.items()
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _tests_cell(tests: tuple[str, ...]) -> str:
    """The tests by file."""
    files: dict[str, list[str]] = {}
    for test in tests:
        place, _, name = test.partition("::")
        files.setdefault(place.removeprefix("tests/"), []).append(f"`{name}`")
    return "<br>".join(f"{place}: {', '.join(names)}" for place, names in sorted(files.items()))


def _rows(group: list[Requirement]) -> Iterator[str]:
    attacks = group[0].level == "attack"
    yield (
        "| ID | Attack | What becomes of it | Tests |"
        if attacks
        else "| ID | Level | Section | Requirement | Tests |"
    )
    yield "| --- | --- | --- | --- |" + ("" if attacks else " --- |")
    for row in group:
        tests = _tests_cell(row.tests)
        remark = f"*{_cell(row.remark)}*" if row.remark else ""
        told = "<br>".join(each for each in (tests, remark) if each)
        middle = (row.text, row.expected) if attacks else (row.level, row.section, row.text)
        yield "| " + " | ".join([row.name, *map(_cell, middle), told]) + " |"


def page() -> str:
    """The whole page."""
    rows = requirements()
    demands = [row for row in rows if row.level != "attack"]
    obligatory = [row for row in demands if row.obligatory]
    tested = [row for row in demands if row.tests]
    attacks = [row for row in rows if row.level == "attack"]
    counts = (
        f"{len(demands)} demands, {len(obligatory)} of them M or S; {len(tested)} have tests, "
        f"{sum(row.obligatory for row in tested)} of those that are M or S. "
        f"{len(attacks)} attacks, {sum(bool(row.tests) for row in attacks)} with tests.\n"
    )
    parts = [_HEAD, counts]
    without = [row for row in rows if not row.tests]
    parts.append("## Without a test\n")
    parts += [f"- {row.name}: {row.text} *{row.remark}*" for row in without]
    for prefix, title in _GROUPS.items():
        group = [row for row in rows if row.name.rstrip("0123456789") == prefix]
        parts.append(f"\n## {title}\n")
        parts += _rows(group)
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
