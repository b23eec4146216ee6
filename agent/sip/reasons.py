"""Status codes, certificates and network faults as sentences. Pure."""

import errno
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntFlag
from typing import Final

from agent.sip.events import Registration

ECERTVERIF: Final = 171173
"""PJSIP_TLS_ECERTVERIF: the server could not prove its name, and nothing was sent to it."""
_START_OS: Final = 120000
"""PJ_ERRNO_START_SYS: from here on a pj_status_t is an errno of the kernel."""
_START_PJSIP: Final = 170000
_START_DNS: Final = 320000
_START_TLS: Final = 470000
_SPACE: Final = 50000
NO_NETWORK: Final = "No network"
ENETDOWN: Final = 120000 + errno.ENETDOWN
"""As PJSIP numbers the system's errors."""
ERESOLVE: Final = 70018
"""PJ_ERESOLVE: the name service does not know the host."""
DNS_SILENT: Final = -1
"""Not PJSIP's: DNS itself does not answer, so that nobody knows where the host is."""
_EEOF: Final = 70016
_ETOOMANY: Final = 70010
_ETIMEDOUT: Final = (70009, 171172, _START_OS + errno.ETIMEDOUT)
_EFAILEDCREDENTIAL: Final = 171100

_CALLS: Final = {
    400: "Their side did not understand the call",
    401: "The server refused the password",
    403: "The server does not allow this call",
    404: "Nobody has this number",
    405: "Their side does not take calls",
    406: "Their phone cannot take this call",
    407: "The server refused the password",
    408: "No answer",
    410: "This number is no longer in use",
    415: "Their phone cannot take this call",
    416: "Their server does not understand this address",
    420: "Their phone cannot take this call",
    480: "Not reachable now",
    482: "The servers pass this call round in a circle",
    483: "The servers pass this call round in a circle",
    484: "The number is incomplete",
    485: "The number means more than one person",
    486: "Busy",
    487: "Cancelled",
    488: "Their phone has no encryption that fits",
    500: "Their server has a fault",
    501: "Their server has a fault",
    502: "Their server cannot reach them",
    503: "Their server is overloaded or off",
    504: "Their server cannot reach them",
    513: "Their side did not understand the call",
    600: "Busy",
    603: "They declined the call",
    604: "Nobody has this number",
    606: "Their phone has no encryption that fits",
}

_CLASSES: Final = {
    3: "They have moved to another address",
    4: "Their side refused the call",
    5: "Their server has a fault",
    6: "They declined the call",
}

_REFUSALS: Final = {
    401: "wrong password",
    403: "this account may not register",
    404: "it does not know this account",
    407: "wrong password",
    423: "it does not agree on how often to register",
}

_NETWORK: Final = {
    errno.ECONNREFUSED: "Nothing listens at {host}",
    errno.ENETUNREACH: "No network on the way to {host}",
    errno.EHOSTUNREACH: "No network on the way to {host}",
    errno.ENETDOWN: NO_NETWORK,
    errno.ECONNRESET: "{host} closed the connection",
    errno.EPIPE: "{host} closed the connection",
    errno.ECONNABORTED: "{host} closed the connection",
    errno.EADDRNOTAVAIL: "No network on the way to {host}",
}


class Verify(IntFlag):
    """What PJSIP finds wrong with a certificate (pj_ssl_cert_verify_flag_t)."""

    ISSUER_NOT_FOUND = 1 << 0
    UNTRUSTED = 1 << 1
    VALIDITY_PERIOD = 1 << 2
    INVALID_FORMAT = 1 << 3
    INVALID_PURPOSE = 1 << 4
    ISSUER_MISMATCH = 1 << 5
    CRL_FAILURE = 1 << 6
    REVOKED = 1 << 7
    CHAIN_TOO_LONG = 1 << 8
    WEAK_SIGNATURE = 1 << 9
    IDENTITY_NOT_MATCH = 1 << 30


def of_errno(number: int) -> int:
    """The pj_status_t that stands for an errno of the kernel."""
    return _START_OS + number


CLOSED: Final = _EEOF
"""The other side closed the connection."""
NO_COMMON_TLS: Final = _START_TLS + 1
"""The handshake failed before there was a certificate to judge."""
NOTHING: Final = Verify(0)
"""Nothing is wrong with the certificate."""
_UNKNOWN_ISSUER: Final = Verify.ISSUER_NOT_FOUND | Verify.UNTRUSTED | Verify.ISSUER_MISMATCH


@dataclass(frozen=True, slots=True)
class Certificate:
    """As much of a server's certificate as a sentence needs.

    Attributes:
        names: Whom it is for: the subject alternative names, else the common name.
        issuer: The common name of who signed it.
        self_signed: Whether subject and issuer are one.
        not_before: Seconds since 1970 from which on it is valid.
        not_after: Seconds since 1970 until when it is valid.
    """

    names: tuple[str, ...] = ()
    issuer: str = ""
    self_signed: bool = False
    not_before: float = 0.0
    not_after: float = 0.0


@dataclass(frozen=True, slots=True)
class ConnectionFault:
    """Why a connection to a server did not come up, or went away.

    Attributes:
        status: PJSIP's pj_status_t.
        verify: What is wrong with the certificate; 0 if that is not the reason.
        certificate: The certificate, if one was shown.
    """

    status: int
    verify: Verify = NOTHING
    certificate: Certificate = Certificate()

    @property
    def is_untrusted(self) -> bool:
        """Whether the certificate, or TLS itself, is the reason."""
        is_tls = _START_TLS <= self.status < _START_TLS + _SPACE
        return self.status == ECERTVERIF or bool(self.verify) or is_tls


def call_ended(code: int) -> str:
    """The sentence for a call that the other side ended (RFC 3261 section 21).

    Args:
        code: The status; below 300 for a call that was up.
    """
    if code < 300:  # noqa: PLR2004 - 2xx: it was up
        return "They hung up"
    return _CALLS.get(code) or _CLASSES.get(code // 100, "The call failed")


def transfer_failed(code: int) -> str:
    """The sentence for a transfer that came to nothing.

    Args:
        code: What the other side's call ended with, or its answer to our REFER.
    """
    if code in {405, 420, 489, 501}:
        return "Their phone cannot be put through"
    return call_ended(code)


def dialling_failed(host: str, status: int, text: str) -> tuple[int, str]:
    """What to say of a call that PJSIP did not even begin.

    Args:
        host: Whom the INVITE should have gone to.
        status: PJSIP's pj_status_t.
        text: PJSIP's words for it.

    Returns:
        A SIP status and a sentence.
    """
    if status in {ERESOLVE, DNS_SILENT}:
        return 502, unreachable(host, status)
    if status == _ETOOMANY:
        return 500, "This phone has too many calls at once"
    if status == _START_OS + errno.EADDRINUSE:
        return 500, "All RTP ports of this phone are taken: see rtp_port_max"
    if _START_OS < status < _START_PJSIP:
        return 503, unreachable(host, status)
    return 500, f"The call cannot be made: {text}"


def registration_refused(code: int, status: int = 0) -> str:
    """The sentence for a server that said no.

    Args:
        code: The SIP status.
        status: PJSIP's pj_status_t; tells a password that was refused twice.
    """
    if status == _EFAILEDCREDENTIAL:
        return "Server refused: wrong password"
    return f"Server refused: {_REFUSALS.get(code, f'status {code}')}"


def connection_failed(host: str, fault: ConnectionFault, now: float) -> tuple[Registration, str]:
    """What a connection that failed means for the account, and the sentence for it.

    Args:
        host: The server's name, as the account has it.
        fault: What PJSIP reported.
        now: Seconds since 1970, for certificates that are not valid yet or any more.
    """
    if fault.status == ECERTVERIF or fault.verify:
        return Registration.UNTRUSTED, certificate_refused(host, fault, now)
    if _START_TLS <= fault.status < _START_TLS + _SPACE:
        return Registration.UNTRUSTED, f"{host} and this phone have no version of TLS in common"
    return Registration.UNREACHABLE, unreachable(host, fault.status)


def unreachable(host: str, status: int) -> str:
    """The sentence for a host that could not be reached, whatever one wanted there.

    Args:
        host: Its name.
        status: PJSIP's pj_status_t.
    """
    if status == DNS_SILENT:
        return "No answer from DNS"
    if status == ERESOLVE or _START_DNS <= status < _START_DNS + _SPACE:
        return f"The name service does not know {host}"
    if status == _EEOF:
        return f"{host} closed the connection"
    if status not in _ETIMEDOUT and _START_OS < status < _START_PJSIP:
        return _NETWORK.get(status - _START_OS, "{host} does not answer").format(host=host)
    return f"{host} does not answer"


def certificate_refused(host: str, fault: ConnectionFault, now: float) -> str:
    """Names what is wrong with the certificate, all of it.

    Args:
        host: The name that the certificate should have proved.
        fault: What PJSIP reported.
        now: Seconds since 1970.
    """
    certificate, verify = fault.certificate, fault.verify
    faults = []
    if verify & Verify.VALIDITY_PERIOD:
        faults.append(_period(certificate, now))
    if verify & Verify.IDENTITY_NOT_MATCH:
        faults.append(f"it is for {_names(certificate)}")
    if verify & _UNKNOWN_ISSUER:
        faults.append(_issuer(certificate))
    if verify & Verify.INVALID_PURPOSE:
        faults.append("it is not meant for servers")
    if verify & Verify.REVOKED:
        faults.append("it was revoked")
    return f"Certificate of {host}: {', '.join(faults) or 'it cannot be verified'}"


def _period(certificate: Certificate, now: float) -> str:
    if now < certificate.not_before:
        return f"not valid before {_day(certificate.not_before)}; is the clock right?"
    return f"expired {_day(certificate.not_after)}"


def _names(certificate: Certificate) -> str:
    return " and ".join(certificate.names[:2]) or "nobody"


def _issuer(certificate: Certificate) -> str:
    if certificate.self_signed:
        return "signed by itself"
    return f"signed by an authority that this phone does not know ({certificate.issuer})"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
