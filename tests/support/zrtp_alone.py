"""One ZRTP session, and what a test says to it in the name of a peer."""

from dataclasses import replace

from agent.zrtp.discovery import announce
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.messages import Hello, MessageType, message_type
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint

CHAIN = HashChain.from_seed(b"p" * 32)
HELLO = Hello(b"1.10", b"Peer            ", CHAIN.h3, b"peer's ZID..", (), (), (), (), ())
RAW = HELLO.serialize(CHAIN.h2)
HASH = announce(RAW)
HELLO_ACK = b"\x50\x5a\x00\x03HelloACK"


def other_hello(number: int) -> bytes:
    chain = HashChain.from_seed(bytes([number]) * 32)
    return replace(HELLO, h3=chain.h3).serialize(chain.h2)


def started(hashes: tuple[str, ...] = ()) -> Endpoint:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc, peer_hello_hashes=hashes)
    alice.pump()
    return alice


def say(alice: Endpoint, message: bytes, now: float = 0.0, ssrc: int = 7) -> list[MessageType]:
    """Give her a message; the types of what she answers."""
    alice.session.receive(encode_packet(Packet(1, ssrc, message)), now)
    return [message_type(decode_packet(packet).message) for packet in alice.pump()]


def wait(alice: Endpoint, until: float) -> list[float]:
    """Let her timers run; when she sent something."""
    times = []
    while (due := alice.session.next_timer()) is not None and due <= until:
        alice.session.handle_timer(due)
        times += [due] * len(alice.pump())
    return times
