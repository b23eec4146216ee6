"""Shakes hands with a server as the phone would, and asks it for its OPTIONS."""

import errno
import secrets
import socket
import ssl
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from agent.doctor import certificates, options
from agent.doctor.judges.server import SipFacts
from agent.doctor.judges.tls import TlsFacts
from agent.sip.reasons import (
    CLOSED,
    ECERTVERIF,
    ERESOLVE,
    NO_COMMON_TLS,
    NOTHING,
    Certificate,
    ConnectionFault,
    Verify,
    of_errno,
)
from agent.sip.settings import SYSTEM_CAS

PATIENCE_S: Final = 5.0
"""For the connection, for the handshake and for the answer, each."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server of an account is.

    Attributes:
        host: Its name or address, an IPv6 one in brackets; its certificate must be for it.
        port: Its port.
        ca_file: The only authorities that may vouch for it; None: the system's.
        address: Its IP address; empty: what its name leads to.
        server: Its own name, where the name service has led to it; empty: it is `host`.
    """

    host: str
    port: int
    ca_file: Path | None = None
    address: str = ""
    server: str = ""

    @property
    def called(self) -> str:
        """The server by its own name."""
        return self.server or self.host


def look(target: Target) -> tuple[TlsFacts, SipFacts | None]:
    """What came of the handshake, and of OPTIONS if that could be asked."""
    authorities = target.ca_file or SYSTEM_CAS
    facts = TlsFacts(
        target.host,
        target.port,
        str(authorities),
        target.ca_file is not None,
        server=target.server,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # it would take a wildcard, which RFC 5922 does not
    try:
        context.load_verify_locations(authorities)
    except (OSError, ssl.SSLError):
        return replace(facts, ca_missing=True), None
    try:
        with _connected(target, context) as channel:
            certificate = certificates.read(channel.getpeercert(binary_form=True) or b"")
            if verify := certificates.faults(0, certificate, target.host, time.time()):
                return replace(facts, fault=_distrust(verify, certificate)), None
            cipher, version = channel.cipher(), channel.version()
            facts = replace(
                facts,
                version=version or "",
                cipher=cipher[0] if cipher else "",
                certificate=certificate,
            )
            return facts, _ask(channel, target)
    except ssl.SSLCertVerificationError as error:
        return replace(facts, fault=_refused(target, error.verify_code)), None
    except (OSError, ValueError, UnicodeError) as error:
        return replace(facts, fault=ConnectionFault(_status(error))), None


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
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with _connected(target, context) as channel:
            shown = certificates.read(channel.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        return _distrust(Verify.UNTRUSTED, Certificate())
    return _distrust(certificates.faults(code, shown, target.host, time.time()), shown)


def _distrust(verify: Verify, certificate: Certificate) -> ConnectionFault:
    return ConnectionFault(ECERTVERIF, verify, certificate)


def _status(error: Exception) -> int:
    """PJSIP's status for what Python raised."""
    match error:
        case socket.gaierror() | UnicodeError():
            return ERESOLVE
        case TimeoutError():
            return of_errno(errno.ETIMEDOUT)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return CLOSED
        case ssl.SSLError() | ValueError():
            return NO_COMMON_TLS
        case OSError(errno=int(number)):
            return of_errno(number)
        case _:
            return int(NOTHING)


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
