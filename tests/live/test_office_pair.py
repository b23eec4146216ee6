"""An office with two Kamailios that know each other's phones: whoever is at either calls all."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.phone.events import Encrypted, ZrtpHash
from agent.sip.events import (
    Answered,
    Ended,
    IncomingCall,
    Registration,
    RegistrationChanged,
    RemoteHeld,
)
from agent.sip.settings import Backoff
from support.certificates import Authority, Identity
from support.dns_server import DnsServer
from support.kamailio import BETWEEN, Kamailio, Office
from support.netns import network_namespace
from support.sip_phone import SipPhone, account_at, settings_for
from support.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.peer, pytest.mark.timeout(240)]

DOMAIN = "office.example"
ONE, TWO = "127.0.0.11", "127.0.0.12"
PORT = 5061
PATIENCE_S = 40.0
SOON = Backoff(base_s=0.4, limit_s=2.0, refused_s=2.0)


def records(first: int, second: int) -> str:
    """What the DNS says to a phone that is to go to the one, and to the other when that dies."""
    return f"""
        sip1.{DOMAIN}. 60 IN A {ONE}
        sip2.{DOMAIN}. 60 IN A {TWO}
        _sips._tcp.{DOMAIN}. 60 IN SRV 10 0 {PORT} sip{first}.{DOMAIN}.
        _sips._tcp.{DOMAIN}. 60 IN SRV 20 0 {PORT} sip{second}.{DOMAIN}.
    """


FORGED = (
    b"KDMQ sip:usrloc@office.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\n"
    b"Max-Forwards: 1\r\nFrom: <sip:usrloc@127.0.0.12>;tag=1\r\nTo: <sip:usrloc@127.0.0.11>\r\n"
    b'Call-ID: 1\r\nCSeq: 1 KDMQ\r\nContent-Length: 12\r\n\r\n{"action":3}'
)
"""What one server would ask the other: where all phones are."""


class House:
    """Both servers, and what phones are told by the DNS."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        self.names = [
            stack.enter_context(DnsServer(records(*order), address))
            for order, address in (((1, 2), "127.0.0.53"), ((2, 1), "127.0.0.54"))
        ]
        self.servers = [
            stack.enter_context(self.server(f"sip{number}.{DOMAIN}", mine, other))
            for number, mine, other in ((1, ONE, TWO), (2, TWO, ONE))
        ]

    def server(self, name: str, address: str, peer: str) -> Kamailio:
        return Kamailio(
            self.folder,
            self.authority.issue(DOMAIN, name, also_client=True),
            Office(DOMAIN, name, address, PORT, peer),
            self.authority.file,
            (self.names[0].address, self.folder),
        )

    def phone(self, stack: ExitStack, user: str, port: int, at: int) -> SipPhone:
        """A phone that is registered at the first or the second server (0 or 1)."""
        account = account_at(0, self.authority.file, user=user, host=DOMAIN, registrar=DOMAIN)
        settings = settings_for(self.folder, port, accounts=(account,), backoff=SOON)
        phone = stack.enter_context(
            SipPhone(
                settings,
                keyed=self.folder / f"{user}-{port}.db",
                name_server=(self.names[at].address, self.folder),
            )
        )
        registered(phone)
        return phone


def registered(phone: SipPhone) -> None:
    phone.wait_for(
        RegistrationChanged, lambda each: each.state is Registration.REGISTERED, PATIENCE_S
    )


class Talk:
    """A call that is up."""

    def __init__(self, caller: SipPhone, callee: SipPhone, user: str) -> None:
        caller.order("dial", "mine", f"sip:{user}@{DOMAIN}", "work")
        self.caller, self.callee = caller, callee
        incoming = callee.wait_for(IncomingCall, patience=PATIENCE_S)
        assert incoming.signalling_verified
        self.ends = ((caller, "mine"), (callee, incoming.call))
        callee.order("answer", incoming.call)
        for phone, _ in self.ends:
            phone.wait_for(Answered, patience=PATIENCE_S)
        told = [phone.wait_for(Encrypted, patience=PATIENCE_S) for phone, _ in self.ends]
        assert told[0].association.sas == told[1].association.sas
        assert {each.association.zrtp_hash for each in told} == {ZrtpHash.MATCHED}
        for phone, name in self.ends:
            phone.order("connect_audio", name)
        self.hear_each_other()

    def hear_each_other(self) -> None:
        before = [phone.passed(name).received for phone, name in self.ends]

        def heard() -> bool:
            now = [phone.passed(name).received for phone, name in self.ends]
            return all(after >= begin + 25 for begin, after in zip(before, now, strict=True))

        until(heard, "sound both ways")

    def hold(self, side: int) -> None:
        """One side holds, the other one is told; and back."""
        phone, name = self.ends[side]
        other, theirs = self.ends[1 - side]
        phone.order("disconnect_audio", name)
        phone.order("hold", name)
        assert other.wait_for(RemoteHeld, patience=PATIENCE_S) == RemoteHeld(theirs, held=True)
        phone.order("connect_audio", name)
        phone.order("resume", name)
        assert other.wait_for(RemoteHeld, patience=PATIENCE_S) == RemoteHeld(theirs, held=False)
        self.hear_each_other()

    def hang_up(self, side: int) -> None:
        phone, name = self.ends[side]
        phone.order("hang_up", name)
        for each, _ in self.ends:
            assert each.wait_for(Ended, patience=PATIENCE_S).code == 200


@pytest.fixture(autouse=True, scope="module")
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory, _network: None) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path_factory.mktemp("office"), stack)


def test_phones_of_both_servers_call_each_other(house: House) -> None:
    """Either side calls, either side holds, either side hangs up."""
    with ExitStack() as stack:
        alice = house.phone(stack, "alice", 5071, at=0)
        bob = house.phone(stack, "bob", 5072, at=1)
        for caller, callee, user in ((alice, bob, "bob"), (bob, alice, "alice")):
            for side in (0, 1):
                talk = Talk(caller, callee, user)
                talk.hold(side)
                talk.hang_up(side)


def test_a_phone_whose_server_dies_comes_to_the_other_and_is_called_there(house: House) -> None:
    """And a server that comes back is told at once who is where."""
    with ExitStack() as stack:
        alice = house.phone(stack, "alice", 5071, at=0)
        bob = house.phone(stack, "bob", 5072, at=1)
        house.servers[0].stop()
        try:
            registered(alice)
            Talk(bob, alice, "alice").hang_up(0)
            Talk(alice, bob, "bob").hang_up(0)
        finally:
            house.servers[0].start()
        carol = house.phone(stack, "carol", 5073, at=0)
        Talk(carol, bob, "bob").hang_up(1)
        Talk(carol, alice, "alice").hang_up(0)


def test_a_phone_that_vanished_is_not_waited_for(house: House) -> None:
    """Its server has seen the connection go; the other server passes the call on all the same."""
    with ExitStack() as stack:
        bob = house.phone(stack, "bob", 5072, at=1)
        gone = house.phone(stack, "dave", 5074, at=0)
        Talk(bob, gone, "dave").hang_up(0)
        gone.vanish()
        bob.order("dial", "mine", f"sip:dave@{DOMAIN}", "work")
        assert bob.wait_for(Ended, patience=PATIENCE_S).reason == "Nobody has this number"


def test_one_number_rings_at_both_servers_and_two_who_answer_at_once_get_one_call(
    house: House,
) -> None:
    """One of them has it. For the other one it was answered elsewhere: it was not missed."""
    with ExitStack() as stack:
        alice = house.phone(stack, "alice", 5071, at=0)
        phones = [house.phone(stack, "bob", 5074 + at, at) for at in (0, 1)]
        alice.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
        calls = [phone.wait_for(IncomingCall, patience=PATIENCE_S).call for phone in phones]
        for phone, call in zip(phones, calls, strict=True):
            phone.order("answer", call)
        alice.wait_for(Encrypted, patience=PATIENCE_S)
        ends: dict[int, Ended] = {}

        def one_has_ended() -> bool:
            for at, phone in enumerate(phones):
                for end in phone.events(0.1):
                    if isinstance(end, Ended):
                        ends[at] = end
            return bool(ends)

        until(one_has_ended, "both have the call")
        ((late, end),) = ends.items()
        assert end.elsewhere or end.code == 200
        alice.order("hang_up", "mine")
        assert phones[1 - late].wait_for(Ended, patience=PATIENCE_S).code == 200


def test_nobody_else_is_taken_for_the_other_server(house: House) -> None:
    """At the port between the two TLS lets no stranger in, nor one whom its CA knows elsewhere."""
    known = house.authority.issue("phone", also_client=True)
    assert b" 403 " in say(ONE, PORT, FORGED)
    assert b" 403 " in say(ONE, PORT, FORGED, known, TWO)
    assert b" 403 " in say(ONE, BETWEEN, FORGED, known)
    # In TLS 1.3 the refusal comes after the handshake, in the place of an answer.
    with pytest.raises(ssl.SSLError, match="certificate required"):
        say(ONE, BETWEEN, FORGED, None, TWO)


def say(
    address: str, port: int, what: bytes, identity: Identity | None = None, source: str = ""
) -> bytes:
    """Says one thing over TLS, and returns what is answered."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if identity is not None:
        context.load_cert_chain(identity.certificate, identity.private_key)
    with (
        socket.create_connection((address, port), PATIENCE_S, (source, 0)) as plain,
        context.wrap_socket(plain) as channel,
    ):
        channel.sendall(what)
        return channel.recv(4096)
