"""Loads what the phone is made of, and asks each for its version."""

import ctypes
import platform
import ssl

from agent.doctor.judges.software import SoftwareFacts
from agent.late import late
from agent.version import VERSION

_SRTP = "libsrtp2.so.1"


def look() -> SoftwareFacts:
    """What there is to know of it."""
    pjsip, pjsip_fault = _pjsip()
    return SoftwareFacts(
        version=VERSION,
        python=platform.python_version(),
        openssl=ssl.OPENSSL_VERSION,
        pjsip=pjsip,
        pjsip_fault=pjsip_fault,
        gate_fault=_gate_fault(),
        srtp_status=_srtp_status(),
    )


def _pjsip() -> tuple[tuple[int, int] | None, str]:
    try:
        version = late("pjsip")().libVersion()
    except ImportError as error:
        return None, str(error).removesuffix(".")
    return (version.major, version.minor), ""


def _gate_fault() -> str:
    try:
        late("gate")
    except ImportError as error:
        return str(error).removesuffix(".")
    return ""


def _srtp_status() -> int | None:
    """Its first start tests every cipher against known answers (libsrtp's crypto kernel)."""
    try:
        return int(ctypes.CDLL(_SRTP).srtp_init())
    except (OSError, AttributeError):
        return None
