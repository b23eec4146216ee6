"""What lies on a phone's disk, read beside the running phone."""

import contextlib
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """A phone that another one has met."""

    zid: bytes
    name: str
    verified: bool
    ever_verified: bool


def soundness(folder: Path) -> str:
    """What SQLite says of the whole file: "ok", or what is wrong with it."""
    return str(_rows(folder, "PRAGMA integrity_check")[0][0])


def peers(folder: Path) -> tuple[Known, ...]:
    """All that it has met."""
    rows = _rows(
        folder,
        "SELECT zid, name, verified, last_verified IS NOT NULL FROM peer ORDER BY zid",
    )
    return tuple(Known(zid, name, bool(verified), bool(ever)) for zid, name, verified, ever in rows)


def secrets(folder: Path) -> frozenset[bytes]:
    """rs1 and rs2 of all peers (RFC 6189 section 4.3)."""
    rows = _rows(folder, "SELECT rs1, rs2 FROM retained_secret")
    return frozenset(each for row in rows for each in row if each is not None)


def lines(folder: Path) -> int:
    """How many lines the call log has, of calls that are over and of others."""
    return int(_rows(folder, "SELECT count(*) FROM call")[0][0])


def calls(folder: Path) -> int:
    """How many calls of the log are over."""
    return int(_rows(folder, "SELECT count(*) FROM call WHERE outcome != 'open'")[0][0])


def answered_since(folder: Path, moment: float) -> int:
    """How many calls of the log were answered after a moment of the wall clock."""
    return int(_rows(folder, "SELECT count(*) FROM call WHERE answered > ?", moment)[0][0])


def securities(folder: Path) -> Counter[str]:
    """How the answered calls of the log were secured."""
    rows = _rows(folder, "SELECT security, count(*) FROM call WHERE answered > 0 GROUP BY 1")
    return Counter({str(name): int(count) for name, count in rows})


def contacts(folder: Path) -> frozenset[tuple[str, str]]:
    """Name and number of those that were put in."""
    return frozenset(_rows(folder, "SELECT name, number FROM contact"))


def _rows(folder: Path, question: str, *values: float) -> list[tuple[Any, ...]]:
    address = f"file:{folder / 'sotto.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
        return database.execute(question, values).fetchall()
