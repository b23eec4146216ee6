"""Sound cards by name: their numbers change from boot to boot."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.frozen import frozen


@frozen
class Card:
    """A sound card.

    Attributes:
        index: Its number today.
        id: The short name for `CARD=`, e.g. "Device".
        name: What the maker calls it.
        long_name: The same with the place where it is plugged in, e.g. "... at usb-0000:01".
    """

    index: int
    id: str
    name: str
    long_name: str


def cards() -> list[Card]:
    """Returns the cards that are there now."""
    alsaaudio = library()
    present = []
    for index in alsaaudio.card_indexes():
        try:
            name, long_name = alsaaudio.card_name(index)
            # alsaaudio tells ids without their numbers; the kernel tells both.
            id_ = Path(f"/sys/class/sound/card{index}/id").read_text().strip()
        except (alsaaudio.ALSAAudioError, OSError):
            continue  # pulled out this very moment
        present.append(Card(index, id_, name, long_name))
    return present


def find_card(wanted: str, present: Sequence[Card]) -> Card | None:
    """Returns the card with that id, else the first whose names hold the word in any case."""
    for card in present:
        if card.id == wanted:
            return card
    word = wanted.casefold()
    for card in present:
        if word in f"{card.id}\n{card.name}\n{card.long_name}".casefold():
            return card
    return None


def holders(card: Card, proc: Path = Path("/proc")) -> list[str]:
    """The programs that have a PCM of this card open, each with its process id.

    Args:
        card: Whose.
        proc: Where the kernel tells it.
    """
    found = {}
    for status in sorted(proc.glob(f"asound/card{card.index}/pcm*/sub*/status")):
        try:
            owner = re.search(r"^owner_pid\s*:\s*(\d+)", status.read_text(), re.MULTILINE)
            if owner:
                name = (proc / owner[1] / "comm").read_text().strip()
                found[owner[1]] = f"{name} ({owner[1]})"
        except OSError:
            continue  # closed, or ended, this very moment
    return list(found.values())


def card_id_of(pcm: str) -> str | None:
    """Returns the card that a PCM such as "plughw:CARD=Device,DEV=0" names, if it does."""
    named = re.search(r"CARD=([^,]+)", pcm)
    return named[1] if named else None


def absence(wanted: str, present: Sequence[Card]) -> str:
    """Returns a sentence that says which card is missing and which are there."""
    there = ", ".join(f'{card.id} ("{card.name}")' for card in present)
    return f'no sound card called "{wanted}"; {f"there are {there}" if there else "there is none"}'


def library() -> Any:
    """Returns alsaaudio, imported only where there is sound."""
    import alsaaudio  # noqa: PLC0415

    return alsaaudio
