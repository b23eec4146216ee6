"""Which server a phone registers at and calls by: DNS says, and the next one serves where one fails.

The servers are made by hand, so that each can fail in its own way.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from agent.sip.events import Ended, Registration, RegistrationChanged, RemoteRinging
from agent.sip.settings import Backoff
from support.certificates import Authority, Identity
from support.dns_server import DnsServer
from support.netns import network_namespace
from support.sip_phone import SipPhone, account_at, settings_for
from support.sip_server import SipServer

pytestmark = pytest.mark.live

DOMAIN = "office.example"
FIRST, SECOND, PLAIN = "127.0.0.2", "127.0.0.3", "127.0.0.4"
PORT = 5070
SOON = Backoff(base_s=0.4, limit_s=2.0, refused_s=2.0)
ADDRESSES = f"""
sip1.{DOMAIN}. 60 IN A {FIRST}
sip2.{DOMAIN}. 60 IN A {SECOND}
{DOMAIN}. 60 IN A {PLAIN}
"""
BOTH = f"""{ADDRESSES}
_sips._tcp.{DOMAIN}. 60 IN SRV 10 0 {PORT} sip1.{DOMAIN}.
_sips._tcp.{DOMAIN}. 60 IN SRV 20 0 {PORT} sip2.{DOMAIN}.
"""


@pytest.fixture(autouse=True, scope="module")
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(name="identity", scope="module")
def _identity(authority: Authority) -> Identity:
    return authority.issue(DOMAIN)


@pytest.fixture(name="names")
def _names() -> Iterator[DnsServer]:
    with DnsServer(BOTH) as server:
        yield server


@pytest.fixture(name="second")
def _second(identity: Identity) -> Iterator[SipServer]:
    with SipServer(identity, PORT, SECOND) as server:
        yield server


@pytest.fixture(name="new_phone")
def _new_phone(
    tmp_path: Path, authority: Authority, names: DnsServer
) -> Iterator[Callable[[], SipPhone]]:
    account = replace(account_at(0, authority.file, host=DOMAIN), registrar=f"sip:{DOMAIN}")
    settings = settings_for(tmp_path, 5062, accounts=(account,), backoff=SOON)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(SipPhone(settings, name_server=(names.address, tmp_path)))


def register(server: SipServer, lasts: int = 600) -> None:
    request = server.next("REGISTER")
    contact = f"Contact: {request.header('Contact')};expires={lasts}\r\n"
    request.answer("200 OK", headers=contact)


def registered(phone: SipPhone) -> None:
    phone.wait_for(
        RegistrationChanged, lambda each: each.state is Registration.REGISTERED, patience=40
    )


def told(phone: SipPhone) -> RegistrationChanged:
    return phone.wait_for(
        RegistrationChanged, lambda each: each.state is not Registration.TRYING, patience=40
    )


def deaf(_: Authority) -> AbstractContextManager[object]:
    """The port is open, but nobody ever says a word: TLS never comes up."""
    return socket.create_server((FIRST, PORT))


def off(_: Authority) -> AbstractContextManager[object]:
    return nullcontext()


def by_its_own_name(authority: Authority) -> AbstractContextManager[object]:
    """RFC 5922 section 7.2: the certificate must name the domain, not the host that SRV names."""
    return SipServer(authority.issue(f"sip1.{DOMAIN}"), PORT, FIRST)


@pytest.mark.parametrize("fault", [off, deaf, by_its_own_name])
def test_the_next_one_is_registered_at_where_the_first_does_not_serve(
    authority: Authority,
    second: SipServer,
    new_phone: Callable[[], SipPhone],
    fault: Callable[[Authority], AbstractContextManager[object]],
) -> None:
    with fault(authority):
        phone = new_phone()
        register(second)
        assert told(phone).state is Registration.REGISTERED


def test_a_server_without_time_is_left_alone_and_the_next_one_used(
    identity: Identity, second: SipServer, new_phone: Callable[[], SipPhone]
) -> None:
    with SipServer(identity, PORT, FIRST) as first:
        phone = new_phone()
        first.next("REGISTER").answer("503 Service Unavailable", headers="Retry-After: 1\r\n")
        register(second, lasts=6)
        assert told(phone).state is Registration.REGISTERED
        # It comes back at a later registration, and nobody is told of a change.
        register(first)
        assert [each for each in phone.events(0.3) if isinstance(each, RegistrationChanged)] == []


def test_a_dot_at_the_end_of_a_name_changes_nothing(
    tmp_path: Path, authority: Authority, names: DnsServer, second: SipServer
) -> None:
    """DNS writes names so, and certificates do not."""
    account = replace(account_at(0, authority.file, host=DOMAIN), registrar=f"sip:{DOMAIN}.")
    settings = settings_for(tmp_path, 5062, accounts=(account,), backoff=SOON)
    with SipPhone(settings, name_server=(names.address, tmp_path)) as phone:
        register(second)
        assert told(phone).state is Registration.REGISTERED


def test_a_registration_for_no_time_at_all_is_none(
    second: SipServer, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.tell(f"{ADDRESSES}\n_sips._tcp.{DOMAIN}. 60 IN SRV 10 0 {PORT} sip2.{DOMAIN}.")
    phone = new_phone()
    request = second.next("REGISTER")
    contact = f"Contact: {request.header('Contact')};expires=0\r\n"
    request.answer("200 OK", headers=f"{contact}Expires: 0\r\n")
    answer = told(phone)
    assert answer.state is Registration.REFUSED
    assert answer.reason == "Server refused: it does not agree on how often to register"
    register(second)
    registered(phone)


def test_a_certificate_of_the_host_alone_is_refused_and_nothing_sent(
    authority: Authority, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.tell(f"{ADDRESSES}\n_sips._tcp.{DOMAIN}. 60 IN SRV 10 0 {PORT} sip1.{DOMAIN}.")
    with SipServer(authority.issue(f"sip1.{DOMAIN}"), PORT, FIRST) as server:
        phone = new_phone()
        answer = told(phone)
        assert answer.state is Registration.UNTRUSTED
        assert answer.reason == f"Certificate of {DOMAIN}: it is for sip1.{DOMAIN}"
        assert server.requests == 0


def test_of_several_faults_the_certificate_is_told(
    authority: Authority, new_phone: Callable[[], SipPhone]
) -> None:
    """Nothing listens at the first; somebody has to look at the second."""
    with SipServer(authority.issue(f"sip2.{DOMAIN}"), PORT, SECOND):
        assert told(new_phone()).state is Registration.UNTRUSTED


@pytest.mark.parametrize("fault", ["gone", "503"])
def test_a_call_goes_by_the_next_server_where_the_first_does_not_serve(
    identity: Identity, second: SipServer, new_phone: Callable[[], SipPhone], fault: str
) -> None:
    with SipServer(identity, PORT, FIRST) as first:
        phone = new_phone()
        register(first)
        registered(phone)
        if fault == "503":
            phone.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
            first.next("INVITE").answer("503 Service Unavailable")
            invite = second.next("INVITE")
    if fault == "gone":
        phone.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
        invite = second.next("INVITE")
    invite.answer("180 Ringing")
    phone.wait_for(RemoteRinging)
    invite.answer("486 Busy Here")
    ended = phone.wait_for(Ended)
    assert (ended.call, ended.reason) == ("mine", "Busy")
    register(second)


def test_naptr_says_where_the_service_records_are(
    second: SipServer, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    """What it says of UDP and TCP is not followed: there is TLS or nothing."""
    names.tell(f"""{ADDRESSES}
        {DOMAIN}. 60 IN NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp.{DOMAIN}.
        {DOMAIN}. 60 IN NAPTR 20 10 "s" "SIPS+D2T" "" _elsewhere.{DOMAIN}.
        _elsewhere.{DOMAIN}. 60 IN SRV 1 0 {PORT} sip2.{DOMAIN}.
        _sip._udp.{DOMAIN}. 60 IN SRV 1 0 {PORT} sip1.{DOMAIN}.
    """)
    phone = new_phone()
    register(second)
    registered(phone)
    assert not [each for each in names.asked if "_udp" in each]


def test_without_service_records_it_is_the_address_of_the_domain_on_5061(
    identity: Identity, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.tell(ADDRESSES)
    with SipServer(identity, 5061, PLAIN) as server:
        phone = new_phone()
        register(server)
        registered(phone)


def test_dns_that_does_not_answer_is_told_as_that(
    second: SipServer, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.silent = True
    phone = new_phone()
    assert told(phone) == RegistrationChanged(
        "work", Registration.UNREACHABLE, 502, "No answer from DNS"
    )
    phone.order("dial", "mine", f"sip:bob@{DOMAIN}", "work")
    assert phone.wait_for(Ended).reason == "No answer from DNS"
    names.silent = False
    register(second)
    registered(phone)


def test_a_name_that_dns_does_not_know(names: DnsServer, new_phone: Callable[[], SipPhone]) -> None:
    names.tell("")
    answer = told(new_phone())
    assert answer.reason == f"The name service does not know {DOMAIN}"


def test_records_are_asked_for_again_when_their_time_is_over(
    second: SipServer, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.tell(f"""{ADDRESSES.replace(" 60 ", " 1 ")}
        _sips._tcp.{DOMAIN}. 3600 IN SRV 1 0 {PORT} sip2.{DOMAIN}.
    """)
    phone = new_phone()
    for _ in range(3):
        register(second, lasts=4)
    registered(phone)
    assert names.count(f"SRV _sips._tcp.{DOMAIN}.") == 1
    assert names.count(f"A sip2.{DOMAIN}.") >= 2


def test_a_registration_outlives_dns(
    second: SipServer, names: DnsServer, new_phone: Callable[[], SipPhone]
) -> None:
    names.tell(f"{ADDRESSES}\n_sips._tcp.{DOMAIN}. 1 IN SRV 1 0 {PORT} sip2.{DOMAIN}.")
    phone = new_phone()
    register(second, lasts=4)
    registered(phone)
    names.silent = True
    register(second, lasts=4)
    register(second)
    assert [each for each in phone.events(0.3) if isinstance(each, RegistrationChanged)] == []
