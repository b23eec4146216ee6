"""What the pump asks of the parts of the phone, so that tests can stand in for each."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import field
from typing import Any, Protocol

from agent.candidates import Candidates
from agent.clock import Clock
from agent.frozen import frozen
from agent.media.gate import Direction, GateEvent
from agent.media.tones import ToneSpec
from agent.phone.actions import Tone
from agent.phone.dial_plan import Contact as DialledContact
from agent.phone.menu.answers import Erased
from agent.phone.preferences import Preferences
from agent.phone.station import Station
from agent.phone.views import View
from agent.screens.words import Words
from agent.store import CallRecord, Contact, Meeting, Peer
from agent.zrtp.events import CacheUpdate, SrtpKey
from agent.zrtp.sas import Sas
from hw.board import Board, HandsetDevices
from hw.types import Picture


class Sip(Protocol):
    """What the pump asks of SIP; see `agent.sip.endpoint.SipEndpoint`."""

    async def dial(self, call: str, uri: str, account: str | None) -> None: ...  # noqa: D102
    async def ring(self, call: str) -> None: ...  # noqa: D102
    async def answer(self, call: str) -> None: ...  # noqa: D102
    async def hang_up(self, call: str, code: int) -> None: ...  # noqa: D102
    async def send_dtmf(self, call: str, symbol: str) -> None: ...  # noqa: D102
    async def connect_audio(self, call: str) -> None: ...  # noqa: D102
    async def disconnect_audio(self, call: str) -> None: ...  # noqa: D102
    async def hold(self, call: str) -> None: ...  # noqa: D102
    async def resume(self, call: str) -> None: ...  # noqa: D102
    async def transfer(self, call: str, uri: str) -> None: ...  # noqa: D102
    async def transfer_to(self, call: str, other: str) -> None: ...  # noqa: D102
    async def accept_transfer(self, call: str, new_call: str) -> None: ...  # noqa: D102
    async def decline_transfer(self, call: str) -> None: ...  # noqa: D102
    async def redirect(self, call: str, uri: str) -> None: ...  # noqa: D102
    async def join_audio(self, calls: tuple[str, ...]) -> None: ...  # noqa: D102
    async def part_audio(self, calls: tuple[str, ...]) -> None: ...  # noqa: D102
    async def play_tone(self, tone: ToneSpec | None) -> None: ...  # noqa: D102
    async def lose_handset(self, reason: str) -> None: ...  # noqa: D102
    async def set_microphone_muted(self, muted: bool) -> None: ...  # noqa: D102, FBT001
    async def use_devices(self, devices: HandsetDevices) -> None: ...  # noqa: D102
    async def set_level(self, level: float) -> None: ...  # noqa: D102
    async def know(self, addresses: tuple[str, ...]) -> None: ...  # noqa: D102
    async def network_gone(self) -> None: ...  # noqa: D102
    async def network_up(self, addresses: tuple[str, ...], *, anew: bool) -> None: ...  # noqa: D102


class GatePort(Protocol):
    """What the pump asks of the gate; see `agent.media.gate`."""

    def drain(self) -> list[GateEvent]: ...  # noqa: D102
    def send_zrtp(self, gate: int, packet: bytes) -> bool: ...  # noqa: D102
    def install_keys(  # noqa: D102
        self, gate: int, *, direction: Direction, key: SrtpKey, by_signalling: bool = False
    ) -> None: ...


class Trust(Protocol):
    """What the pump asks of the store; see `agent.store.Store`."""

    def commit_secrets(self, update: CacheUpdate) -> None: ...  # noqa: D102
    def settle(self) -> None: ...  # noqa: D102
    def confirm(self, meeting: Meeting) -> None: ...  # noqa: D102
    def unverify(self, zid: bytes) -> None: ...  # noqa: D102
    def name_peer(self, zid: bytes, name: str) -> None: ...  # noqa: D102
    def peer(self, zid: bytes) -> Peer | None: ...  # noqa: D102
    def met(self, meeting: Meeting, *, proven: bool) -> None: ...  # noqa: D102
    def verified_at_uri(self, uri: str) -> list[Peer]: ...  # noqa: D102
    def log_call(self, record: CallRecord, number: int | None = None) -> int: ...  # noqa: D102
    def log_security_event(  # noqa: D102
        self, kind: str, zid: bytes | None, uri: str, detail: str
    ) -> None: ...


class Memory(Trust, Protocol):
    """What the menu asks of the store besides; see `agent.store.Store`."""

    @property
    def zid(self) -> bytes: ...  # noqa: D102

    def contacts(self) -> list[Contact]: ...  # noqa: D102
    def replace_contact(self, before: str, contact: Contact) -> None: ...  # noqa: D102
    def delete_contact(self, uri: str) -> None: ...  # noqa: D102
    def numbered_calls(self, limit: int) -> list[tuple[int, CallRecord]]: ...  # noqa: D102
    def calls_by_zid(self) -> dict[bytes, int]: ...  # noqa: D102
    def delete_call(self, number: int) -> None: ...  # noqa: D102
    def clear_calls(self) -> None: ...  # noqa: D102
    def unseen_missed_calls(self) -> int: ...  # noqa: D102
    def mark_calls_seen(self) -> None: ...  # noqa: D102
    def peers(self) -> list[Peer]: ...  # noqa: D102
    def rename_peer(self, zid: bytes, name: str) -> None: ...  # noqa: D102
    def forget(self, zid: bytes) -> None: ...  # noqa: D102
    def save_preferences(self, values: Mapping[str, str]) -> None: ...  # noqa: D102
    def pin_state(self) -> tuple[bool, int]: ...  # noqa: D102
    def check_pin(self, digits: str) -> tuple[bool, int]: ...  # noqa: D102
    def set_pin(self, digits: str) -> None: ...  # noqa: D102


def _no_contacts(_: Iterable[Contact]) -> tuple[DialledContact, ...]:
    return ()


@frozen
class Household:
    """What the menu shows and does besides the phone's memory.

    Attributes:
        preferences: What was chosen before.
        configured: The contacts of the configuration.
        domain: Of the first account, through which mere numbers are called; empty: none.
        dial_contacts: From the contacts in the memory to all that have a short number.
        addresses: The machine's own IP addresses now.
        configuration: Where the configuration is fetched, and how that stands; empty: nowhere.
        fingerprint: SHA-256 of the phone's TLS certificate, in hex digits.
        version: Of the software.
        started: The monotonic second of the start.
        check: Begins to look at everything; `PhoneChecked` follows as an event.
        erase: Ends the phone, destroys its memory and starts it as a new one.
        reset: The same with its configuration; returns whether it begins.
        erased: How well that went, where this phone is such a new one.
        answer_update: Takes what the person says to newer software.
    """

    preferences: Preferences = field(default_factory=Preferences)
    configured: tuple[Contact, ...] = ()
    domain: str = ""
    dial_contacts: Callable[[Iterable[Contact]], tuple[DialledContact, ...]] = _no_contacts
    addresses: Callable[[], tuple[str, ...]] = tuple
    configuration: Callable[[], str] = str
    fingerprint: str = ""
    version: str = ""
    started: float = 0.0
    check: Callable[[], None] = lambda: None
    erase: Callable[[], None] = lambda: None
    reset: Callable[[], bool] = lambda: False
    erased: Erased | None = None
    answer_update: Callable[[bool], None] = lambda _: None


Spawn = Callable[[Coroutine[Any, Any, None]], None]
"""Starts an order to SIP; orders keep their sequence, and nobody waits for them."""


@frozen
class Parts:
    """What the pump moves between.

    Attributes:
        clock: Where the time comes from.
        phone: The phone itself.
        store: Trust, names and the call log.
        sip: Orders to the SIP thread.
        gate: Packets and keys.
        board: Keys, lamps, display, ringer.
        render: From a view to a picture, in the words of a language.
        tones: The sound of each tone in a country; empty: where the configuration says.
        ring_tone: The name of the ring tone where a caller has none of its own.
        spawn: Starts an order to SIP.
        arm_timer: Takes the monotonic second at which `TimerFired` is due; the next call
            replaces it.
        candidates: What the person chooses from, for a SAS; None: the person compares it whole.
        ask_enrolment: Whether a PBX that wants to be trusted is put to the person; otherwise
            it is refused (RFC 6189 section 7.3.1).
        turned: Hears after every event that something may be different now.
        household: What the menu shows and does besides the memory.
    """

    clock: Clock
    phone: Station
    store: Memory
    sip: Sip
    gate: GatePort
    board: Board
    render: Callable[[View, Words], Picture]
    tones: Callable[[str], Mapping[Tone, ToneSpec]]
    ring_tone: str
    spawn: Spawn
    arm_timer: Callable[[float], None]
    candidates: Callable[[Sas], Candidates] | None = None
    ask_enrolment: bool = False
    turned: Callable[[], None] = lambda: None
    household: Household = field(default_factory=Household)
