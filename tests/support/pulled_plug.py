"""What a phone has told before its plug was pulled, and what must be found afterwards. Pure."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

WORD: Final = "PLUG"
"""Begins each line in which the machine says how far it is."""
MOMENTS: Final = (
    *("found", "started", "dialled", "rings", "answered", "words", "confirmed", "verified"),
    *("ended", "again"),
)
"""How far a machine comes, in this order."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What lies on a phone's disk.

    Attributes:
        zid: Its ZID in hex; empty: there is no database yet.
        verified: The ZIDs of its verified peers.
        faults: What is wrong with it, in words.
    """

    zid: str = ""
    verified: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


Memories = dict[str, Memory]
"""By the phone's name."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the machine's.

    Attributes:
        moment: How far it is: one of `MOMENTS`, or "alarm".
        memories: What is on the disks; empty where it was not looked at.
        words: More about an alarm.
    """

    moment: str
    memories: Memories = field(default_factory=dict)
    words: str = ""

    def __str__(self) -> str:
        memories = {name: asdict(memory) for name, memory in self.memories.items()}
        return f"{WORD} {json.dumps([self.moment, memories, self.words])}"

    @classmethod
    def read(cls, line: str) -> Self | None:
        """What a line of the console says; None: something else, or half of it."""
        word, _, rest = line.strip().partition(" ")
        if word != WORD:
            return None
        try:
            moment, memories, words = json.loads(rest)
        except ValueError:
            return None
        known = {
            name: Memory(each["zid"], tuple(each["verified"]), tuple(each["faults"]))
            for name, each in memories.items()
        }
        return cls(moment, known, words)


@dataclass(frozen=True, slots=True)
class Told:
    """All that the phones of one disk have shown to their people so far.

    Attributes:
        zids: Their ZIDs, by name, once they were ready.
        verified: Whether both have said that the other one is verified.
    """

    zids: dict[str, str] = field(default_factory=dict)
    verified: bool = False

    def after(self, said: Said) -> "Told":
        """What is told once the line was said."""
        match said.moment:
            case "started":
                zids = {name: memory.zid for name, memory in said.memories.items()}
                return replace(self, zids=zids)
            case "verified":
                return replace(self, verified=True)
            case _:
                return self

    def complaints(self, said: Said) -> list[str]:
        """What of that was lost, or is otherwise wrong, by this line."""
        wrong = [f"alarm: {said.words}"] if said.moment == "alarm" else []
        for name, memory in said.memories.items():
            wrong += [f"{name}: {fault}" for fault in memory.faults]
            known = self.zids.get(name, memory.zid)
            if memory.zid != known:
                wrong.append(f"{name} was {known} and is {memory.zid or 'nobody'} now")
            others = {zid for other, zid in self.zids.items() if other != name}
            if self.verified and not others <= set(memory.verified):
                wrong.append(f"{name} has forgotten whom it verified")
        return wrong
