"""What somebody can do with one packet who sees none of ours: nothing, as far as RFC 6189 lets us.

Who is not on the path knows neither SSRC, at most our ZID from an earlier call of his own. What
the SDP announces of the true Hello tells it from his.
"""

from dataclasses import replace

import pytest

from agent.zrtp import ErrorCode, Failed, HelloHashDiffers, Negotiating, State
from agent.zrtp.discovery import announce
from agent.zrtp.messages import ErrorMessage, MessageType, Ping, plain_message
from agent.zrtp.wire import Packet, encode_packet
from support.zrtp_alone import (
    CHAIN,
    HASH,
    HELLO,
    HELLO_ACK,
    RAW,
    other_hello,
    say,
    started,
    wait,
)
from support.zrtp_pair import Endpoint, Pair

STRANGER = 0xBAD

OWN_ZID = replace(HELLO, zid=Endpoint("alice").zid).serialize(CHAIN.h2)
LOWER_VERSION = replace(HELLO, version=b"1.00").serialize(CHAIN.h2)
FORGED = {
    "another Hello": other_hello(1),
    "Hello with our ZID": OWN_ZID,
    "Hello of a lower version": LOWER_VERSION,
    "HelloACK": HELLO_ACK,
    "Error": ErrorMessage(0x20).serialize(),
    "ErrorACK": plain_message(MessageType.ERROR_ACK),
    "Conf2ACK": plain_message(MessageType.CONF2_ACK),
    "Ping": Ping(b"1.10", bytes(8)).serialize(),
}


def calling(at: int, forged: bytes, ssrc: int | None) -> Pair:
    """A call in which both get this beside the packet of that number; None: in their own SSRC."""
    count = 0

    def forge(_sender: str, packet: bytes) -> list[bytes]:
        nonlocal count
        count += 1
        if count != at:
            return [packet]
        for side in (pair.alice, pair.bob):
            source = side.ssrc if ssrc is None else ssrc
            side.session.receive(encode_packet(Packet(1, source, forged)), pair.now)
        return [packet]

    pair = Pair(tamper=forge)
    pair.start()
    pair.run()
    return pair


@pytest.mark.parametrize("ssrc", [STRANGER, None], ids=["foreign SSRC", "own SSRC"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_xb01_xb07_xa16_one_packet_ends_no_call_between_announced_phones(
    forged: bytes, ssrc: int | None
) -> None:
    for at in range(1, 13):
        pair = calling(at, forged, ssrc)
        pair.secured()


@pytest.mark.parametrize("message", [OWN_ZID, HELLO_ACK, other_hello(1)])
def test_n03_h06_a_collision_is_shown_by_the_announced_hello_alone(message: bytes) -> None:
    alice = started((HASH,))
    assert say(alice, message, ssrc=alice.ssrc) == []
    assert alice.session.state is State.DISCOVERING
    assert alice.session.counters.wrong_source == 1
    assert alice.events == []
    assert say(alice, RAW, ssrc=alice.ssrc) == [MessageType.ERROR]
    assert alice.only(Failed).code is ErrorCode.SSRC_COLLISION


def test_n03_a_copy_of_a_hello_that_came_shows_no_collision() -> None:
    alice = started((HASH,))
    say(alice, RAW)
    assert say(alice, RAW, ssrc=alice.ssrc) == []
    assert alice.session.state is State.PEER_FOUND
    assert say(alice, HELLO_ACK) == [MessageType.COMMIT]


@pytest.mark.parametrize("hashes", [(), ("2.00 " + "00" * 32,)])
def test_n03_without_an_announcement_any_message_shows_a_collision(hashes: tuple[str, ...]) -> None:
    alice = started(hashes)
    say(alice, RAW)
    assert say(alice, HELLO_ACK, ssrc=alice.ssrc) == [MessageType.ERROR]
    assert alice.only(Failed).code is ErrorCode.SSRC_COLLISION


def test_n19_h06_an_announced_phone_does_not_lose_its_call_to_a_hello_with_our_zid() -> None:
    alice = started((HASH,))
    assert say(alice, OWN_ZID, ssrc=STRANGER) == []
    assert alice.events == [HelloHashDiffers()]
    say(alice, RAW)
    assert say(alice, HELLO_ACK) == [MessageType.COMMIT]


def test_n19_a_phone_that_has_our_zid_and_announces_it_is_refused() -> None:
    alice = started((announce(OWN_ZID),))
    assert say(alice, OWN_ZID) == [MessageType.ERROR]
    assert alice.only(Failed).code is ErrorCode.EQUAL_ZIDS


@pytest.mark.parametrize("refused", [OWN_ZID, LOWER_VERSION])
def test_n08_n19_who_has_met_a_peer_lets_nobody_else_end_that(refused: bytes) -> None:
    alice = started()
    say(alice, RAW)
    # An Error would reach the true peer, and end it there.
    assert MessageType.ERROR not in say(alice, refused, ssrc=STRANGER)
    assert alice.session.state is State.PEER_FOUND
    assert alice.session.counters.wrong_source == 1
    assert say(alice, HELLO_ACK) == [MessageType.COMMIT]


@pytest.mark.parametrize("refused", [OWN_ZID, LOWER_VERSION])
def test_n08_n19_the_peer_itself_ends_it(refused: bytes) -> None:
    alice = started()
    say(alice, RAW)
    assert MessageType.ERROR in say(alice, refused)
    assert alice.session.state is State.FAILED


def test_n15_a_hello_ack_of_somebody_else_does_not_stand_for_the_peers() -> None:
    """Our Hello was lost: the peer would take no Commit, and we would not say Hello again."""
    alice = started()
    assert say(alice, HELLO_ACK, ssrc=STRANGER) == []
    assert say(alice, RAW, now=1.0) == [MessageType.HELLO_ACK, MessageType.HELLO]
    assert alice.session.state is State.PEER_FOUND
    assert alice.all(Negotiating) == []
    assert wait(alice, 3.0), "the Hello is repeated"
    assert say(alice, HELLO_ACK, now=3.0) == [MessageType.COMMIT]


def test_n15_after_that_an_announcement_may_disown_the_hello() -> None:
    alice = started()
    say(alice, HELLO_ACK, ssrc=STRANGER)
    say(alice, other_hello(1), ssrc=9)
    alice.session.update_peer_hello_hashes((HASH,))
    alice.pump()
    assert alice.all(HelloHashDiffers)
    assert MessageType.HELLO_ACK in say(alice, RAW)
    assert alice.session.state is State.PEER_FOUND


def test_n15_a_forged_hello_ack_and_lost_hellos_still_end_in_a_call() -> None:
    """Alice's first Hello is lost, because Bob's stream is not there yet."""
    pair = Pair()
    alice, bob = pair.alice, pair.bob
    alice.session.start(pair.now, ssrc=alice.ssrc)
    alice.session.receive(encode_packet(Packet(1, STRANGER, HELLO_ACK)), pair.now)
    alice.pump()
    bob.session.start(pair.now, ssrc=bob.ssrc)
    pair.run()
    pair.secured()
