"""What lies on a card whose plug was pulled, and what the next start makes of it; without starting it.

The file systems are tidied by the programs that the card has for it, and the person's file is taken over by the
phone's own code. Wants mtools, dosfstools and e2fsprogs.
"""

import contextlib
import json
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.boards import check_board
from agent.config import ConfigError
from agent.fleet.disk import Disk
from agent.fleet.inbox import LEDGER, ClearingError, Inbox
from support.card import LAYOUT_OF_CARD
from support.card_cuts import Drive, Given, giving_faults

_SECTOR: Final = 512
_TIDIED: Final = (0, 1)
"""The exit status of fsck where all is well, or well again."""
_CONFIGURATION: Final = "/lib/sotto-configuration"
_MEMORY: Final = "/lib/sotto"
_OWN: Final = b"/etc/sotto/"
_DATABASE: Final = "sotto.db"


@dataclass(frozen=True, slots=True)
class Remains:
    """What there is of one card.

    Attributes:
        faults: What is wrong with it, in words.
        zid: The ZID in its database; empty: there is none yet.
        key: The phone's TLS key; empty: there is none yet.
        verified: The ZIDs of its verified peers.
    """

    faults: tuple[str, ...]
    zid: str = ""
    key: bytes = b""
    verified: tuple[str, ...] = ()

    def is_not(self, earlier: "Remains") -> list[str]:
        """How this is another phone than it was earlier."""
        wrong = []
        if earlier.zid and self.zid != earlier.zid:
            wrong.append(f"it was {earlier.zid} and is {self.zid or 'nobody'}")
        if earlier.key and self.key != earlier.key:
            wrong.append("its TLS key is another one")
        if not set(earlier.verified) <= set(self.verified):
            wrong.append("somebody verified is forgotten")
        return wrong

    def after(self, earlier: "Remains") -> "Remains":
        """What is known of the phone by now."""
        verified = self.verified or earlier.verified
        return Remains((), self.zid or earlier.zid, self.key or earlier.key, verified)


def remains(card: Path, folder: Path, given: Given | None = None) -> Remains:
    """Looks at a card.

    Args:
        card: Its content; stays as it is.
        folder: Where its partitions are laid out; whatever was there is gone.
        given: What its person has put on it; None: it was taken over long ago.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    places = _partitions(card)
    wrong = [
        f"partition {number} begins elsewhere"
        for number, each in LAYOUT_OF_CARD.partitions.items()
        if places.get(number, (0, 0))[0] != each.start_mib << 20
    ]
    drive, data = folder / "drive", folder / "data"
    for name, part in (("CONFIG", drive), ("DATA", data)):
        _cut_out(card, places[LAYOUT_OF_CARD.partition(name).number], part)
    wrong += _tidied("fsck.vfat", "-a", drive)
    wrong += _tidied("e2fsck", "-p", data)
    for name in (_CONFIGURATION, _MEMORY):
        _copy_out(data, name, folder)
    memory = folder / "sotto"
    zid, verified, faults = _memory(memory / _DATABASE)
    key = memory / "tls-key.pem"
    found = key.read_bytes() if key.exists() else b""
    wrong += [*faults, *(_taken(drive, folder, given) if given is not None else [])]
    return Remains(tuple(wrong), zid, found, verified)


def _partitions(card: Path) -> dict[int, tuple[int, int]]:
    """Where each begins, and how long it is, in octets."""
    done = subprocess.run(["/usr/sbin/sfdisk", "--json", card], capture_output=True, check=False)
    if done.returncode:
        return {}
    rows = json.loads(done.stdout)["partitiontable"]["partitions"]
    return {
        int(row["node"].removeprefix(str(card))): (row["start"] * _SECTOR, row["size"] * _SECTOR)
        for row in rows
    }


def _cut_out(card: Path, place: tuple[int, int], part: Path) -> None:
    begin, length = place
    order: list[str | Path] = [
        "dd",
        f"if={card}",
        f"of={part}",
        "bs=1M",
        "conv=sparse",
        "status=none",
    ]
    where = [f"skip={begin}", f"count={length}", "iflag=skip_bytes,count_bytes"]
    subprocess.run([*order, *where], check=True)
    with part.open("r+b") as stream:
        stream.truncate(length)


def _tidied(program: str, how: str, part: Path) -> list[str]:
    done = subprocess.run(
        [f"/usr/sbin/{program}", how, part], capture_output=True, text=True, check=False
    )
    return [] if done.returncode in _TIDIED else [f"{program}: {done.stdout} {done.stderr}"]


def _copy_out(data: Path, name: str, folder: Path) -> None:
    """A folder of the data; nothing where there is none."""
    order: list[str | Path] = ["/usr/sbin/debugfs", "-R", f"rdump {name} {folder}", data]
    subprocess.run(order, capture_output=True, check=True)


def _memory(database: Path) -> tuple[str, tuple[str, ...], list[str]]:
    """The ZID, the ZIDs of the verified peers, and what is wrong with the database."""
    if not database.exists() or not database.stat().st_size:
        return "", (), []
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            ((health,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
            faults = [] if health == "ok" else [f"integrity: {health}"]
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name='phone'").fetchone():
                return "", (), faults
            zids = [zid for (zid,) in connection.execute("SELECT hex(zid) FROM phone")]
            verified = connection.execute("SELECT hex(zid) FROM peer WHERE verified").fetchall()
    except sqlite3.Error as error:
        return "", (), [f"the database: {error}"]
    return " ".join(zids), tuple(zid for (zid,) in verified), faults


def _taken(drive: Path, folder: Path, given: Given) -> list[str]:
    """Takes the file over, as the next start would; what is lost or left then."""
    card = folder / "card"
    card.mkdir()
    subprocess.run(["mcopy", "-s", "-n", "-Q", "-i", drive, "::*", card], check=True)
    own = folder / "sotto-configuration"
    own.mkdir(exist_ok=True)
    target = own / "sotto.toml"
    empty = target.exists() and not target.stat().st_size
    wrong = ["its own configuration is empty"] if empty else []
    for each in (target, own / LEDGER, card / "sotto.toml", card / "sotto.new"):
        if each.exists():  # here the phone's own folder is another one
            each.write_bytes(each.read_bytes().replace(_OWN, f"{own}/".encode()))
    try:
        Inbox(card / "sotto.toml", target, Disk(), check_board).take()
    except (ConfigError, ClearingError) as error:
        wrong.append(f"taking it over: {error}")
    secrets = (own / "secrets").glob("*")
    answers = {
        "config": target.read_text() if target.exists() else "",
        "secret": "\n".join(each.read_text().strip() for each in sorted(secrets)),
    }
    text = (card / "sotto.toml").read_text() if (card / "sotto.toml").exists() else None
    rest = b"".join(each.read_bytes() for each in sorted(card.iterdir()) if each.is_file())
    return wrong + giving_faults(given, answers, Drive(text, None, rest))
