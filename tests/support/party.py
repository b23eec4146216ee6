"""Keyed phones that each say a tone of their own, and who of them hears whom."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agent.media.gate_events import Counters
from agent.phone import events as phone
from agent.sip.events import Answered, Dialled, IncomingCall
from hw.board import HandsetDevices
from support import handset_files as sound
from support.sip_phone import SipPhone, settings_for
from support.waiting import until

PORTS: Final = (5061, 5062, 5063)
HERTZ: Final = (700, 1900, 1250)
"""What each of them says."""
STRETCH: Final = sound.RATE // 2
"""So much of what came last is listened to."""


def rtp_port(port: int) -> int:
    """The first RTP port of the phone whose SIP port this is."""
    return 16384 + (port % 100) * 100


@dataclass
class Guest:
    """One phone, by the number of its place.

    Attributes:
        place: 0, 1, 2.
        phone: The phone.
        ear: What its earpiece played so far.
    """

    place: int
    phone: SipPhone
    ear: Path
    calls: int = field(default=0, init=False)

    @property
    def uri(self) -> str:
        return f"sip:127.0.0.1:{PORTS[self.place]};transport=tls"

    def hears(self, *places: int) -> None:
        """From now on the tones of these come out of its earpiece, and no others."""
        begun = len(sound.heard(self.ear))
        until(lambda: self._has(begun, places), f"{self.place} does not hear {places}")

    def _has(self, begun: int, places: tuple[int, ...]) -> bool:
        latest = sound.heard(self.ear)[begun:][-STRETCH:]
        if len(latest) < STRETCH or not latest.any():
            return False
        shares = [sound.share_of(latest, HERTZ[place]) for place in places]
        return sum(shares) > 0.95 and min(shares) > 0.3 / len(places)

    def passed(self, call: str) -> Counters:
        return self.phone.passed(call)


def guest(stack: ExitStack, folder: Path, place: int, **changes: object) -> Guest:
    """A phone that is ready; its speech is a tone.

    Args:
        stack: What ends it.
        folder: Where its files go.
        place: Which one of the party.
        changes: Fields of its settings that differ.
    """
    port = PORTS[place]
    mouth = sound.write_tone(folder / f"mouth-{port}.wav", HERTZ[place])
    ear = folder / f"ear-{port}.wav"
    settings = settings_for(folder, port, **{"codecs": ("PCMU",), **changes})
    devices = HandsetDevices(microphone_file=str(mouth), earpiece_file=str(ear))
    keyed = SipPhone(settings, devices, keyed=folder / f"{port}.db")
    return Guest(place, stack.enter_context(keyed), ear)


@dataclass(frozen=True)
class Talk:
    """A call between two of them.

    Attributes:
        sides: Who has called, and who was called.
        names: What each calls the call.
    """

    sides: tuple[Guest, Guest]
    names: tuple[str, str]

    def order(self, side: int, name: str, *more: object) -> None:
        self.sides[side].phone.order(name, self.names[side], *more)

    def passed(self) -> list[Counters]:
        return [each.passed(name) for each, name in zip(self.sides, self.names, strict=True)]


def call(caller: Guest, callee: Guest, name: str = "call") -> Talk:
    """An encrypted call; nobody has it on the handset yet."""
    caller.phone.order("dial", name, callee.uri, None)
    caller.phone.wait_for(Dialled)
    incoming = callee.phone.wait_for(IncomingCall).call
    callee.phone.order("answer", incoming)
    talk = Talk((caller, callee), (name, incoming))
    for each in talk.sides:
        each.phone.wait_for(Answered)
        each.phone.wait_for(phone.Encrypted)
    return talk
