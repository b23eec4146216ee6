"""What the C module keeps from PJSIP: messages that it cannot take, and whose sender wants to know.

Once it watches, it answers by itself what is well-formed and not for this phone. What PJSIP could
not read at all waits here. Call these on the thread that polls PJSIP.
"""

from agent.media import _gate


def install() -> None:
    """Watches all that comes in; after each libInit, on the thread that polls.

    Raises:
        RuntimeError: PJSIP does not take it.
    """
    _gate.watch_requests()


def next_refused() -> tuple[int, bytes] | None:
    """The oldest message that waits for an answer: the status, and the message as it came."""
    return _gate.next_refused()


def answer_refused(answer: bytes) -> None:
    """Sends the answer to the oldest one that waits, and lets go of it.

    Args:
        answer: A whole SIP message; empty: none is sent.
    """
    _gate.answer_refused(answer)
