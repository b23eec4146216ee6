"""Whole phones in one process, each with several calls at once, as `two_phones` has them with one.

SIP stands for its part here: it carries orders to the other phones' pumps, asks one phone to
call another one (REFER), follows a redirection, and lets a call take another one's place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.media.gate import Direction, GateAttached, GateDestroyed, SrtpReceived, ZrtpPacket
from agent.sip import events as sip
from agent.zrtp.events import SrtpKey
from hw.types import Key
from support.town import words_of
from support.two_phones import NOTHING_PASSED, Pair, TestPhone, Wire, Wires, World

FROM = "192.0.2.1:4000"


@dataclass(frozen=True, slots=True)
class Referral:
    """Somebody asked to call `uri`; `takes` is the call there whose place the new one takes."""

    asked_by: "Villager"
    in_call: str
    uri: str
    takes: str | None


@dataclass(slots=True)
class Leg:
    """One side of a call."""

    gate: int
    peer: "Villager"
    peer_call: str
    up: bool = False
    referral: Referral | None = None
    referred_by: Referral | None = None


class Gates(Wire):
    """One phone's gates: the packets of each go to the one at the other end of that call."""

    def __init__(self, phone: "Villager") -> None:
        super().__init__(phone)
        self.far: dict[int, tuple[Villager, int]] = {}
        self._hellos: dict[int, tuple[int, str]] = {}

    def open_one(self) -> int:
        self.open()
        self._hellos[self.gate] = self.token, self.announced
        return self.gate

    def link(self, gate: int, phone: "Villager", far: int) -> None:
        self.far[gate] = phone, far
        phone.gates.far[far] = self._villager, gate

    @property
    def _villager(self) -> "Villager":
        assert isinstance(self._phone, Villager)
        return self._phone

    def start(self, gate: int) -> None:
        """Packets can travel; the other side's SDP was read."""
        phone, far = self.far[gate]
        token, _ = self._hellos[gate]
        _, announced = phone.gates._hellos[far]
        ssrc = 1000 * (1 + self._phone.index) + gate
        self.happen(GateAttached(gate, gate, ssrc, (announced,), FROM, token))

    def end(self, gate: int) -> None:
        self.far.pop(gate, None)
        self.happen(GateDestroyed(gate, gate, NOTHING_PASSED))

    def send_zrtp(self, gate: int, packet: bytes) -> bool:
        if gate in self.far:
            phone, far = self.far[gate]
            self._phone.diary.append(f"packet to {phone.name}")
            self._phone.world.under_way.append(lambda: phone.gates.arrive(far, packet))
        return True

    def arrive(self, gate: int, packet: bytes) -> None:
        if gate in self.far:
            self.happen(ZrtpPacket(gate, gate, packet, FROM))

    def install_keys(
        self, gate: int, *, direction: Direction, key: SrtpKey, by_signalling: bool = False
    ) -> None:
        origin = " of the server" if by_signalling else ""
        self._phone.diary.append(f"{direction} key{origin}")
        self.keys[gate, direction] = key
        if direction == "send" and gate in self.far:
            phone, far = self.far[gate]
            self._phone.world.under_way.append(lambda: phone.gates.first_heard(far))

    def first_heard(self, gate: int) -> None:
        if (gate, "receive") in self.keys:
            self.happen(SrtpReceived(gate, gate))


class Lines(Wires):
    """One phone's SIP with as many calls as there are."""

    def __init__(self, phone: "Villager") -> None:
        super().__init__(phone)
        self.me = phone
        self.legs: dict[str, Leg] = {}
        self.village: dict[str, Villager] = {}
        self.joined: tuple[str, ...] = ()

    async def dial(self, call: str, uri: str, account: str | None) -> None:
        assert account is None
        self.place(call, uri, None)

    def place(self, call: str, uri: str, takes: str | None) -> None:
        gate = self.me.gates.open_one()
        self.legs[call] = Leg(gate, self.me, "")
        self._tell(self.me, sip.Dialled(call, gate, signalling_verified=True))
        self._invite(call, uri, takes)

    def _invite(self, call: str, uri: str, takes: str | None) -> None:
        other, leg = self.village[uri], self.legs[call]
        far = other.gates.open_one()
        other.lines.calls += 1
        theirs = f"in-{other.lines.calls}"
        other.lines.legs[theirs] = Leg(far, self.me, call)
        leg.peer, leg.peer_call = other, theirs
        self.me.gates.link(leg.gate, other, far)
        me = self.me
        came = sip.IncomingCall(
            theirs, far, "", me.name, me.uri, signalling_verified=True, replaces=takes
        )
        self._tell(other, came)

    async def ring(self, call: str) -> None:
        leg = self.legs[call]
        self._tell(leg.peer, sip.RemoteRinging(leg.peer_call))

    async def answer(self, call: str) -> None:
        ours = self.legs[call]
        theirs = ours.peer.lines.legs[ours.peer_call]
        for phone, name, leg in ((self.me, call, ours), (ours.peer, ours.peer_call, theirs)):
            leg.up = True
            self._tell(phone, sip.Answered(name))
            self.me.world.under_way.append(_start(phone, leg.gate))
        if (referral := theirs.referred_by) is not None:
            done = sip.TransferProgress(referral.in_call, sip.Progress.DONE)
            self._tell(referral.asked_by, done)

    async def hang_up(self, call: str, code: int) -> None:
        leg = self.legs.pop(call, None)
        if leg is None:
            return
        theirs = leg.peer.lines.legs.pop(leg.peer_call)
        status = 200 if leg.up else code
        for phone, name, each in ((self.me, call, leg), (leg.peer, leg.peer_call, theirs)):
            self.me.world.under_way.append(_end(phone, each.gate))
            self._tell(phone, sip.Ended(name, status, "", by_peer=phone is not self.me))
        if (referral := theirs.referred_by) is not None and not leg.up:
            failed = sip.TransferProgress(referral.in_call, sip.Progress.FAILED, "Busy")
            self._tell(referral.asked_by, failed)

    async def hold(self, call: str) -> None:
        leg = self.legs[call]
        self._tell(leg.peer, sip.RemoteHeld(leg.peer_call, held=True))

    async def resume(self, call: str) -> None:
        leg = self.legs[call]
        self._tell(leg.peer, sip.RemoteHeld(leg.peer_call, held=False))

    async def transfer(self, call: str, uri: str) -> None:
        self._refer(call, uri, "", None)

    async def transfer_to(self, call: str, other: str) -> None:
        target = self.legs[other]
        self._refer(call, target.peer.uri, target.peer.name, target.peer_call)

    def _refer(self, call: str, uri: str, name: str, takes: str | None) -> None:
        leg = self.legs[call]
        leg.peer.lines.legs[leg.peer_call].referral = Referral(self.me, call, uri, takes)
        attended = takes is not None
        self._tell(leg.peer, sip.TransferRequested(leg.peer_call, uri, name, attended))

    async def accept_transfer(self, call: str, new_call: str) -> None:
        referral = self.legs[call].referral
        assert referral is not None
        trying = sip.TransferProgress(referral.in_call, sip.Progress.TRYING)
        self._tell(referral.asked_by, trying)
        self.place(new_call, referral.uri, referral.takes)
        self.legs[new_call].referred_by = referral

    async def decline_transfer(self, call: str) -> None:
        referral = self.legs[call].referral
        assert referral is not None
        declined = sip.TransferProgress(referral.in_call, sip.Progress.FAILED, "Declined")
        self._tell(referral.asked_by, declined)

    async def redirect(self, call: str, uri: str) -> None:
        """The caller follows it."""
        leg = self.legs.pop(call)
        self.me.world.under_way.append(_end(self.me, leg.gate))
        self._tell(self.me, sip.Ended(call, 302, "", by_peer=False))
        leg.peer.lines._invite(leg.peer_call, uri, None)

    async def send_dtmf(self, call: str, symbol: str) -> None:
        assert self.legs[call].up
        self.me.diary.append(f"DTMF {symbol} in {call}")

    async def join_audio(self, calls: tuple[str, ...]) -> None:
        assert not self.audio
        self.joined = calls
        self.audio |= set(calls)

    async def part_audio(self, calls: tuple[str, ...]) -> None:
        assert self.joined == calls
        self.joined = ()
        self.audio -= set(calls)


class Villager(TestPhone):
    """A phone that knows every other one by a number: 101, 102, 103."""

    def __init__(self, world: World, name: str, index: int, folder: Path) -> None:
        super().__init__(world, name, index, folder)
        self.wire = self.gates = Gates(self)
        self.sip = self.lines = Lines(self)

    def with_whom(self) -> list[str]:
        """Whom the handset is with."""
        return sorted(self.lines.legs[call].peer.name for call in self.lines.audio)


def _start(phone: Villager, gate: int) -> Callable[[], None]:
    return lambda: phone.gates.start(gate)


def _end(phone: Villager, gate: int) -> Callable[[], None]:
    return lambda: phone.gates.end(gate)


@dataclass
class Village(Pair):
    """Alice, Bob and Carol."""

    alice: Villager
    bob: Villager
    carol: Villager

    @classmethod
    def built(cls, folder: Path) -> "Village":
        world = World()
        people = tuple(
            Villager(world, name, index, folder)
            for index, name in enumerate(("Alice", "Bob", "Carol"), start=1)
        )
        for each in people:
            others = [other for other in people if other is not each]
            each.lines.village = {other.uri: other for other in others}
            each.meet(*others)
        return cls(world, *people)

    @property
    def phones(self) -> tuple[Villager, ...]:
        return (self.alice, self.bob, self.carol)

    def call(self, caller: Villager, callee: Villager) -> None:
        """From the dial tone to the words."""
        self.ring(caller, callee)
        callee.lift()
        self.wait(1.0)

    def ring(self, caller: Villager, callee: Villager) -> None:
        caller.lift()
        caller.press(*(Key(digit) for digit in callee.number), Key.CALL)
        self.settle()

    def confirm(self, *phones: Villager) -> None:
        """Each of them says that the words match, and takes the name that is proposed."""
        self.wait(1.6)
        for phone in phones:
            assert words_of(phone), phone.text
            self.hold(phone, Key.CONFIRM, 0.6)
            if "Who is it?" in phone.text:
                phone.press(Key.CONFIRM)
        self.settle()

    def choose(self, phone: Villager, downwards: int) -> None:
        """Takes something from the menu of the call: so many below the first."""
        phone.press(Key.MENU, *[Key.DIGIT_8] * downwards, Key.CONFIRM)
        self.settle()

    def press(self, phone: Villager, *keys: Key) -> None:
        phone.press(*keys)
        self.settle()
