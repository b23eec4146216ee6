"""An alarm for the thread that sleeps in PJSIP's poll."""

from agent.media import _gate


def install() -> None:
    """Lets `wake` end a poll that waits; after each libInit, on the thread that polls.

    Raises:
        RuntimeError: PJSIP does not take it.
    """
    _gate.watch_orders()


def wake() -> None:
    """Ends the poll that waits just now, or the next one; from any thread, at any time."""
    _gate.wake()
