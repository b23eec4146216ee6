"""A ZRTP peer made of single messages, for what no honest session would say."""

from agent.zrtp import State
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.messages import Commit, Hello
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint

HELLO_ACK = b"\x50\x5a\x00\x03HelloACK"


class Puppet:
    """A peer made of single messages, with a hash chain of its own.

    Args:
        zid: who it claims to be.
        seed: one character, of which its H0 is made.
        key_agreements: what it lists.
        mitm: it declares itself a PBX.
    """

    name = "puppet"
    ssrc = 0x0707

    def __init__(
        self,
        zid: bytes = b"puppet's ZID",
        *,
        seed: bytes = b"p",
        key_agreements: tuple[bytes, ...] = (),
        mitm: bool = False,
    ) -> None:
        self.zid = zid
        self.chain = HashChain.from_seed(seed * 32)
        self.hello = Hello(
            b"1.10", b" " * 16, self.chain.h3, zid, (), (), (), key_agreements, (), mitm=mitm
        )

    def commit(self, key_agreement: bytes, commitment: bytes) -> bytes:
        return Commit(
            self.chain.h2,
            self.zid,
            b"S256",
            b"AES1",
            b"HS32",
            key_agreement,
            b"B32 ",
            commitment,
        ).serialize(self.chain.h1)

    def say(self, endpoint: Endpoint, message: bytes) -> None:
        endpoint.session.receive(encode_packet(Packet(1, self.ssrc, message)), 0.0)
        endpoint.pump()

    def greet(self, endpoint: Endpoint) -> None:
        """Bring the endpoint to where it knows us, and wants to be acknowledged."""
        endpoint.session.start(0.0, ssrc=endpoint.ssrc)
        self.say(endpoint, self.hello.serialize(self.chain.h2))
        assert endpoint.session.state is State.PEER_FOUND


def last_message(endpoint: Endpoint) -> bytes:
    return decode_packet(endpoint.sent[-1]).message
