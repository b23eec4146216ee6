"""What lies between this phone and the world. Pure."""

from agent.doctor.findings import Area, Finding, good, watch, wrong
from agent.doctor.judges.network import IpAddress
from agent.frozen import frozen

_AREA = Area.MEDIA


@frozen
class StunFacts:
    """What a STUN server answered.

    Attributes:
        server: It, "host:port".
        seen: The address and the port from which our packet came to it; None: no answer.
    """

    server: str
    seen: tuple[str, int] | None


@frozen
class TurnFacts:
    """Whether a TURN server is there.

    Attributes:
        server: It, "host:port".
        transport: "udp", "tcp" or "tls".
        answers: Whether anything came back.
    """

    server: str
    transport: str
    answers: bool


@frozen
class NatFacts:
    """What the servers of [network] say.

    Attributes:
        stun: Those for STUN, all asked from one port.
        turn: The relay; None: there is none.
    """

    stun: tuple[StunFacts, ...] = ()
    turn: TurnFacts | None = None


def judge(addresses: tuple[IpAddress, ...], facts: NatFacts) -> list[Finding]:
    """What to say of it.

    Args:
        addresses: The phone's own; one at the least.
        facts: What the servers say.
    """
    found = [_stun(each, addresses) for each in facts.stun] or [_private(addresses)]
    seen = {each.seen for each in facts.stun if each.seen is not None}
    if len(seen) > 1 and facts.turn is None:
        found.append(
            watch(
                _AREA,
                "This NAT gives the phone another port for each server (it is symmetric).",
                "Calls may stay silent: name a TURN server in [network.turn].",
            )
        )
    return found if facts.turn is None else [*found, _turn(facts.turn)]


def _private(addresses: tuple[IpAddress, ...]) -> Finding:
    public = [each for each in addresses if each.is_global]
    if public:
        return good(_AREA, f"{public[0]} is a public address: there is no NAT.")
    return good(
        _AREA, f"{addresses[0]} is a private address: the phone is behind NAT, or in an office."
    )


def _stun(facts: StunFacts, addresses: tuple[IpAddress, ...]) -> Finding:
    if facts.seen is None:
        return wrong(
            _AREA,
            f"The STUN server {facts.server} gives no answer.",
            "Does the firewall let UDP out and its answers in? Otherwise name another server.",
        )
    if facts.seen[0] in map(str, addresses):
        return good(_AREA, f"{facts.server} sees this phone at its own address: there is no NAT.")
    return good(_AREA, f"{facts.server} sees this phone at {facts.seen[0]}: that is behind NAT.")


def _turn(facts: TurnFacts) -> Finding:
    named = f"The TURN server {facts.server}"
    if facts.answers:
        told = f"{named} answers. Whether it takes the password, the journal tells."
        return good(_AREA, told)
    port = f"{'UDP' if facts.transport == 'udp' else 'TCP'} port {facts.server.rpartition(':')[2]}"
    return wrong(
        _AREA, f"{named} gives no answer.", f"Is it on, and is {port} open on the way to it?"
    )
