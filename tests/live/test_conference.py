"""Several calls at once: each has keys of its own, and only those hear each other who are joined."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import Dialled, Ended, IncomingCall
from support.party import PORTS, Guest, Talk, call, guest, rtp_port
from support.pcap import capturing, read_capture
from support.srtp_trace import rtp_from

pytestmark = pytest.mark.live


@pytest.fixture(name="guests")
def _guests(tmp_path: Path) -> Iterator[list[Guest]]:
    """Three phones, for which the first one is the host."""
    with ExitStack() as stack:
        yield [guest(stack, tmp_path, place) for place in range(3)]


def calls_of(guests: list[Guest]) -> list[Talk]:
    host, first, second = guests
    talks = [call(host, first, "first"), call(host, second, "second")]
    for talk in talks:
        talk.order(1, "connect_audio")
    return talks


def test_three_hear_each_other(guests: list[Guest], tmp_path: Path) -> None:
    host, first, second = guests
    with capturing(tmp_path / "party.pcap"):
        talks = calls_of(guests)
        host.phone.order("join_audio", ("first", "second"))
        host.hears(1, 2)
        first.hears(0, 2)
        second.hears(0, 1)
        for talk in talks:
            for passed in talk.passed():
                assert passed.sent > 0
                assert passed.not_authentic == passed.replayed == passed.malformed == 0
    datagrams = read_capture(tmp_path / "party.pcap").datagrams
    # Each leg has a key agreement of its own, and with it keys of its own.
    assert [each.zrtp for each in datagrams].count("DHPart1") == 2
    for port in (rtp_port(PORTS[1]), rtp_port(PORTS[2])):
        assert len(rtp_from(datagrams, port)) > 50


def test_parted_they_hear_nobody(guests: list[Guest]) -> None:
    host, first, second = guests
    calls_of(guests)
    host.phone.order("join_audio", ("first", "second"))
    first.hears(0, 2)
    host.phone.order("part_audio", ("first", "second"))
    host.phone.order("connect_audio", "first")
    host.hears(1)
    first.hears(0)
    host.phone.order("disconnect_audio", "first")
    host.phone.order("connect_audio", "second")
    host.hears(2)
    second.hears(0)


def test_held_and_taken_back_into_the_conference(guests: list[Guest]) -> None:
    """A re-INVITE makes a new stream: it is joined with the same as the old one."""
    host, first, second = guests
    calls_of(guests)
    host.phone.order("join_audio", ("first", "second"))
    first.hears(0, 2)
    host.phone.order("hold", "first")
    host.hears(2)
    second.hears(0)
    host.phone.order("resume", "first")
    host.hears(1, 2)
    first.hears(0, 2)
    second.hears(0, 1)


def test_one_leaves(guests: list[Guest]) -> None:
    host, first, second = guests
    talks = calls_of(guests)
    host.phone.order("join_audio", ("first", "second"))
    second.hears(0, 1)
    talks[0].order(1, "hang_up")
    host.phone.wait_for(Ended)
    host.hears(2)
    second.hears(0)
    assert first.phone.wait_for(Ended).call == talks[0].names[1]


def test_two_calls_between_the_same_phones(guests: list[Guest]) -> None:
    """Dialled at one moment: one key agreement after the other (RFC 6189 section 4.2)."""
    one, other, _ = guests
    names = ("first", "second")
    for name in names:
        one.phone.order("dial", name, other.uri, None)
    for _ in names:
        one.phone.wait_for(Dialled)
    incoming = [other.phone.wait_for(IncomingCall).call for _ in names]
    for name in incoming:
        other.phone.order("answer", name)
    for each, mine in ((one, names), (other, tuple(incoming))):
        assert {each.phone.wait_for(phone.Encrypted).call for _ in mine} == set(mine)
    for name in names:
        one.phone.order("connect_audio", name)
        other.phone.order("connect_audio", incoming[names.index(name)])
        one.hears(1)
        other.hears(0)
        one.phone.order("disconnect_audio", name)
        other.phone.order("disconnect_audio", incoming[names.index(name)])
