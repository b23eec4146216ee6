"""Registration and calls at a server that nobody here wrote: Debian's kamailio."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.sip.events import (
    Answered,
    Dialled,
    Ended,
    IncomingCall,
    Registration,
    RegistrationChanged,
    RemoteRinging,
)
from agent.sip.settings import Backoff, SipSettings
from support.certificates import Authority
from support.kamailio import Kamailio
from support.sip_phone import SipPhone, account_at, settings_for

pytestmark = [pytest.mark.live, pytest.mark.peer]

SOON = Backoff(base_s=0.3, limit_s=1.0)


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(name="server")
def _server(tmp_path: Path, authority: Authority) -> Iterator[Kamailio]:
    with Kamailio(tmp_path, authority.issue("localhost")) as server:
        yield server


def phone_of(
    user: str, folder: Path, port: int, authority: Authority, server: Kamailio, **changes: object
) -> SipSettings:
    account = account_at(server.port, authority.file, user=user)
    return settings_for(folder, port, accounts=(account,), backoff=SOON, **changes)


def registered(phone: SipPhone) -> None:
    state = phone.wait_for(RegistrationChanged, lambda each: each.state is not Registration.TRYING)
    assert state == RegistrationChanged("work", Registration.REGISTERED, 200, "")


def test_digest(tmp_path: Path, authority: Authority, server: Kamailio) -> None:
    with SipPhone(phone_of("alice", tmp_path, 5061, authority, server)) as phone:
        registered(phone)
        assert phone.events(0.3) == []


def test_wrong_password(tmp_path: Path, authority: Authority, server: Kamailio) -> None:
    account = account_at(server.port, authority.file, password="guess")  # noqa: S106 - wrong
    with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
        phone.wait_for(RegistrationChanged)
        told = phone.wait_for(RegistrationChanged)
    assert told == RegistrationChanged(
        "work", Registration.REFUSED, 401, "Server refused: wrong password"
    )


def test_server_dies_and_comes_back(tmp_path: Path, authority: Authority, server: Kamailio) -> None:
    with SipPhone(phone_of("alice", tmp_path, 5061, authority, server)) as phone:
        registered(phone)
        server.stop()
        lost = phone.wait_for(RegistrationChanged)
        assert (lost.state, lost.reason) == (
            Registration.UNREACHABLE,
            "localhost closed the connection",
        )
        refused = phone.wait_for(RegistrationChanged)
        assert (refused.state, refused.reason) == (
            Registration.UNREACHABLE,
            "Nothing listens at localhost",
        )
        time.sleep(2)  # a few more tries, which say nothing new
        assert phone.events(0.1) == []
        server.start()
        registered(phone)


def test_call_by_the_server_is_verified(
    tmp_path: Path, authority: Authority, server: Kamailio
) -> None:
    with ExitStack() as stack:
        alice = stack.enter_context(SipPhone(phone_of("alice", tmp_path, 5061, authority, server)))
        bob = stack.enter_context(SipPhone(phone_of("bob", tmp_path, 5062, authority, server)))
        registered(alice)
        registered(bob)
        alice.order("dial", "to-bob", "sip:bob@localhost", "work")
        assert alice.wait_for(Dialled).signalling_verified
        call = bob.wait_for(IncomingCall)
        assert call.signalling_verified
        assert (call.account, call.display_name) == ("work", "Phone 5061")
        assert call.uri == "sip:alice@localhost"
        bob.order("ring", call.call)
        alice.wait_for(RemoteRinging)
        bob.order("answer", call.call)
        alice.wait_for(Answered)
        bob.wait_for(Answered)
        bob.order("hang_up", call.call)
        assert alice.wait_for(Ended) == Ended("to-bob", 200, "They hung up", by_peer=True)
        assert bob.wait_for(Ended) == Ended(call.call, 200, "Call ended", by_peer=False)


def test_number_that_nobody_has(tmp_path: Path, authority: Authority, server: Kamailio) -> None:
    with SipPhone(phone_of("alice", tmp_path, 5061, authority, server)) as alice:
        registered(alice)
        alice.order("dial", "call", "sip:carol@localhost", "work")
        ended = alice.wait_for(Ended)
    assert ended == Ended("call", 404, "Nobody has this number", by_peer=True)


def test_direct_caller_never_passes_for_the_server(
    tmp_path: Path, authority: Authority, server: Kamailio
) -> None:
    """It calls the very address of the account, but at the phone's own door."""
    with ExitStack() as stack:
        alice = stack.enter_context(SipPhone(phone_of("alice", tmp_path, 5061, authority, server)))
        registered(alice)
        stranger = stack.enter_context(SipPhone(settings_for(tmp_path, 5062)))
        stranger.order("dial", "trick", "sip:alice@localhost:5061", None)
        call = alice.wait_for(IncomingCall)
        assert (call.account, call.signalling_verified) == ("", False)
