"""Asks the system's name service."""

import re
import socket
import threading
import time
from pathlib import Path
from typing import Final

from agent.doctor.judges.names import NameFacts, NameFault

PATIENCE_S: Final = 8.0
"""The system's own patience is longer than a person's."""
RESOLV_CONF: Final = Path("/etc/resolv.conf")


def look(host: str) -> NameFacts:
    """What the name service says of a host."""
    told: list[tuple[str, ...] | NameFault] = []
    began = time.monotonic()
    # The C library cannot be told to give up: it is left to itself.
    asking = threading.Thread(target=lambda: told.append(_ask(host)), daemon=True)
    asking.start()
    asking.join(PATIENCE_S)
    answer = told[0] if told else NameFault.SILENT
    seconds = time.monotonic() - began
    if isinstance(answer, NameFault):
        return NameFacts(host, name_servers(), fault=answer, seconds=seconds)
    return NameFacts(host, name_servers(), answer, seconds=seconds)


def name_servers(file: Path = RESOLV_CONF) -> tuple[str, ...]:
    """The servers that this machine asks."""
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(re.findall(r"^\s*nameserver\s+(\S+)", text, re.MULTILINE))


def _ask(host: str) -> tuple[str, ...] | NameFault:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        known = error.errno in {socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM}
        return NameFault.SILENT if known else NameFault.UNKNOWN
    except UnicodeError:
        return NameFault.UNKNOWN
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
