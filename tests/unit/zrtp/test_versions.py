"""Versions in Hellos and in the announcement of Hellos (RFC 6189 sections 4.1.1 and 8)."""

from dataclasses import replace

import pytest

from agent.zrtp import ErrorCode, Failed, HelloHash, PeerFound, State
from agent.zrtp.messages import Hello, MessageType
from agent.zrtp.wire import decode_packet
from support.zrtp_alone import CHAIN, HASH, HELLO, HELLO_ACK, RAW, say, started, wait


@pytest.mark.parametrize("version", [b"1.20", b"2.00", b"9.9 "])
def test_n06_a_higher_version_is_acknowledged_and_ignored(version: bytes) -> None:
    alice = started()
    raw = replace(HELLO, version=version).serialize(CHAIN.h2)
    assert say(alice, raw) == [MessageType.HELLO_ACK]
    assert alice.session.state is State.DISCOVERING
    assert alice.session.counters.unsupported_version == 1
    assert wait(alice, 1.0)
    say(alice, RAW)
    assert alice.only(PeerFound).version == "1.10"


def test_n06_a_higher_version_may_look_quite_different() -> None:
    alice = started()
    raw = b"\x50\x5a\x00\x05Hello   2.00" + b"\xff" * 4
    assert say(alice, raw) == [MessageType.HELLO_ACK]
    assert alice.session.counters.unsupported_version == 1


@pytest.mark.parametrize("version", [b"    ", b"1-10", b"\xff.10", b"1.x0"])
def test_what_is_no_version_is_no_hello(version: bytes) -> None:
    alice = started()
    assert say(alice, replace(HELLO, version=version).serialize(CHAIN.h2)) == []
    assert alice.session.counters.malformed == 1


@pytest.mark.parametrize("version", [b"1.00", b"0.90"])
def test_n08_a_lower_version_is_refused(version: bytes) -> None:
    alice = started()
    raw = replace(HELLO, version=version).serialize(CHAIN.h2)
    assert say(alice, raw) == [MessageType.HELLO_ACK, MessageType.ERROR]
    assert alice.session.state is State.FAILED
    assert alice.only(Failed).code is ErrorCode.UNSUPPORTED_VERSION


def test_n05_h05_the_first_hello_has_our_highest_version_and_it_is_announced() -> None:
    alice = started()
    assert Hello.parse(decode_packet(alice.sent[0]).message).version == b"1.10"
    (announced,) = alice.session.hello_hashes
    assert announced.startswith("1.10 ")


@pytest.mark.parametrize("version", [b"1.20", b"2.00"])
def test_n04_no_commit_before_hellos_of_the_same_version(version: bytes) -> None:
    alice = started()
    say(alice, replace(HELLO, version=version).serialize(CHAIN.h2))
    assert say(alice, HELLO_ACK) == []
    assert alice.session.state is State.ACKNOWLEDGED
    assert say(alice, RAW) == [MessageType.COMMIT]


@pytest.mark.parametrize("version", [b"1.10", b"1.1 ", b"1.19"])
def test_n07_there_is_one_hello_whatever_the_peer_says(version: bytes) -> None:
    alice = started()
    say(alice, replace(HELLO, version=version).serialize(CHAIN.h2))
    wait(alice, 2.0)
    hellos = {decode_packet(packet).message for packet in alice.sent if b"Hello   " in packet}
    assert len(hellos) == 1


@pytest.mark.parametrize("version", [b"1.00", b"0.99", b"0.10"])
def test_n10_versions_below_ours_are_not_spoken(version: bytes) -> None:
    alice = started()
    say(alice, replace(HELLO, version=version).serialize(CHAIN.h2))
    assert alice.only(Failed).code is ErrorCode.UNSUPPORTED_VERSION
    assert not alice.all(PeerFound)


def test_n10_of_several_announced_versions_ours_counts() -> None:
    hashes = ("2.00 " + "ab" * 32, HASH, "1.20 " + "cd" * 32)
    alice = started(hashes)
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


def test_t12_the_first_hello_is_answered_with_a_hello_ack_and_not_with_a_commit() -> None:
    alice = started()
    assert say(alice, RAW) == [MessageType.HELLO_ACK]


@pytest.mark.parametrize("value", [HASH.upper(), f"  {HASH}  ", HASH.replace("1.10 ", "1.10  ")])
def test_h05_xs04_a_hash_may_be_written_in_either_case(value: str) -> None:
    alice = started((value,))
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


@pytest.mark.parametrize(
    "value", [HASH + "00", HASH[:-2], HASH[:-2] + "zz", HASH[:40] + " " + HASH[40:], HASH[5:]]
)
def test_h05_what_is_no_hash_announces_nothing(value: str) -> None:
    alice = started((value,))
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MISSING


@pytest.mark.parametrize("version", [b"1.1 ", b"1.11", b"1.1a"])
def test_n09_the_last_character_of_a_version_does_not_count(version: bytes) -> None:
    alice = started()
    say(alice, replace(HELLO, version=version).serialize(CHAIN.h2))
    assert alice.only(PeerFound).version == version.decode().strip()
