"""The thread that waits for packets of media: at work while there are calls, else asleep."""

from agent.media import _gate


def begin(*, rests: bool) -> None:
    """Starts it; after each libInit, on the thread that polls.

    Args:
        rests: Whether it may sleep while there is no call; not where calls use ICE.

    Raises:
        RuntimeError: PJSIP does not take it.
    """
    _gate.begin_media(rests)


def end() -> None:
    """Ends it; before libDestroy, or PJSIP crashes. The second time it does nothing."""
    _gate.end_media()
