"""What a server says of the voice mail box (RFC 3842 section 5.2). Pure."""

import re
from typing import Final

from agent.frozen import frozen

_WAITING: Final = re.compile(
    r"^Messages-Waiting[ \t]*:[ \t]*(yes|no)[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_VOICE: Final = re.compile(
    r"^Voice-Message[ \t]*:[ \t]*(\d{1,9})[ \t]*/[ \t]*\d{1,9}", re.IGNORECASE | re.MULTILINE
)


@frozen
class Summary:
    """The box.

    Attributes:
        waiting: Whether there are messages.
        new: How many voice messages nobody has heard yet; 0 where the server does not say.
    """

    waiting: bool
    new: int


def summary(message: str) -> Summary | None:
    """Reads a NOTIFY.

    Args:
        message: The whole message, as it came.

    Returns:
        What it says; None if it says nothing of messages.
    """
    _, _, body = message.replace("\r\n", "\n").partition("\n\n")
    waiting = _WAITING.search(body)
    if waiting is None:
        return None
    if waiting[1].lower() == "no":
        return Summary(waiting=False, new=0)
    voice = _VOICE.search(body)
    return Summary(waiting=True, new=int(voice[1]) if voice else 0)
