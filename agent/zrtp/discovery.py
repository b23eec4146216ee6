"""Who is there: Hellos, their announcement in the SDP, their version (RFC 6189 sections 4.1, 8.1)."""

import re
from dataclasses import replace
from hashlib import sha256
from typing import Final

from agent.frozen import frozen
from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError, RefusalError
from agent.zrtp.events import HelloHash, PeerFound
from agent.zrtp.messages import VERSION, Hello, same_version
from agent.zrtp.wire import Packet

__all__ = ["Discovery", "FoundPeer", "announce", "refuse_version"]

# Hellos of so many sources are kept until one of them commits: the true one need be neither the
# first nor the last (section 9), and a flood must not fill the memory.
_MAX_FOUND: Final = 4

# Section 8: 1*(HEXDIG), of either case, and SHA-256 makes 64 of them.
_HEX: Final = re.compile("[0-9A-Fa-f]{64}")


@frozen
class FoundPeer:
    """A Hello that was accepted.

    Attributes:
        ssrc: the source identifier of its packet.
        hello: what it says.
        raw: the whole message.
        hello_hash: how it compares with the SDP.
    """

    ssrc: int
    hello: Hello
    raw: bytes
    hello_hash: HelloHash

    @property
    def event(self) -> PeerFound:
        """What the host is told."""
        hello = self.hello
        return PeerFound(
            hello.zid, _printable(hello.client_id), _printable(hello.version), self.hello_hash
        )


def _printable(text: bytes) -> str:
    """What the peer wrote, fit for a log and a display: nothing but printable ASCII."""
    # The RFC does not say what fills up the client identifier; libbzrtp takes zeros.
    characters = text.rstrip(b"\0").decode("latin-1")
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in characters).strip()


def announce(hello: bytes) -> str:
    """The value of `a=zrtp-hash` for a whole Hello of ours (section 8)."""
    return f"{VERSION.decode('ascii')} {sha256(hello).hexdigest()}"


def refuse_version(version: bytes) -> None:
    """Deal with a Hello of another version (section 4.1.1); always raises.

    Raises:
        NotUsedError: it is higher than ours: the peer will come down to ours.
        RefusalError: it is lower: we have nothing to offer.
    """
    if version[:3] > VERSION[:3]:
        raise NotUsedError(Ignored.UNSUPPORTED_VERSION)
    raise RefusalError(
        ErrorCode.UNSUPPORTED_VERSION, f"the peer speaks only version {version!r} of ZRTP"
    )


class Discovery:
    """The Hellos that came, checked against what the peer's SDP announces.

    Args:
        zid: our own ZID.

    Attributes:
        found: accepted Hellos by SSRC, oldest first.
        rejected: a Hello came that was not announced.
    """

    def __init__(self, zid: bytes) -> None:
        self.found: dict[int, FoundPeer] = {}
        self.rejected = False
        self._zid = zid
        self._announced: frozenset[bytes] = frozenset()

    @property
    def expects_peer(self) -> bool:
        """The peer's SDP says that it speaks ZRTP."""
        return bool(self._announced)

    def expect(self, values: tuple[str, ...]) -> None:
        """Take in `a=zrtp-hash` values; those of other versions and broken ones do not count."""
        digests = frozenset(digest for value in values for digest in _digests(value))
        self._announced = digests or self._announced

    def compare(self, raw: bytes) -> HelloHash:
        """How a whole Hello compares with what was announced."""
        if not self._announced:
            return HelloHash.MISSING
        matched = sha256(raw).digest() in self._announced
        return HelloHash.MATCHED if matched else HelloHash.DIFFERS

    def may_be_peers(self, message: bytes) -> bool:
        """Whether a message may come from the peer, in spite of its source.

        Nothing else than its Hello proves that where the SDP announces it; and who copies one
        that has come already is somebody else.
        """
        is_copy = any(peer.raw == message for peer in self.found.values())
        verdict = self.compare(message)
        return verdict is HelloHash.MISSING or (verdict is HelloHash.MATCHED and not is_copy)

    def accept(self, packet: Packet) -> FoundPeer:
        """Keep a Hello of our version.

        Raises:
            NotUsedError: it is malformed.
            RefusalError: it carries our own ZID (code 0x90).
        """
        hello = Hello.parse(packet.message)
        if hello.zid == self._zid:
            raise RefusalError(ErrorCode.EQUAL_ZIDS, "the peer uses our own ZID")
        peer = FoundPeer(packet.ssrc, hello, packet.message, self.compare(packet.message))
        self.found.pop(packet.ssrc, None)
        if len(self.found) >= _MAX_FOUND:
            del self.found[next(iter(self.found))]
        self.found[packet.ssrc] = peer
        return peer

    def settle(self, ssrc: int) -> FoundPeer:
        """Negotiate with this one: the others are forgotten."""
        peer = self.found[ssrc]
        self.found = {ssrc: peer}
        return peer

    def review(self) -> tuple[list[FoundPeer], list[FoundPeer]]:
        """Compare all accepted Hellos with an announcement that came later.

        A Hello that matched once stays matched: an SDP of the same call announced it.

        Returns:
            Those which turned out to match, and those which turned out not to; `found` holds the
            new verdict on all of them.
        """
        confirmed: list[FoundPeer] = []
        disowned: list[FoundPeer] = []
        for ssrc, peer in self.found.items():
            if peer.hello_hash is HelloHash.MATCHED:
                continue
            verdict = self.compare(peer.raw)
            if verdict is not peer.hello_hash:
                self.found[ssrc] = replace(peer, hello_hash=verdict)
                (confirmed if verdict is HelloHash.MATCHED else disowned).append(self.found[ssrc])
        return confirmed, disowned


def _digests(value: str) -> tuple[bytes, ...]:
    """The digest of one `a=zrtp-hash` value, or nothing."""
    version, _, digits = value.strip().partition(" ")
    if not (same_version(version.encode("utf-8")) and _HEX.fullmatch(digits.strip())):
        return ()
    return (bytes.fromhex(digits),)
