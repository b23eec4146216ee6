"""A server that cannot prove its name gets not one byte of SIP, and the person is told why."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.x509 import DNSName, IPAddress, UniformResourceIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID

from agent.sip.events import Ended, Registration, RegistrationChanged
from agent.sip.settings import SYSTEM_CAS, AccountSettings, Backoff
from agent.trust.pins import pin_of
from support.certificates import DAY, Authority, Identity, load, self_signed, write_lists
from support.mounts import in_place_of
from support.sip_phone import SipPhone, account_at, settings_for
from support.tls_server import TlsServer

pytestmark = pytest.mark.live

HOST: Final = "localhost"
SET: Final = partial(bool, 1)
"""The network has set the clock."""
NOT_SET: Final = partial(bool, 0)

Make = Callable[[Path, Authority], Identity]
Told = dict[str, RegistrationChanged]


def day(days: float) -> str:
    return (datetime.now(UTC) + days * DAY).date().isoformat()


def issued(**how: Any) -> Make:
    return lambda _, authority: authority.issue(HOST, **how)


def under_another(**how: Any) -> Make:
    """By an authority between the root and the server."""
    return lambda folder, authority: Authority(folder, "Test CA 2", above=authority).issue(
        HOST, **how
    )


def by_somebody_else(folder: Path, authority: Authority) -> Identity:
    del authority
    return Authority(folder, "Another CA").issue(HOST)


def by_itself(folder: Path, authority: Authority) -> Identity:
    del authority
    return self_signed(folder, HOST)


def without_what_is_between(folder: Path, authority: Authority) -> Identity:
    """As public authorities sign: the one between says where it is to be had, and was left out."""
    between = Authority(folder, "Test CA 2", above=authority)
    return between.issue(HOST, whole_chain=False, fetched_at="http://ca.example/ca2.der")


def without_that_of_the_house(folder: Path, authority: Authority) -> Identity:
    between = Authority(folder, "Test CA 3", organisation="Test House", above=authority)
    return between.issue(HOST, whole_chain=False)


def below_an_expired_one(folder: Path, authority: Authority) -> Identity:
    expired = Authority(folder, "Test CA 4", above=authority, valid_for=DAY / 2)
    return expired.issue(HOST)


NAMES: Final[dict[str, tuple[Make, str]]] = {
    "another": (issued(names=[DNSName("sip.example.net")]), "it is for sip.example.net"),
    "several": (
        issued(names=[DNSName("a.example"), UniformResourceIdentifier("sip:b.example")]),
        "it is for a.example and sip:b.example",
    ),
    # RFC 5922 section 7.1: the common name counts where there is no other name, and only there.
    "common name": (issued(names=[DNSName("sip.example.net")]), "it is for sip.example.net"),
    "sips": (
        issued(names=[UniformResourceIdentifier("sips:localhost")]),
        "it is for sips:localhost",
    ),
    # A URI of SIP's comes before DNS names: these do not count beside it.
    "beside": (
        issued(names=[DNSName(HOST), UniformResourceIdentifier("sip:b.example")]),
        "it is for localhost and sip:b.example",
    ),
    "other purpose": (
        issued(usage=ExtendedKeyUsageOID.CLIENT_AUTH),
        "it is not meant for servers",
    ),
}
CHAINS: Final[dict[str, tuple[Make, str]]] = {
    "expired": (issued(valid_from=-3 * DAY), f"expired {day(-1)}"),
    "not yet": (issued(valid_from=2 * DAY), f"not valid before {day(2)}"),
    "above": (below_an_expired_one, f"Test CA 4 above it expired {day(-0.5)}"),
    "stranger": (by_somebody_else, "authority unknown here (Another CA)"),
    "gap": (without_what_is_between, "chain incomplete (Test CA 2 is missing)"),
    "gap in the house": (without_that_of_the_house, "chain incomplete (Test CA 3 is missing)"),
    "itself": (by_itself, "signed by itself"),
}


@contextmanager
def phone_of(
    folder: Path, accounts: dict[str, AccountSettings], **changes: Any
) -> Iterator[SipPhone]:
    named = tuple(replace(each, name=name) for name, each in accounts.items())
    fields = {"accounts": named, "clock_synchronised": SET, **changes}
    with SipPhone(settings_for(folder, 5061, **fields)) as phone:
        yield phone


def told_of(phone: SipPhone, *names: str) -> Told:
    """What is said of each account when its first try has ended."""
    told: Told = {}
    while set(names) - set(told):
        event = phone.wait_for(
            RegistrationChanged, lambda each: each.state is not Registration.TRYING
        )
        told[event.account] = event
    return told


def refused(folder: Path, account: AccountSettings, **changes: Any) -> RegistrationChanged:
    with phone_of(folder, {"work": account}, **changes) as phone:
        return told_of(phone, "work")["work"]


@pytest.mark.parametrize("cases", [NAMES, CHAINS], ids=["names", "chains"])
def test_servers_without_proof(tmp_path: Path, cases: dict[str, tuple[Make, str]]) -> None:
    authority = Authority(tmp_path, organisation="Test House")
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(TlsServer(make(tmp_path, authority)))
            for name, (make, _) in cases.items()
        }
        accounts = {
            name: account_at(server.port, authority.file) for name, server in servers.items()
        }
        with phone_of(tmp_path, accounts) as phone:
            told = told_of(phone, *cases)
            for server in servers.values():
                assert server.tried.wait(30)
    assert {name: each.reason for name, each in told.items()} == {
        name: f"Certificate of {HOST}: {fault}" for name, (_, fault) in cases.items()
    }
    assert {each.state for each in told.values()} == {Registration.UNTRUSTED}
    assert [server.received for server in servers.values()] == [b""] * len(cases)
    assert {version for server in servers.values() for version in server.versions} == {"TLSv1.3"}


def test_a_wildcard_does_not_count(tmp_path: Path) -> None:
    """RFC 5922 section 7.2; the name service of this test knows no other host than localhost."""
    authority = Authority(tmp_path)
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost sip.example.org\n")
    wildcard = authority.issue("*.example.org", names=[DNSName("*.example.org")])
    with TlsServer(wildcard) as server, in_place_of(Path("/etc/hosts"), hosts):
        account = account_at(server.port, authority.file, host="sip.example.org")
        told = refused(tmp_path, account)
    assert told.reason == "Certificate of sip.example.org: *.example.org does not count in SIP"
    assert server.received == b""


def test_servers_with_proof_get_their_register(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    alone = self_signed(tmp_path, HOST)
    address = [IPAddress(ipaddress.ip_address("127.0.0.1"))]
    several = [DNSName("a.example"), DNSName(HOST.upper()), IPAddress(ipaddress.ip_address("::1"))]
    shown: dict[str, Identity] = {
        "plain": authority.issue(HOST),
        "several": authority.issue("a.example", names=several),
        "address": authority.issue("somebody", names=address),
        "uri": authority.issue("somebody", names=[UniformResourceIdentifier("sip:localhost")]),
        "common name": authority.issue(HOST, names=[]),
        "chain": under_another()(tmp_path, authority),
        "in person": alone,  # its own certificate is the file of those who may vouch for it
    }
    with ExitStack() as stack:
        servers = {name: stack.enter_context(TlsServer(each)) for name, each in shown.items()}
        accounts = {
            name: account_at(
                server.port,
                alone.certificate if name == "in person" else authority.file,
                host="127.0.0.1" if name == "address" else HOST,
            )
            for name, server in servers.items()
        }
        with phone_of(tmp_path, accounts):
            heard = [name for name, server in servers.items() if server.heard.wait(30)]
    assert heard == list(shown)
    received = servers["plain"].received
    assert received.startswith(b"REGISTER sip:localhost")
    assert b'+sip.instance="<urn:uuid:00000000-0000-0000-0000-0000000013c5>"' in received


def test_the_systems_authorities_count_where_no_others_are_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue(HOST)) as server:
        account = account_at(server.port, None)
        told = refused(tmp_path, account)
        assert told.reason == f"Certificate of {HOST}: authority unknown here (Test CA)"
        assert server.received == b""
        with in_place_of(SYSTEM_CAS, authority.file), phone_of(tmp_path, {"work": account}):
            assert server.heard.wait(30)


@pytest.mark.parametrize(
    "changes",
    [{"clock_synchronised": NOT_SET}, {"built": datetime.now(UTC).timestamp() + 864000}],
    ids=["nobody has set it", "earlier than this software"],
)
def test_a_clock_that_is_wrong_is_not_the_certificates_fault(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue(HOST, valid_from=2 * DAY)) as server:
        told = refused(tmp_path, account_at(server.port, authority.file), **changes)
    assert told.state is Registration.UNTRUSTED
    assert told.reason == f"The clock is wrong ({day(0)}): no server can be checked"
    assert server.received == b""


def test_pinned_keys(tmp_path: Path) -> None:
    """They count besides the authorities: a server's key, or that of an authority of its chain."""
    authority = Authority(tmp_path)
    identity, another = authority.issue(HOST), authority.issue(HOST)
    own, others = (pin_of(load(each.certificate)) for each in (identity, another))
    with ExitStack() as stack:
        pins = {
            "own": (others, own),
            "authority": (pin_of(authority.certificate),),
            "another": (others,),
        }
        servers = {name: stack.enter_context(TlsServer(identity)) for name in pins}
        accounts = {
            name: account_at(servers[name].port, authority.file, pinned_keys=pins[name])
            for name in pins
        }
        with phone_of(tmp_path, accounts) as phone:
            told = told_of(phone, "another")["another"]
            assert servers["own"].heard.wait(30)
            assert servers["authority"].heard.wait(30)
    assert told.reason == f"Certificate of {HOST}: its key is not the pinned one"
    assert f'pin-sha256="{own}"' in told.details
    assert servers["another"].received == b""
    assert servers["another"].versions == ["TLSv1.3"]


def test_a_pin_vouches_for_nobody(tmp_path: Path) -> None:
    """Who is pinned and has no other proof has none."""
    identity = self_signed(tmp_path, HOST)
    authority = Authority(tmp_path)
    with TlsServer(identity) as server:
        pins = (pin_of(load(identity.certificate)),)
        told = refused(tmp_path, account_at(server.port, authority.file, pinned_keys=pins))
    assert told.reason == f"Certificate of {HOST}: signed by itself"
    assert server.received == b""


def test_revocation_lists(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "Another CA")
    identity, another = authority.issue(HOST), authority.issue(HOST)
    lists = {
        "not on it": [authority.revokes(another)],
        "revoked": [authority.revokes(identity)],
        "expired": [authority.revokes(valid_from=-3 * DAY)],
        "another's": [stranger.revokes()],
        "forged": [authority.revokes(signed_by=stranger)],
    }
    with ExitStack() as stack:
        servers = {name: stack.enter_context(TlsServer(identity)) for name in lists}
        accounts = {
            name: account_at(
                servers[name].port,
                authority.file,
                crl_file=write_lists(tmp_path / f"{name}.crl", *listed),
            )
            for name, listed in lists.items()
        }
        backoff = Backoff(base_s=0.2, limit_s=0.5)
        with phone_of(tmp_path, accounts, backoff=backoff) as phone:
            told = told_of(phone, *(name for name in lists if name != "not on it"))
            assert servers["not on it"].heard.wait(30)
            # A new list counts from the next try on.
            assert servers["expired"].received == b""
            write_lists(tmp_path / "expired.crl", authority.revokes())
            assert servers["expired"].heard.wait(30)
    assert {name: each.reason.partition(": ")[2] for name, each in told.items()} == {
        "revoked": f"revoked {day(-1)}",
        "expired": f"crl_file expired {day(-1)}",
        "another's": "crl_file lacks Test CA",
        "forged": "crl_file is not signed by Test CA",
    }
    for name in ("revoked", "another's", "forged"):
        assert servers[name].received == b""


def test_servers_that_ask_for_a_certificate(tmp_path: Path) -> None:
    authority, office = Authority(tmp_path), Authority(tmp_path, "Office CA")
    client = ExtendedKeyUsageOID.CLIENT_AUTH
    mine, strangers = (each.issue("phone", usage=client) for each in (office, authority))
    identity = authority.issue(HOST)
    given = {"mine": mine, "none": None, "none, 1.2": None, "stranger's": strangers}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                TlsServer(
                    identity,
                    version=ssl.TLSVersion.TLSv1_2 if "1.2" in name else ssl.TLSVersion.TLSv1_3,
                    clients=office.file,
                )
            )
            for name in given
        }
        accounts = {
            name: account_at(
                servers[name].port,
                authority.file,
                client_certificate=each and each.certificate,
                client_key=each and each.private_key,
            )
            for name, each in given.items()
        }
        with phone_of(tmp_path, accounts) as phone:
            told = told_of(phone, *(name for name in given if name != "mine"))
            assert servers["mine"].heard.wait(30)
    assert {name: each.reason for name, each in told.items()} == {
        "none": f"{HOST} wants a certificate: see client_certificate",
        "none, 1.2": f"{HOST} wants a certificate: see client_certificate",
        "stranger's": f"{HOST} refuses this phone's certificate: its authority is unknown there",
    }
    assert servers["mine"].shown == ["phone"]


def test_a_certificate_for_servers_opens_no_door(tmp_path: Path) -> None:
    """The transport with a certificate of ours listens nowhere: who calls directly meets another."""
    authority = Authority(tmp_path)
    mine = authority.issue("phone", usage=ExtendedKeyUsageOID.CLIENT_AUTH)
    with TlsServer(authority.issue(HOST)) as server:
        account = account_at(
            server.port,
            authority.file,
            client_certificate=mine.certificate,
            client_key=mine.private_key,
        )
        with phone_of(tmp_path, {"work": account}):
            assert server.heard.wait(30)
            assert listening() == {5061, server.port}
            assert asked_there(5061).startswith(b"SIP/2.0 ")


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_old_tls_and_weak_ciphers_are_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    identity = authority.issue(HOST)
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(TlsServer(identity, version=version, suites=suites))
            for name, version, suites in (
                ("1.0", ssl.TLSVersion.TLSv1, None),
                ("1.1", ssl.TLSVersion.TLSv1_1, None),
                ("weak", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA256"),
                ("1.2", ssl.TLSVersion.TLSv1_2, None),
            )
        }
        accounts = {
            name: account_at(server.port, authority.file) for name, server in servers.items()
        }
        with phone_of(tmp_path, accounts) as phone:
            told = told_of(phone, "1.0", "1.1", "weak")
            assert servers["1.2"].heard.wait(30)
    assert {name: each.reason for name, each in told.items()} == {
        "1.0": "localhost has only old TLS: 1.2 or 1.3 is needed",
        "1.1": "localhost has only old TLS: 1.2 or 1.3 is needed",
        "weak": "localhost has only weak ciphers",
    }
    assert {each.state for each in told.values()} == {Registration.UNTRUSTED}
    assert servers["1.2"].versions == ["TLSv1.2"]
    for name in ("1.0", "1.1", "weak"):
        assert servers[name].received == b""


def test_the_phones_own_door_refuses_weak_ciphers_too(tmp_path: Path) -> None:
    with phone_of(tmp_path, {}):
        assert spoken_at(5061, "ECDHE-ECDSA-AES128-GCM-SHA256") == "TLSv1.2"
        for suite in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "AES256-SHA"):
            assert spoken_at(5061, suite) is None


def test_missing_ca_file_is_said(tmp_path: Path) -> None:
    told = refused(tmp_path, account_at(5071, tmp_path / "nowhere.pem"))
    assert told.state is Registration.UNTRUSTED
    assert told.reason == f"There is no file of certificate authorities at {tmp_path}/nowhere.pem"


def test_server_that_is_not_there(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue(HOST)) as server:
        port = server.port
    told = refused(tmp_path, account_at(port, authority.file))
    assert (told.state, told.reason) == (
        Registration.UNREACHABLE,
        "Nothing listens at localhost",
    )


def test_without_a_name_service(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    told = refused(tmp_path, account_at(5071, authority.file, host="sip.nowhere.invalid"))
    assert (told.state, told.reason) == (
        Registration.UNREACHABLE,
        "No answer from DNS",
    )


def test_direct_call_opens_no_door_for_an_account(tmp_path: Path) -> None:
    """The same address, first called directly, then tried by the account: never shared."""
    authority = Authority(tmp_path)
    with TlsServer(self_signed(tmp_path, HOST)) as server:
        account = account_at(server.port, authority.file)
        settings = settings_for(
            tmp_path, 5061, accounts=(account,), backoff=Backoff(base_s=0.2, limit_s=0.5)
        )
        with SipPhone(settings) as phone:
            told_of(phone, "work")
            phone.order("dial", "direct", f"sip:{HOST}:{server.port}", None)
            assert server.heard.wait(30)
            for _ in range(2):
                phone.order("dial", "by-account", "sip:bob@localhost", "work")
                ended = phone.wait_for(Ended, lambda each: each.call == "by-account")
                assert ended.reason == f"Certificate of {HOST}: signed by itself"
                assert ended.untrusted
            phone.order("hang_up", "direct", 200)
    assert b"INVITE sip:localhost" in server.received
    assert b"REGISTER" not in server.received
    assert b"bob@" not in server.received


def client(suite: str | None = None) -> ssl.SSLContext:
    """Trusts everybody; with a suite it speaks TLS 1.2 and that alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if suite is not None:
        context.set_ciphers(suite)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def spoken_at(port: int, suite: str) -> str | None:
    """The TLS version that a client with this suite gets there; None: it is turned away."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        try:
            with client(suite).wrap_socket(plain) as channel:
                return channel.version()
        except (ssl.SSLError, ConnectionError):
            return None


def asked_there(port: int) -> bytes:
    """What a request gets there; nothing, if the connection is closed instead."""
    request = (
        "OPTIONS sip:phone SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:5099;branch=z9hG4bK1\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:phone>\r\nCall-ID: 1\r\n"
        "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        client().wrap_socket(plain) as channel,
    ):
        try:
            channel.sendall(request.encode())
            return channel.recv(4096)
        except (ssl.SSLError, ConnectionError):
            return b""


def listening() -> set[int]:
    """The TCP ports that somebody listens on here."""
    lines = Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return {int(each[1].partition(":")[2], 16) for each in fields if each[3] == "0A"}
