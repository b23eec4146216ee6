"""Tries which ports can be had."""

import os
import socket

from agent.config import Config
from agent.doctor.judges.media import PortFacts


def look(config: Config, *, phone_runs: bool) -> PortFacts:
    """Takes each port for a moment, but for the one that a running phone has."""
    media, sip = config.media, config.sip
    ports = range(media.rtp_port_min, media.rtp_port_max + 1)
    return PortFacts(
        first=media.rtp_port_min,
        last=media.rtp_port_max,
        taken=tuple(port for port in ports if not _is_free(port)),
        listen=f"{sip.listen_host}:{sip.listen_port}",
        listen_fault="" if phone_runs else _listen_fault(sip.listen_host, sip.listen_port),
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attempt:
        try:
            attempt.bind(("", port))
        except OSError:
            return False
    return True


def _listen_fault(host: str, port: int) -> str:
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)
    return ""
