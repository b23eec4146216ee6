"""What SIP must be told before it starts."""

from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agent.config import AccountConfig
from agent.frozen import frozen
from agent.sip.clock import is_synchronised

SYSTEM_CAS: Final = Path("/etc/ssl/certs/ca-certificates.crt")
"""The certificate authorities that Debian trusts (package ca-certificates)."""


BUILT: Final = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
"""When this software was made, in seconds since 1970: no clock that is earlier can be right."""


@frozen
class ServerTrust:
    """What a server must prove, and what this phone proves to it.

    Attributes:
        ca_file: PEM file of the only authorities that may vouch for it; None: the system's.
        crl_file: Revocation lists that are asked besides, PEM or DER; None: none.
        pinned_keys: Keys one of which must be in its chain besides (`agent.trust.pins`).
        client_certificate: PEM file of the certificate that it gets if it asks; None: none.
        client_key: PEM file of its key; None together with `client_certificate`.
    """

    ca_file: Path | None = None
    crl_file: Path | None = None
    pinned_keys: tuple[str, ...] = ()
    client_certificate: Path | None = None
    client_key: Path | None = None

    @classmethod
    def of(cls, account: AccountConfig) -> "ServerTrust":
        """As the configuration has it."""
        return cls(
            ca_file=account.ca_file,
            crl_file=account.crl_file,
            pinned_keys=account.pinned_keys,
            client_certificate=account.client_certificate,
            client_key=account.client_key,
        )


@frozen
class AccountSettings:
    """One address at a server.

    Attributes:
        name: What the account is called on the phone; no two have the same.
        uri: The phone's own address there, e.g. "sip:alice@example.org".
        user: The user name for digest authentication.
        password: Its password.
        registrar: The server, a SIP URI without a user part, e.g. "sip:example.org".
            Its certificate must carry exactly this host name (RFC 5922 section 7.2).
        trust: What it must prove.
        ice: Whether its calls look for a way through NAT.
        keys_by_server: Whether the SDP may carry SRTP keys (RFC 4568), which the server reads.
        allow_md5: Whether the password may be proved with MD5, where nothing better is offered.
    """

    name: str
    uri: str
    user: str
    password: str = field(repr=False)
    registrar: str
    trust: ServerTrust = ServerTrust()
    ice: bool = False
    keys_by_server: bool = False
    allow_md5: bool = True


@frozen
class Backoff:
    """How long to wait before a server is asked again (RFC 5626 section 4.5).

    Attributes:
        base_s: Seconds after the first failure; each further one doubles them.
        limit_s: Seconds that it never gets above. A phone that asks once a minute is no burden,
            and is back within a minute after the longest night.
        refused_s: Seconds after a refusal: asking again soon would not help, and servers lock
            out those who guess.
    """

    base_s: float = 5.0
    limit_s: float = 60.0
    refused_s: float = 300.0


@frozen
class TurnSettings:
    """A server that carries packets for us (RFC 8656).

    Attributes:
        host: Its name or IPv4 address.
        port: Its port.
        transport: "udp", "tcp" or "tls".
        user: The user name there.
        password: Its password.
        ca_file: With "tls": PEM file of the only CAs that may vouch for it; None: the system's.
    """

    host: str
    port: int
    transport: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None

    @property
    def address(self) -> str:
        """For people, and for PJSIP."""
        return f"{self.host}:{self.port}"


@frozen
class NatSettings:
    """The servers that help through NAT.

    Attributes:
        stun: "host:port" of servers that tell our address outside; the first that answers counts.
        turn: The relay; None: there is none.
    """

    stun: tuple[str, ...] = ()
    turn: TurnSettings | None = None


@frozen
class Marking:
    """How packets are marked for the network (DSCP, RFC 2474); 0: not at all."""

    media: int = 46
    signalling: int = 24


@frozen
class SipSettings:
    """One phone's SIP.

    Attributes:
        display_name: The name that the other side sees.
        instance_id: This phone's own, a URN of a UUID, the same for ever (RFC 5626 section 4.1).
        certificate: PEM file of the certificate that direct callers are shown.
        private_key: PEM file of its key.
        listen_host: Address to listen on for direct calls; an IPv6 one in brackets.
        listen_port: The TLS port to listen on.
        direct_calls: Whether phones may call each other without a server.
        rtp_port_min: The lowest port for RTP, an even number.
        rtp_port_count: How many ports from there on may be used, for RTP and RTCP; 4 at least.
        codecs: Codecs in the order in which they are offered, e.g. ("opus", "G722").
        echo_cancelling: Whether the earpiece's echo is taken out of the microphone's sound.
        accounts: The addresses at servers.
        backoff: How long to wait between two tries to register.
        nat: The servers that help through NAT.
        direct_ice: Whether calls without a server look for a way through NAT.
        marking: How packets are marked.
        built: When this software was made, in seconds since 1970.
        clock_synchronised: Asked whether the network has set the clock; None: nobody knows.
    """

    display_name: str
    instance_id: str
    certificate: Path
    private_key: Path
    listen_host: str = "0.0.0.0"  # noqa: S104 - a phone is there to be called
    listen_port: int = 5061
    direct_calls: bool = True
    rtp_port_min: int = 16384
    rtp_port_count: int = 100
    codecs: tuple[str, ...] = ("opus", "G722", "PCMA", "PCMU")
    echo_cancelling: bool = True
    accounts: tuple[AccountSettings, ...] = ()
    backoff: Backoff = Backoff()
    nat: NatSettings = NatSettings()
    direct_ice: bool = False
    marking: Marking = Marking()
    built: float = BUILT
    clock_synchronised: Callable[[], bool | None] = is_synchronised

    @property
    def uses_ice(self) -> bool:
        """Whether any call may look for a way through NAT."""
        return self.direct_ice or any(account.ice for account in self.accounts)
