"""What the C module does for connections: where names lead, who listens, and keep-alive.

Call these on the thread that polls PJSIP.
"""

from agent.media import _gate


def install() -> None:
    """Takes names and keep-alive over from PJSIP; after each libInit.

    Raises:
        RuntimeError: PJSIP does not let go of them.
    """
    _gate.watch_servers()


def listen(transport: int, address: str, port: int) -> int:
    """Lets a TLS transport take connections; until then it only makes them.

    Args:
        transport: pjsua's id of it.
        address: Of this machine, without brackets; "0.0.0.0" or "::" for all.
        port: The TCP port.

    Returns:
        PJSIP's pj_status_t, 0 if it listens.
    """
    return _gate.listen(transport, address, port)


def lead(host: str, port: int, address: str) -> bool:
    """Says where requests to a host go. Certificates are still compared with the host's name.

    Args:
        host: As it stands in a URI; PJSIP leaves the brackets of an IPv6 address out.
        port: The port in that URI, 0 if there is none.
        address: Where that is, "192.0.2.1:5061"; empty: nowhere, until it is found out.

    Returns:
        Whether there was room for it: 64 hosts.
    """
    return _gate.lead(host.strip("[]"), port, address)


def connect(account: int, host: str, place: str) -> tuple[int, str]:
    """Connects an account to its server, or finds the connection that there is.

    Args:
        account: pjsua's id of it.
        host: The name that the server's certificate must prove.
        place: Where it is, "192.0.2.1:5061".

    Returns:
        PJSIP's pj_status_t, 0 if the connection is on its way or up; and our end of it.
    """
    return _gate.open_flow(account, host.strip("[]"), place)


def write_contact(account: int, contact: str) -> bool:
    """Gives the account's next REGISTER a Contact, and a registration of its own.

    Args:
        account: pjsua's id of it.
        contact: The header's value; empty: PJSIP writes it again by itself.

    Returns:
        Whether it was short enough.
    """
    return _gate.contact(account, contact)


def ping(handle: int) -> bool:
    """Sends a double CRLF (RFC 5626 section 3.5.1); whether the connection took it.

    Args:
        handle: PJSIP's, of a connection that it has not destroyed.
    """
    return _gate.ping(handle)


def pongs() -> set[int]:
    """The handles of the connections on which a line end has come since this was asked last."""
    found = set()
    while handle := _gate.next_pong():
        found.add(handle)
    return found
