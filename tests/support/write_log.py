"""What a machine has written to its disk, in order: QEMU's blklogwrites, in the form of dm-log-writes.

https://docs.kernel.org/admin-guide/device-mapper/log-writes.html
"""

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

SECTOR: Final = 512
"""A disk writes each of them whole, or not at all."""
_MAGIC: Final = 0x6A736677736872
_SUPER: Final = struct.Struct("<QQQI")
_ENTRY: Final = struct.Struct("<QQQQ")
_DISCARD: Final = 4


class LogError(Exception):
    """The file is no such log."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write.

    Attributes:
        at: Where on the disk, in octets.
        length: How many octets.
        place: Where the octets lie in the log.
        discards: Whether what was there is given up; nothing is written.
    """

    at: int
    length: int
    place: int
    discards: bool = False


def writes(log: Path) -> list[Write]:
    """All writes, the first one first. What a killed machine has half written down, is left out.

    Raises:
        LogError: It is none.
    """
    size = log.stat().st_size
    with log.open("rb") as stream:
        magic, version, _, sector = _SUPER.unpack(stream.read(_SUPER.size))
        if magic != _MAGIC or version != 1:
            raise LogError(f"{log} is no log of writes")
        return list(_entries(stream, sector, size))


def _entries(stream: IO[bytes], sector: int, size: int) -> Iterator[Write]:
    place = sector
    while place + sector <= size:
        stream.seek(place)
        at, sectors, flags, _ = _ENTRY.unpack(stream.read(_ENTRY.size))
        length = sectors * sector
        discards = bool(flags & _DISCARD)
        ends = place + sector + (0 if discards else length)
        if (not flags and not sectors) or ends > size:
            return
        yield Write(at * sector, length, place + sector, discards)
        place = ends


def moments_of(done: Sequence[Write], chance: random.Random, count: int) -> list[int]:
    """The numbers of so many writes, in order; of all that write anything, where there are fewer."""
    telling = [number for number, each in enumerate(done) if each.length and not each.discards]
    return sorted(chance.sample(telling, min(count, len(telling))))


def replayed(disk: Path, log: Path, moments: Sequence[int], chance: random.Random) -> Iterator[int]:
    """Writes on a disk what the log says, and stops where the plug could have been pulled.

    Args:
        disk: As it was when the log began.
        log: All writes from then on.
        moments: The numbers of the writes that are cut short, from 0; in order.
        chance: How many of their sectors were done.

    Yields:
        Each moment, when the disk is as it was then.
    """
    done, before = writes(log), 0
    with disk.open("r+b", buffering=0) as target, log.open("rb") as source:
        for moment in moments:
            short = torn(done[moment], chance.randrange(1 + done[moment].length // SECTOR))
            for each in (*done[before:moment], short):
                _write(target, source, each)
            before = moment
            yield moment


def torn(write: Write, sectors: int) -> Write:
    """The same, of which only so many sectors were done when the plug was pulled."""
    return replace(write, length=min(write.length, sectors * SECTOR))


def _write(disk: IO[bytes], log: IO[bytes], write: Write) -> None:
    """What is discarded stays as it was: it may, or not."""
    if not write.discards:
        log.seek(write.place)
        disk.seek(write.at)
        disk.write(log.read(write.length))
