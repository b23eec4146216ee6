"""A call that rings and is taken back: by the caller, or because another phone has it (RFC 3326)."""

from collections.abc import Iterator

import pytest

from agent.sip.events import Ended, IncomingCall
from support.netns import network_namespace
from support.sip_phone import SipPhone, settings_for
from support.sip_raw import RawPeer

pytestmark = pytest.mark.live

COMPLETED = 'SIP;cause=200;text="Call completed elsewhere"'
BUSY = "SIP;cause=600;text=Busy"
Q850 = 'Q.850;cause=26;text="one, and another"'


@pytest.fixture(autouse=True, scope="module")
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="phone", scope="module")
def _phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipPhone]:
    with SipPhone(settings_for(tmp_path_factory.mktemp("phone"), 5061), gated=True) as phone:
        yield phone


@pytest.mark.parametrize(
    ("reasons", "elsewhere"),
    [
        ((), False),
        ((COMPLETED,), True),
        ((f"  sip ;cause=200, {Q850}",), True),
        ((f"{Q850}, {COMPLETED}",), True),
        ((Q850, COMPLETED), True),
        ((BUSY, Q850), False),
        (('Q.850;cause=200;text="it was, SIP;cause=200"',), False),
        ((",", '"', ""), False),
    ],
)
def test_taken_back(phone: SipPhone, reasons: tuple[str, ...], *, elsewhere: bool) -> None:
    with RawPeer(5061) as peer:
        peer.invite()
        call = phone.wait_for(IncomingCall).call
        headers = "".join(f"Reason: {each}\r\n" for each in reasons)
        peer.request("CANCEL", branch="INVITE", late=1, headers=headers)
        ended = phone.wait_for(Ended)
    assert (ended.call, ended.elsewhere) == (call, elsewhere)
