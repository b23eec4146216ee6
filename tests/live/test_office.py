"""An office with two Kamailios, the second of which is there for when the first dies."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.sip.events import Answered, Ended, IncomingCall, Registration, RegistrationChanged
from agent.sip.settings import Backoff
from support.certificates import Authority
from support.dns_server import DnsServer
from support.kamailio import Kamailio, Office
from support.netns import network_namespace
from support.sip_phone import SipPhone, settings_for
from support.sip_phone import account_at as account_of

pytestmark = [pytest.mark.live, pytest.mark.peer]

DOMAIN = "office.example"
ONE, TWO = "127.0.0.11", "127.0.0.12"
PORT = 5061
SOON = Backoff(base_s=0.4, limit_s=2.0, refused_s=2.0)


RECORDS = f"""
    sip1.{DOMAIN}. 60 IN A {ONE}
    sip2.{DOMAIN}. 60 IN A {TWO}
    _sips._tcp.{DOMAIN}. 60 IN SRV 10 0 {PORT} sip1.{DOMAIN}.
    _sips._tcp.{DOMAIN}. 60 IN SRV 20 0 {PORT} sip2.{DOMAIN}.
"""


class House:
    """Both servers, and the names."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        self.names = stack.enter_context(DnsServer(RECORDS))
        self.one, self.two = (
            stack.enter_context(
                Kamailio(
                    folder,
                    self.authority.issue(DOMAIN, f"sip{number}.{DOMAIN}"),
                    Office(
                        DOMAIN,
                        f"sip{number}.{DOMAIN}",
                        address,
                        PORT,
                    ),
                    self.authority.file,
                    (self.names.address, folder),
                )
            )
            for number, address in ((1, ONE), (2, TWO))
        )

    def phone(self, stack: ExitStack, user: str, port: int) -> SipPhone:
        """A phone that is registered."""
        account = account_of(0, self.authority.file, user=user, host=DOMAIN, registrar=DOMAIN)
        settings = settings_for(self.folder, port, accounts=(account,), backoff=SOON)
        phone = stack.enter_context(
            SipPhone(settings, gated=True, name_server=(self.names.address, self.folder))
        )
        registered(phone)
        return phone


def registered(phone: SipPhone) -> None:
    phone.wait_for(
        RegistrationChanged, lambda each: each.state is Registration.REGISTERED, patience=40
    )


@pytest.fixture(autouse=True, scope="module")
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory, _network: None) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(tmp_path_factory.mktemp("office"), stack)


def test_all_phones_of_one_ring_and_the_first_takes_the_call(house: House) -> None:
    """One rejects, one answers, and for the third it was answered elsewhere: nobody missed it."""
    with ExitStack() as stack:
        caller = house.phone(stack, "alice", 5071)
        taker = house.phone(stack, "bob", 5072)
        busy = house.phone(stack, "bob", 5073)
        other = house.phone(stack, "bob", 5074)
        caller.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
        calls = {phone: phone.wait_for(IncomingCall).call for phone in (taker, busy, other)}
        for phone, call in calls.items():
            phone.order("ring", call)
        busy.order("hang_up", calls[busy], 486)
        busy.wait_for(Ended)
        taker.order("answer", calls[taker])
        caller.wait_for(Answered)
        ended = other.wait_for(Ended)
        assert (ended.code, ended.elsewhere) == (487, True)
        caller.order("hang_up", "mine")
        assert not taker.wait_for(Ended).elsewhere


def test_a_caller_who_gives_up_was_missed(house: House) -> None:
    with ExitStack() as stack:
        caller = house.phone(stack, "alice", 5071)
        callee = house.phone(stack, "bob", 5072)
        caller.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
        callee.wait_for(IncomingCall)
        caller.order("hang_up", "mine")
        ended = callee.wait_for(Ended)
        assert (ended.code, ended.elsewhere) == (487, False)


def test_a_server_that_dies_is_left_and_calls_go_on(house: House) -> None:
    with ExitStack() as stack:
        alice = house.phone(stack, "alice", 5071)
        bob = house.phone(stack, "bob", 5072)
        alice.order("dial", "first", f"sip:bob@{DOMAIN}", "work")
        call = bob.wait_for(IncomingCall).call
        bob.order("answer", call)
        alice.wait_for(Answered)
        bob.wait_for(Answered)
        house.one.stop()
        try:
            registered(alice)
            registered(bob)
            assert not [each for each in alice.events(0.5) if isinstance(each, Ended)]
            alice.order("hang_up", "first")
            assert alice.wait_for(Ended, patience=40).reason == "Call ended"
            alice.order("dial", "second", f"sip:bob@{DOMAIN}", "work")
            assert bob.wait_for(IncomingCall).signalling_verified
            alice.order("hang_up", "second")
        finally:
            house.one.start()
