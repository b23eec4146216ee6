"""The gate in real calls: what passes, what does not, and what it says."""

import secrets
import select
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pjsua2 as pj
import pytest

from agent.media import gate
from agent.media.gate import SrtpKey
from agent.zrtp.fragments import Fragment
from support import srtp
from support.gate_calls import OneCall, in_gate_process, new_gate_process, one_call, the_phone
from support.sip_peer import SipPeer

# RFC 6189 section 9: a real Hello is not needed, only the shape and the CRC.
_HEADER = b"\x10\x00\x00\x01ZRTP\x00\x00\x00\x07"
_HASH = "1.10 " + "5e" * 32
_PEER_SSRC = 0x5E5E


def _crc32c(data: bytes) -> bytes:
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "little")


def _zrtp(message: bytes = b"\x50\x5a\x00\x03HelloACK") -> bytes:
    return _HEADER + message + _crc32c(_HEADER + message)


def _key(key_octets: int = 16, auth_tag_bits: int = 80) -> SrtpKey:
    return SrtpKey(secrets.token_bytes(key_octets), secrets.token_bytes(14), auth_tag_bits)


def _spoil(packet: bytes) -> bytes:
    return packet[:-1] + bytes((packet[-1] ^ 1,))


@pytest.fixture(scope="module")
def gate_process() -> Iterator[ProcessPoolExecutor]:
    yield from new_gate_process()


@in_gate_process
def test_no_rtp_and_no_rtcp_leaves_before_keys() -> None:
    with one_call() as call:
        counters = call.run_until(dropped_before_keys_out=10, rtcp_dropped=1)
        call.hang_up()
        assert counters.sent == counters.rtcp_sent == 0
        assert call.peer.rtp_in == call.peer.rtcp_in == []


@in_gate_process
def test_plain_rtp_and_rtcp_stop_at_the_gate_before_keys() -> None:
    with one_call() as call:
        before = call.counters.rtcp_dropped
        call.peer.send(srtp.rtp(1, _PEER_SSRC), srtp.rtp(2, _PEER_SSRC))
        call.peer.send_rtcp(srtp.receiver_report(_PEER_SSRC))
        counters = call.run_until(dropped_before_keys_in=2, rtcp_dropped=before + 1)
        assert counters.received == counters.rtcp_received == 0


@in_gate_process
def test_plain_forged_and_replayed_packets_stop_at_the_gate_after_keys() -> None:
    with one_call() as call:
        key = _key()
        call.open(receive=key, send=_key())
        good = srtp.protect(key, srtp.rtp(1, _PEER_SSRC))
        call.peer.send(good, good, _spoil(srtp.protect(key, srtp.rtp(2, _PEER_SSRC))))
        call.peer.send(srtp.rtp(3, _PEER_SSRC), srtp.protect(_key(), srtp.rtp(4, _PEER_SSRC)))
        counters = call.run_until(received=1, replayed=1, not_authentic=3)
        assert counters.received == 1
        assert counters.octets_received == 172


@in_gate_process
def test_forged_and_replayed_rtcp_stops_at_the_gate() -> None:
    with one_call() as call:
        key = _key()
        call.open(receive=key)
        before = call.counters.rtcp_dropped
        good = srtp.protect_rtcp(key, srtp.receiver_report(_PEER_SSRC), 1)
        forged = _spoil(srtp.protect_rtcp(key, srtp.receiver_report(_PEER_SSRC), 2))
        for packet in (good, good, forged, srtp.receiver_report(_PEER_SSRC)):
            call.peer.send_rtcp(packet)
        counters = call.run_until(rtcp_received=1, rtcp_dropped=before + 3)
        assert counters.rtcp_received == 1


@in_gate_process
def test_what_is_none_of_the_three_is_malformed() -> None:
    with one_call() as call:
        stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12)
        cookieless = _zrtp().replace(b"ZRTP", b"XRTP")
        call.peer.send(stun, b"\x16\xfe\xfd" + bytes(30), b"\x80", cookieless, _zrtp()[:20])
        call.peer.send_rtcp(srtp.rtp(1, _PEER_SSRC))
        assert call.run_until(malformed=6).zrtp_received == 0


@in_gate_process
def test_with_rtcp_mux_everything_takes_one_port() -> None:
    with one_call(SipPeer(mux=True)) as call:
        ours, theirs = _key(), _key()
        call.open(receive=theirs, send=ours)
        call.peer.send_rtcp(srtp.protect_rtcp(theirs, srtp.receiver_report(_PEER_SSRC), 1))
        call.run_until(rtcp_received=1, sent=1)
        call.hang_up()
        assert call.peer.rtcp_in == []
        assert 200 <= call.peer.rtp_in[-1][1] <= 204
        srtp.unprotect_rtcp(ours, call.peer.rtp_in[-1])


@in_gate_process
def test_receiving_may_begin_before_sending() -> None:
    with one_call() as call:
        theirs = _key()
        call.open(receive=theirs)
        call.peer.send(srtp.protect(theirs, srtp.rtp(1, _PEER_SSRC)))
        counters = call.run_until(received=1, dropped_before_keys_out=5)
        assert counters.sent == 0
        assert call.peer.rtp_in == []


@in_gate_process
def test_the_key_that_runs_goes_on_running_when_it_comes_again() -> None:
    with one_call() as call:
        theirs = _key()
        packet = srtp.protect(theirs, srtp.rtp(1, _PEER_SSRC))
        call.open(receive=theirs)
        call.peer.send(packet)
        call.run_until(received=1)
        call.open(receive=theirs)
        call.peer.send(packet)
        assert call.run_until(replayed=1).received == 1
        call.run(lambda: bool(call.phone.of(gate.SrtpReceived)))
        assert len(call.phone.of(gate.SrtpReceived)) == 1


@in_gate_process
def test_another_key_takes_over() -> None:
    with one_call() as call:
        first, second = _key(), _key()
        call.open(receive=first)
        call.peer.send(srtp.protect(first, srtp.rtp(1, _PEER_SSRC)))
        call.run_until(received=1)
        call.open(receive=second)
        call.peer.send(srtp.protect(second, srtp.rtp(2, _PEER_SSRC)))
        call.run_until(received=2)
        call.run(lambda: len(call.phone.of(gate.SrtpReceived)) == 2)


@in_gate_process
def test_a_closed_gate_lets_nothing_through_and_its_keys_cannot_return() -> None:
    with one_call() as call:
        ours, theirs = _key(), _key()
        call.open(receive=theirs, send=ours)
        call.run_until(sent=2)
        gate.close(call.number)
        sent = call.counters.sent
        call.peer.send(srtp.protect(theirs, srtp.rtp(1, _PEER_SSRC)))
        counters = call.run_until(dropped_before_keys_in=1, dropped_before_keys_out=5)
        assert counters.sent == sent
        with pytest.raises(gate.KeyReuseError):
            call.open(send=ours)
        with pytest.raises(gate.KeyReuseError):
            call.open(receive=theirs)


@in_gate_process
def test_a_key_of_another_call_is_refused() -> None:
    ours = _key()
    with one_call() as call:
        call.open(send=ours)
    with one_call() as call:
        with pytest.raises(gate.KeyReuseError):
            call.open(send=ours)
        assert call.run_until(dropped_before_keys_out=1).sent == 0


@in_gate_process
def test_an_armed_hash_is_in_the_sdp_and_its_token_comes_back() -> None:
    gate.arm(7, _HASH)
    assert gate.armed() == 1
    with one_call() as call:
        assert f"a=zrtp-hash:{_HASH}\r\n" in call.peer.offer
        assert f"a=ssrc:{call.attached.ssrc} " in call.peer.offer
        assert call.phone.of(gate.GateCreated)[0].token == 7
        assert gate.armed() == 0


@in_gate_process
def test_without_an_armed_hash_the_sdp_has_none() -> None:
    with one_call() as call:
        assert "zrtp-hash" not in call.peer.offer
        assert call.phone.of(gate.GateCreated)[0].token == 0


@in_gate_process
def test_their_hashes_are_read_from_the_media_first() -> None:
    lines = [f"a=zrtp-hash:{_HASH}", "a=zrtp-hash:1.20 ab", "a=zrtp-hash:" + "9" * 200]
    with one_call(SipPeer(media_lines=lines, session_lines=["a=zrtp-hash:1.10 cd"])) as call:
        assert call.attached.remote_hashes == (_HASH, "1.20 ab")
        assert call.attached.remote == f"127.0.0.1:{call.peer.rtp.getsockname()[1]}"


@in_gate_process
def test_their_hash_may_stand_in_the_session() -> None:
    with one_call(SipPeer(session_lines=[f"a=zrtp-hash:{_HASH}"])) as call:
        assert call.attached.remote_hashes == (_HASH,)


@in_gate_process
def test_a_reinvite_with_another_hash_is_told() -> None:
    with one_call(SipPeer(media_lines=[f"a=zrtp-hash:{_HASH}"])) as call:
        call.peer.media_lines = ["a=zrtp-hash:1.10 " + "11" * 32]
        call.call.reinvite(pj.CallOpParam(True))  # noqa: FBT003
        call.run(lambda: len(call.phone.of(gate.GateAttached)) > 1)
        again = call.phone.of(gate.GateAttached)[-1]
        assert again.remote_hashes == ("1.10 " + "11" * 32,)
        assert again.ssrc == call.attached.ssrc


def _zrtp_data(call: OneCall) -> list[bytes]:
    return [packet.data for packet in call.phone.of(gate.ZrtpPacket)]


@in_gate_process
def test_zrtp_comes_up_whole_and_a_bad_crc_does_not() -> None:
    with one_call() as call:
        first, second = _zrtp(), _zrtp(b"\x50\x5a\x00\x03Conf2ACK")
        call.peer.send(first, _spoil(first), second)
        counters = call.run_until(zrtp_received=2, zrtp_bad_crc=1)
        call.run(lambda: _zrtp_data(call) == [first, second])
        assert call.phone.of(gate.ZrtpPacket)[0].source == call.attached.remote
        assert counters.malformed == 0


@in_gate_process
def test_pieces_of_messages_pass_in_and_out_at_the_size_of_the_path() -> None:
    first, last = (
        Fragment(1, 1740, offset, bytes(octets)).encode(7, 7)
        for offset, octets in ((0, 1428), (1428, 312))
    )
    with one_call() as call:
        assert len(first) == 1452
        call.peer.send(first, last)
        call.run(lambda: _zrtp_data(call) == [first, last])
        for packet in (first, last):
            assert gate.send_zrtp(call.number, packet)
        call.run(lambda: call.peer.rtp_in == [first, last])


@in_gate_process
def test_a_flood_of_zrtp_waits_within_bounds() -> None:
    with one_call() as call:
        for _ in range(100):
            call.peer.send(_zrtp())
        # Nothing is drained meanwhile; the last packet's fate is counted after the others'.
        while call.counters.zrtp_received < 100:
            call.phone.endpoint.libHandleEvents(2)
        call.run(lambda: len(_zrtp_data(call)) >= 64)
        assert len(_zrtp_data(call)) == 64
        assert call.run_until(zrtp_overflow=36).zrtp_overflow == 36
        call.peer.send(_zrtp())
        call.run(lambda: len(_zrtp_data(call)) == 65)


@in_gate_process
def test_zrtp_leaves_from_the_rtp_port_and_nothing_else_does() -> None:
    with one_call() as call:
        assert gate.send_zrtp(call.number, _zrtp())
        call.run(lambda: call.peer.rtp_in == [_zrtp()])
        for other in (srtp.rtp(1, 2), _spoil(_zrtp()), b""):
            with pytest.raises(ValueError, match="not a ZRTP packet"):
                gate.send_zrtp(call.number, other)
        assert call.counters.zrtp_sent == 1


@in_gate_process
def test_zrtp_from_where_nobody_vouched_for_moves_nothing() -> None:
    with one_call() as call, _elsewhere() as attacker:
        attacker.sendto(_zrtp(), call.peer.their_rtp)
        call.run_until(zrtp_received=1)
        gate.vouch(call.number, "{}:{}".format(*attacker.getsockname()))
        assert gate.send_zrtp(call.number, _zrtp())
        call.run(lambda: call.peer.rtp_in == [_zrtp()])
        with pytest.raises(ValueError, match="not an address"):
            gate.vouch(call.number, "nowhere:at:all")


@in_gate_process
def test_a_gate_that_is_gone_says_so() -> None:
    with one_call() as call:
        assert gate.send_zrtp(call.number, _zrtp())
        call.hang_up()
        assert not gate.send_zrtp(call.number, _zrtp())
        gate.close(call.number)
        gate.vouch(call.number, "127.0.0.1:4000")
        with pytest.raises(gate.GateGoneError):
            gate.counters(call.number)
        with pytest.raises(gate.GateGoneError):
            call.open(send=_key())
        kinds = [type(event) for event in call.phone.events]
        assert kinds[-2:] == [gate.GateDetached, gate.GateDestroyed]
        (destroyed,) = call.phone.of(gate.GateDestroyed)
        assert destroyed.counters.zrtp_sent == 1


def _elsewhere() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


@in_gate_process
def test_zrtp_shows_where_the_other_side_really_is_until_srtp_does() -> None:
    with one_call() as call, _elsewhere() as behind_nat, _elsewhere() as attacker:
        for sender in (behind_nat, attacker):
            gate.vouch(call.number, "{}:{}".format(*behind_nat.getsockname()))
            sender.sendto(_zrtp(), call.peer.their_rtp)
        call.run_until(zrtp_received=2)
        gate.send_zrtp(call.number, _zrtp())
        call.run(lambda: bool(select.select([behind_nat], [], [], 0)[0]))
        theirs = _key()
        call.open(receive=theirs)
        behind_nat.sendto(srtp.protect(theirs, srtp.rtp(1, _PEER_SSRC)), call.peer.their_rtp)
        call.run_until(received=1)
        gate.vouch(call.number, "{}:{}".format(*attacker.getsockname()))
        attacker.sendto(_zrtp(), call.peer.their_rtp)
        call.run_until(zrtp_received=3)
        behind_nat.recv(2048)
        gate.send_zrtp(call.number, _zrtp())
        call.run(lambda: bool(select.select([behind_nat], [], [], 0)[0]))
        assert not select.select([attacker], [], [], 0)[0]


@in_gate_process
def test_rtcp_does_not_follow_whoever_sends_some() -> None:
    with one_call() as call, _elsewhere() as attacker:
        call.open(send=_key(), receive=_key())
        dropped = call.counters.rtcp_dropped
        for _ in range(20):
            attacker.sendto(srtp.receiver_report(_PEER_SSRC), call.peer.their_rtcp)
        call.run_until(rtcp_dropped=dropped + 20, sent=1)
        call.hang_up()
        assert call.peer.rtcp_in
        assert not select.select([attacker], [], [], 0)[0]


@in_gate_process
def test_two_gates_of_one_endpoint_hear_each_other() -> None:
    phone = the_phone()
    call = phone.call(phone.uri)
    phone.run(lambda: len(phone.of(gate.GateAttached)) == 2)
    here, there = (event.gate for event in phone.of(gate.GateAttached))
    keys = _key(), _key()
    for one, (send, receive) in ((here, keys), (there, keys[::-1])):
        gate.install_keys(one, direction="receive", key=receive)
        gate.install_keys(one, direction="send", key=send)
    phone.run(lambda: all(gate.counters(one).received > 5 for one in (here, there)))
    for one in (here, there):
        assert gate.counters(one).not_authentic == 0
    call.hangup(pj.CallOpParam())
    phone.run(lambda: len(phone.of(gate.GateDestroyed)) == 2 and call.ended)


@in_gate_process
def test_calls_may_end_while_other_threads_use_their_gates() -> None:
    stop = threading.Event()
    newest = [0]
    outcomes: set[str] = set()

    def use_gates() -> None:
        while not stop.is_set():
            try:
                gate.send_zrtp(newest[0], _zrtp())
                gate.install_keys(newest[0], direction="send", key=_key())
                gate.counters(newest[0])
                outcomes.add("used")
            except gate.GateGoneError:
                outcomes.add("gone")

    threads = [threading.Thread(target=use_gates) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            with one_call() as call:
                newest[0] = call.number
                for _ in range(200):
                    call.peer.send(_zrtp(), srtp.rtp(1, _PEER_SSRC))
                call.run_until(zrtp_sent=5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert outcomes == {"used", "gone"}


@in_gate_process
def test_hello_hashes_wait_in_order_and_within_bounds() -> None:
    for token in range(1, 17):
        gate.arm(token, _HASH)
    with pytest.raises(RuntimeError, match="16"):
        gate.arm(17, _HASH)
    for token in range(1, 17):
        with one_call() as call:
            assert call.phone.of(gate.GateCreated)[0].token == token
    assert gate.armed() == 0


def test_the_gate_goes_in_after_lib_init() -> None:
    with pytest.raises(RuntimeError, match="libInit"):
        gate.install()


@pytest.mark.parametrize("value", ["", "1.10", "1.10 " + "zz" * 32, _HASH + "\r\na=x:y", "x" * 500])
def test_only_a_zrtp_hash_can_be_armed(value: str) -> None:
    with pytest.raises(ValueError, match="no zrtp-hash"):
        gate.arm(1, value)


def test_a_token_is_positive() -> None:
    with pytest.raises(ValueError, match="token 0"):
        gate.arm(0, _HASH)


def test_a_gate_that_never_was_is_gone() -> None:
    with pytest.raises(gate.GateGoneError, match="4711"):
        gate.counters(4711)


def test_drain_has_nothing_where_nothing_happened() -> None:
    assert gate.drain() == []
    assert select.select([gate.fileno()], [], [], 0) == ([], [], [])
