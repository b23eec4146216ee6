"""The TLS transports: one that proves who the servers are, one for calls without a server.

A transport makes connections by its own rules, and an account is bound to one transport,
so that no connection to somebody who has proved nothing can ever serve an account.
"""

import ctypes
import socket
from typing import Any, Final

import pjsua2 as pj

from agent.media import servers
from agent.sip.errors import SipError
from agent.sip.families import Family, listening_at
from agent.sip.guard import describe
from agent.sip.marking import mark
from agent.sip.reasons import ConnectionFault, Shown
from agent.sip.settings import SYSTEM_CAS, ServerTrust, SipSettings
from agent.trust.files import TrustFileError, read_certificates, read_pair

_HANDSHAKE_MS: Final = 10_000
_DIRECT_HANDSHAKE_MS: Final = 5_000
"""At our own door, where who does not get on with it keeps others out."""
_UNHEARD_MS: Final = 8_000
"""How long what was sent may stay unacknowledged by the other machine (RFC 5482). TCP itself goes on
for a quarter of an hour, and in 8 s has sent it again five times. A call that is dialled on a path
that has died is told then, and goes by the next server, not after the 32 s that SIP waits."""
_UNHEARD: Final = pj.SockOpt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD_MS)
_AT_ONCE: Final = pj.SockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Else TCP keeps an answer back until the one before it is acknowledged, which takes the other
machine 40 ms: "ringing" after "trying", and the OK of who answers the bell at once."""
# PJSIP's copies all point to the numbers in these two: they must outlive them.
CANCELLED: Final = 70014
"""PJ_ECANCELLED: the fault of a connection that this phone has let go of."""

_SUITES: Final = (
    *(0x1302, 0x1303, 0x1301),  # TLS 1.3, all that OpenSSL has by default
    *(0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC02B, 0xC02F),  # TLS 1.2: ECDHE, and AEAD only
)
"""What we speak, on either end (RFC 9325 section 4.2): each keeps what was said secret, whoever
gets at the server's key later, and none has a MAC that was a way in before. By their numbers in
IANA's registry: AES-256-GCM, ChaCha20-Poly1305, AES-128-GCM."""


def create_server_transport(
    endpoint: Any, trust: ServerTrust, dscp: int = 0, family: Family = Family.IPV4
) -> int:
    """The transport to servers that must prove their name by a CA.

    It listens nowhere: it only makes connections.

    Args:
        endpoint: The pjsua2 endpoint.
        trust: Who may vouch for the servers, and what they are shown if they ask.
        dscp: How packets are marked.
        family: Of the servers' addresses.

    Returns:
        pjsua's id of the transport.

    Raises:
        SipError: A file cannot be read, or holds something else; or there is no such family here.
    """
    path = trust.ca_file or SYSTEM_CAS
    if not path.is_file():
        raise SipError(f"There is no file of certificate authorities at {path}")
    config = _config(dscp)
    config.tlsConfig.CaListFile = str(path)
    config.tlsConfig.verifyServer = True
    try:
        # PJSIP reads it only when it connects, and then does not say what is wrong with it.
        if trust.ca_file is not None:
            read_certificates(trust.ca_file)
        if trust.client_certificate is not None and trust.client_key is not None:
            read_pair(trust.client_certificate, trust.client_key)
            config.tlsConfig.certFile = str(trust.client_certificate)
            config.tlsConfig.privKeyFile = str(trust.client_key)
    except TrustFileError as error:
        raise SipError(f"The configuration {error}") from None
    kind = pj.PJSIP_TRANSPORT_TLS6 if family is Family.IPV6 else pj.PJSIP_TRANSPORT_TLS
    _require_family(family)
    return _create(endpoint, kind, config, "Cannot connect to servers")


def _require_family(family: Family) -> None:
    """PJSIP would say so only when it connects, and as if the server were to blame."""
    kind = socket.AF_INET6 if family is Family.IPV6 else socket.AF_INET
    try:
        socket.socket(kind).close()
    except OSError as error:
        raise SipError(f"There is no IPv{family} here: {error.strerror}") from None


def create_direct_transports(endpoint: Any, settings: SipSettings) -> dict[Family, int]:
    """The listeners for calls between phones; nobody vouches for either side.

    They trust no CA at all, so that no connection of theirs can look verified.

    Args:
        endpoint: The pjsua2 endpoint.
        settings: Where to listen, and with which certificate.

    Returns:
        pjsua's ids of the transports: of both families, if the phone listens everywhere and the
        kernel has IPv6.

    Raises:
        SipError: The port is taken, or the certificate or key cannot be used.
    """
    for path in (settings.certificate, settings.private_key):
        if not path.is_file():
            raise SipError(f"There is no certificate or key at {path}")
    places = listening_at(settings.listen_host, has_ipv6=_has_ipv6())
    return {family: _listen(endpoint, settings, place) for family, place in places.items()}


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _listen(endpoint: Any, settings: SipSettings, listen_host: str) -> int:
    host, is_ipv6 = listen_host.strip("[]"), listen_host.startswith("[")
    place = f"Cannot listen on {listen_host}:{settings.listen_port}"
    _require_free((host, settings.listen_port), is_ipv6=is_ipv6, complaint=place)
    config = _config(settings.marking.signalling)
    config.boundAddress = host
    config.tlsConfig.msecTimeout = _DIRECT_HANDSHAKE_MS
    config.tlsConfig.certFile = str(settings.certificate)
    config.tlsConfig.privKeyFile = str(settings.private_key)
    kind = pj.PJSIP_TRANSPORT_TLS6 if is_ipv6 else pj.PJSIP_TRANSPORT_TLS
    transport = _create(endpoint, kind, config, place)
    status = servers.listen(transport, host, settings.listen_port)
    if status != pj.PJ_SUCCESS:
        raise SipError(f"{place}: {endpoint.utilStrError(status)}")
    return transport


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
    config.tlsConfig.ciphers = pj.IntVector(_SUITES)
    config.tlsConfig.enableRenegotiation = False
    config.tlsConfig.msecTimeout = _HANDSHAKE_MS
    config.tlsConfig.sockOptParams.sockOpts = pj.SockOptVector([_UNHEARD, _AT_ONCE])
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


def fault_of(parameters: Any, shown: Shown) -> ConnectionFault:
    """Reads why a connection ended from pjsua2's OnTransportStateParam.

    Args:
        parameters: What PJSIP says.
        shown: What became of its handshake.
    """
    return ConnectionFault(parameters.lastError, shown)
