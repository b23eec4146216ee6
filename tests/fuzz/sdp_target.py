"""The `a=zrtp-hash` values of an SDP: strings that nobody has checked."""

import re
from hashlib import sha256
from typing import Final

from agent.zrtp import Event, HelloHash, HelloHashDiffers, PeerFound
from agent.zrtp.wire import decode_packet
from fuzz.meter import Meter
from fuzz.situations import NOW, Situation

# More than section 8.1 allows: a longer version, and more white space before the digits.
_VALUE: Final = re.compile(r"1\.1[^ ]* \s*([0-9a-fA-F]{64})")


def announced(value: str) -> str:
    """The digest that a value of our version announces, in small letters; empty: none."""
    match = _VALUE.fullmatch(value.strip())
    return match[1].lower() if match else ""


class SdpTarget:
    """An input is the values, one a line, an empty line between the first SDP and the next.

    Args:
        idle: a session that has not begun.
    """

    def __init__(self, idle: Situation) -> None:
        self.meter = Meter()
        self._idle = idle
        self._hello = idle.honest[0]
        self.digest = sha256(decode_packet(self._hello).message).hexdigest()

    def execute(self, data: bytes) -> None:
        first, _, later = data.decode("latin-1").partition("\n\n")
        host = self._idle.snapshot.copy()
        values = tuple(first.split("\n"))
        self.meter.measure(host.session.start, NOW, ssrc=host.ssrc, peer_hello_hashes=values)
        host.session.receive(self._hello, NOW)
        told = self._told(host.fetch()[0])
        assert told is self._expected(values)
        more = tuple(later.split("\n"))
        self.meter.measure(host.session.update_peer_hello_hashes, more)
        self._check_change(told, self._told(host.fetch()[0]), self._expected(more))
        self.meter.executed()

    def _expected(self, values: tuple[str, ...]) -> HelloHash:
        digests = {digest for value in values if (digest := announced(value))}
        if not digests:
            return HelloHash.MISSING
        return HelloHash.MATCHED if self.digest in digests else HelloHash.DIFFERS

    def _check_change(
        self, told: HelloHash | None, now_told: HelloHash | None, expected: HelloHash
    ) -> None:
        """Only a Hello of which no SDP has said anything yet is judged anew."""
        changes = told is HelloHash.MISSING and expected is not HelloHash.MISSING
        assert now_told is (expected if changes else None)

    @staticmethod
    def _told(events: list[Event]) -> HelloHash | None:
        """What the host heard about the Hello."""
        for event in events:
            if isinstance(event, PeerFound):
                return event.hello_hash
            if isinstance(event, HelloHashDiffers):
                return HelloHash.DIFFERS
        return None
