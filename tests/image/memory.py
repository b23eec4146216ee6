"""Runs on the card that tests/image has booted, as root: what the phone's memory is.

Read without the phone's own code. Tells @@NAME=VALUE on the console.
"""

import contextlib
import hashlib
import sqlite3
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/var/lib/sotto")
DATABASE: Final = "sotto.db"
CERTIFICATE: Final = "tls-certificate.pem"

VERIFIED: Final = (
    "SELECT hex(zid) FROM peer JOIN retained_secret USING (zid) WHERE verified AND rs1 IS NOT NULL"
)


def say(name: str, value: object) -> None:
    """One answer."""
    sys.stdout.write(f"\n@@{name}={value}\n")
    sys.stdout.flush()


def main() -> None:
    """Looks at all of it."""
    for kept in sorted(FOLDER.glob(f"{DATABASE}.corrupt-*")):
        say("aside", kept.name)
    if (FOLDER / CERTIFICATE).exists():
        say("certificate", hashlib.sha256((FOLDER / CERTIFICATE).read_bytes()).hexdigest())
    place = f"file:{FOLDER / DATABASE}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(place, uri=True)) as connection:
            look(connection)
    except sqlite3.Error as error:
        say("integrity", error)


def look(connection: sqlite3.Connection) -> None:
    """Looks into the database."""
    ((health,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    for (zid,) in connection.execute("SELECT hex(zid) FROM phone"):
        say("zid", zid)
    for (zid,) in connection.execute(VERIFIED):
        say("verified", zid)
    for (kind,) in connection.execute("SELECT kind FROM security_event"):
        say("event", kind)
    say("integrity", health)


main()
