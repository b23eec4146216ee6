"""Writes tests/fuzz/seeds: what each target begins with. Run it when the form of inputs changes.

The packets are real: of libbzrtp, as tests/vectors holds them, and of our own engine. For a session
those of another exchange are strangers, so there its true peer's packets are asked for by number.
Inputs that once broke something stand beside them, in files whose names begin with "broke-".
"""

import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.zrtp.fragments import Fragment
from agent.zrtp.messages import MessageType, plain_message
from agent.zrtp.wire import Packet, encode_packet
from fuzz.fragment_target import real_pieces
from fuzz.plain_seeds import lines_at_the_socket, sdps_with_keys, vcards
from fuzz.records import Kind, Record
from fuzz.sdp_target import SdpTarget
from fuzz.situations import Situation, all_situations
from support.vectors import load

SEEDS: Final = Path(__file__).parent / "seeds"
_SSRC: Final = 0x5EED5EED
_PIECES_OF_COMMIT: Final = 4
_WITHOUT_BODY: Final = (
    MessageType.HELLO_ACK,
    MessageType.CONF2_ACK,
    MessageType.ERROR_ACK,
    MessageType.CLEAR_ACK,
    MessageType.RELAY_ACK,
)
_WORDS: Final = {
    MessageType.CONFIRM1: 16,
    MessageType.CONFIRM2: 16,
    MessageType.SAS_RELAY: 16,
    MessageType.ERROR: 1,
    MessageType.GO_CLEAR: 2,
    MessageType.PING_ACK: 6,
}


def _message(kind: MessageType, words: int) -> bytes:
    body = bytes(range(4 * words))
    return b"\x50\x5a" + (3 + words).to_bytes(2) + kind.value + body


def _libbzrtp() -> dict[str, bytes]:
    """The messages of a whole exchange in which libbzrtp took part."""
    exchange = load("zrtp/libbzrtp.json")[0]
    names = ("hello_initiator", "hello_responder", "commit", "dhpart1", "dhpart2")
    return {f"libbzrtp-{name.replace('_', '-')}": bytes.fromhex(exchange[name]) for name in names}


def _messages() -> dict[str, bytes]:
    """One of each type, and both kinds of Commit without a key agreement."""
    found = _libbzrtp()
    commit = found["libbzrtp-commit"]
    head, tail = commit[:4], commit[4 : 12 + 32 + 12 + 3 * 4]
    sas = commit[12 + 32 + 12 + 4 * 4 :][:4]
    for name, mode, words in (("multistream", b"Mult", 4), ("preshared", b"Prsh", 6)):
        message = tail + mode + sas + bytes(range(4 * words)) + bytes(8)
        found[f"commit-{name}"] = head[:2] + (1 + len(message) // 4).to_bytes(2) + message
    found |= {kind.name.lower(): plain_message(kind) for kind in _WITHOUT_BODY}
    found |= {kind.name.lower(): _message(kind, words) for kind, words in _WORDS.items()}
    ping = _message(MessageType.PING, 3)
    found["ping"] = ping[:12] + b"1.10" + ping[16:]
    return {name.replace("_", "-"): message for name, message in found.items()}


def _packets(encapsulating: Situation) -> dict[str, bytes]:
    found = {
        name: encode_packet(Packet(number, _SSRC, message))
        for number, (name, message) in enumerate(_messages().items())
    }
    hello, *_, dhpart2, _confirm2 = encapsulating.honest
    found |= {"kem-hello": hello, "kem-dhpart2": dhpart2}
    damaged = bytearray(found["libbzrtp-hello-initiator"])
    damaged[40] ^= 0xFF
    return {**found, "damaged": bytes(damaged)}


def _pieces() -> dict[str, bytes]:
    pieces = [Record(Kind.HONEST, number).write() for number in range(len(real_pieces()))]
    commit = pieces[:_PIECES_OF_COMMIT]
    wait = Record(Kind.TIME, 255).write()
    alien = Record(Kind.PACKET, 0, Fragment(7, 64, 60, b"end.").encode(1, 2)).write()
    altered = Record(Kind.HONEST, 1, b"\x00\x0a\xff").write()
    return {
        "in-order": b"".join(commit),
        "backwards": b"".join(reversed(commit)),
        "each-twice": b"".join(each * 2 for each in commit),
        "after-a-long-wait": wait.join(commit),
        "two-senders": alien.join(commit),
        "all": b"".join(pieces),
        "altered": commit[0] + altered + b"".join(commit[1:]),
        "as-one-writes-it": Record(Kind.MESSAGE, 0, b"\0\1\0\x10\0\0" + b"\x50\x5a").write(),
    }


def _insides() -> dict[str, bytes]:
    """H0, flags and cache interval; flags, rendering and sashash; signatures of two words."""
    confirm = (bytes(range(32)), bytes(4), b"\xff" * 4)
    relay = (bytes(4), b"B32 ", bytes(range(32)))
    signed, signature = b"\0\0\2\x0f", b"PGP sign"
    return {
        "confirm": b"\0" + b"".join(confirm),
        "confirm-signed": b"\0" + confirm[0] + signed + confirm[2] + signature,
        "confirm-signed-too-short": b"\0" + confirm[0] + signed + confirm[2] + signature[:4],
        "relay": b"\1" + b"".join(relay),
        "relay-signed": b"\1" + signed + relay[1] + relay[2] + signature,
        "relay-unknown-rendering": b"\1" + relay[0] + b"B999" + relay[2],
        "relay-of-nothing": b"\1" + relay[0] + b"B256" + bytes(32),
    }


def _happenings() -> dict[str, bytes]:
    """What may happen to a session."""
    foreign = {
        name: Record(Kind.MESSAGE, 0, message).write() for name, message in _messages().items()
    }
    honest = [Record(Kind.HONEST, number).write() for number in range(6)]
    sdp = b"1.10 " + b"00" * 32
    others = {
        "the-next-packet": honest[0],
        "the-whole-exchange": b"".join(honest),
        "each-packet-twice": b"".join(each * 2 for each in honest),
        "the-last-packet-again": Record(Kind.HONEST, 255).write(),
        "an-altered-packet": Record(Kind.HONEST, 0, b"\x00\x14\x01").write(),
        "silence": Record(Kind.TIME).write() * 20,
        "srtp": Record(Kind.SRTP).write(),
        "another-hello-is-announced": Record(Kind.SDP, 0, sdp).write(),
        "our-own-ssrc": Record(Kind.MESSAGE, 1, foreign["ping"][4:]).write(),
        "the-sas-is-the-same": honest[0] + Record(Kind.VERDICT).write(),
        "the-sas-differs": honest[0] + Record(Kind.VERDICT, 1).write(),
    }
    return foreign | others


def _values(digest: str) -> dict[str, bytes]:
    right, wrong = f"1.10 {digest}", f"1.10 {'0' * 64}"
    values = {
        "right": right,
        "wrong": wrong,
        "capitals": right.upper(),
        "another-version": f"1.20 {digest}",
        "two-versions": f"1.20 {'0' * 64}\n{right}",
        "too-short": right[:-2],
        "no-value": "1.10",
        "space-before-the-digits": f"1.10 \t {digest} ",
        "space-between-the-digits": f"\n\n1.10 {digest[:4]} {digest[4:]}",
        "empty": "",
        "right-but-late": f"\n\n{right}",
        "wrong-and-late": f"\n\n{wrong}",
        "first-right-then-wrong": f"{right}\n\n{wrong}",
    }
    return {name: value.encode("latin-1") for name, value in values.items()}


def main() -> None:
    situations = all_situations()
    sdp = SdpTarget(situations["initiator-idle"])
    folders = {
        "packet": _packets(situations["kem-responder-peer-found"]),
        "fragments": _pieces(),
        "sealed": _insides(),
        "session": _happenings(),
        "sdp": _values(sdp.digest),
        "control": lines_at_the_socket(),
        "vcard": vcards(),
        "sdes": sdps_with_keys(),
    }
    for folder, inputs in folders.items():
        (SEEDS / folder).mkdir(parents=True, exist_ok=True)
        for name, data in inputs.items():
            (SEEDS / folder / f"{name}.bin").write_bytes(data)


if __name__ == "__main__":
    main()
