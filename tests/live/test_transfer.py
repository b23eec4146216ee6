"""A call is put through: asked first, told how far it got, and with keys that are all new (XS06)."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import (
    Answered,
    Dialled,
    Ended,
    IncomingCall,
    Progress,
    RemoteRinging,
    TransferProgress,
    TransferRequested,
)
from support.party import Guest, Talk, call, guest
from support.pcap import capturing, read_capture
from support.sip_raw import RawPeer

pytestmark = pytest.mark.live


@pytest.fixture(name="guests")
def _guests(tmp_path: Path) -> Iterator[list[Guest]]:
    with ExitStack() as stack:
        yield [guest(stack, tmp_path, place) for place in range(3)]


def progress(host: Guest, name: str) -> list[Progress]:
    """How far it got, to the end."""
    told: list[Progress] = []
    while not told or told[-1] is Progress.TRYING:
        event = host.phone.wait_for(TransferProgress)
        assert event.call == name
        told.append(event.progress)
    return told


def put_through(talk: Talk, target: Guest, *, attended: bool) -> tuple[str, IncomingCall]:
    """The one who is put through agrees, and the new call rings at the target's."""
    callee = talk.sides[1].phone
    asked = callee.wait_for(TransferRequested)
    assert asked.call == talk.names[1]
    assert asked.uri.lower() == target.uri
    assert asked.attended is attended
    callee.order("accept_transfer", talk.names[1], "put-through")
    assert callee.wait_for(Dialled).call == "put-through"
    return "put-through", target.phone.wait_for(IncomingCall)


def check_new_keys(one: Guest, other: Guest, mine: str, theirs: str) -> None:
    """Both sides made keys anew, as two that have never met."""
    for each, name in ((one, mine), (other, theirs)):
        found = each.phone.wait_for(phone.Encrypted)
        assert found.call == name
        assert found.association.cache is phone.Cache.NEW
        each.phone.order("connect_audio", name)
    one.hears(other.place)
    other.hears(one.place)


def test_xs06_blind_transfer(guests: list[Guest], tmp_path: Path) -> None:
    host, callee, target = guests
    with capturing(tmp_path / "transfer.pcap"):
        talk = call(host, callee)
        talk.order(0, "transfer", target.uri)
        new, incoming = put_through(talk, target, attended=False)
        assert incoming.replaces is None
        target.phone.order("ring", incoming.call)
        callee.phone.wait_for(RemoteRinging)
        target.phone.order("answer", incoming.call)
        assert progress(host, "call")[-1] is Progress.DONE
        host.phone.order("hang_up", "call")
        assert callee.phone.wait_for(Ended).call == talk.names[1]
        check_new_keys(callee, target, new, incoming.call)
    zrtp = [each.zrtp for each in read_capture(tmp_path / "transfer.pcap").datagrams]
    assert zrtp.count("DHPart1") == 2


def test_xs06_attended_transfer(guests: list[Guest]) -> None:
    host, callee, target = guests
    talk = call(host, callee, "first")
    asked = call(host, target, "second")
    talk.order(0, "transfer_to", "second")
    new, incoming = put_through(talk, target, attended=True)
    assert incoming.replaces == asked.names[1]
    target.phone.order("answer", incoming.call)
    # Whoever answers such a call has left the one before.
    assert target.phone.wait_for(Ended).call == asked.names[1]
    assert progress(host, "first")[-1] is Progress.DONE
    host.phone.order("hang_up", "first")
    check_new_keys(callee, target, new, incoming.call)


def test_target_is_busy(guests: list[Guest]) -> None:
    host, callee, target = guests
    talk = call(host, callee)
    talk.order(0, "transfer", target.uri)
    _, incoming = put_through(talk, target, attended=False)
    target.phone.order("hang_up", incoming.call, 486)
    assert callee.phone.wait_for(Ended).reason == "Busy"
    failed = host.phone.wait_for(TransferProgress, lambda each: each.progress is Progress.FAILED)
    assert failed.detail == "Busy"
    for side in (0, 1):
        talk.order(side, "connect_audio")
    callee.hears(0)
    host.hears(1)


def test_declined(guests: list[Guest]) -> None:
    host, callee, target = guests
    talk = call(host, callee)
    talk.order(0, "transfer", target.uri)
    callee.phone.wait_for(TransferRequested)
    talk.order(1, "decline_transfer")
    failed = host.phone.wait_for(TransferProgress, lambda each: each.progress is Progress.FAILED)
    assert failed == TransferProgress("call", Progress.FAILED, "They declined the call")
    # It can be asked for again.
    talk.order(0, "transfer", target.uri)
    callee.phone.wait_for(TransferRequested)


def test_nobody_answers_until_the_call_is_over(guests: list[Guest]) -> None:
    host, callee, target = guests
    talk = call(host, callee)
    talk.order(0, "transfer", target.uri)
    callee.phone.wait_for(TransferRequested)
    talk.order(1, "hang_up")
    host.phone.wait_for(Ended)
    callee.phone.wait_for(Ended)
    talk.order(1, "accept_transfer", "too-late")
    assert callee.phone.wait_for(Ended).call == "too-late"
    assert target.phone.events(0.2) == []


@pytest.mark.parametrize(
    "refer_to",
    [
        "<sip:carol@127.0.0.1:5063;transport=udp>",
        "<sip:127.0.0.1:5063;method=BYE>",
        "<tel:5550199>",
        "<sip:127.0.0.1:5063?Replaces=x%0d%0aEvil:%20y>",
    ],
)
def test_nowhere_that_this_phone_would_call(guests: list[Guest], refer_to: str) -> None:
    _, callee, _ = guests
    with RawPeer(5062) as peer:
        peer.invite()
        incoming = callee.phone.wait_for(IncomingCall)
        callee.phone.order("answer", incoming.call)
        assert peer.final_status() == 200
        callee.phone.wait_for(Answered)
        peer.request("REFER", headers=f"Refer-To: {refer_to}\r\n")
        assert peer.final_status() == 603
        assert not [
            each for each in callee.phone.events(0.2) if isinstance(each, TransferRequested)
        ]


def test_place_of_a_call_that_is_not_there(guests: list[Guest]) -> None:
    """RFC 3891 section 3: 481, and nobody is rung."""
    _, callee, _ = guests
    with RawPeer(5062) as peer:
        peer.invite(headers="Replaces: made-up;to-tag=1;from-tag=2\r\n")
        assert peer.final_status() == 481
    assert callee.phone.events(0.2) == []
