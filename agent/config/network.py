"""The section [network]: the way through NAT, and how packets are marked."""

from pathlib import Path
from typing import Final

from agent.config import checks
from agent.config.reader import Table
from agent.config.secret_file import secret_of
from agent.config.values import NetworkConfig, TurnConfig

STUN_PORT: Final = 3478
"""Of STUN, and of TURN over UDP and TCP (RFC 8489 section 8.1)."""
TURNS_PORT: Final = 5349
"""Of TURN over TLS (RFC 8656 section 3)."""
TURN_TRANSPORTS: Final = ("udp", "tcp", "tls")
MARKS: Final = 63
"""The highest DSCP (RFC 2474 section 3)."""
EXPEDITED_FORWARDING: Final = 46
"""EF, for voice (RFC 4594 section 4.1)."""
CLASS_SELECTOR_3: Final = 24
"""CS3, which most switches take SIP for by themselves; AF31 would be 26."""


def read_network(table: Table, file: Path) -> NetworkConfig:
    """Reads the section.

    ICE is on where there is a server to ask. Without one a phone learns nothing of the NAT that
    it is behind, and its candidates would tell others its local addresses for nothing.

    Args:
        table: The section.
        file: The configuration file that it stands in.
    """
    stun = table.texts("stun", (), checks.server)
    turn = _turn(table.table("turn"), file) if table.has("turn") else None
    section = NetworkConfig(
        ice=table.switch("ice", default=bool(stun) or turn is not None),
        stun=tuple(":".join(map(str, checks.split_server(each, STUN_PORT))) for each in stun),
        turn=turn,
        dscp_media=table.whole_number("dscp_media", EXPEDITED_FORWARDING, 0, MARKS),
        dscp_signalling=table.whole_number("dscp_signalling", CLASS_SELECTOR_3, 0, MARKS),
    )
    table.close()
    return section


def _turn(table: Table, file: Path) -> TurnConfig:
    transport = table.choice("transport", "udp", TURN_TRANSPORTS)
    port = TURNS_PORT if transport == "tls" else STUN_PORT
    host, port = checks.split_server(table.text("server", check=checks.server), port)
    section = TurnConfig(
        host=host,
        port=port,
        transport=transport,
        user=table.text("user"),
        password=secret_of(table, file),
        ca_file=table.optional_path("ca_file", file.parent),
    )
    if not (table.has("password") or table.has("password_file")):
        table.wrong("password_file", "is missing; a TURN server gives nobody a relay without one")
    table.must_be_file("ca_file", section.ca_file)
    if section.ca_file is not None and transport != "tls":
        table.wrong("ca_file", f'is of no use with the transport "{transport}"; "tls" has one')
    table.close()
    return section
