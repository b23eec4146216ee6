"""Record what libbzrtp derives from an exchange, as known answers for our key schedule.

Prints the JSON that stands in libbzrtp.json. It needs Debian's libbzrtp0:

    PYTHONPATH=.:tests python tests/vectors/zrtp/record_libbzrtp.py > tests/vectors/zrtp/libbzrtp.json

The messages, our private key, and libbzrtp's keys and SAS are recorded. Our own keys are not, so
that what the file says about keys is libbzrtp's word alone.
"""

import json
import sys
from collections.abc import Callable

from agent.zrtp import Offer, Role
from agent.zrtp.algorithms import CIPHERS, KEY_AGREEMENTS
from agent.zrtp.key_agreement import generate_key_pair
from agent.zrtp.messages import MessageType, message_type
from agent.zrtp.wire import decode_packet
from support.bzrtp import BzrtpSide
from support.zrtp_pair import Endpoint, Wire

EXCHANGES = (
    ("S256", "AES1", "HS80", "X255", "B256"),
    ("S384", "AES3", "HS32", "X255", "B32"),
    ("S256", "AES3", "HS80", "DH3k", "B256"),
    ("S384", "AES3", "HS80", "X448", "B256"),
)
KINDS = ("hash", "cipher", "auth_tag", "key_agreement", "sas")


def always(octets: bytes) -> Callable[[int], bytes]:
    """A source of randomness that gives the same each time."""
    return lambda _length: octets


def private_key(drawn: list[bytes], dhpart: bytes, cipher: str, key_agreement: str) -> bytes:
    """Which of the octets that we drew made the public value of our DHPart."""
    exponent = 2 * CIPHERS[cipher].key_length
    length = {"X255": 32, "X448": 56}.get(key_agreement, exponent)
    for octets in drawn:
        if len(octets) == length:
            pair = generate_key_pair(KEY_AGREEMENTS[key_agreement], exponent, always(octets))
            if pair.public_value in dhpart:
                return octets
    raise LookupError("our private key was not among what we drew")


def record(seed: int, names: tuple[str, str, str, str, str]) -> dict[str, str]:
    """One exchange on a good line."""
    ours = Endpoint("alice", seed=seed, offer=Offer(*((name,) for name in names)))
    theirs = BzrtpSide(1, {kind: (name,) for kind, name in zip(KINDS, names, strict=True)})
    messages: dict[tuple[str, MessageType], bytes] = {}

    def listen(sender: str, packet: bytes) -> list[bytes]:
        message = decode_packet(packet).message
        messages.setdefault((sender, message_type(message)), message)
        return [packet]

    wire = Wire(ours, theirs, tamper=listen)
    wire.start()
    wire.run(until=wire.now + 5)
    secrets, role = theirs.secrets, ours.session.role
    if secrets is None or role is None:
        raise RuntimeError("the exchange failed")
    initiator, responder = (
        (ours.name, theirs.name) if role is Role.INITIATOR else (theirs.name, ours.name)
    )
    parts = {
        initiator: messages[initiator, MessageType.DHPART2],
        responder: messages[responder, MessageType.DHPART1],
    }
    return {
        **dict(zip(KINDS, names, strict=True)),
        "our_role": role.value,
        "our_private_key": private_key(ours.drawn, parts[ours.name], names[1], names[3]).hex(),
        "hello_initiator": messages[initiator, MessageType.HELLO].hex(),
        "hello_responder": messages[responder, MessageType.HELLO].hex(),
        "commit": messages[initiator, MessageType.COMMIT].hex(),
        "dhpart1": parts[responder].hex(),
        "dhpart2": parts[initiator].hex(),
        "peer_send_key": secrets.send_key.hex(),
        "peer_send_salt": secrets.send_salt.hex(),
        "peer_receive_key": secrets.receive_key.hex(),
        "peer_receive_salt": secrets.receive_salt.hex(),
        "sas_text": secrets.sas,
    }


if __name__ == "__main__":
    json.dump([record(seed, names) for seed, names in enumerate(EXCHANGES)], sys.stdout, indent=1)
    sys.stdout.write("\n")
