"""Whether the phone can keep what it must remember. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, good, skipped, watch, wrong
from agent.frozen import frozen

_AREA = Area.STORAGE
_MIB: Final = 1024 * 1024
FULL: Final = 4 * _MIB
"""With less free room than this a write may fail at any moment."""
SCARCE: Final = 64 * _MIB


@frozen
class StorageFacts:
    """What is known of the phone's memory.

    Attributes:
        folder: Where it lies.
        exists: Whether the folder is there.
        forbidden: Whether whoever asks may not look into it.
        free: Octets that are free on that disk; None: not known.
        read_only: Whether the disk is mounted so that nothing can be written.
        database: Whether there is a database.
        fault: Why it cannot be read; empty: it can.
    """

    folder: str
    exists: bool = True
    forbidden: bool = False
    free: int | None = None
    read_only: bool = False
    database: bool = True
    fault: str = ""


def judge(facts: StorageFacts) -> list[Finding]:
    """What to say of it."""
    if facts.forbidden:
        return [skipped(_AREA, facts.folder, "only root and the phone's own user may read it")]
    return [_room(facts), _database(facts)]


def _room(facts: StorageFacts) -> Finding:
    if facts.read_only:
        return wrong(
            _AREA,
            "The disk can only be read: nothing is remembered.",
            "A worn card does that. Look into dmesg, and replace the card.",
        )
    if facts.free is None:
        return skipped(_AREA, "Free room", "the disk does not tell it")
    free = f"{facts.free // _MIB} MiB"
    if facts.free < FULL:
        return wrong(
            _AREA,
            f"The disk is full: {free} are free.",
            "Delete what is not needed, such as old logs (journalctl --vacuum-size=50M).",
        )
    if facts.free < SCARCE:
        return watch(
            _AREA,
            f"The disk is nearly full: {free} are free.",
            "Delete what is not needed, such as old logs (journalctl --vacuum-size=50M).",
        )
    return good(_AREA, f"The disk has room: {free} are free.")


def _database(facts: StorageFacts) -> Finding:
    if facts.fault:
        return wrong(
            _AREA,
            f"The phone's memory in {facts.folder} cannot be read: {facts.fault}.",
            "Start the phone: a damaged memory is set aside and begun anew. Then compare the "
            "words with everybody again.",
        )
    if not facts.exists or not facts.database:
        return good(_AREA, f"There is no memory in {facts.folder} yet: the first start makes it.")
    return good(_AREA, f"The phone's memory in {facts.folder} is sound.")
