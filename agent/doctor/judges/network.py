"""Whether there is a network at all. Pure."""

import ipaddress

from agent.doctor.findings import Area, Finding, good, listed, watch, wrong
from agent.frozen import frozen

_AREA = Area.NETWORK
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@frozen
class Interface:
    """A network interface other than the loopback.

    Attributes:
        name: E.g. "eth0".
        up: Whether it is switched on.
        carrier: Whether a cable or a radio network is at its other end.
        addresses: Its IP addresses.
    """

    name: str
    up: bool = True
    carrier: bool = True
    addresses: tuple[IpAddress, ...] = ()

    @property
    def usable(self) -> tuple[IpAddress, ...]:
        """Those by which others can be reached: on a wire, and neither link-local nor loopback."""
        if not (self.up and self.carrier):
            return ()
        return tuple(
            each for each in self.addresses if not (each.is_link_local or each.is_loopback)
        )


@frozen
class NetworkFacts:
    """What is known of the network.

    Attributes:
        interfaces: Those that there are.
        routes: The IP versions, 4 and 6, that have a way out (a default route).
    """

    interfaces: tuple[Interface, ...] = ()
    routes: frozenset[int] = frozenset()

    @property
    def addresses(self) -> tuple[IpAddress, ...]:
        """All that can be used, IPv4 first."""
        found = (each for interface in self.interfaces for each in interface.usable)
        return tuple(sorted(found, key=lambda each: each.version))


def judge(facts: NetworkFacts) -> list[Finding]:
    """What to say of it; the first finding tells whether there is any network."""
    if not facts.interfaces:
        return [
            wrong(
                _AREA,
                "This machine has no network interface.",
                "Plug an adapter in, or set up Wi-Fi (nmcli device wifi).",
            )
        ]
    if not any(each.up and each.carrier for each in facts.interfaces):
        return [_no_link(facts.interfaces)]
    if not facts.addresses:
        return [_no_address(facts.interfaces)]
    return [*_addressed(facts), _way_out(facts)]


def _no_link(interfaces: tuple[Interface, ...]) -> Finding:
    names = listed(each.name for each in interfaces)
    if not any(each.up for each in interfaces):
        return wrong(
            _AREA,
            f"The network is switched off ({names}).",
            "Switch it on: nmcli networking on, or ip link set NAME up.",
        )
    return wrong(
        _AREA,
        f"No cable and no Wi-Fi ({names}).",
        "Plug the network cable in at both ends, or set up Wi-Fi (nmcli device wifi).",
    )


def _no_address(interfaces: tuple[Interface, ...]) -> Finding:
    own = [each for found in interfaces for each in found.addresses if each.version == 4]  # noqa: PLR2004
    if any(each.is_link_local for each in own):
        return wrong(
            _AREA,
            "The network gave this phone no address: it made one up (169.254).",
            "Is the router on, and does it give addresses (DHCP)? Then plug the cable in anew.",
        )
    return wrong(
        _AREA,
        "This phone has no network address.",
        "Is the router on, and does it give addresses (DHCP)? Then plug the cable in anew.",
    )


def _addressed(facts: NetworkFacts) -> list[Finding]:
    return [
        good(_AREA, f"{each.name} has {listed(map(str, each.usable))}.")
        for each in facts.interfaces
        if each.usable
    ]


def _way_out(facts: NetworkFacts) -> Finding:
    versions = {each.version for each in facts.addresses}
    ways = versions & facts.routes
    if not ways:
        return wrong(
            _AREA,
            "There is no way out of this network (no default route).",
            "Is the router on, and is it the gateway that DHCP or the settings name (ip route)?",
        )
    said = listed(f"IPv{each}" for each in sorted(ways))
    if blind := sorted(versions - ways):
        stuck = listed(f"IPv{each}" for each in blind)
        return watch(_AREA, f"There is a way out by {said}, but none by {stuck}.")
    return good(_AREA, f"There is a way out by {said}.")


def needs_network(host: str) -> bool:
    """Whether that host is elsewhere than on this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True
