"""Calls through NAT: ICE with STUN, with TURN, with neither; and ZRTP only when a way is found."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from agent.phone.events import (
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    LineQuality,
    Quality,
    Securing,
)
from agent.sip.events import Ended, NatServer, RemoteHeld
from agent.sip.settings import Marking, NatSettings
from support import srtp, stun
from support.certificates import Authority
from support.conversations import (
    assert_unreadable,
    conversation,
    media,
    secure_call,
    talk,
)
from support.coturn import STUN_PORT, coturn
from support.flood import stranger
from support.internet import SERVER, Home
from support.neighbours import CALL, PATIENCE_S, SIP_PORT, STUN, Town, ring, town
from support.pcap import Capture, Datagram
from support.spoofing import Spoofer
from support.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.peer, pytest.mark.timeout(240)]

TALK_PACKETS: Final = 150
"""So many each way have come before it was a conversation: three seconds."""
ZRTP_OF_ONE_EXCHANGE: Final = 40
"""More packets than one exchange takes, with some sent again, and fewer than two do."""
WITH_STUN: Final = NatSettings(stun=STUN)
NOWHERE: Final = "203.0.113.77"
"""Nobody has this address."""


@dataclass(frozen=True)
class Place:
    """The town, and the homes in it.

    Attributes:
        cones: Two homes whose routers give a phone the same port for all the world.
        symmetric: Two whose routers do not.
        strict: One whose router lets no UDP out.
    """

    town: Town
    cones: tuple[Home, Home]
    symmetric: tuple[Home, Home]
    strict: Home

    def with_turn(self, user: str) -> NatSettings:
        """All the servers, as this user has them."""
        return NatSettings(STUN, self.town.turn(user))


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with town(tmp_path_factory.mktemp("town")) as made:
        net = made.net
        cones = net.home("cone"), net.home("cone")
        symmetric = net.home("symmetric"), net.home("symmetric")
        yield Place(made, cones, symmetric, net.home("strict"))


def assert_zrtp_waited(capture: Capture, home: Home) -> None:
    """The home's phone has sent no ZRTP before a check of its own was answered by the other."""
    said = next(
        each.at for each in media(capture) if each.zrtp and each.addresses[0] == home.outside
    )
    answered = next(
        each.at
        for each in capture.datagrams
        if each.addresses[1] == home.outside and stun.is_answered_check(stun.carried(each.payload))
    )
    assert answered < said


def test_two_homes_find_a_way_with_stun_alone(place: Place, tmp_path: Path) -> None:
    here, there = place.cones
    with (
        place.town.phone("alice", here.host, WITH_STUN) as alice,
        place.town.phone("bob", there.host, WITH_STUN) as bob,
        place.town.net.watching(here, tmp_path) as seen,
    ):
        conversation(alice, bob)
    packets = media(seen[0])
    assert {frozenset(each.addresses) for each in packets} == {
        frozenset((here.outside, there.outside))
    }
    assert_zrtp_waited(seen[0], here)
    assert_unreadable(packets)
    assert marks(seen[0], here) == ({46}, {24})


def test_behind_symmetric_nat_a_relay_carries_the_call(place: Place, tmp_path: Path) -> None:
    here, there = place.symmetric
    with (
        place.town.phone("alice", here.host, place.with_turn("alice")) as alice,
        place.town.phone("bob", there.host, place.with_turn("bob")) as bob,
        place.town.net.watching(here, tmp_path) as hers,
        place.town.net.watching(there, tmp_path) as his,
    ):
        call = secure_call(alice, bob)
        talk(call)
        for order, held in (("hold", True), ("resume", False)):
            alice.order(order, CALL)
            assert bob.wait_for(RemoteHeld, patience=PATIENCE_S).held is held
        talk(call)
        call.hang_up()
    for home, seen in ((here, hers[0]), (there, his[0])):
        packets = media(seen)
        assert {frozenset(each.addresses) for each in packets} == {
            frozenset((home.outside, SERVER))
        }
        assert_zrtp_waited(seen, home)
        assert_unreadable(packets)


def test_where_no_udp_gets_out_the_relay_is_reached_over_tls(place: Place, tmp_path: Path) -> None:
    here, there = place.strict, place.symmetric[1]
    over_tls = NatSettings(turn=place.town.turn("alice", "tls"))
    with (
        place.town.phone("alice", here.host, over_tls) as alice,
        place.town.phone("bob", there.host, place.with_turn("bob")) as bob,
        place.town.net.watching(here, tmp_path) as hers,
        place.town.net.watching(there, tmp_path) as his,
    ):
        conversation(alice, bob)
    assert hers[0].datagrams == ()
    assert_zrtp_waited(his[0], there)
    assert_unreadable(media(his[0]))


def test_without_a_relay_there_is_no_way_and_both_are_told(place: Place) -> None:
    here, there = place.symmetric
    with (
        place.town.phone("alice", here.host, WITH_STUN) as alice,
        place.town.phone("bob", there.host, WITH_STUN) as bob,
    ):
        call = ring(alice, bob, "bob")
        call.answer()
        for phone, name in call.ends:
            told = phone.wait_for(EncryptionFailed, patience=PATIENCE_S)
            assert (told.call, told.fault) == (name, EncryptionFault.NO_WAY)
        assert [(each.zrtp_sent, each.sent) for each in call.passed()] == [(0, 0), (0, 0)]
        call.hang_up()


@pytest.mark.parametrize("servers", [WITH_STUN, NatSettings()], ids=["stun", "no servers"])
def test_a_phone_without_ice_is_spoken_to_where_its_sdp_says(
    place: Place, tmp_path: Path, servers: NatSettings
) -> None:
    """Without a STUN server the other phone knows nothing but what ZRTP comes from."""
    home = place.cones[0]
    with (
        place.town.phone("alice", home.host, servers) as alice,
        place.town.phone("bob", place.town.net.world, None) as bob,
        place.town.net.watching(home, tmp_path) as seen,
    ):
        conversation(alice, bob)
    assert not any(stun.is_answered_check(each.payload) for each in seen[0].datagrams)
    assert_unreadable(media(seen[0]))


def test_a_relay_that_dies_is_told_as_silence_and_the_next_call_works(place: Place) -> None:
    here, there = place.symmetric
    with (
        place.town.phone("alice", here.host, place.with_turn("alice")) as alice,
        place.town.phone("bob", there.host, place.with_turn("bob")) as bob,
    ):
        call = secure_call(alice, bob)
        talk(call)
        place.town.relay.stop()
        try:
            for phone, _ in call.ends:
                phone.wait_for(
                    LineQuality, lambda told: told.quality is Quality.SILENT, patience=PATIENCE_S
                )
            call.hang_up()
        finally:
            with place.town.net.servers.inside():
                place.town.relay.start()
        conversation(alice, bob)


@pytest.mark.parametrize("by", ["cones", "symmetric"])
def test_a_phone_that_moves_is_found_anew_and_keeps_its_keys(place: Place, by: str) -> None:
    """ICE restarts (RFC 8445 section 9), and nobody has to compare words again."""
    here, there = place.cones if by == "cones" else place.symmetric
    before, after = here.inside, here.inside[:-1] + "9"
    with (
        place.town.phone("alice", here.host, place.with_turn("alice")) as alice,
        place.town.phone("bob", there.host, place.with_turn("bob")) as bob,
    ):
        call = secure_call(alice, bob)
        talk(call)
        here.move(before, after)
        try:
            alice.order("network_up", (after,), anew=True)
            talk(call)
            told = [*alice.events(0.5), *bob.events(0.5)]
            assert not [each for each in told if isinstance(each, Encrypted | Securing)]
            assert alice.passed(CALL).zrtp_sent < ZRTP_OF_ONE_EXCHANGE
            call.hang_up()
            bob.wait_for(Ended, patience=PATIENCE_S)
        finally:
            here.move(after, before)


def attack(spoofer: Spoofer, packet: Datagram, wrapped: list[bytes]) -> None:
    """Sends forgeries as if from where a packet came from."""
    source, target = (packet.addresses[0], packet.source), (packet.addresses[1], packet.target)
    for _ in range(100):
        for payload in (*stun.forgeries(), *wrapped):
            spoofer.send(source, target, payload)


def junk() -> list[bytes]:
    """What looks like a call's own packets, by somebody without its keys."""
    return [srtp.rtp(7, 0x5E5E) + secrets.token_bytes(10), stranger()]


def test_forged_stun_and_media_from_off_the_path_change_nothing(
    place: Place, tmp_path: Path
) -> None:
    here, there = place.cones
    with (
        place.town.phone("alice", here.host, WITH_STUN) as alice,
        place.town.phone("bob", there.host, WITH_STUN) as bob,
        Spoofer(place.town.net.servers) as mallory,
    ):
        call = secure_call(alice, bob)
        with place.town.net.watching(here, tmp_path) as seen:
            talk(call)
        arriving = [each for each in media(seen[0]) if each.addresses[1] == here.outside]
        attack(mallory, arriving[-1], junk())
        until(lambda: alice.passed(CALL).not_authentic > 0, "the forgeries")
        talk(call)
        call.hang_up()


def test_forged_turn_data_from_off_the_path_changes_nothing(place: Place, tmp_path: Path) -> None:
    here, there = place.symmetric
    with (
        place.town.phone("alice", here.host, place.with_turn("alice")) as alice,
        place.town.phone("bob", there.host, place.with_turn("bob")) as bob,
        Spoofer(place.town.net.servers) as mallory,
    ):
        call = secure_call(alice, bob)
        with place.town.net.watching(here, tmp_path) as seen:
            talk(call)
        arriving = [each for each in seen[0].datagrams if each.source == STUN_PORT]
        relayed = [each for each in arriving if stun.channel(each.payload) is not None]
        # The pair that ICE has chosen may use the relay of the other side alone.
        model = (relayed or [each for each in media(seen[0]) if each.addresses[1] == here.outside])[
            -1
        ]
        number = stun.channel(model.payload) or 0x4000
        wrapped = [stun.channel_data(number, each) for each in junk()]
        wrapped += [stun.data_indication(each) for each in junk()]
        attack(mallory, model, [*wrapped, *junk()])
        until(lambda: alice.passed(CALL).not_authentic > 0, "the forgeries")
        talk(call)
        call.hang_up()


def test_each_fault_of_a_turn_server_has_its_sentence(place: Place) -> None:
    here = place.cones[0]
    another = Authority(place.town.folder, "Another CA")
    right = place.town.turn("alice", "tls")
    for turn, said in (
        (replace(place.town.turn("alice"), password="wrong"), "refuses the user or the password"),  # noqa: S106
        (replace(place.town.turn("alice"), host=NOWHERE), "does not answer"),
        (replace(right, ca_file=another.file), "does not hold"),
        (replace(place.town.turn("alice", "tcp"), port=9), "Nothing listens at"),
    ):
        with place.town.phone("alice", here.host, NatSettings(turn=turn)):
            assert said in place.town.told["alice"][NatServer.TURN]


def test_a_turn_server_must_prove_its_own_name(place: Place) -> None:
    here = place.cones[0]
    identity = place.town.authority.issue("turn.example.org")
    with (
        place.town.net.servers.inside(),
        coturn(place.town.folder, identity, address=here.middle),
    ):
        turn = replace(place.town.turn("alice", "tls"), host=here.middle)
        with place.town.phone("alice", here.host, NatSettings(turn=turn)):
            assert "is for another name" in place.town.told["alice"][NatServer.TURN]


def test_a_stun_server_that_is_silent_is_named_and_no_call_waits_for_it(place: Place) -> None:
    here = place.cones[0]
    silent = NatSettings(stun=(f"{NOWHERE}:{STUN_PORT}",))
    with (
        place.town.phone("alice", here.host, silent) as alice,
        place.town.phone("bob", place.town.net.world, None) as bob,
    ):
        assert place.town.told["alice"][NatServer.STUN] == (
            f"STUN server: {NOWHERE}:{STUN_PORT} does not answer"
        )
        conversation(alice, bob)


def test_packets_are_marked_as_the_configuration_says(place: Place, tmp_path: Path) -> None:
    here, there = place.cones
    with (
        place.town.net.watching(here, tmp_path) as seen,
        place.town.phone("alice", here.host, WITH_STUN, marking=Marking(0, 26)) as alice,
        place.town.phone("bob", there.host, WITH_STUN) as bob,
    ):
        conversation(alice, bob)
    assert marks(seen[0], here) == ({0}, {26})
    assert marks(seen[0], here, sent=False) == ({46}, set())


def marks(capture: Capture, home: Home, *, sent: bool = True) -> tuple[set[int], set[int]]:
    """How a home's media and signalling were marked; or what came in from the other home."""
    end = 0 if sent else 1
    packets = [each for each in media(capture) if each.addresses[end] == home.outside]
    spoken = [each for each in capture.segments if sent and each.target == SIP_PORT]
    return {each.dscp for each in packets}, {each.dscp for each in spoken}
