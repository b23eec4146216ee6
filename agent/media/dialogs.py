"""What the C module knows of PJSIP's dialogs, and what waits there for a person's answer.

PJSIP would dial at once for a REFER, and answer at once an INVITE with Replaces. Once the gate
is installed, the one waits and the other rings. Call these on the thread that polls PJSIP.
"""

from agent.frozen import frozen
from agent.media import _gate


@frozen
class Dialog:
    """One call's dialog (RFC 3261 section 12).

    Attributes:
        call_id: Its Call-ID.
        local_tag: Our tag.
        remote_tag: The other side's.
        remote_uri: The other side's address, as its From or To says.
        target: Where its phone itself can be reached: its Contact.
    """

    call_id: str
    local_tag: str
    remote_tag: str
    remote_uri: str
    target: str


def dialog(leg: int) -> Dialog:
    """The dialog of a call.

    Args:
        leg: pjsua's id of it.

    Raises:
        LookupError: There is no such call.
    """
    return Dialog(*_gate.dialog(leg))


def offered_sdp(leg: int) -> str:
    """What the other side wants to make of the media; only while PJSIP asks about it.

    Args:
        leg: pjsua's id of the call.

    Returns:
        The SDP; empty if there is none, or one without end.
    """
    return _gate.offer(leg).decode("utf-8", "replace")


def offer_fresh_hello(leg: int) -> None:
    """Announces another Hello of ours in the next offer, in case it leads to another phone.

    Args:
        leg: pjsua's id of the call; one that has no gate is left as it is.
    """
    _gate.offer_fresh(leg)


def offer_toward(host: str) -> None:
    """From which of this machine's addresses the next offer wants its media: that on this way.

    Args:
        host: The IP address of whoever is called, or of the server; empty: as PJSIP says.
    """
    _gate.offer_toward(host)


def keep_after_timeout(*, keep: bool) -> None:
    """Whether a call stays when a request within it is not answered (408).

    RFC 3261 section 12.2.1.2 lets go of it. While this phone's own network is gone, that
    request only came too early.
    """
    _gate.keep_after_timeout(keep)


def replaced_leg() -> int | None:
    """Whose place the latest INVITE wants to take: a call of ours that is up; None: nobody's."""
    leg = _gate.replaced_leg()
    return None if leg < 0 else leg


def was_elsewhere(call_id: str) -> bool:
    """Whether a call to us was cancelled because another phone of ours took it (RFC 3326).

    Args:
        call_id: Its Call-ID.
    """
    return _gate.was_elsewhere(call_id)


def next_refer() -> tuple[int, str] | None:
    """A REFER that has come and was not told yet: in which call, and its Refer-To as it came."""
    return _gate.next_refer()


def let_refer_pass(leg: int, refer_to: str = "") -> bool:
    """Gives a REFER that waits to PJSIP, which asks the call's `onCallTransferRequest`.

    Args:
        leg: In which call it came.
        refer_to: What its Refer-To is to be; empty: as it came.

    Returns:
        Whether one was waiting.
    """
    return _gate.let_refer_pass(leg, refer_to)
