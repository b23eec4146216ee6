"""The PIN: not itself, but what scrypt makes of it, and how often it was guessed wrongly.

A try is counted before it is looked at: whoever pulls the plug in between has not saved one.
Whoever takes the card out can try all PINs of so few digits all the same; the lock is for those
who have the phone before them and not a laboratory.
"""

import hmac
import sqlite3
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from agent.store.database import Database

_COST: Final = 1 << 14
"""scrypt's N (RFC 7914 section 2): some 50 ms on a laptop, a quarter of a second on a small Pi."""
_BLOCK: Final = 8
_SALT_LENGTH: Final = 16
_DIGEST_LENGTH: Final = 32


def state(database: Database) -> tuple[bool, int]:
    """Whether there is a PIN, and how many wrong ones there were in a row."""
    rows = database.rows("SELECT failures FROM pin")
    return bool(rows), int(rows[0][0]) if rows else 0


def put(connection: sqlite3.Connection, pin: str, randbytes: Callable[[int], bytes]) -> None:
    """Sets the PIN; an empty one takes it away."""
    connection.execute("DELETE FROM pin")
    if pin:
        salt = randbytes(_SALT_LENGTH)
        connection.execute(
            "INSERT INTO pin (only_row, salt, digest, cost) VALUES (1, ?, ?, ?)",
            (salt, _digest(pin, salt, _COST), _COST),
        )


def count_try(connection: sqlite3.Connection) -> None:
    """Counts a try as a wrong one, until it turns out to be right."""
    connection.execute("UPDATE pin SET failures = failures + 1")


def is_right(database: Database, pin: str) -> bool:
    """Whether it is the PIN; without one, none is."""
    rows = database.rows("SELECT salt, digest, cost FROM pin")
    if not rows:
        return False
    salt, digest, cost = rows[0]
    return hmac.compare_digest(_digest(pin, salt, cost), digest)


def forgive(connection: sqlite3.Connection) -> None:
    """The right one came: wrong ones do not count any more."""
    connection.execute("UPDATE pin SET failures = 0")


def _digest(pin: str, salt: bytes, cost: int) -> bytes:
    scrypt = Scrypt(salt=salt, length=_DIGEST_LENGTH, n=cost, r=_BLOCK, p=1)
    return scrypt.derive(pin.encode())
