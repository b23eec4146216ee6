"""Whatever arrives and whenever: nothing is raised, and no state is reached without proof."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.zrtp import Failed, Secured, State
from agent.zrtp.messages import MessageType
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint, Pair, initiated_by

# All packets of two exchanges, one in each role.
RECORDED: list[bytes] = []
for _name in ("alice", "bob"):
    _pair = Pair(tamper=initiated_by(_name))
    _pair.call()
    RECORDED += _pair.alice.sent + _pair.bob.sent

messages = st.one_of(
    st.sampled_from(RECORDED).map(lambda packet: decode_packet(packet).message),
    st.builds(
        lambda kind, body: (
            b"\x50\x5a" + (3 + len(body) // 4).to_bytes(2) + kind.value + body[: len(body) & ~3]
        ),
        st.sampled_from(MessageType),
        st.binary(max_size=120),
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A message with some octets changed, cut off or added, in a packet with a good CRC."""
    message = bytearray(draw(messages))
    for _ in range(draw(st.integers(0, 3))):
        message[draw(st.integers(0, len(message) - 1))] = draw(st.integers(0, 255))
    ssrc = draw(st.sampled_from([Endpoint("alice").ssrc, Endpoint("bob").ssrc, 0, 7]))
    return encode_packet(Packet(draw(st.integers(0, 0xFFFF)), ssrc, bytes(message)))


packets = st.one_of(st.binary(max_size=600), st.sampled_from(RECORDED), mutated())


@pytest.mark.parametrize("progress", range(12))
@settings(max_examples=12, deadline=None)
@given(data=st.lists(packets, max_size=12), seed=st.integers(0, 99))
def test_receive_never_raises(*, progress: int, data: list[bytes], seed: int) -> None:
    # Alice has come some way with the true Bob before the noise begins.
    pair = Pair(tamper=initiated_by(("alice", "bob")[seed % 2]))
    pair.start(hashes=False)
    pair.run(until=pair.now + 0.01 * progress)
    was_secure = pair.alice.session.state is State.SECURE
    for packet in data:
        pair.now += 0.01
        pair.alice.session.receive(packet, pair.now)
        pair.alice.pump()
    if was_secure:
        assert pair.alice.session.state is State.SECURE
    # Then the call goes on; keys never differ.
    pair.run()
    if pair.alice.all(Secured) and pair.bob.all(Secured):
        pair.secured()


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_noise_is_counted(noise: list[bytes]) -> None:
    alice = Endpoint("alice")
    for packet in noise:
        alice.session.receive(packet, 0.0)
    counters = alice.session.counters
    assert counters.malformed + counters.bad_crc == len(noise)
    assert alice.session.packets_to_send() == []


def test_thousands_of_random_packets_with_good_crc() -> None:
    chance = random.Random(7)
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    kinds = list(MessageType)
    for number in range(3_000):
        body = chance.randbytes(4 * chance.randrange(12))
        head = b"\x50\x5a" + (3 + len(body) // 4).to_bytes(2) + chance.choice(kinds).value
        packet = Packet(number, chance.getrandbits(32), head + body)
        alice.session.receive(encode_packet(packet), 0.0)
        alice.pump()
    assert alice.session.state is not State.SECURE
    assert not alice.all(Failed)
