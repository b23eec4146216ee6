"""Asks the name service as the phone does."""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from agent.doctor.judges.names import NameFacts, NameFault, Place
from agent.sip.resolver import Found, NotFound, Resolver

PATIENCE_S: Final = 12.0
"""The system's own patience is longer than a person's."""
RESOLV_CONF: Final = Path("/etc/resolv.conf")


def look(host: str, port: int | None = None) -> NameFacts:
    """Where the server is that goes by this name (RFC 3263).

    Args:
        host: Its name.
        port: The port that stands beside it; None: none.
    """
    told: list[Found | NotFound] = []
    began = time.monotonic()
    # The C library cannot be told to give up: it is left to itself.
    asking = threading.Thread(
        target=lambda: told.append(Resolver().look_up(host, port)), daemon=True
    )
    asking.start()
    asking.join(PATIENCE_S)
    answer = told[0] if told else NotFound(answered=False)
    facts = NameFacts(host, name_servers(), seconds=time.monotonic() - began)
    if isinstance(answer, NotFound):
        fault = NameFault.UNKNOWN if answer.answered else NameFault.SILENT
        return replace(facts, fault=fault)
    places = tuple(Place(each.host, each.address, each.port) for each in answer.servers)
    return replace(facts, places=places)


def name_servers(file: Path = RESOLV_CONF) -> tuple[str, ...]:
    """The servers that this machine asks."""
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(re.findall(r"^\s*nameserver\s+(\S+)", text, re.MULTILINE))
