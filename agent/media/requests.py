"""What the C module keeps from PJSIP: what is too much, and messages that it cannot take.

Once it watches, it answers by itself what is well-formed and not for this phone. What PJSIP could
not read at all waits here. Call these on the thread that polls PJSIP.
"""

from agent.frozen import frozen
from agent.media import _gate


@frozen
class Refused:
    """A message that waits for an answer.

    Attributes:
        status: Why it is refused.
        octets: As much of it as there is, as it came.
        closes: PJSIP's handle of its connection if that will be closed, because nobody knows
            where on it the next message begins; else 0.
    """

    status: int
    octets: bytes
    closes: int


def install() -> None:
    """Watches all that comes in; after each libInit, on the thread that polls.

    Raises:
        RuntimeError: PJSIP does not take it.
    """
    _gate.watch_requests()


def know(addresses: tuple[str, ...]) -> int:
    """Keeps room for those who come from these addresses, whatever others take up.

    Args:
        addresses: IP addresses, without brackets; an IPv6 address stands for its /64.

    Returns:
        How many there was room for: 256.
    """
    return _gate.know(addresses)


def next_refused() -> Refused | None:
    """The oldest message that waits for an answer."""
    found = _gate.next_refused()
    return None if found is None else Refused(*found)


def answer_refused(answer: bytes) -> None:
    """Sends the answer to the oldest one that waits, and lets go of it.

    Args:
        answer: A whole SIP message; empty: none is sent.
    """
    _gate.answer_refused(answer)
