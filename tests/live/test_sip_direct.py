"""Calls from phone to phone, without any server."""

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.sip.events import (
    Answered,
    Dialled,
    Ended,
    IncomingCall,
    ReencryptionRefused,
    RemoteHeld,
    RemoteRinging,
    SipFault,
)
from support.certificates import Authority
from support.sip_phone import SipPhone, account_at, settings_for
from support.sip_raw import AVP, NOWHERE, SAVP, RawPeer
from support.tls_server import TlsServer

pytestmark = pytest.mark.live

TLS_1_3 = ssl.TLSVersion.TLSv1_3


@pytest.fixture(name="caller")
def _caller(tmp_path: Path) -> Iterator[SipPhone]:
    with SipPhone(settings_for(tmp_path, 5062)) as phone:
        yield phone


@pytest.fixture(name="callee")
def _callee(tmp_path: Path) -> Iterator[SipPhone]:
    with SipPhone(settings_for(tmp_path, 5061)) as phone:
        yield phone


def ring(caller: SipPhone, callee: SipPhone) -> IncomingCall:
    caller.order("dial", "mine", "sip:127.0.0.1", None)
    dialled = caller.wait_for(Dialled)
    assert (dialled.call, dialled.signalling_verified) == ("mine", False)
    call = callee.wait_for(IncomingCall)
    callee.order("ring", call.call)
    caller.wait_for(RemoteRinging)
    return call


def answer(caller: SipPhone, callee: SipPhone) -> IncomingCall:
    call = ring(caller, callee)
    callee.order("answer", call.call)
    caller.wait_for(Answered)
    callee.wait_for(Answered)
    return call


def test_who_calls(caller: SipPhone, callee: SipPhone) -> None:
    call = ring(caller, callee)
    assert call.account == ""
    assert call.display_name == "Phone 5062"
    assert call.uri == "sip:127.0.0.1:5062"
    assert not call.signalling_verified


def test_caller_hangs_up(caller: SipPhone, callee: SipPhone) -> None:
    call = answer(caller, callee)
    caller.order("hang_up", "mine")
    assert caller.wait_for(Ended) == Ended("mine", 200, "Call ended", by_peer=False)
    assert callee.wait_for(Ended) == Ended(call.call, 200, "They hung up", by_peer=True)


def test_callee_hangs_up(caller: SipPhone, callee: SipPhone) -> None:
    call = answer(caller, callee)
    callee.order("hang_up", call.call)
    assert caller.wait_for(Ended) == Ended("mine", 200, "They hung up", by_peer=True)
    assert callee.wait_for(Ended) == Ended(call.call, 200, "Call ended", by_peer=False)


def test_caller_gives_up(caller: SipPhone, callee: SipPhone) -> None:
    call = ring(caller, callee)
    caller.order("hang_up", "mine")
    assert caller.wait_for(Ended) == Ended("mine", 487, "Call ended", by_peer=False)
    assert callee.wait_for(Ended) == Ended(call.call, 487, "Cancelled", by_peer=True)


def test_busy(caller: SipPhone, callee: SipPhone) -> None:
    call = ring(caller, callee)
    callee.order("hang_up", call.call, 486)
    assert caller.wait_for(Ended) == Ended("mine", 486, "Busy", by_peer=True)
    assert callee.wait_for(Ended) == Ended(call.call, 486, "Call ended", by_peer=False)


def test_orders_for_a_call_that_is_over_do_nothing(caller: SipPhone, callee: SipPhone) -> None:
    call = answer(caller, callee)
    caller.order("hang_up", "mine")
    caller.wait_for(Ended)
    callee.wait_for(Ended)
    for phone, name in ((caller, "mine"), (callee, call.call)):
        for order in ("ring", "answer", "hang_up", "connect_audio", "disconnect_audio"):
            phone.order(order, name)
        phone.order("send_dtmf", name, "5")
        assert phone.events(0.1) == []


@pytest.mark.parametrize(
    ("uri", "account", "code", "reason"),
    [
        ("sip:127.0.0.1:5999", None, 503, "Nothing listens at 127.0.0.1"),
        ("sip:nobody.invalid", None, 502, "The name service does not know nobody.invalid"),
        (
            "sip:127.0.0.1;transport=udp",
            None,
            484,
            'transport is "udp", but this phone speaks TLS only',
        ),
        ("tel:5", None, 484, 'it must begin with "sip:" or "sips:"'),
        ("sip:127.0.0.1", "home", 484, 'There is no account "home"'),
    ],
)
def test_calls_that_go_nowhere(
    caller: SipPhone, uri: str, account: str | None, code: int, reason: str
) -> None:
    caller.order("dial", "lost", uri, account)
    ended = caller.wait_for(Ended)
    assert (ended.call, ended.code, ended.reason) == ("lost", code, reason)


def test_newest_tls_and_not_an_old_one(callee: SipPhone) -> None:
    del callee
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", 5061), 5) as plain,
        context.wrap_socket(plain) as channel,
    ):
        assert channel.version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_old_tls_is_shown_the_door(callee: SipPhone) -> None:
    del callee
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", 5061), 5) as plain, pytest.raises(OSError):  # noqa: PT011
        context.wrap_socket(plain)


def test_valid_certificate_of_a_direct_peer_proves_nothing(tmp_path: Path) -> None:
    """A direct call to a server that could prove its name is still not verified."""
    authority = Authority(tmp_path)
    with TlsServer(authority.issue("localhost")) as server:
        account = account_at(5999, authority.file)
        with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
            phone.order("dial", "call", f"sip:localhost:{server.port}", None)
            assert not phone.wait_for(Dialled).signalling_verified
            assert server.tried.wait(30)


def test_encryption_that_we_do_not_want_is_refused(callee: SipPhone) -> None:
    """SDES would hand the keys to every server on the way: 488."""
    with RawPeer(5061) as peer:
        peer.invite(SAVP)
        assert peer.final_status() == 488
    assert [each for each in callee.events(0.2) if isinstance(each, Answered)] == []


def test_call_cannot_be_moved_to_other_encryption(callee: SipPhone) -> None:
    with RawPeer(5061) as peer:
        peer.invite()
        call = callee.wait_for(IncomingCall)
        callee.order("answer", call.call)
        assert peer.final_status() == 200
        callee.wait_for(Answered)
        peer.invite(SAVP)
        assert peer.final_status() == 488
        assert callee.events(0.2) == [ReencryptionRefused(call.call)]
        peer.update(SAVP)
        assert peer.final_status() == 488
        assert callee.events(0.2) == [ReencryptionRefused(call.call)]
        peer.invite(AVP)
        assert peer.final_status() == 200


@pytest.mark.parametrize("way", ["sendonly", "inactive", NOWHERE])
@pytest.mark.parametrize("method", [RawPeer.invite, RawPeer.update], ids=["re-INVITE", "UPDATE"])
def test_held_in_whatever_way(callee: SipPhone, way: str, method: Callable[..., None]) -> None:
    with RawPeer(5061) as peer:
        peer.invite()
        call = callee.wait_for(IncomingCall)
        callee.order("answer", call.call)
        assert peer.final_status() == 200
        callee.wait_for(Answered)
        for hold in (True, False):
            method(peer, way=way if hold else "sendrecv")
            assert peer.final_status() == 200
            assert callee.wait_for(RemoteHeld) == RemoteHeld(call.call, hold)


def test_call_cannot_be_stripped_of_its_sound(callee: SipPhone) -> None:
    with RawPeer(5061) as peer:
        peer.invite()
        call = callee.wait_for(IncomingCall)
        callee.order("answer", call.call)
        assert peer.final_status() == 200
        callee.wait_for(Answered)
        peer.invite(port=0)
        assert peer.final_status() == 488
        peer.update(port=0)
        assert peer.final_status() == 488
        assert callee.events(0.2) == [ReencryptionRefused(call.call)] * 2


def test_nobody_makes_this_phone_call(callee: SipPhone) -> None:
    """REFER (RFC 3515) and Replaces (RFC 3891) are refused, the call stays as it is."""
    with RawPeer(5061) as peer:
        peer.invite()
        call = callee.wait_for(IncomingCall)
        callee.order("answer", call.call)
        assert peer.final_status() == 200
        callee.wait_for(Answered)
        peer.request("REFER", headers="Refer-To: <sip:expensive@127.0.0.1:5062>\r\n")
        assert peer.final_status() == 603
        assert callee.events(0.2) == []


def test_name_that_plays_tricks(callee: SipPhone) -> None:
    with RawPeer(5061) as peer:
        peer.invite(name="Bob\u202e\u200b" + "x" * 100)
        call = callee.wait_for(IncomingCall)
    assert call.display_name == "Bob" + "x" * 61


def test_name_without_end(callee: SipPhone) -> None:
    with RawPeer(5061) as peer:
        peer.invite(name="x" * 3000)
        call = callee.wait_for(IncomingCall)
    assert len(call.display_name) <= 64
    assert len(call.uri) <= 256


def listening_ports() -> set[int]:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A"}


def test_nothing_but_tls_listens(callee: SipPhone) -> None:
    del callee
    assert listening_ports() == {5061}
    assert Path("/proc/net/udp").read_text().count("\n") == 1


def test_an_account_opens_no_port(tmp_path: Path) -> None:
    account = account_at(5999, Authority(tmp_path).file)
    with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))):
        assert listening_ports() == {5061}


def test_without_direct_calls_nobody_gets_in_or_out(tmp_path: Path) -> None:
    account = account_at(5999, Authority(tmp_path).file)
    settings = settings_for(tmp_path, 5061, accounts=(account,), direct_calls=False)
    with SipPhone(settings) as phone:
        assert not listening_ports()
        phone.order("dial", "call", "sip:127.0.0.1", None)
        assert phone.wait_for(Ended).reason == "Direct calls are switched off"


def test_fault_in_a_callback_ends_the_call(tmp_path: Path, caller: SipPhone) -> None:
    with SipPhone(settings_for(tmp_path, 5061), breaks_on=IncomingCall) as callee:
        caller.order("dial", "mine", "sip:127.0.0.1", None)
        assert callee.wait_for(SipFault).reason == "arrive: RuntimeError: out of order"
        assert caller.wait_for(Ended).code == 500
        assert isinstance(callee.wait_for(Ended), Ended)
        caller.order("dial", "again", "sip:127.0.0.1", None)
        assert caller.wait_for(Ended).code == 500


def test_fault_in_a_call_ends_it(tmp_path: Path, caller: SipPhone) -> None:
    with SipPhone(settings_for(tmp_path, 5061), breaks_on=Answered) as callee:
        call = ring(caller, callee)
        callee.order("answer", call.call)
        assert callee.wait_for(SipFault).reason == "onCallState: RuntimeError: out of order"
        assert caller.wait_for(Ended).reason == "They hung up"
        callee.wait_for(Ended)


def test_port_that_is_taken(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 5061)),
        pytest.raises(AssertionError, match=r"Cannot listen on 127\.0\.0\.1:5061: Address already"),
    ):
        SipPhone(settings_for(tmp_path, 5061))


def test_many_calls(caller: SipPhone, callee: SipPhone) -> None:
    """Objects that die on the wrong thread, or too late, would end the process."""
    for _ in range(30):
        call = answer(caller, callee)
        caller.order("connect_audio", "mine")
        callee.order("hang_up", call.call)
        caller.wait_for(Ended)
        callee.wait_for(Ended)
    assert caller.stop() == 0
    assert callee.stop() == 0
