"""302: this phone sends a caller elsewhere, and follows where it is sent, once and by TLS only."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.sip.events import Dialled, Ended, IncomingCall
from support.certificates import Authority, self_signed
from support.sip_phone import SipPhone, account_at, settings_for
from support.sip_server import SipServer

pytestmark = pytest.mark.live

BY_HAND = 5070


@pytest.fixture(name="caller")
def _caller(tmp_path: Path) -> Iterator[SipPhone]:
    with SipPhone(settings_for(tmp_path, 5061)) as phone:
        yield phone


@pytest.fixture(name="server")
def _server(tmp_path: Path) -> Iterator[SipServer]:
    with SipServer(self_signed(tmp_path, "by-hand"), BY_HAND) as server:
        yield server


def contact(uri: str) -> str:
    return f"Contact: <{uri}>\r\n"


def test_sent_elsewhere(tmp_path: Path, caller: SipPhone) -> None:
    with ExitStack() as stack:
        callee, target = (
            stack.enter_context(SipPhone(settings_for(tmp_path, port))) for port in (5062, 5063)
        )
        caller.order("dial", "mine", "sip:127.0.0.1:5062", None)
        caller.wait_for(Dialled)
        call = callee.wait_for(IncomingCall).call
        callee.order("redirect", call, "sip:127.0.0.1:5063")
        assert callee.wait_for(Ended) == Ended(call, 302, "Call ended", by_peer=False)
        assert target.wait_for(IncomingCall).uri == "sip:127.0.0.1"
        assert not [each for each in caller.events(0.2) if isinstance(each, Ended)]


def test_not_sent_where_nobody_could_go(tmp_path: Path, caller: SipPhone) -> None:
    with SipPhone(settings_for(tmp_path, 5062)) as callee:
        caller.order("dial", "mine", "sip:127.0.0.1:5062", None)
        call = callee.wait_for(IncomingCall).call
        callee.order("redirect", call, "tel:0")
        assert caller.wait_for(Ended).code == 603


@pytest.mark.parametrize(
    "target",
    [
        "sip:127.0.0.1:5063",
        "sip:127.0.0.1:5063;transport=udp",
        "sip:127.0.0.1:5063;transport=tcp",
        "sips:127.0.0.1:5063",
        "tel:0900123456",
    ],
)
def test_never_away_from_tls(caller: SipPhone, server: SipServer, target: str) -> None:
    caller.order("dial", "mine", f"sip:127.0.0.1:{BY_HAND}", None)
    server.next("INVITE").answer("302 Moved", headers=contact(target))
    ended = caller.wait_for(Ended)
    assert (ended.call, ended.reason) == ("mine", "They have moved to another address")


def test_in_a_circle(caller: SipPhone, server: SipServer) -> None:
    """Followed once, and no further."""
    again = f"sip:again@127.0.0.1:{BY_HAND};transport=tls"
    caller.order("dial", "mine", f"sip:127.0.0.1:{BY_HAND}", None)
    server.next("INVITE").answer("302 Moved", headers=contact(again))
    second = server.next("INVITE")
    assert second.target == again
    assert "zrtp" not in second.header("To")
    second.answer("302 Moved", headers=contact(again))
    ended = caller.wait_for(Ended)
    assert (ended.code, ended.reason) == (302, "They have moved to another address")


@pytest.mark.parametrize(("domain", "followed"), [("localhost", True), ("example.org", False)])
def test_an_account_stays_in_its_domain(tmp_path: Path, domain: str, followed: bool) -> None:  # noqa: FBT001 - parametrized
    """What its server says leads to that server again; whoever else is meant is not called."""
    authority = Authority(tmp_path)
    with SipServer(authority.issue("localhost"), BY_HAND) as server:
        account = account_at(BY_HAND, authority.file)
        with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
            server.next("REGISTER").answer("404 Not Found")
            phone.order("dial", "mine", "sip:bob@localhost", "work")
            server.next("INVITE").answer("302 Moved", headers=contact(f"sip:carol@{domain}"))
            if followed:
                second = server.next("INVITE")
                assert second.target == "sip:carol@localhost"
                second.answer("486 Busy Here")
            assert phone.wait_for(Ended).code == (486 if followed else 302)
