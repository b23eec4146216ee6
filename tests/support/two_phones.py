"""Two whole phones in one process: real pump, phone, ZRTP, store and screens.

Only SIP, the gate and the board stand for their parts: SIP carries orders to the other
pump, the gates carry ZRTP packets, the board keeps what it was shown. Time is simulated.
"""

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any, Final

from agent import preference_rows
from agent.associations import Associations
from agent.candidates import Candidates, candidates
from agent.media.gate import (
    Counters,
    Direction,
    GateAttached,
    GateCreated,
    GateDescribed,
    GateDestroyed,
    GateEvent,
    SrtpReceived,
    ZrtpPacket,
)
from agent.media.tones import ToneSpec
from agent.phone.dial_plan import Contact, DialPlan
from agent.phone.events import SettingsChanged
from agent.phone.preferences import Preferences
from agent.phone.settings import PhoneSettings
from agent.phone.station import Station
from agent.ports import Household, Parts
from agent.pump import Event, GateWoken, Pump, TimerFired
from agent.screens.render import render
from agent.sdes import agreement
from agent.sdes.agreement import Values
from agent.settings import choices, tones
from agent.sip import events as sip
from agent.store import Meeting, Store
from agent.zrtp import DEFAULT_OFFER, Identity, Roster, Session
from agent.zrtp.events import SrtpKey
from agent.zrtp.sas import Sas
from hw.board import HandsetDevices
from hw.types import (
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Picture,
)
from support.diary_board import Board

DARK: Final = Picture(bytes(1024))
NOTHING_PASSED: Final = Counters(*[0] * len(fields(Counters)))
WALL: Final = 1_780_000_000.0
"""Where the simulated wall clock starts: in May 2026."""


class World:
    """Simulated time, and what is under way between the phones."""

    def __init__(self) -> None:
        self.now = 0.0
        self.under_way: deque[Callable[[], None]] = deque()

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return WALL + self.now


class Wire:
    """One phone's gate: packets go to the other one's, keys are kept."""

    def __init__(self, phone: "TestPhone") -> None:
        self._phone = phone
        self._events: deque[GateEvent] = deque()
        self.armed: deque[tuple[int, str]] = deque()
        self.vouched: list[tuple[int, str]] = []
        self.keys: dict[tuple[int, Direction], SrtpKey] = {}
        self.gate = 0
        self.has_one_leg = False
        """Whether all its calls, one after the other, are the same leg, as PJSIP has it."""
        self.token = 0
        self.announced = ""
        self.alter: Callable[[bytes], bytes | None] = lambda packet: packet

    def arm(self, token: int, value: str) -> None:
        self.armed.append((token, value))

    def vouch(self, gate: int, source: str) -> None:
        self.vouched.append((gate, source))

    def counters(self, gate: int) -> Counters:
        assert gate
        return NOTHING_PASSED

    def close(self, gate: int) -> None:
        self._phone.diary.append("keys dropped")
        for way in [way for way in self.keys if way[0] == gate]:
            del self.keys[way]

    def drain(self) -> list[GateEvent]:
        events, self._events = list(self._events), deque()
        return events

    def happen(self, event: GateEvent) -> None:
        self._events.append(event)
        self._phone.pump.post(GateWoken())

    @property
    def leg(self) -> int:
        """PJSIP's number of the call."""
        return 1 if self.has_one_leg else self.gate

    def open(self, leg: int | None = None) -> None:
        """PJSIP makes the media transport: the SDP with our hash is written now."""
        self.gate += 1
        self.token, self.announced = self.armed.popleft()
        self._events.append(GateCreated(self.gate, leg or self.leg, 0, self.token))

    def attach(self, hashes: tuple[str, ...]) -> None:
        ssrc = 1000 * (1 + self._phone.index) + self.gate
        self.happen(GateAttached(self.gate, self.leg, ssrc, hashes, "192.0.2.1:4000", self.token))

    def destroy(self) -> None:
        self.happen(GateDestroyed(self.gate, self.leg, NOTHING_PASSED))

    def send_zrtp(self, gate: int, packet: bytes) -> bool:
        self._phone.diary.append("packet")
        sent = self.alter(packet)
        other = self._phone.other
        if sent is not None and gate == self.gate:
            self._phone.world.under_way.append(lambda: other.wire.take(sent))
        return True

    def take(self, packet: bytes) -> None:
        self.happen(ZrtpPacket(self.gate, self.leg, packet, "192.0.2.1:4000"))

    def install_keys(
        self, gate: int, *, direction: Direction, key: SrtpKey, by_signalling: bool = False
    ) -> None:
        origin = " of the server" if by_signalling else ""
        self._phone.diary.append(f"{direction} key{origin}")
        self.keys[gate, direction] = key
        if direction == "send":
            other = self._phone.other
            self._phone.world.under_way.append(other.wire.hear)

    def hear(self) -> None:
        """The first SRTP packet of the other side arrives."""
        if (self.gate, "receive") in self.keys:
            self.happen(SrtpReceived(self.gate, self.leg))


class Wires:
    """One phone's SIP: tells the other phone's pump what its own was asked for."""

    def __init__(self, phone: "TestPhone") -> None:
        self._phone = phone
        self.call = ""
        self.up = False
        self.audio: set[str] = set()
        self.tone: ToneSpec | None = None
        self.devices = HandsetDevices()
        self.known: tuple[str, ...] = ()
        self.level = 1.0
        self.calls = 0
        self.tls = False
        self.cut_hash = False
        self.carries_keys = False
        self.tells_late = False

    def _tell(self, phone: "TestPhone", event: sip.SipEvent) -> None:
        self._phone.world.under_way.append(lambda: phone.pump.post(event))

    async def dial(self, call: str, uri: str, account: str | None) -> None:
        assert account is None
        me, other = self._phone, self._phone.other
        assert uri == other.uri
        self.call = call
        me.wire.open()
        other.wire.open()
        if not self.tells_late:
            self._tell(me, sip.Dialled(call, me.wire.leg, self.tls))
        wires = other.sip
        wires.calls += 1
        wires.call = f"in-{wires.calls}"
        incoming = sip.IncomingCall(wires.call, other.wire.leg, "", me.name, me.uri, self.tls)
        self._tell(other, incoming)

    async def ring(self, call: str) -> None:
        assert call == self.call
        self._tell(self._phone.other, sip.RemoteRinging(self._phone.other.sip.call))

    async def answer(self, call: str) -> None:
        assert call == self.call
        me, other = self._phone, self._phone.other
        offered, answered = self.crypto
        for one, another in ((me, other), (other, me)):
            one.sip.up = True
            hashes = () if self.cut_hash else (another.wire.announced,)
            own, theirs = (answered, offered) if one is me else (offered, answered)
            if one.sip.tells_late:
                self._phone.world.under_way.append(_describe(one, own, theirs, hashes))
                self._tell(one, sip.Dialled(one.sip.call, one.wire.leg, self.tls))
            self._tell(one, sip.Answered(one.sip.call))
            if self.carries_keys and not one.sip.tells_late:
                self._phone.world.under_way.append(_describe(one, own, theirs, hashes))
            self._phone.world.under_way.append(_attach(one, hashes))

    @property
    def crypto(self) -> tuple[Values, Values]:
        """The a=crypto values of the caller's SDP and of our own."""
        offered = agreement.offer(self._phone.randbytes)
        return offered, agreement.answer(offered[3:], (), (), self._phone.randbytes)

    async def hang_up(self, call: str, code: int) -> None:
        if call != self.call:
            return
        me, other = self._phone, self._phone.other
        status = 200 if self.up else code
        for one in (me, other):
            if one.sip.call:
                self._phone.world.under_way.append(one.wire.destroy)
                self._tell(one, sip.Ended(one.sip.call, status, "", one is other))
            one.sip.call, one.sip.up = "", False

    async def send_dtmf(self, call: str, symbol: str) -> None:
        assert call == self.call
        self._phone.diary.append(f"DTMF {symbol}")

    async def connect_audio(self, call: str) -> None:
        self.audio.add(call)

    async def disconnect_audio(self, call: str) -> None:
        self.audio.discard(call)

    async def hold(self, call: str) -> None:
        raise AssertionError(call)

    async def resume(self, call: str) -> None:
        raise AssertionError(call)

    async def transfer(self, call: str, uri: str) -> None:
        raise AssertionError(call, uri)

    async def transfer_to(self, call: str, other: str) -> None:
        raise AssertionError(call, other)

    async def accept_transfer(self, call: str, new_call: str) -> None:
        raise AssertionError(call, new_call)

    async def decline_transfer(self, call: str) -> None:
        raise AssertionError(call)

    async def redirect(self, call: str, uri: str) -> None:
        raise AssertionError(call, uri)

    async def join_audio(self, calls: tuple[str, ...]) -> None:
        raise AssertionError(calls)

    async def part_audio(self, calls: tuple[str, ...]) -> None:
        raise AssertionError(calls)

    async def play_tone(self, tone: ToneSpec | None) -> None:
        self.tone = tone

    async def lose_handset(self, reason: str) -> None:
        self._phone.diary.append(f"handset lost: {reason}")

    async def set_microphone_muted(self, muted: bool) -> None:  # noqa: FBT001 - the endpoint's own
        self._phone.diary.append(f"muted {muted}")

    async def use_devices(self, devices: HandsetDevices) -> None:
        self.devices = devices
        self._phone.diary.append(f"speak into {devices.capture}")

    async def set_level(self, level: float) -> None:
        self.level = level

    async def know(self, addresses: tuple[str, ...]) -> None:
        self.known = addresses

    async def network_gone(self) -> None:
        self._phone.diary.append("network gone")

    async def network_up(self, addresses: tuple[str, ...], *, anew: bool) -> None:
        self._phone.diary.append(f"network {addresses} {anew}")


def _attach(phone: "TestPhone", hashes: tuple[str, ...]) -> Callable[[], None]:
    return lambda: phone.wire.attach(hashes)


def _describe(
    phone: "TestPhone", own: Values, theirs: Values, hashes: tuple[str, ...]
) -> Callable[[], None]:
    gate = phone.wire.gate
    return lambda: phone.wire.happen(GateDescribed(gate, gate, own, theirs, hashes))


class TestPhone:
    """One of the two."""

    __test__ = False

    def __init__(self, world: World, name: str, index: int, folder: Path) -> None:
        self.world, self.name, self.index = world, name, index
        self.number, self.uri = f"10{index}", f"sip:{name.lower()}@192.0.2.{index}"
        self.diary: list[str] = []
        self.wire, self.sip, self.board = Wire(self), Wires(self), Board(self.diary)
        self.randbytes = Random(index).randbytes
        self.folder = folder / name
        self.store = DiaryStore.begin(self.folder, self)
        self.offer = DEFAULT_OFFER
        self.prefer_preshared = False
        self.ask_enrolment = False
        self.by_ear = False
        self.prepare: Callable[[Session], None] = lambda _session: None
        self.due = 0.0
        self.other = self
        self.pump: Pump
        self.phone: Station

    def meet(self, other: "TestPhone", *others: "TestPhone") -> None:
        self.other = other
        contacts = tuple(Contact(each.name, each.number, each.uri) for each in (other, *others))
        restored = bool(self.store.restored)
        chosen, problems = preference_rows.read(self.store.preferences(), Preferences())
        assert not problems
        plan = DialPlan(contacts)
        told = PhoneSettings(self.name, plan, restored=restored, preferences=chosen)
        self.phone = Station(told, choices())
        associations = Associations(self.wire, self._session)
        parts = Parts(
            clock=self.world,
            phone=self.phone,
            store=self.store,
            sip=self.sip,
            gate=self.wire,
            board=self.board,
            render=render,
            tones=lambda country: tones(country or "eu"),
            ring_tone="classic",
            spawn=_run,
            arm_timer=self._arm,
            ask_enrolment=self.ask_enrolment,
            candidates=self._candidates if self.by_ear else None,
            household=Household(
                preferences=chosen,
                dial_contacts=lambda kept: (
                    *contacts,
                    *(Contact(c.name, c.number, c.uri, ring_tone=c.ring_tone) for c in kept),
                ),
            ),
        )
        self.pump = Pump(parts, associations)
        self.wire.armed.clear()
        associations.fill_stock()
        self.post(TimerFired())

    def _session(self, *, roster: Roster) -> Session:
        session = Session(
            roster=roster,
            identity=Identity(self.store.zid, "Sotto"),
            store=self.store,
            randbytes=self.randbytes,
            wall_clock=self.world.wall,
            offer=self.offer,
            prefer_preshared=self.prefer_preshared,
        )
        self.prepare(session)
        return session

    def _candidates(self, sas: Sas) -> Candidates:
        return candidates(sas, self.randbytes)

    def off(self) -> None:
        """It is unplugged."""
        self.store.close()

    def on(self) -> None:
        """It starts with what lies in its folder now."""
        self.store = DiaryStore.begin(self.folder, self)
        self.meet(self.other)

    def _arm(self, when: float) -> None:
        self.due = when

    def post(self, event: Event) -> None:
        self.pump.post(event)

    @property
    def text(self) -> str:
        """What stands on the panel."""
        return " ".join(self.board.pictures[-1].text)

    def lift(self) -> None:
        self.post(HookLifted())

    def replace(self) -> None:
        self.post(HookReplaced())

    def prefers(self, preferences: Preferences) -> None:
        """The person wants something else from now on."""
        self.phone.handle(SettingsChanged(preferences), self.world.monotonic())
        self.post(TimerFired())

    def press(self, *keys: Key) -> None:
        for key in keys:
            self.post(KeyPressed(key))
            self.post(KeyReleased(key))


class DiaryStore(Store):
    """The real store, which notes in the diary when secrets, and a verified flag, are on the disk."""

    _diary: list[str]

    @classmethod
    def begin(cls, folder: Path, phone: TestPhone) -> "DiaryStore":
        store = cls.open(folder / "sotto.db", phone.world.wall, phone.randbytes)
        assert isinstance(store, DiaryStore)
        store._diary = phone.diary
        return store

    def commit_secrets(self, update: Any) -> None:
        super().commit_secrets(update)
        self._diary.append("commit")

    def confirm(self, meeting: Meeting) -> None:
        super().confirm(meeting)
        self._diary.append("confirm")


def _run(order: Coroutine[Any, Any, None]) -> None:
    """Carries an order out at once; these never wait for anything."""
    try:
        order.send(None)
    except StopIteration:
        return
    raise AssertionError("an order of the harness waited")


@dataclass
class Pair:
    """Alice and Bob, and the time between them."""

    world: World
    alice: TestPhone
    bob: TestPhone

    @classmethod
    def at_home(cls, folder: Path) -> "Pair":
        world = World()
        alice, bob = TestPhone(world, "Alice", 1, folder), TestPhone(world, "Bob", 2, folder)
        alice.meet(bob)
        bob.meet(alice)
        return cls(world, alice, bob)

    @property
    def phones(self) -> tuple["TestPhone", ...]:
        return (self.alice, self.bob)

    def settle(self) -> None:
        """Delivers what is under way until nothing is."""
        while self.world.under_way:
            self.world.under_way.popleft()()

    def wait(self, seconds: float) -> None:
        """Lets time pass, timer by timer."""
        end = self.world.now + seconds
        self.settle()
        while (due := min(phone.due for phone in self.phones)) <= end:
            self.world.now = max(self.world.now, due)
            for phone in self.phones:
                if phone.due <= self.world.now:
                    phone.post(TimerFired())
            self.settle()
        self.world.now = end

    def dial(self) -> None:
        """Alice calls Bob, and his phone rings."""
        self.alice.lift()
        self.alice.press(*(Key(digit) for digit in self.bob.number), Key.CALL)
        self.settle()

    def hold(self, phone: TestPhone, key: Key, seconds: float) -> None:
        phone.post(KeyPressed(key))
        self.wait(seconds)
        phone.post(KeyReleased(key))

    def close(self) -> None:
        for phone in self.phones:
            phone.store.close()
