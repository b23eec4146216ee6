from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError
from agent.zrtp.hash_chain import HashChain, check_mac
from agent.zrtp.messages import (
    Commit,
    Confirm,
    DHPart1,
    DHPart2,
    ErrorMessage,
    GoClear,
    Hello,
    MessageType,
    Ping,
    PingACK,
    hello_version,
    message_type,
    plain_message,
    same_version,
)
from agent.zrtp.retained_secrets import SecretIds

CHAIN = HashChain.from_seed(bytes(32))
ZID = bytes(range(12))
HELLO = Hello(
    b"1.10",
    b"Client          ",
    CHAIN.h3,
    ZID,
    (b"S256", b"S384"),
    (b"AES3", b"AES1"),
    (b"HS80",),
    (b"X255", b"E255", b"EC25", b"DH3k", b"Mult", b"Prsh", b"new!"),
    (),
    mitm=True,
    passive=True,
)
COMMIT = Commit(CHAIN.h2, ZID, b"S256", b"AES1", b"HS32", b"DH3k", b"B32 ", bytes(32))
IDS = SecretIds(b"1" * 8, b"2" * 8, b"3" * 8, b"4" * 8)

RAW_HELLO = HELLO.serialize(CHAIN.h2)
RAW_COMMIT = COMMIT.serialize(CHAIN.h1)


def malformed(parse: Callable[[bytes], object], message: bytes) -> None:
    with pytest.raises(NotUsedError) as caught:
        parse(message)
    assert caught.value.why is Ignored.MALFORMED


def words(message: bytes) -> int:
    """The declared length, which has to be the true one."""
    declared = int.from_bytes(message[2:4])
    assert declared * 4 == len(message)
    return declared


def test_hello_round_trip() -> None:
    assert Hello.parse(RAW_HELLO) == HELLO
    assert message_type(RAW_HELLO) is MessageType.HELLO
    assert words(RAW_HELLO) == 22 + 12
    check_mac(RAW_HELLO, CHAIN.h2, "Hello")


def test_n16_n18_flags_of_a_hello() -> None:
    flags_at = 12 + 4 + 16 + 32 + 12
    assert RAW_HELLO[flags_at : flags_at + 4].hex() == "30022170"
    plain = replace(HELLO, mitm=False, passive=False).serialize(CHAIN.h2)
    assert plain[flags_at : flags_at + 4].hex() == "00022170"
    assert not Hello.parse(plain).mitm
    assert not Hello.parse(plain).passive


def test_n18_unused_flags_of_a_hello_are_ignored() -> None:
    flags_at = 12 + 4 + 16 + 32 + 12
    noisy = RAW_HELLO[:flags_at] + b"\xff\xf2" + RAW_HELLO[flags_at + 2 :]
    assert Hello.parse(noisy) == HELLO


def test_n11_a_hello_without_any_list() -> None:
    empty = Hello(b"1.10", bytes(16), CHAIN.h3, ZID, (), (), (), (), ())
    raw = empty.serialize(CHAIN.h2)
    assert words(raw) == 22
    assert Hello.parse(raw) == empty


@pytest.mark.parametrize("shift", [16, 12, 8, 4, 0])
def test_xb13_more_than_seven_of_a_kind_are_malformed(shift: int) -> None:
    flags_at = 12 + 4 + 16 + 32 + 12
    raw = RAW_HELLO[:flags_at] + (15 << shift).to_bytes(4) + bytes(15 * 4 + 8)
    malformed(Hello.parse, raw)


@pytest.mark.parametrize("cut", [1, 4, 8, 12, 40, len(RAW_HELLO) - 12])
def test_xb12_a_hello_that_ends_early_is_malformed(cut: int) -> None:
    malformed(Hello.parse, RAW_HELLO[:-cut])


def test_a_hello_with_something_behind_is_malformed() -> None:
    malformed(Hello.parse, RAW_HELLO + bytes(4))


@pytest.mark.parametrize(
    ("key_agreement", "commitment", "length"),
    [(b"DH3k", bytes(32), 29), (b"Mult", bytes(16), 25), (b"Prsh", bytes(24), 27)],
)
def test_c10_lengths_of_the_three_commits(
    key_agreement: bytes, commitment: bytes, length: int
) -> None:
    commit = replace(COMMIT, key_agreement=key_agreement, commitment=commitment)
    raw = commit.serialize(CHAIN.h1)
    assert words(raw) == length
    assert Commit.parse(raw) == commit
    check_mac(raw, CHAIN.h1, "Commit")
    malformed(Commit.parse, raw[:-4])
    malformed(Commit.parse, raw + bytes(4))


@pytest.mark.parametrize(("length", "expected"), [(384, 117), (64, 37), (32, 29)])
@pytest.mark.parametrize("kind", [DHPart1, DHPart2])
def test_a16_lengths_of_a_dhpart(kind: type[DHPart1 | DHPart2], length: int, expected: int) -> None:
    part = kind(CHAIN.h1, IDS, bytes(range(16)) * (length // 16))
    raw = part.serialize(CHAIN.h0)
    assert words(raw) == expected
    assert message_type(raw) is kind.TYPE
    assert kind.parse(raw, length) == part
    check_mac(raw, CHAIN.h0, "DHPart")
    for other in (length - 4, length + 4, 0):
        malformed(partial(kind.parse, public_value_length=other), raw)


def test_xb22_a_dhpart_of_odd_length_is_malformed() -> None:
    raw = DHPart1(CHAIN.h1, IDS, bytes(64)).serialize(CHAIN.h0)
    malformed(lambda message: DHPart1.parse(message, 64), raw[:-2])


def test_confirm_round_trip() -> None:
    confirm = Confirm(b"m" * 8, b"i" * 16, b"s" * 40)
    raw = confirm.serialize(MessageType.CONFIRM1)
    assert words(raw) == 19
    assert Confirm.parse(raw) == confirm
    malformed(Confirm.parse, raw[:30])


@pytest.mark.parametrize("kind", [kind for kind in MessageType if kind.value.endswith(b"ACK")])
def test_the_acks_have_three_words(kind: MessageType) -> None:
    raw = plain_message(kind)
    assert words(raw) == 3
    assert message_type(raw) is kind


def test_small_messages() -> None:
    error = ErrorMessage(0x100).serialize()
    assert error.hex() == "505a0004" + b"Error   ".hex() + "00000100"
    assert ErrorMessage.parse(error) == ErrorMessage(0x100)
    go_clear = GoClear(b"12345678").serialize()
    assert words(go_clear) == 5
    assert GoClear.parse(go_clear) == GoClear(b"12345678")
    for raw, parse in ((error, ErrorMessage.parse), (go_clear, GoClear.parse)):
        malformed(parse, raw[:-4])
        malformed(parse, raw + bytes(4))


def test_i01_ping_and_its_answer() -> None:
    ping = Ping(b"1.10", b"endpoint").serialize()
    assert words(ping) == 6
    assert Ping.parse(ping) == Ping(b"1.10", b"endpoint")
    answer = PingACK(b"ourhash.", b"endpoint", 0x01020304).serialize()
    assert words(answer) == 9
    assert answer[12:] == b"1.10ourhash.endpoint\x01\x02\x03\x04"


@pytest.mark.parametrize("length", [5, 7])
def test_xb15_a_ping_has_exactly_six_words(length: int) -> None:
    malformed(Ping.parse, b"\x50\x5a" + length.to_bytes(2) + b"Ping    " + bytes(4 * length - 12))


def test_t06_an_unknown_type_is_no_fault() -> None:
    with pytest.raises(NotUsedError) as caught:
        message_type(b"\x50\x5a\x00\x03Whatever")
    assert caught.value.why is Ignored.UNKNOWN_TYPE


@pytest.mark.parametrize("version", [b"1.10", b"1.1 ", b"1.11", b"1.1a"])
def test_n09_the_fourth_octet_of_a_version_does_not_count(version: bytes) -> None:
    assert same_version(version)
    assert hello_version(replace(HELLO, version=version).serialize(CHAIN.h2)) == version


@pytest.mark.parametrize("version", [b"1.20", b"2.00", b"0.90", b"1.00", b"    "])
def test_n09_other_versions_are_others(version: bytes) -> None:
    assert not same_version(version)


PARSERS: list[Callable[[bytes], object]] = [
    Hello.parse,
    Commit.parse,
    lambda raw: DHPart1.parse(raw, 32),
    lambda raw: DHPart2.parse(raw, 384),
    Confirm.parse,
    ErrorMessage.parse,
    GoClear.parse,
    Ping.parse,
    hello_version,
    message_type,
]


@given(st.sampled_from(PARSERS), st.binary(max_size=300))
def test_arbitrary_octets_parse_or_are_refused(
    parse: Callable[[bytes], object], data: bytes
) -> None:
    with suppress(NotUsedError):
        parse(data)


def test_a10_every_message_type_has_its_eight_octets() -> None:
    names = {kind.value.decode("ascii").rstrip() for kind in MessageType}
    assert names == {
        *("Hello", "HelloACK", "Commit", "DHPart1", "DHPart2"),
        *("Confirm1", "Confirm2", "Conf2ACK", "Error", "ErrorACK"),
        *("GoClear", "ClearACK", "SASrelay", "RelayACK", "Ping", "PingACK"),
    }
    assert all(len(kind.value) == 8 for kind in MessageType)


def test_e02_the_codes_of_table_8() -> None:
    assert sorted(ErrorCode) == [
        *(0x10, 0x20, 0x30, 0x40, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56),
        *(0x61, 0x62, 0x63, 0x70, 0x80, 0x90, 0x91, 0xA0, 0xB0, 0x100),
    ]
