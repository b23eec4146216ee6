"""The TLS transports: one that proves who the servers are, one for calls without a server.

A transport makes connections by its own rules, and an account is bound to one transport,
so that no connection to somebody who has proved nothing can ever serve an account.
"""

import ctypes
import socket
from pathlib import Path
from typing import Any, Final

import pjsua2 as pj

from agent.sip.errors import SipError
from agent.sip.guard import describe
from agent.sip.marking import mark
from agent.sip.reasons import Certificate, ConnectionFault, Verify
from agent.sip.settings import SYSTEM_CAS, SipSettings

_HANDSHAKE_MS = 10_000
CANCELLED: Final = 70014
"""PJ_ECANCELLED: the fault of a connection that this phone has let go of."""


def create_server_transport(endpoint: Any, ca_file: Path | None, dscp: int = 0) -> int:
    """The transport to servers that must prove their name by a CA.

    PJSIP listens on a port of its choice even here. But this transport has no certificate
    of its own, so that nobody who knocks there gets through the handshake; and `Connections`
    takes nobody for verified who came in by a listening port.

    Args:
        endpoint: The pjsua2 endpoint.
        ca_file: PEM file of the CAs; None: the system's.
        dscp: How packets are marked.

    Returns:
        pjsua's id of the transport.

    Raises:
        SipError: The CA file cannot be read.
    """
    path = ca_file or SYSTEM_CAS
    if not path.is_file():
        raise SipError(f"There is no file of certificate authorities at {path}")
    config = _config(dscp)
    config.tlsConfig.CaListFile = str(path)
    config.tlsConfig.verifyServer = True
    return _create(
        endpoint, pj.PJSIP_TRANSPORT_TLS, config, f"The file {path} holds no certificate"
    )


def create_direct_transport(endpoint: Any, settings: SipSettings) -> int:
    """The listener for calls between phones; nobody vouches for either side.

    It trusts no CA at all, so that no connection of its own can look verified.

    Args:
        endpoint: The pjsua2 endpoint.
        settings: Where to listen, and with which certificate.

    Returns:
        pjsua's id of the transport.

    Raises:
        SipError: The port is taken, or the certificate or key cannot be used.
    """
    for path in (settings.certificate, settings.private_key):
        if not path.is_file():
            raise SipError(f"There is no certificate or key at {path}")
    host, is_ipv6 = settings.listen_host.strip("[]"), settings.listen_host.startswith("[")
    place = f"Cannot listen on {settings.listen_host}:{settings.listen_port}"
    _require_free((host, settings.listen_port), is_ipv6=is_ipv6, complaint=place)
    config = _config(settings.marking.signalling)
    config.port = settings.listen_port
    config.boundAddress = host
    config.tlsConfig.certFile = str(settings.certificate)
    config.tlsConfig.privKeyFile = str(settings.private_key)
    kind = pj.PJSIP_TRANSPORT_TLS6 if is_ipv6 else pj.PJSIP_TRANSPORT_TLS
    return _create(endpoint, kind, config, place)


def _require_free(address: tuple[str, int], *, is_ipv6: bool, complaint: str) -> None:
    """Listens there for a moment: PJSIP itself says nothing when it cannot, and goes on deaf."""
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        raise SipError(f"{complaint}: {error.strerror}") from None


def _config(dscp: int) -> Any:
    config = pj.TransportConfig()
    mark(config, dscp)
    mark(config.tlsConfig, dscp)
    # PJSIP's default would be TLS 1.0 to 1.2.
    config.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
    config.tlsConfig.enableRenegotiation = False
    config.tlsConfig.msecTimeout = _HANDSHAKE_MS
    return config


def _create(endpoint: Any, kind: int, config: Any, complaint: str) -> int:
    try:
        return int(endpoint.transportCreate(kind, config))
    except pj.Error as error:
        raise SipError(f"{complaint}: {describe(error)}") from None


def shut_down(handle: int) -> None:
    """Lets go of a connection: what is sent from now on goes over a new one.

    pjsua2's own function does not take the handles that pjsua2 gives out.

    Args:
        handle: Of a connection that PJSIP has not destroyed.
    """
    ctypes.CDLL("libpjsip.so.2").pjsip_transport_shutdown(ctypes.c_void_p(handle))


def shut_down_all() -> None:
    """Lets go of every connection, also of those that are only on their way.

    Whatever waits for an answer over one of them fails at once.
    """
    pjsip, pjsua = ctypes.CDLL("libpjsip.so.2"), ctypes.CDLL("libpjsua.so.2")
    pjsua.pjsua_get_pjsip_endpt.restype = ctypes.c_void_p
    pjsip.pjsip_endpt_get_tpmgr.restype = ctypes.c_void_p
    endpoint = ctypes.c_void_p(pjsua.pjsua_get_pjsip_endpt())
    transports = ctypes.c_void_p(pjsip.pjsip_endpt_get_tpmgr(endpoint))
    # pjsip_tpmgr_shutdown_param: force, include_udp.
    forced = (ctypes.c_int * 2)(1, 0)
    pjsip.pjsip_tpmgr_shutdown_all(transports, forced)


def fault_of(parameters: Any) -> ConnectionFault:
    """Reads why a connection ended from pjsua2's OnTransportStateParam."""
    info = parameters.tlsInfo
    verify = Verify(info.verifyStatus & _KNOWN)
    return ConnectionFault(
        status=parameters.lastError,
        verify=verify,
        certificate=_certificate(info.remoteCertInfo) if info.verifyStatus else Certificate(),
    )


_KNOWN = sum(Verify)


def _certificate(info: Any) -> Certificate:
    names = tuple(str(each.name) for each in info.subjectAltName)
    return Certificate(
        names=names or ((str(info.subjectCn),) if info.subjectCn else ()),
        issuer=str(info.issuerCn),
        self_signed=info.subjectInfo == info.issuerInfo,
        not_before=info.validityStart.sec,
        not_after=info.validityEnd.sec,
    )
