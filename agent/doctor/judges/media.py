"""Whether the ports can be had by which calls and sound get in and out. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, good, listed, watch, wrong
from agent.frozen import frozen

_AREA = Area.MEDIA
LEAST: Final = 8
"""Free ports that two calls at once take, with something to spare."""


@frozen
class PortFacts:
    """Which ports this machine would give to the phone.

    Attributes:
        first: The first RTP port.
        last: The last one.
        taken: Those of them that some program has.
        listen: Where the phone listens for SIP, "address:port".
        listen_fault: Why that port cannot be had; empty: it can, or the phone has it.
    """

    first: int
    last: int
    taken: tuple[int, ...] = ()
    listen: str = ""
    listen_fault: str = ""


def judge_ports(facts: PortFacts) -> list[Finding]:
    """What to say of them."""
    return [_listening(facts), _rtp(facts)]


def _listening(facts: PortFacts) -> Finding:
    if facts.listen_fault:
        return wrong(
            _AREA,
            f"The phone cannot listen on {facts.listen}: {facts.listen_fault}.",
            "Find out who has the port (ss -ltnp), or change listen in [sip].",
        )
    return good(_AREA, f"{facts.listen} is there for calls from phone to phone.")


def _rtp(facts: PortFacts) -> Finding:
    named = f"RTP ports {facts.first} to {facts.last}"
    free = facts.last - facts.first + 1 - len(facts.taken)
    if not free:
        return wrong(
            _AREA,
            f"{named}: another program has all of them.",
            "Find out who (ss -ulnp), or change rtp_port_min in [media].",
        )
    if free < LEAST:
        return watch(
            _AREA,
            f"{named}: only {free} of them are free.",
            "Find out who has the others (ss -ulnp), or change rtp_port_min in [media].",
        )
    held = listed(map(str, facts.taken[:LEAST]))
    aside = f"; in use: {held}" if facts.taken else ""
    return good(_AREA, f"{named}: {free} are free{aside}. A firewall must let them in (UDP).")
