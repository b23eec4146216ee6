"""Real calls through the gate.

PJSIP exists once a process, and other tests may want it too: a test marked `in_gate_process`
runs in a process that only has gate tests, which come one after the other.
"""

import importlib.util
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeVar

import pjsua2 as pj

from agent.media import gate
from support.sip_peer import SipPeer
from support.waiting import PATIENCE_S

E = TypeVar("E", bound=gate.GateEvent)


class Account(pj.Account):  # type: ignore[misc]
    """Takes every call."""

    incoming: "Call | None" = None

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:  # noqa: N802
        self.incoming = Call(self, prm.callId)
        answer = pj.CallOpParam(True)  # noqa: FBT003 - pjsua2 knows no names
        answer.statusCode = pj.PJSIP_SC_OK
        self.incoming.answer(answer)


class Call(pj.Call):  # type: ignore[misc]
    """Plays silence, so that RTP flows."""

    ended = False

    def onCallState(self, _prm: pj.OnCallStateParam) -> None:  # noqa: N802
        self.ended = self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, _prm: pj.OnCallMediaStateParam) -> None:  # noqa: N802
        microphone = pj.Endpoint.instance().audDevManager().getCaptureDevMedia()
        microphone.startTransmit(self.getAudioMedia(-1))


@dataclass
class Phone:
    """The endpoint, an account without and one with rtcp-mux, and all that the gate has said."""

    endpoint: pj.Endpoint
    uri: str
    accounts: dict[bool, Account]
    events: list[gate.GateEvent] = field(default_factory=list)

    def run(self, until: Callable[[], bool], peer: SipPeer | None = None) -> None:
        """Lets PJSIP and the peer work until something holds.

        Raises:
            TimeoutError: It did not hold within ten seconds.
        """
        deadline = time.monotonic() + 10
        while not until():
            self.endpoint.libHandleEvents(2)
            if peer:
                peer.poll()
            self.events += gate.drain()
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing more came; {self.events=}")

    def of(self, kind: type[E], number: int | None = None) -> list[E]:
        """The events of one kind, perhaps of one gate only."""
        return [e for e in self.events if isinstance(e, kind) and number in {None, e.gate}]

    def call(self, uri: str, *, mux: bool = False) -> Call:
        call = Call(self.accounts[mux])
        options = pj.CallOpParam(True)  # noqa: FBT003
        options.opt.textCount = options.opt.videoCount = 0
        call.makeCall(uri, options)
        return call


def _account(uri: str, *, mux: bool) -> Account:
    config = pj.AccountConfig()
    config.idUri = uri
    config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    config.mediaConfig.transportConfig.port = 0
    config.mediaConfig.rtcpMuxEnabled = mux
    account = Account()
    account.create(config)
    return account


def open_phone() -> Phone:
    """An endpoint on loopback whose sound goes nowhere, with the gate in."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.noVad = True
    endpoint.libInit(config)
    gate.install()
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    number = endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    endpoint.codecSetPriority("PCMU/8000", 255)
    uri = f"sip:phone@{endpoint.transportGetInfo(number).localName}"
    return Phone(endpoint, uri, {mux: _account(uri, mux=mux) for mux in (False, True)})


@dataclass
class OneCall:
    """A call from the phone to a peer that is not PJSIP."""

    phone: Phone
    peer: SipPeer
    call: Call
    attached: gate.GateAttached

    @property
    def number(self) -> int:
        return self.attached.gate

    @property
    def counters(self) -> gate.Counters:
        return gate.counters(self.number)

    def run(self, until: Callable[[], bool]) -> None:
        self.phone.run(until, self.peer)

    def run_until(self, **least: int) -> gate.Counters:
        """Runs until each named counter has at least so much; answers all counters."""
        self.run(lambda: all(getattr(self.counters, n) >= v for n, v in least.items()))
        return self.counters

    def open(
        self, *, send: gate.SrtpKey | None = None, receive: gate.SrtpKey | None = None
    ) -> None:
        if receive:
            gate.install_keys(self.number, direction="receive", key=receive)
        if send:
            gate.install_keys(self.number, direction="send", key=send)

    def hang_up(self) -> None:
        self.call.hangup(pj.CallOpParam())
        self.run(lambda: bool(self.phone.of(gate.GateDestroyed, self.number)) and self.call.ended)
        self.peer.poll()


_phone: list[Phone] = []  # the process has one, from its first test on


def the_phone() -> Phone:
    """This process's phone, with no events left from before."""
    if not _phone:
        _phone.append(open_phone())
    phone = _phone[0]
    phone.events = []
    return phone


@contextmanager
def one_call(peer: SipPeer | None = None) -> Iterator[OneCall]:
    """A call whose media is up; it is hung up at the end."""
    peer = peer or SipPeer()
    phone = the_phone()
    call = phone.call(peer.uri, mux=peer.mux)
    one = None
    try:
        phone.run(lambda: bool(phone.of(gate.GateAttached)), peer)
        one = OneCall(phone, peer, call, phone.of(gate.GateAttached)[0])
        yield one
    finally:
        if one and not call.ended:
            one.hang_up()
        peer.close()


_scenarios: dict[str, Callable[[], None]] = {}


def in_gate_process(scenario: Callable[[], None]) -> Callable[[ProcessPoolExecutor], None]:
    """Makes a test of a function; the test's module needs the fixture `gate_process`."""

    def test(gate_process: ProcessPoolExecutor) -> None:
        name, path = scenario.__name__, scenario.__code__.co_filename
        gate_process.submit(_run, path, name).result(timeout=PATIENCE_S)

    _scenarios[scenario.__name__] = scenario
    test.__name__ = scenario.__name__
    return test


def _run(path: str, name: str) -> None:
    if name not in _scenarios:
        spec = importlib.util.spec_from_file_location("scenarios", path)
        assert spec
        assert spec.loader
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    try:
        _scenarios[name]()
    except pj.Error as error:  # which cannot travel between processes
        raise RuntimeError(error.info()) from None


def _close() -> None:
    while _phone:
        phone = _phone.pop()
        phone.accounts.clear()
        phone.endpoint.libDestroy()


def new_gate_process() -> Iterator[ProcessPoolExecutor]:
    """For the fixture `gate_process`; its module's scope is the one to give it."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        yield process
        process.submit(_close).result(timeout=PATIENCE_S)
