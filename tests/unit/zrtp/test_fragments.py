"""Messages in pieces: how they are cut, put together, and what is refused on the way."""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.zrtp import LocalError
from agent.zrtp.algorithms import DEFAULT_OFFER, KEY_AGREEMENTS
from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.fragments import Fragment, Reassembly, cut, largest_message
from agent.zrtp.messages import MessageType, plain_message
from agent.zrtp.stream import Stream
from agent.zrtp.wire import Packet, decode_packet, encode_packet, seal_packet

SSRC = 0x01020304
OTHER = 0x0A0B0C0D
KNOWN = {SSRC}
LIMIT = largest_message(DEFAULT_OFFER.key_agreements)


def message(octets: int, kind: MessageType = MessageType.COMMIT) -> bytes:
    """A message of this length, as far as fragments look into it."""
    head = b"\x50\x5a" + (octets // 4).to_bytes(2) + kind.value
    return head + bytes(n % 251 for n in range(octets - len(head)))


COMMIT = message(435 * 4)


def pieces(whole: bytes = COMMIT, message_id: int = 1, mtu: int = 600) -> list[Fragment]:
    return list(cut(whole, message_id, mtu))


def feed(
    reassembly: Reassembly, fragments: Iterable[Fragment], *, now: float = 0.0, ssrc: int = SSRC
) -> list[bytes]:
    """The messages that come out."""
    out = (reassembly.receive(each.encode(1, ssrc), now, KNOWN) for each in fragments)
    return [packet.message for packet in out if packet is not None]


def refused(
    reassembly: Reassembly,
    data: bytes | Fragment,
    why: Ignored = Ignored.BAD_FRAGMENT,
    now: float = 0.0,
) -> None:
    packet = data.encode(1, SSRC) if isinstance(data, Fragment) else data
    with pytest.raises(NotUsedError) as caught:
        reassembly.receive(packet, now, KNOWN)
    assert caught.value.why is why


def test_a_fragment_octet_by_octet() -> None:
    packet = Fragment(0x0102, 16, 8, b"\xaa" * 8).encode(0x7654, SSRC)
    header, rest, crc = packet[:12], packet[12:-4], packet[-4:]
    assert header == b"\x11\x00\x76\x54ZRTP\x01\x02\x03\x04"
    assert rest == b"\x01\x02" + b"\x00\x04" + b"\x00\x02" + b"\x00\x02" + b"\xaa" * 8
    assert seal_packet(0x1100, 0x7654, SSRC, rest)[-4:] == crc


@pytest.mark.parametrize(
    ("words", "lengths"),
    [(435, [1428, 312]), (427, [1428, 280]), (2247, [1428] * 6 + [420])],
)
def test_what_fits_into_a_piece_by_default(words: int, lengths: list[int]) -> None:
    fragments = pieces(message(words * 4), mtu=1452)
    assert [len(each.piece) for each in fragments] == lengths
    assert max(len(each.encode(0, 0)) for each in fragments) == 1452
    assert b"".join(each.piece for each in fragments) == message(words * 4)


def test_an_odd_mtu_is_used_as_far_as_words_go() -> None:
    assert {len(each.encode(0, 0)) for each in pieces(mtu=603)[:-1]} == {600}


def test_an_mtu_has_a_floor() -> None:
    with pytest.raises(LocalError, match="600 is the least"):
        Stream(bytes, 599)


def test_the_stream_cuts_only_what_needs_it() -> None:
    stream = Stream(bytes, 600)
    fits, too_long = message(600 - 16), message(600 - 12)
    stream.send(fits)
    stream.send(too_long)
    first, *others = stream.take_packets()
    assert decode_packet(first).message == fits
    assert [packet[0] for packet in others] == [0x11, 0x11]


def test_t02_the_sequence_grows_and_the_message_id_stays() -> None:
    stream = Stream(bytes)
    for each in (COMMIT, plain_message(MessageType.HELLO_ACK), message(1708), COMMIT):
        stream.send(each)
    packets = stream.take_packets()
    assert [int.from_bytes(packet[2:4]) for packet in packets] == list(range(7))
    ids = [int.from_bytes(packet[12:14]) for packet in packets if packet[0] == 0x11]
    assert ids == [1, 1, 2, 2, 1, 1]


def test_largest_message_is_that_of_the_largest_kem_offered() -> None:
    assert LIMIT == 435 * 4
    assert largest_message(("MLK2", "X255")) == 325 * 4
    assert largest_message(("K255",)) == 37 * 4
    assert largest_message(("X255", "DH3k", "Mult", "Prsh")) == 0
    assert largest_message(tuple(KEY_AGREEMENTS)) == 435 * 4


def test_pieces_in_any_order_make_the_message() -> None:
    for order in permutations(pieces()):
        assert feed(Reassembly(LIMIT), order) == [COMMIT]


def test_what_was_put_together_has_the_header_of_the_packet_that_completed_it() -> None:
    reassembly = Reassembly(LIMIT)
    numbered = enumerate(pieces(), start=0x7FF0)
    *before, last = (
        reassembly.receive(each.encode(sequence, SSRC), 0.0, KNOWN) for sequence, each in numbered
    )
    assert before == [None] * len(before)
    assert last == Packet(0x7FF0 + len(before), SSRC, COMMIT)


def test_a_repeated_message_is_put_together_again() -> None:
    reassembly = Reassembly(LIMIT)
    for now in (0.0, 0.15, 1.0, 5.0):
        assert feed(reassembly, pieces(), now=now) == [COMMIT]


def test_pieces_of_two_transmissions_complete_each_other() -> None:
    reassembly = Reassembly(LIMIT)
    assert feed(reassembly, pieces()[:1]) == []
    assert feed(reassembly, pieces()[1:], now=1.2) == [COMMIT]


def test_a_piece_that_came_is_a_duplicate() -> None:
    reassembly = Reassembly(LIMIT)
    feed(reassembly, pieces()[:2])
    refused(reassembly, pieces()[1], Ignored.DUPLICATE)
    assert feed(reassembly, pieces()[2:]) == [COMMIT]


def test_other_packets_pass() -> None:
    packet = encode_packet(Packet(5, SSRC, plain_message(MessageType.HELLO_ACK)))
    for limit in (0, LIMIT):
        received = Reassembly(limit).receive(packet, 0.0, ())
        assert received == Packet(5, SSRC, plain_message(MessageType.HELLO_ACK))


def test_xb17_nothing_is_put_together_where_no_kem_was_offered() -> None:
    reassembly = Reassembly(0)
    for each in pieces():
        refused(reassembly, each, Ignored.MALFORMED)


def test_t03_where_no_kem_was_offered_all_12_bits_are_ignored() -> None:
    whole = plain_message(MessageType.HELLO_ACK)
    received = Reassembly(0).receive(seal_packet(0x11FF, 5, SSRC, whole), 0.0, ())
    assert received == Packet(5, SSRC, whole)


@pytest.mark.parametrize(
    "kind", [kind for kind in MessageType if kind.name not in {"COMMIT", "DHPART1"}]
)
def test_xb17_only_commit_and_dhpart1_come_in_pieces(kind: MessageType) -> None:
    reassembly = Reassembly(LIMIT)
    refused(reassembly, pieces(message(1300, kind))[0])
    assert feed(reassembly, pieces()) == [COMMIT]


def test_xb17_an_unknown_type_comes_in_pieces_neither() -> None:
    whole = COMMIT[:4] + b"Whatever" + COMMIT[12:]
    refused(Reassembly(LIMIT), pieces(whole)[0], Ignored.UNKNOWN_TYPE)


def test_xb16_only_a_peer_sends_pieces() -> None:
    reassembly = Reassembly(LIMIT)
    with pytest.raises(NotUsedError) as caught:
        feed(reassembly, pieces(), ssrc=OTHER)
    assert caught.value.why is Ignored.WRONG_SOURCE


def test_xb16_one_peer_does_not_disturb_the_other() -> None:
    reassembly = Reassembly(LIMIT)
    both = {SSRC, OTHER}
    first, *rest = (each.encode(1, SSRC) for each in pieces())
    reassembly.receive(first, 0.0, both)
    reassembly.receive(pieces(message_id=9)[0].encode(1, OTHER), 0.0, both)
    *some, last = rest
    assert [reassembly.receive(each, 0.0, both) for each in some] == [None] * len(some)
    whole = reassembly.receive(last, 0.0, both)
    assert whole is not None
    assert whole.message == COMMIT


@pytest.mark.parametrize(
    "lie",
    [
        Fragment(1, 16, 12, bytes(8)),  # beyond the end
        Fragment(1, 16, 16, bytes(4)),
        Fragment(1, 0, 0, bytes(4)),
        Fragment(1, 16, 4, b""),
        Fragment(1, LIMIT + 4, 4, bytes(4)),  # larger than anything we offered
        Fragment(1, 65535 * 4, 4, bytes(4)),
        Fragment(1, 65535 * 4, 65534 * 4, bytes(4)),
    ],
)
def test_xb16_lengths_that_cannot_be(lie: Fragment) -> None:
    reassembly = Reassembly(LIMIT)
    refused(reassembly, lie)
    assert feed(reassembly, pieces()) == [COMMIT]


@pytest.mark.parametrize("length", [0, 1, 3, 65535])
def test_xb16_a_piece_is_as_long_as_it_says(length: int) -> None:
    body = b"\x00\x01" + b"\x00\x10" + b"\x00\x04" + length.to_bytes(2) + bytes(8)
    refused(Reassembly(LIMIT), seal_packet(0x1100, 1, SSRC, body))


def test_xb16_a_piece_is_made_of_words() -> None:
    body = b"\x00\x01" + b"\x00\x10" + b"\x00\x04" + b"\x00\x02" + bytes(7)
    refused(Reassembly(LIMIT), seal_packet(0x1100, 1, SSRC, body))


@pytest.mark.parametrize("octets", [1, 24, 27, 3073, 65000])
def test_xb16_packets_that_are_too_small_or_too_large(octets: int) -> None:
    refused(Reassembly(LIMIT), b"\x11" + bytes(octets - 1))


def test_the_smallest_packet_and_the_largest_are_taken() -> None:
    whole = message(3048)
    (largest,) = cut(whole, 1, 3072)
    assert len(largest.encode(0, 0)) == 3072
    assert feed(Reassembly(3048), [largest]) == [whole]
    words = [Fragment(1, len(COMMIT), at, COMMIT[at : at + 4]) for at in range(12, len(COMMIT), 4)]
    assert len(words[0].encode(0, 0)) == 28
    assert feed(Reassembly(LIMIT), [Fragment(1, len(COMMIT), 0, COMMIT[:12]), *words]) == [COMMIT]


def test_xb16_the_crc_comes_first() -> None:
    packet = pieces()[0].encode(1, SSRC)
    refused(Reassembly(LIMIT), packet[:-1] + bytes([packet[-1] ^ 1]), Ignored.BAD_CRC)


def test_xb16_the_total_length_does_not_change() -> None:
    reassembly = Reassembly(LIMIT)
    first, *rest = pieces()
    feed(reassembly, [first])
    for total in (first.total - 4, first.total - 600):
        refused(reassembly, replace(rest[0], total=total))
    assert feed(reassembly, rest) == [COMMIT]


def test_xb16_pieces_do_not_overlap() -> None:
    reassembly = Reassembly(LIMIT)
    first, second, *rest = pieces()
    feed(reassembly, [first, second])
    refused(reassembly, replace(second, offset=second.offset - 4))
    refused(reassembly, replace(second, offset=second.offset + 4))
    refused(reassembly, replace(second, piece=bytes(len(second.piece))))
    assert feed(reassembly, rest) == [COMMIT]


@pytest.mark.parametrize("change", [b"\x50\x5b", b"\x00\x00"])
def test_xb16_the_first_piece_begins_a_message(change: bytes) -> None:
    first = pieces()[0]
    refused(Reassembly(LIMIT), replace(first, piece=change + first.piece[2:]), Ignored.MALFORMED)


def test_xb16_the_message_is_as_long_as_its_pieces() -> None:
    first = pieces()[0]
    wrong = first.piece[:2] + (434).to_bytes(2) + first.piece[4:]
    refused(Reassembly(LIMIT), replace(first, piece=wrong), Ignored.MALFORMED)
    refused(Reassembly(LIMIT), replace(first, piece=first.piece[:8]), Ignored.MALFORMED)


@pytest.mark.parametrize("message_id", [0, 1, 65535])
def test_xb16_any_id_may_be_the_first(message_id: int) -> None:
    assert feed(Reassembly(LIMIT), pieces(message_id=message_id)) == [COMMIT]


def test_xb16_a_later_message_takes_the_place_of_one_that_was_never_completed() -> None:
    reassembly = Reassembly(LIMIT)
    feed(reassembly, pieces(message_id=1)[:2])
    feed(reassembly, pieces(message_id=2)[:1])
    refused(reassembly, pieces(message_id=1)[2])
    assert feed(reassembly, pieces(message_id=2)[1:]) == [COMMIT]


def test_xb16_a_high_id_blocks_for_two_seconds_only() -> None:
    reassembly = Reassembly(LIMIT)
    feed(reassembly, pieces(message_id=65535)[:1])
    refused(reassembly, pieces()[0], now=2.0)
    assert feed(reassembly, pieces(), now=2.01) == [COMMIT]


def test_xb16_what_is_kept_is_bounded_by_the_peers_that_are_known() -> None:
    reassembly = Reassembly(LIMIT)
    for ssrc in range(1000):
        reassembly.receive(pieces()[0].encode(1, ssrc), 0.0, {ssrc})
    assert len(reassembly._collected) == 1


SECOND = message(427 * 4, MessageType.DHPART1)
TRUE = [*pieces(COMMIT, 1), *pieces(SECOND, 2)]
lies = st.builds(
    Fragment,
    st.integers(0, 3),
    st.integers(0, 500).map(lambda words: words * 4),
    st.integers(0, 500).map(lambda words: words * 4),
    st.integers(0, 40).map(lambda words: b"\x50\x5a" * 2 * words),
)


@given(st.lists(st.sampled_from(TRUE) | lies, max_size=40), st.integers(0, 5))
def test_xb16_nothing_comes_out_that_was_not_cut(fragments: list[Fragment], tenths: int) -> None:
    reassembly = Reassembly(LIMIT)
    for at, fragment in enumerate(fragments):
        try:
            whole = reassembly.receive(fragment.encode(at, SSRC), at * tenths / 10, KNOWN)
        except NotUsedError:
            continue
        if whole is None or whole.message in {COMMIT, SECOND}:
            continue
        # A lie may take a piece's place in time; then what comes out is its work, and has the
        # form of a message all the same.
        assert len(whole.message) <= LIMIT
        assert any(each not in TRUE for each in fragments[: at + 1])


@given(st.permutations(TRUE))
def test_true_pieces_alone_never_make_anything_else(fragments: list[Fragment]) -> None:
    reassembly, out = Reassembly(LIMIT), []
    for fragment in fragments:
        with contextlib.suppress(NotUsedError):
            out += feed(reassembly, [fragment])
    assert out in ([SECOND], [COMMIT, SECOND])


@given(st.binary(max_size=80))
def test_xb16_any_octets_with_a_good_crc(body: bytes) -> None:
    with contextlib.suppress(NotUsedError):
        Reassembly(LIMIT).receive(seal_packet(0x1100, 1, SSRC, body), 0.0, KNOWN)
