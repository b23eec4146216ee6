"""How packets are marked, so that a network may let voice go first (DSCP, RFC 2474)."""

import socket
from typing import Any, Final

import pjsua2 as pj

_TOS_BITS: Final = 2
"""The DSCP is the upper six bits of the octet; the lower two are ECN's."""


def mark(config: Any, dscp: int) -> None:
    """Has the packets of a socket marked.

    Args:
        config: PJSIP's TransportConfig or TlsConfig; what cannot be set does no harm there.
        dscp: 0 to 63; 0: not at all.
    """
    if dscp:
        config.qosParams.flags = pj.PJ_QOS_PARAM_HAS_DSCP
        config.qosParams.dscp_val = dscp


def why_not(dscp: int) -> str:
    """Why this machine does not let packets be marked so; empty: it does.

    PJSIP marks each socket silently or not at all, so one is tried before.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as trial:
            trial.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << _TOS_BITS)
    except OSError as error:
        return f"packets cannot be marked with DSCP {dscp}: {error.strerror}"
    return ""
