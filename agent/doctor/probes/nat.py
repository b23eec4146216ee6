"""Asks the STUN and TURN servers of a configuration."""

import secrets
import socket
from typing import Final

from agent.config import Config
from agent.doctor import stun
from agent.doctor.judges.nat import NatFacts, StunFacts, TurnFacts

PATIENCE_S: Final = 2.0
_TRIES: Final = 2
_DATAGRAM: Final = 1500


def look(config: Config) -> NatFacts:
    """What they say; no password is sent."""
    turn = config.network.turn
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE_S)
        asked = tuple(StunFacts(each, _seen(asking, each)) for each in config.network.stun)
        if turn is None:
            return NatFacts(asked)
        place = f"{turn.host}:{turn.port}"
        # A TURN server is a STUN server, too (RFC 8656 section 5).
        answers = (
            _seen(asking, place) is not None
            if turn.transport == "udp"
            else _connects(turn.host, turn.port)
        )
        return NatFacts(asked, TurnFacts(place, turn.transport, answers))


def _seen(asking: socket.socket, server: str) -> tuple[str, int] | None:
    host, _, port = server.rpartition(":")
    transaction = secrets.token_bytes(stun.NONCE)
    for _ in range(_TRIES):  # a datagram may get lost
        try:
            asking.sendto(stun.request(transaction), (host, int(port)))
            return stun.read(asking.recv(_DATAGRAM), transaction)
        except (OSError, UnicodeError, stun.StunError):
            continue
    return None


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PATIENCE_S).close()
    except (OSError, UnicodeError):
        return False
    return True
