"""Every cipher and tag of the gate in a call, held against a second implementation."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from agent.media import gate
from agent.media.gate import SrtpKey
from support import srtp
from support.gate_calls import in_gate_process, new_gate_process, one_call

_PEER_SSRC = 0x5E5E


@pytest.fixture(scope="module")
def gate_process() -> Iterator[ProcessPoolExecutor]:
    yield from new_gate_process()


def _key(key_octets: int, auth_tag_bits: int) -> SrtpKey:
    salt = secrets.token_bytes(12 if auth_tag_bits == 128 else 14)
    return SrtpKey(secrets.token_bytes(key_octets), salt, auth_tag_bits)


def _spoil(packet: bytes, at: int) -> bytes:
    changed = bytearray(packet)
    changed[at] ^= 1
    return bytes(changed)


def _flows_both_ways(key_octets: int, auth_tag_bits: int) -> None:
    with one_call() as call:
        ours, theirs = _key(key_octets, auth_tag_bits), _key(key_octets, auth_tag_bits)
        call.open(receive=theirs, send=ours)
        good = [srtp.protect(theirs, srtp.rtp(n, _PEER_SSRC)) for n in range(5)]
        forged = srtp.protect(theirs, srtp.rtp(5, _PEER_SSRC))
        # The header is authenticated, and so is the payload, and the tag to its last octet.
        call.peer.send(*good, *(_spoil(forged, at) for at in (1, 20, -1)), good[0])
        counters = call.run_until(sent=5, received=5, not_authentic=3, replayed=1)
        call.run(lambda: len(call.peer.rtp_in) >= 5)
        for packet in call.peer.rtp_in:
            plain = srtp.unprotect(ours, packet)
            assert plain[8:12] == call.attached.ssrc.to_bytes(4)
            assert len(packet) == len(plain) + auth_tag_bits // 8
        assert counters.octets_sent == counters.sent * 172
        call.peer.send_rtcp(srtp.protect_rtcp(theirs, srtp.receiver_report(_PEER_SSRC), 1))
        call.run_until(rtcp_received=1)
        call.hang_up()
        assert srtp.unprotect_rtcp(ours, call.peer.rtcp_in[-1])[0] & 0xC0 == 0x80
        assert len(call.phone.of(gate.SrtpReceived)) == 1


@in_gate_process
def test_a04_media_flows_with_aes_128_and_32_bit_tags() -> None:
    _flows_both_ways(16, 32)


@in_gate_process
def test_a04_media_flows_with_aes_128_and_80_bit_tags() -> None:
    _flows_both_ways(16, 80)


@in_gate_process
def test_a03_media_flows_with_aes_256_and_32_bit_tags() -> None:
    _flows_both_ways(32, 32)


@in_gate_process
def test_a03_media_flows_with_aes_256_and_80_bit_tags() -> None:
    _flows_both_ways(32, 80)


@in_gate_process
def test_xc03_media_flows_with_aes_128_gcm() -> None:
    _flows_both_ways(16, 128)


@in_gate_process
def test_xc03_media_flows_with_aes_256_gcm() -> None:
    _flows_both_ways(32, 128)


@in_gate_process
def test_xc03_a_gcm_key_never_gets_a_second_context() -> None:
    ours = _key(32, 128)
    with one_call() as call:
        call.open(send=ours)
        call.run_until(sent=2)
        gate.close(call.number)
        with pytest.raises(gate.KeyReuseError):
            call.open(send=ours)
