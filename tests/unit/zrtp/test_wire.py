import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.wire import Packet, Reader, crc32c, decode_packet, encode_packet
from support.vectors import load

HELLO_ACK = bytes.fromhex("505a0003") + b"HelloACK"
PACKET = encode_packet(Packet(0x1234, 0xCAFEBABE, HELLO_ACK))


def refusal(data: bytes) -> Ignored:
    with pytest.raises(NotUsedError) as caught:
        decode_packet(data)
    return caught.value.why


def with_crc(covered: bytes) -> bytes:
    return covered + crc32c(covered).to_bytes(4, "little")


@pytest.mark.parametrize("vector", load("zrtp/rfc.json")["crc32c"], ids=lambda v: v["source"])
def test_t04_crc_of_rfc_3720(vector: dict[str, str]) -> None:
    assert crc32c(bytes.fromhex(vector["data"])).to_bytes(4, "little").hex() == vector["wire"]


def test_t02_header_of_a_packet() -> None:
    assert PACKET[:12].hex() == "10001234" + "5a525450" + "cafebabe"
    assert PACKET[12:-4] == HELLO_ACK
    assert decode_packet(PACKET) == Packet(0x1234, 0xCAFEBABE, HELLO_ACK)


def test_t02_the_sequence_number_wraps_at_16_bits() -> None:
    assert decode_packet(encode_packet(Packet(0x1_0007, 1, HELLO_ACK))).sequence == 7


def test_t03_unused_header_bits_are_ignored() -> None:
    changed = with_crc(bytes([0x1F, 0xFF]) + PACKET[2:-4])
    assert decode_packet(changed).message == HELLO_ACK


@pytest.mark.parametrize("at", range(len(PACKET)))
def test_t04_xb20_any_damaged_octet_is_found(at: int) -> None:
    damaged = bytearray(PACKET)
    damaged[at] ^= 0x40
    assert refusal(bytes(damaged)) in {Ignored.BAD_CRC, Ignored.MALFORMED}


@pytest.mark.parametrize("length", range(28))
def test_xb12_what_is_too_short_is_malformed(length: int) -> None:
    assert refusal(PACKET[:length]) is Ignored.MALFORMED


@pytest.mark.parametrize("words", [0, 2, 4, 0xFFFF])
def test_t05_xb12_a_length_that_lies_is_malformed(words: int) -> None:
    message = b"\x50\x5a" + words.to_bytes(2) + HELLO_ACK[4:]
    assert refusal(with_crc(PACKET[:12] + message)) is Ignored.MALFORMED


def test_t05_a_wrong_preamble_is_malformed() -> None:
    assert refusal(with_crc(PACKET[:12] + b"\x50\x5b" + HELLO_ACK[2:])) is Ignored.MALFORMED


@pytest.mark.parametrize("head", [b"\x00\x00", b"\x20\x00", b"\x80\x00", b"\xf0\x00"])
def test_another_first_nibble_is_no_zrtp(head: bytes) -> None:
    assert refusal(with_crc(head + PACKET[2:-4])) is Ignored.MALFORMED


def test_another_cookie_is_no_zrtp() -> None:
    assert refusal(with_crc(PACKET[:4] + b"STUN" + PACKET[8:-4])) is Ignored.MALFORMED


@given(st.binary(max_size=200))
def test_arbitrary_octets_decode_or_are_refused(data: bytes) -> None:
    try:
        packet = decode_packet(data)
    except NotUsedError:
        return
    assert decode_packet(encode_packet(packet)) == packet


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF), st.binary(min_size=8, max_size=80))
def test_what_is_encoded_decodes_to_the_same(sequence: int, ssrc: int, rest: bytes) -> None:
    rest += bytes(-len(rest) % 4)
    message = b"\x50\x5a" + ((len(rest) + 4) // 4).to_bytes(2) + rest
    packet = Packet(sequence, ssrc, message)
    assert decode_packet(encode_packet(packet)) == packet


def test_the_reader_reads_to_the_octet() -> None:
    reader = Reader(bytes(range(9)))
    assert reader.take(3) == b"\x00\x01\x02"
    assert reader.word() == 0x03040506
    assert reader.remaining == 2
    for bad_length in (3, -1):
        with pytest.raises(NotUsedError):
            reader.take(bad_length)
    with pytest.raises(NotUsedError):
        reader.finish()
    assert reader.take(2) == b"\x07\x08"
    reader.finish()
