"""Shakes hands with a server as the phone would, and asks it for its OPTIONS."""

import errno
import secrets
import socket
import ssl
import time
from dataclasses import replace
from typing import Any, Final

from cryptography import x509

from agent.doctor import certificates, options
from agent.doctor.judges.server import SipFacts
from agent.doctor.judges.tls import TlsFacts
from agent.frozen import frozen
from agent.sip.reasons import (
    CLOSED,
    ECERTVERIF,
    ERESOLVE,
    NO_COMMON_TLS,
    ConnectionFault,
    Shown,
    of_errno,
    of_openssl,
)
from agent.sip.settings import SYSTEM_CAS, ServerTrust
from agent.trust.files import TrustFileError, read_certificates, read_lists
from agent.trust.identity import UNREADABLE
from agent.trust.judgement import Demand, Moment, Proof, objections
from agent.trust.objections import Flaw, Objection

_REASONS: Final = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": 1040,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": 1071,
    "TLSV1_ALERT_PROTOCOL_VERSION": 1070,
    "UNSUPPORTED_PROTOCOL": 258,
    "WRONG_VERSION_NUMBER": 267,
    "DH_KEY_TOO_SMALL": 394,
}
"""OpenSSL's number of a reason that Python calls by its name."""
_DER: Final = 2
"""What `ssl` calls ENCODING_DER, inside."""
PATIENCE_S: Final = 5.0
"""For the connection, for the handshake and for the answer, each."""


@frozen
class Target:
    """Where a server of an account is.

    Attributes:
        host: Its name or address, an IPv6 one in brackets; its certificate must be for it.
        port: Its port.
        trust: What it must prove, and what it is shown if it asks.
        address: Its IP address; empty: what its name leads to.
        server: Its own name, where the name service has led to it; empty: it is `host`.
    """

    host: str
    port: int
    trust: ServerTrust
    address: str = ""
    server: str = ""

    @property
    def called(self) -> str:
        """The server by its own name."""
        return self.server or self.host


def look(target: Target) -> tuple[TlsFacts, SipFacts | None]:
    """What came of the handshake, and of OPTIONS if that could be asked."""
    authorities = target.trust.ca_file or SYSTEM_CAS
    own_ca = target.trust.ca_file is not None
    facts = TlsFacts(target.host, target.port, str(authorities), own_ca, server=target.server)
    context = _context()
    try:
        context.load_verify_locations(authorities)
    except (OSError, ssl.SSLError):
        return replace(facts, ca_missing=True), None
    try:
        _show_ours(context, target.trust)
        with _connected(target, context) as channel:
            verified = _chain(channel, "get_verified_chain")
            against = _against(target, 0, _chain(channel, "get_unverified_chain"), verified)
            if against:
                return replace(facts, fault=_distrust(against)), None
            cipher, version = channel.cipher(), channel.version()
            facts = replace(
                facts,
                version=version or "",
                cipher=cipher[0] if cipher else "",
                not_after=_certificates(verified)[0].not_valid_after_utc.timestamp(),
            )
            return facts, _ask(channel, target)
    except ssl.SSLCertVerificationError as error:
        return replace(facts, fault=_refused(target, error.verify_code)), None
    except (OSError, ValueError, UnicodeError) as error:
        return replace(facts, fault=ConnectionFault(_status(error))), None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # it would take a wildcard, which RFC 5922 does not
    return context


def _show_ours(context: ssl.SSLContext, trust: ServerTrust) -> None:
    """Shows the account's certificate to a server that asks."""
    if trust.client_certificate is not None:
        context.load_cert_chain(trust.client_certificate, trust.client_key)


def _connected(target: Target, context: ssl.SSLContext) -> ssl.SSLSocket:
    host = target.host.strip("[]")
    plain = socket.create_connection((target.address or host, target.port), PATIENCE_S)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _refused(target: Target, code: int) -> ConnectionFault:
    """Looks at the certificate that was refused; nothing is said on that connection."""
    context = _context()
    context.verify_mode = ssl.CERT_NONE
    try:
        _show_ours(context, target.trust)
        with _connected(target, context) as channel:
            shown = _chain(channel, "get_unverified_chain")
        return _distrust(_against(target, code, shown, shown))
    except (OSError, ValueError):
        return _distrust((Objection(Flaw.OTHER),))


def _chain(channel: ssl.SSLSocket, which: str) -> tuple[bytes, ...]:
    """What the server showed, as DER; the method is the channel's own from Python 3.13 on."""
    own: Any = getattr(channel, which, None)
    if own is not None:
        return tuple(own())
    inside: Any = channel
    return tuple(each.public_bytes(_DER) for each in getattr(inside._sslobj, which)() or ())  # noqa: SLF001


def _certificates(chain: tuple[bytes, ...]) -> tuple[x509.Certificate, ...]:
    return tuple(map(x509.load_der_x509_certificate, chain))


def _against(
    target: Target, code: int, sent: tuple[bytes, ...], verified: tuple[bytes, ...]
) -> tuple[Objection, ...]:
    """What speaks against the server. That the clock may be wrong is for others to say."""
    now = time.time()
    try:
        faults = certificates.faults(code, _certificates(verified), now)
    except UNREADABLE:
        return (Objection(Flaw.OTHER),)
    proof = Proof(target.host.strip("[]"), faults, 0, sent, verified)
    try:
        crl_file, authorities = target.trust.crl_file, target.trust.ca_file or SYSTEM_CAS
        lists = None if crl_file is None else read_lists(crl_file)
        demand = Demand(target.trust.pinned_keys, lists, read_certificates(authorities))
    except TrustFileError:
        return (Objection(Flaw.LIST_UNREADABLE),)
    return objections(proof, demand, Moment(now, synchronised=True))


def _distrust(against: tuple[Objection, ...]) -> ConnectionFault:
    return ConnectionFault(ECERTVERIF, Shown(objections=against))


def _status(error: Exception) -> int:
    """PJSIP's status for what Python raised."""
    match error:
        case socket.gaierror() | UnicodeError():
            return ERESOLVE
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return CLOSED
        case ssl.SSLError(reason=reason) if reason in _REASONS:
            return of_openssl(_REASONS[reason])
        case ssl.SSLError() | ValueError():
            return NO_COMMON_TLS
        case TimeoutError() | OSError(errno=int()):
            return of_errno(error.errno or errno.ETIMEDOUT)
        case _:
            return 0


def _ask(channel: ssl.SSLSocket, target: Target) -> SipFacts:
    address, port, *_ = channel.getsockname()
    own = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    began = time.monotonic()
    data = b""
    answer = None
    try:
        channel.sendall(options.request(target.host, target.port, own, secrets.token_hex(8)))
        while answer is None and time.monotonic() < began + PATIENCE_S:
            received = channel.recv(options.LIMIT)
            data += received
            answer = options.read(data)
            if not received or len(data) > options.LIMIT:
                break
    except (OSError, ValueError):
        return SipFacts(target.called, None)
    if answer is None:
        return SipFacts(target.called, None)
    return SipFacts(
        host=target.called,
        status=answer.status,
        algorithms=answer.algorithms,
        agent=answer.agent,
        seconds=time.monotonic() - began,
        date_offset=None if answer.date is None else answer.date - time.time(),
    )
