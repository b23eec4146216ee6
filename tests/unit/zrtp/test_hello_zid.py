"""Whose Hello a packet is, asked without a session."""

from hypothesis import given
from hypothesis import strategies as st

from agent.zrtp import hello_zid
from agent.zrtp.wire import Packet, encode_packet
from support.zrtp_alone import HELLO, HELLO_ACK, RAW


def test_hello() -> None:
    assert hello_zid(encode_packet(Packet(1, 7, RAW))) == HELLO.zid


def test_what_is_no_hello() -> None:
    whole = encode_packet(Packet(1, 7, RAW))
    for packet in (encode_packet(Packet(1, 7, HELLO_ACK)), whole[:-1], whole[:-1] + b"\0", b""):
        assert hello_zid(packet) is None


@given(st.binary(max_size=200))
def test_anything_at_all(packet: bytes) -> None:
    assert hello_zid(packet) is None
