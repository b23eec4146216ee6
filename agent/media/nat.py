"""What the C module does for ICE that pjsua2 has no words for.

Call these on the thread that polls PJSIP, between libInit and libDestroy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent.media import _gate

TRANSPORTS: Final = {"udp": 17, "tcp": 6, "tls": 56}
"""pj_turn_tp_type, by the names that the configuration has."""


def use_stun(address: str) -> None:
    """Lets calls ask this STUN server for their address outside.

    Args:
        address: "192.0.2.7:3478"; empty: none, and no call waits for one.

    Raises:
        ValueError: It is no address.
    """
    if not _gate.use_stun(address):
        raise ValueError(f"no address: {address!r}")


def use_turn(account: int, *, use: bool) -> None:
    """Lets the calls of an account ask the TURN server that it was made with, or not.

    Args:
        account: pjsua's id of it.
        use: Whether.
    """
    _gate.use_turn(account, use)


def trust_turn(account: int, ca_file: Path) -> None:
    """Says who may vouch for the TURN server of an account, where it speaks TLS.

    Args:
        account: pjsua's id of it.
        ca_file: PEM file of the CAs.
    """
    _gate.trust_turn(account, str(ca_file))


def ask_turn(
    host: str, port: int, *, transport: str, user: str, password: str, ca_file: Path
) -> None:
    """Asks a TURN server for a relay, and gives it back: `turn_answer` has the outcome.

    Args:
        host: The server's name or address.
        port: Its port.
        transport: A key of `TRANSPORTS`.
        user: The user name there.
        password: Its password.
        ca_file: PEM file of the CAs that may vouch for it, where it speaks TLS.
    """
    _gate.ask_turn(host, port, TRANSPORTS[transport], user, password, str(ca_file))


def turn_answer() -> int | None:
    """What has come of `ask_turn`: PJSIP's status, 0 if a relay was given; None: nothing yet.

    Each outcome is told once.
    """
    return _gate.turn_answer()


@contextmanager
def keeping_gate(leg: int) -> Iterator[None]:
    """While PJSIP makes the media of a call anew: the new gate is the old one, keys and all.

    Args:
        leg: pjsua's id of the call.
    """
    _gate.expect_heir(leg)
    try:
        yield
    finally:
        _gate.end_heir()


def is_busy() -> bool:
    """Whether addresses of a call are being gathered or tried just now."""
    return _gate.nat_busy()
