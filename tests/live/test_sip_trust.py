"""A server that cannot prove its name gets not one byte of SIP, and the person is told why."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.sip.events import Ended, Registration, RegistrationChanged
from agent.sip.settings import Backoff
from support.certificates import DAY, Authority, Identity, self_signed
from support.sip_phone import SipPhone, account_at, settings_for
from support.tls_server import TlsServer

pytestmark = pytest.mark.live

HOST = "localhost"


def good(folder: Path, authority: Authority) -> Identity:
    del folder
    return authority.issue(HOST)


def wrong_name(folder: Path, authority: Authority) -> Identity:
    del folder
    return authority.issue("sip.example.net")


def expired(folder: Path, authority: Authority) -> Identity:
    del folder
    return authority.issue(HOST, valid_from=-3 * DAY, valid_for=2 * DAY)


def not_yet(folder: Path, authority: Authority) -> Identity:
    del folder
    return authority.issue(HOST, valid_from=2 * DAY)


def unknown_authority(folder: Path, authority: Authority) -> Identity:
    del authority
    return Authority(folder, "Another CA").issue(HOST)


def by_itself(folder: Path, authority: Authority) -> Identity:
    del authority
    return self_signed(folder, HOST)


def day(days: int) -> str:
    return (datetime.now(UTC) + days * DAY).date().isoformat()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (wrong_name, "it is for sip.example.net"),
        (expired, f"expired {day(-1)}"),
        (not_yet, f"not valid before {day(2)}; is the clock right?"),
        (unknown_authority, "signed by an authority that this phone does not know (Another CA)"),
        (by_itself, "signed by itself"),
    ],
)
def test_server_without_proof(
    tmp_path: Path, make: Callable[[Path, Authority], Identity], sentence: str
) -> None:
    authority = Authority(tmp_path)
    with TlsServer(make(tmp_path, authority)) as server:
        settings = settings_for(tmp_path, 5061, accounts=(account_at(server.port, authority.file),))
        with SipPhone(settings) as phone:
            phone.wait_for(RegistrationChanged, lambda each: each.state is Registration.TRYING)
            told = phone.wait_for(RegistrationChanged)
            assert told.state is Registration.UNTRUSTED
            assert told.reason == f"Certificate of {HOST}: {sentence}"
            assert server.tried.wait(30)
    assert server.received == b""
    assert server.versions == ["TLSv1.3"]


def test_server_with_proof_gets_its_register(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(good(tmp_path, authority)) as server:
        settings = settings_for(tmp_path, 5061, accounts=(account_at(server.port, authority.file),))
        with SipPhone(settings) as phone:
            assert server.tried.wait(30)
            assert phone.wait_for(RegistrationChanged).state is Registration.TRYING
    assert server.received.startswith(b"REGISTER sip:localhost")
    assert b'+sip.instance="<urn:uuid:00000000-0000-0000-0000-0000000013c5>"' in server.received


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_old_tls_is_refused(tmp_path: Path, version: ssl.TLSVersion) -> None:
    authority = Authority(tmp_path)
    with TlsServer(good(tmp_path, authority), version=version) as server:
        settings = settings_for(tmp_path, 5061, accounts=(account_at(server.port, authority.file),))
        with SipPhone(settings) as phone:
            phone.wait_for(RegistrationChanged, lambda each: each.state is Registration.TRYING)
            told = phone.wait_for(RegistrationChanged)
    assert (told.state, told.reason) == (
        Registration.UNTRUSTED,
        "localhost and this phone have no version of TLS in common",
    )
    assert server.received == b""


def test_missing_ca_file_is_said(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, 5061, accounts=(account_at(5071, tmp_path / "nowhere.pem"),))
    with SipPhone(settings) as phone:
        told = phone.wait_for(RegistrationChanged)
    assert told.state is Registration.UNTRUSTED
    assert told.reason == f"There is no file of certificate authorities at {tmp_path}/nowhere.pem"


def test_server_that_is_not_there(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(good(tmp_path, authority)) as server:
        port = server.port
    settings = settings_for(tmp_path, 5061, accounts=(account_at(port, authority.file),))
    with SipPhone(settings) as phone:
        phone.wait_for(RegistrationChanged, lambda each: each.state is Registration.TRYING)
        told = phone.wait_for(RegistrationChanged)
    assert (told.state, told.reason) == (
        Registration.UNREACHABLE,
        "Nothing listens at localhost",
    )


def test_without_a_name_service(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    account = account_at(5071, authority.file, host="sip.nowhere.invalid")
    with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
        phone.wait_for(RegistrationChanged, lambda each: each.state is Registration.TRYING)
        told = phone.wait_for(RegistrationChanged)
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
            phone.order("dial", "direct", f"sip:{HOST}:{server.port}", None)
            for _ in range(2):
                phone.order("dial", "by-account", "sip:bob@localhost", "work")
                ended = phone.wait_for(Ended, lambda each: each.call == "by-account")
                assert ended.reason == f"Certificate of {HOST}: signed by itself"
                assert ended.untrusted
            phone.order("hang_up", "direct", 200)
    assert b"INVITE sip:localhost" in server.received
    assert b"REGISTER" not in server.received
    assert b"bob@" not in server.received
