"""An ACK that never comes: the next re-INVITE of the same side stands for it."""

from collections.abc import Iterator

import pytest

from agent.sip.events import Answered, Ended, IncomingCall, RemoteHeld
from support.netns import network_namespace
from support.sip_phone import SipPhone, settings_for
from support.sip_raw import RawPeer

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True, scope="module")
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="phone", scope="module")
def _phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipPhone]:
    with SipPhone(settings_for(tmp_path_factory.mktemp("phone"), 5061), gated=True) as phone:
        yield phone


@pytest.fixture(name="hasty", scope="module")
def _hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipPhone]:
    """Waits no longer than 2 s for any ACK."""
    settings = settings_for(tmp_path_factory.mktemp("hasty"), 5063)
    with SipPhone(settings, gated=True, gives_up_ms=2000) as phone:
        yield phone


@pytest.fixture(name="peer")
def _peer(phone: SipPhone) -> Iterator[RawPeer]:
    del phone
    with RawPeer(5061) as peer:
        yield peer


def answer(phone: SipPhone, peer: RawPeer, *, acknowledges: bool = True) -> str:
    """A call that the phone has answered; returns its name."""
    peer.invite()
    call = phone.wait_for(IncomingCall).call
    phone.order("answer", call)
    assert peer.final_status(acknowledges=acknowledges) == 200
    return call


def is_answered(phone: SipPhone) -> bool:
    return any(isinstance(each, Answered) for each in phone.events(0.2))


def part(phone: SipPhone, peer: RawPeer) -> None:
    peer.request("BYE")
    assert peer.final_status() == 200
    phone.wait_for(Ended)


def test_that_of_a_hold(phone: SipPhone, peer: RawPeer) -> None:
    call = answer(phone, peer)
    phone.wait_for(Answered)
    for way in ("sendonly", "sendrecv", "sendonly", "sendrecv"):
        peer.invite(way=way)
        assert peer.final_status(acknowledges=False) == 200
        assert phone.wait_for(RemoteHeld) == RemoteHeld(call, way == "sendonly")
    part(phone, peer)


def test_that_of_the_call_itself(phone: SipPhone, peer: RawPeer) -> None:
    call = answer(phone, peer, acknowledges=False)
    assert not is_answered(phone)
    peer.invite(way="sendonly")
    assert peer.final_status() == 200
    assert phone.wait_for(Answered) == Answered(call)
    assert phone.wait_for(RemoteHeld) == RemoteHeld(call, held=True)
    part(phone, peer)


@pytest.mark.parametrize(("tag", "status"), [("other", 481), ("raw", 500)], ids=["tag", "CSeq"])
def test_nobody_else_stands_for_it(phone: SipPhone, peer: RawPeer, tag: str, status: int) -> None:
    """Neither who does not know the dialog, nor an INVITE that came no later than the first."""
    answer(phone, peer, acknowledges=False)
    with RawPeer(5061, tag=tag) as stranger:
        stranger.meddle_with(peer)
        stranger.invite()
        assert stranger.final_status(acknowledges=False) == status
    assert not is_answered(phone)
    peer.request("ACK")
    phone.wait_for(Answered)
    part(phone, peer)


def test_one_that_has_the_answer_to_our_offer(phone: SipPhone, peer: RawPeer) -> None:
    """What the other side has made of the offer, nothing but that ACK can tell."""
    answer(phone, peer)
    phone.wait_for(Answered)
    peer.request("INVITE")
    assert peer.final_status(acknowledges=False) == 200
    peer.invite(way="sendonly")
    assert peer.final_status() == 500
    part(phone, peer)


def test_one_that_comes_after_all(phone: SipPhone, peer: RawPeer) -> None:
    call = answer(phone, peer)
    peer.invite(way="sendonly")
    assert peer.final_status(acknowledges=False) == 200
    peer.invite()
    assert peer.final_status(acknowledges=False) == 200
    peer.request("ACK", late=1)
    peer.request("ACK")
    peer.invite(way="sendonly")
    assert peer.final_status() == 200
    held = [each for each in phone.events(0.2) if isinstance(each, RemoteHeld)]
    assert held == [RemoteHeld(call, way) for way in (True, False, True)]
    part(phone, peer)


def test_a_call_that_is_hung_up_meanwhile(phone: SipPhone, peer: RawPeer) -> None:
    """BYE waits for the ACK (RFC 3261 section 15), and goes out in its place."""
    call = answer(phone, peer, acknowledges=False)
    phone.order("hang_up", call)
    peer.invite()
    peer.take_request("BYE")
    assert peer.final_status() == 488, "the BYE was first"
    assert phone.wait_for(Ended).call == call


def test_without_it_the_call_is_hung_up(hasty: SipPhone) -> None:
    """RFC 3261 section 13.3.1.4."""
    with RawPeer(5063) as peer:
        call = answer(hasty, peer, acknowledges=False)
        peer.take_request("BYE")
        told = "Their phone no longer answers"
        assert hasty.wait_for(Ended) == Ended(call, 408, told, by_peer=True)


def test_without_that_of_a_hold_the_call_goes_on(hasty: SipPhone) -> None:
    """What this phone wants of the other one waits as long."""
    with RawPeer(5063) as peer:
        call = answer(hasty, peer)
        hasty.wait_for(Answered)
        peer.invite(way="sendonly")
        assert peer.final_status(acknowledges=False) == 200
        hasty.order("hold", call)
        peer.take_request("INVITE")
        part(hasty, peer)
