"""Whether the clock is right: certificates are judged by it. Pure."""

from datetime import UTC, datetime
from typing import Final

from agent.doctor.findings import Area, Finding, State, good, watch, wrong
from agent.frozen import frozen

_AREA = Area.CLOCK
BACK_S: Final = 120.0
"""So many seconds before the last write are no clock that went back, but one that was set."""
OFF_S: Final = 300.0
"""By more than this a certificate's dates may be misjudged, and the display is plainly wrong."""
INEXACT_S: Final = 5.0
_SET: Final = "Let a time server set it: timedatectl set-ntp true."
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


@frozen
class TimeServer:
    """What a time server says.

    Attributes:
        host: Its name.
        offset: By how many seconds it is ahead of this clock; None: it gave no answer.
    """

    host: str
    offset: float | None


@frozen
class ClockFacts:
    """What is known of the clock.

    Attributes:
        now: What it says, in seconds since 1970.
        earliest: A moment that has certainly passed, such as the phone's last write.
        synchronised: Whether the kernel was told so by a time service; None: not known.
        servers: What the time servers say that this machine is told to ask.
    """

    now: float
    earliest: float
    synchronised: bool | None = None
    servers: tuple[TimeServer, ...] = ()


def judge(facts: ClockFacts) -> list[Finding]:
    """What to say of it; the first finding says whether it may be believed."""
    shown = _moment(facts.now)
    if facts.now < facts.earliest - BACK_S:
        past = _moment(facts.earliest)
        return [
            wrong(_AREA, f"The clock is wrong: it says {shown}, and it was {past} before.", _SET)
        ]
    heard = [_compared(each) for each in facts.servers]
    if any(each.state is State.WRONG for each in heard):
        return heard
    if facts.synchronised:
        return [good(_AREA, f"The clock says {shown}, and a time server keeps it right."), *heard]
    if facts.synchronised is None or any(each.state is State.GOOD for each in heard):
        return [good(_AREA, f"The clock says {shown}."), *heard]
    return [
        watch(_AREA, f"The clock says {shown}, but no time server has set it.", _SET),
        *heard,
    ]


def judge_server_date(host: str, offset: float) -> Finding | None:
    """What to say of the time that the SIP server gives (RFC 3261 section 20.17).

    Args:
        host: The server.
        offset: By how many seconds it is ahead of this clock.

    Returns:
        The finding; None: the clocks agree.
    """
    if abs(offset) <= OFF_S:
        return None
    return watch(
        _AREA,
        f"{host} has another time: this clock is {_apart(offset)}.",
        "Compare it with a watch. " + _SET,
    )


def _compared(server: TimeServer) -> Finding:
    if server.offset is None:
        return watch(
            _AREA,
            f"The time server {server.host} gives no answer.",
            "Name one that does in /etc/systemd/timesyncd.conf; UDP port 123 must be open.",
        )
    if abs(server.offset) > OFF_S:
        apart = _apart(server.offset)
        return wrong(_AREA, f"The clock is {apart}, says {server.host}.", _SET)
    if abs(server.offset) > INEXACT_S:
        apart = _apart(server.offset)
        return watch(_AREA, f"The clock is {apart}, says {server.host}.", _SET)
    return good(_AREA, f"{server.host} has the same time, within {abs(server.offset):.1f} s.")


def _apart(offset: float) -> str:
    return f"{_span(abs(offset))} {'behind' if offset > 0 else 'ahead'}"


def _span(seconds: float) -> str:
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
