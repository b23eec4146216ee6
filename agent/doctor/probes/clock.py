"""Looks at the clock, and asks the time servers that this machine is told to ask."""

import re
import secrets
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agent.doctor import sntp
from agent.doctor.judges.clock import ClockFacts, TimeServer
from agent.sip.clock import is_synchronised

PATIENCE_S: Final = 3.0
_SERVERS_MAX: Final = 2
_ETC: Final = Path("/etc")
_FILES: Final = (
    *("systemd/timesyncd.conf", "systemd/timesyncd.conf.d/*.conf"),
    *("chrony/chrony.conf", "chrony.conf"),
)
_NAMED: Final = re.compile(r"^\s*(?:NTP\s*=\s*|(?:server|pool)\s+)([^#\n]+)", re.MULTILINE)
_HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")


def look(earliest: float, servers: Iterable[str]) -> ClockFacts:
    """What there is to know of it.

    Args:
        earliest: A moment that has certainly passed, in seconds since 1970.
        servers: The time servers to ask.
    """
    return ClockFacts(
        now=time.time(),
        earliest=earliest,
        synchronised=is_synchronised(),
        servers=tuple(TimeServer(each, ask(each)) for each in servers),
    )


def configured(etc: Path = _ETC) -> tuple[str, ...]:
    """The first time servers that systemd-timesyncd or chrony are told to ask."""
    found: list[str] = []
    for file in (match for name in _FILES for match in sorted(etc.glob(name))):
        try:
            text = file.read_text("utf-8", "replace")
        except OSError:
            continue
        for line in _NAMED.findall(text):
            # timesyncd lists hosts in one line; chrony has one, and options behind it.
            names = (
                line.split()
                if file.parent.name.startswith(("systemd", "timesyncd"))
                else (line.split()[:1])
            )
            found += [name for name in names if _HOST.fullmatch(name)]
    return tuple(dict.fromkeys(found))[:_SERVERS_MAX]


def ask(host: str, port: int = sntp.PORT) -> float | None:
    """By how many seconds that server's clock is ahead; None: it gives no answer."""
    nonce = secrets.token_bytes(sntp.NONCE)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as asking:
            asking.settimeout(PATIENCE_S)
            asking.connect(address)
            sent = time.time()
            asking.send(sntp.request(nonce))
            return sntp.offset(asking.recv(2 * sntp.LENGTH), nonce, sent, time.time())
    except (OSError, UnicodeError, sntp.SntpError):
        return None
