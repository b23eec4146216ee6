"""Everything that two phones put on the network in a call, and what can be read of it: nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from support import g711, opus, sound
from support.couple import CALLEE, CALLER, couple
from support.g711 import Samples
from support.netns import network_namespace
from support.pcap import Capture, Datagram, capturing, read_capture
from support.tls_records import negotiated_version, records

pytestmark = pytest.mark.live

TALK_S = 11.0
"""Long enough for two rounds of RTCP, one in 5 s."""
TLS_1_3 = 0x0304
RTP_HEADER = 12
SRTCP_TAIL = 14
"""E flag and index, then a tag of 80 bits (RFC 3711 section 3.4)."""
TAG = 10
READABLE = re.compile(
    rb"SIP/2\.0|sips?:|INVITE|REGISTER|Call-ID|CSeq|Via:|m=audio|zrtp-hash|a=ssrc|User-Agent"
    rb"|adelheid|bertram|555010[12]",
    re.IGNORECASE,
)
DECODERS = ("Opus", "PCMU", "PCMA")
FOLLOWS = 0.5
"""From this likeness on, speech is there. In the clear it is 0.94 to 1.0; noise reaches 0.23."""


@dataclass(frozen=True)
class Evidence:
    """What was captured, and what was spoken: by the port it left from."""

    capture: Capture
    speech: dict[int, Samples]

    def media(self, side: int) -> list[Datagram]:
        """What one side sent on UDP, without ZRTP."""
        return [each for each in self.capture.datagrams if each.source == side and not each.zrtp]


@pytest.fixture(scope="module", autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="evidence", scope="module")
def _evidence(tmp_path_factory: pytest.TempPathFactory, _network: None) -> Evidence:
    file: Path = tmp_path_factory.mktemp("capture") / "call.pcap"
    with capturing(file), couple() as both:

        async def call() -> None:
            await both.dial()
            await both.secure()
            await both.talk(TALK_S)
            await both.hang_up()

        both.run(call())
        speech = {
            side.home.resident.rtp_port: sound.spoken(side.home.microphone) for side in both.sides
        }
    return Evidence(read_capture(file), speech)


PORTS = pytest.mark.parametrize("port", [CALLER.rtp_port, CALLEE.rtp_port])


def test_no_signalling_is_readable(evidence: Evidence) -> None:
    everything = [each.payload for each in evidence.capture.datagrams]
    everything += [*evidence.capture.streams().values(), *evidence.capture.notices]
    assert sum(map(len, everything)) > 100_000
    assert [found for each in everything for found in READABLE.findall(each)] == []


def test_what_would_be_readable_is_looked_for() -> None:
    """The control: a SIP message as it would look in the clear."""
    clear = (
        b"INVITE sip:bertram@127.0.0.1:15062 SIP/2.0\r\nFrom: Adelheid <sip:127.0.0.1:15061>\r\n"
    )
    assert len(READABLE.findall(clear)) == 6


def test_signalling_is_tls_1_3_and_nothing_else(evidence: Evidence) -> None:
    streams = evidence.capture.streams()
    assert streams
    assert all({CALLER.sip_port, CALLEE.sip_port} & set(ports) for ports in streams)
    for stream in streams.values():
        assert sum(5 + len(content) for _, content in records(stream)) == len(stream)
    from_listeners = [
        negotiated_version(stream)
        for (source, _), stream in streams.items()
        if source in {CALLER.sip_port, CALLEE.sip_port}
    ]
    assert set(from_listeners) == {TLS_1_3}


def test_udp_is_the_media_of_this_call_alone(evidence: Evidence) -> None:
    pairs = {(each.source, each.target) for each in evidence.capture.datagrams}
    rtp = {(CALLER.rtp_port, CALLEE.rtp_port), (CALLEE.rtp_port, CALLER.rtp_port)}
    assert pairs == rtp | {(source + 1, target + 1) for source, target in rtp}


def test_nothing_but_zrtp_before_the_keys(evidence: Evidence) -> None:
    """RFC 6189 section 4.6: who may send SRTP from which message on."""
    datagrams = evidence.capture.datagrams
    commits = [each for each in datagrams if each.zrtp == "Commit"]
    (dhpart1,) = {each.source for each in datagrams if each.zrtp == "DHPart1"}
    responder, initiator = (
        dhpart1,
        next(each.target for each in datagrams if each.zrtp == "DHPart1"),
    )
    assert initiator in {each.source for each in commits}
    confirm2 = next(each.at for each in datagrams if each.zrtp == "Confirm2")
    conf2ack = next(each.at for each in datagrams if each.zrtp == "Conf2ACK")
    first = {port: evidence.media(port)[0].at for port in (initiator, responder)}
    assert first[responder] > confirm2
    assert first[initiator] > min(conf2ack, first[responder])
    rtcp = [each.at for port in (initiator, responder) for each in evidence.media(port + 1)]
    assert min(rtcp) > confirm2


@PORTS
def test_all_packets_of_a_direction_are_of_one_size(evidence: Evidence, port: int) -> None:
    """RFC 6562: their sizes would tell what is said."""
    packets = evidence.media(port)
    assert len(packets) > 0.8 * TALK_S * 50
    assert len({len(each.payload) for each in packets}) == 1
    assert len({each.payload[1] & 0x7F for each in packets}) == 1


@PORTS
def test_payload_looks_random_from_the_first_octet_on(evidence: Evidence, port: int) -> None:
    """Opus begins every packet with the same octet; here nearly all 256 values come."""
    payloads = [each.payload[RTP_HEADER:] for each in evidence.media(port)]
    assert len({payload[0] for payload in payloads}) > 200
    counts = np.bincount(np.frombuffer(b"".join(payloads), dtype=np.uint8), minlength=256)
    expected = counts.sum() / 256
    chi_squared = float(np.sum((counts - expected) ** 2) / expected)
    # 255 degrees of freedom: mean 255, standard deviation 22.6.
    assert 255 - 6 * 22.6 < chi_squared < 255 + 6 * 22.6
    plain = opus.encode(evidence.speech[port].repeat(6))
    assert len({packet[0] for packet in plain}) < 10


def decoded(decoder: str, payloads: list[bytes]) -> Samples:
    if decoder == "Opus":
        return sound.resample(opus.decode(payloads), 48_000)
    return g711.decode(decoder, b"".join(payloads))


def encoded(decoder: str, speech: Samples) -> list[bytes]:
    """The same speech in packets of 20 ms, as it would go out without encryption."""
    if decoder == "Opus":
        return opus.encode(speech.repeat(6))
    octets = g711.encode(decoder, speech)
    return [octets[start : start + 160] for start in range(0, len(octets), 160)]


@PORTS
@pytest.mark.parametrize("decoder", DECODERS)
def test_no_decoder_finds_speech(evidence: Evidence, port: int, decoder: str) -> None:
    speech = evidence.speech[port]
    heard = decoded(decoder, [each.payload[RTP_HEADER:] for each in evidence.media(port)])
    control = decoded(decoder, encoded(decoder, np.resize(speech, int(TALK_S * sound.RATE))))
    found = sound.waveform_likeness(speech, heard), sound.loudness_likeness(speech, heard)
    plain = sound.waveform_likeness(speech, control), sound.loudness_likeness(speech, control)
    print(  # noqa: T201 - pytest shows it with -s
        f"{decoder} of port {port}: likeness of waveform and loudness {found[0]:.2f} {found[1]:.2f}; "
        f"of the same speech in the clear {plain[0]:.2f} {plain[1]:.2f}"
    )
    assert max(found) < FOLLOWS < min(plain)


@PORTS
def test_rtcp_is_encrypted(evidence: Evidence, port: int) -> None:
    packets = [each.payload for each in evidence.media(port + 1)]
    assert len(packets) >= 2
    words = [int.from_bytes(packet[-SRTCP_TAIL:-TAG]) for packet in packets]
    assert all(word >> 31 for word in words)
    indices = [word & 0x7FFFFFFF for word in words]
    assert all(after == before + 1 for before, after in pairwise(indices))
    # In the clear all of them are; of encrypted ones each looks so by chance once in 512.
    assert not all(is_compound(packet) for packet in packets)


def is_compound(packet: bytes) -> bool:
    """Whether after the first RTCP packet another one begins: plain reports carry their CNAME."""
    second = (int.from_bytes(packet[2:4]) + 1) * 4
    return packet[second : second + 1] >= b"\x80" and packet[second + 1 : second + 2] == b"\xca"
