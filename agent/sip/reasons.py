"""Status codes, certificates and network faults as sentences. Pure."""

import errno
import re
from datetime import UTC, datetime
from typing import Final

from agent.frozen import frozen
from agent.sip.events import Registration
from agent.trust.objections import Flaw, Objection

ECERTVERIF: Final = 171173
"""PJSIP_TLS_ECERTVERIF: the server could not prove its name, and nothing was sent to it."""
GARBLED: Final = 171020
"""PJSIP_EINVALIDMSG: where one message ends and the next begins nobody knows."""
_START_OS: Final = 120000
"""PJ_ERRNO_START_SYS: from here on a pj_status_t is an errno of the kernel."""
_START_PJSIP: Final = 170000
_START_DNS: Final = 320000
_START_TLS: Final = 470000
_SPACE: Final = 50000
_OF_SSL: Final = _START_TLS + 20 * 1200
"""From here on a pj_status_t is a reason of OpenSSL's library 20, as pjlib counts them."""
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

_TIMEOUT: Final = 408

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

_ALERT: Final = 1000
"""OpenSSL's reason for an alert of the other side is its number (RFC 8446 section 6) above this."""
_CERTIFICATE_ALERTS: Final = {
    _ALERT + 42: "",
    _ALERT + 43: "",
    _ALERT + 44: ": it was revoked",
    _ALERT + 45: ": it expired",
    _ALERT + 46: "",
    _ALERT + 48: ": its authority is unknown there",
    _ALERT + 49: "",
    _ALERT + 51: "",
}
"""What a server says of a certificate of ours."""
_CERTIFICATE_REQUIRED: Final = _ALERT + 116
_HANDSHAKE_FAILURE: Final = _ALERT + 40
_TLS: Final = (
    # Alert protocol_version, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_UNSUPPORTED_PROTOCOL.
    ((_ALERT + 70, 191, 258), "{host} has only old TLS: 1.2 or 1.3 is needed"),
    # No suite in common, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_WRONG_CIPHER_RETURNED, a short DH key.
    ((_HANDSHAKE_FAILURE, _ALERT + 71, 181, 261, 394), "{host} has only weak ciphers"),
    # SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_WRONG_VERSION_NUMBER.
    ((156, 198, 267), "{host} does not speak TLS"),
)
"""OpenSSL's reasons, and what to say of them."""

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


def of_openssl(reason: int) -> int:
    """The pj_status_t that stands for a reason of OpenSSL's (SSL_R_...)."""
    return _OF_SSL + reason


def of_errno(number: int) -> int:
    """The pj_status_t that stands for an errno of the kernel."""
    return _START_OS + number


CLOSED: Final = _EEOF
"""The other side closed the connection."""
NO_COMMON_TLS: Final = _START_TLS + 1
"""The handshake failed before there was a certificate to judge."""


@frozen
class Shown:
    """What became of a handshake with a server.

    Attributes:
        name: Whom the connection was opened to, an address without brackets; empty: not known.
        port: The port there.
        objections: What speaks against the server.
        certificate_seen: Whether it had shown a certificate by then.
        certificate_asked: Whether it had asked for one of ours, as far as TLS tells.
        certificate_given: Whether there was one of ours to show.
    """

    name: str = ""
    port: int = 0
    objections: tuple[Objection, ...] = ()
    certificate_seen: bool = False
    certificate_asked: bool = False
    certificate_given: bool = False


NOTHING_SHOWN: Final = Shown()


@frozen
class ConnectionFault:
    """Why a connection to a server did not come up, or went away.

    Attributes:
        status: PJSIP's pj_status_t.
        shown: What became of the handshake, if there was one.
    """

    status: int
    shown: Shown = NOTHING_SHOWN

    @property
    def is_untrusted(self) -> bool:
        """Whether the certificate, or TLS itself, is the reason."""
        return self.status == ECERTVERIF or bool(self.shown.objections) or is_of_tls(self)


def call_ended(code: int, *, was_answered: bool = False) -> str:
    """The sentence for a call that the other side ended (RFC 3261 section 21).

    Args:
        code: The status; below 300 for a call that was up.
        was_answered: Whether somebody had answered it, there or here.
    """
    if code < 300:  # noqa: PLR2004 - 2xx: it was up
        return "They hung up"
    if code == _TIMEOUT and was_answered:
        return "Their phone no longer answers"
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
        now: Seconds since 1970, for a clock that is wrong.
    """
    if fault.status == ECERTVERIF or fault.shown.objections:
        return Registration.UNTRUSTED, certificate_refused(host, fault.shown.objections, now)
    if is_of_tls(fault):
        return Registration.UNTRUSTED, tls_refused(host, fault)
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
    if status == GARBLED:
        return f"{host} speaks no SIP"
    if status not in _ETIMEDOUT and _START_OS < status < _START_PJSIP:
        return _NETWORK.get(status - _START_OS, "{host} does not answer").format(host=host)
    return f"{host} does not answer"


def is_of_tls(fault: ConnectionFault) -> bool:
    """Whether the two sides could not agree on TLS, or one refused the other's certificate."""
    return _START_TLS <= fault.status < _START_TLS + _SPACE


def tls_refused(host: str, fault: ConnectionFault) -> str:
    """The sentence for a handshake that failed before, or after, the server's certificate.

    Args:
        host: The server's name, as the account has it.
        fault: What PJSIP reported.
    """
    reason, shown = fault.status - _OF_SSL, fault.shown
    # A server with TLS 1.2 calls a missing certificate a failed handshake.
    is_missing = shown.certificate_asked and reason == _HANDSHAKE_FAILURE
    if is_missing or reason == _CERTIFICATE_REQUIRED or reason in _CERTIFICATE_ALERTS:
        if not shown.certificate_given:
            return f"{host} wants a certificate: see client_certificate"
        return f"{host} refuses this phone's certificate{_CERTIFICATE_ALERTS.get(reason, '')}"
    sentence = next((said for reasons, said in _TLS if reason in reasons), None)
    otherwise = (
        f"TLS with {{host}} fails (OpenSSL: {reason})" if reason > 0 else "TLS with {host} fails"
    )
    return (sentence or otherwise).format(host=host)


def certificate_refused(host: str, objections: tuple[Objection, ...], now: float) -> str:
    """Names what is wrong with the certificate, all of it; or with this phone's clock.

    Args:
        host: The name that the certificate should have proved.
        objections: What is wrong.
        now: Seconds since 1970.
    """
    if any(each.flaw is Flaw.CLOCK for each in objections):
        return f"The clock is wrong ({_day(now)}): no server can be checked"
    faults = ", ".join(map(_fault, objections)) or "it cannot be verified"
    return f"Certificate of {host}: {faults}"


def certificate_details(objections: tuple[Objection, ...]) -> str:
    """What the journal says besides, for which the panel has no room; empty: nothing."""
    details = []
    for each in objections:
        if each.flaw in (Flaw.NAME, Flaw.WILDCARD):
            details.append(f"its names: {', '.join(each.names) or 'none'}")
        elif each.flaw is Flaw.NOT_PINNED:
            pins = " ".join(f'pin-sha256="{pin}"' for pin in each.names)
            details.append(f"the keys in its chain: {pins}")
    return "; ".join(details)


def _fault(objection: Objection) -> str:
    sentence = _FAULTS[objection.flaw]
    if objection.who and objection.flaw in _ABOVE:
        sentence = _ABOVE[objection.flaw]
    names = " and ".join(objection.names[:2]) or "nobody"
    # The other languages go by these signs.
    who = re.sub("[,:] ", " ", objection.who) or "nobody"
    return sentence.format(names=names, who=who, day=_day(objection.day))


_FAULTS: Final = {
    Flaw.CLOCK: "the clock is wrong",
    Flaw.EXPIRED: "expired {day}",
    Flaw.NOT_YET_VALID: "not valid before {day}",
    Flaw.NAME: "it is for {names}",
    Flaw.WILDCARD: "{names} does not count in SIP",
    Flaw.SELF_SIGNED: "signed by itself",
    Flaw.UNKNOWN_ISSUER: "authority unknown here ({who})",
    Flaw.INCOMPLETE: "chain incomplete ({who} is missing)",
    Flaw.PURPOSE: "it is not meant for servers",
    Flaw.WEAK: "its key or signature is weak",
    Flaw.NOT_PINNED: "its key is not the pinned one",
    Flaw.REVOKED: "revoked {day}",
    Flaw.LIST_UNREADABLE: "crl_file cannot be used",
    Flaw.LIST_MISSING: "crl_file lacks {who}",
    Flaw.LIST_FORGED: "crl_file is not signed by {who}",
    Flaw.LIST_EXPIRED: "crl_file expired {day}",
    Flaw.LIST_NOT_YET_VALID: "crl_file not valid before {day}",
    Flaw.OTHER: "it cannot be verified",
}
_ABOVE: Final = {
    Flaw.EXPIRED: "{who} above it expired {day}",
    Flaw.NOT_YET_VALID: "{who} above it not valid before {day}",
}
"""The same of an authority in the chain."""


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
