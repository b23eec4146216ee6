"""What a configuration file says, as values. Paths are absolute, secrets stay out of `repr`."""

from dataclasses import field
from pathlib import Path

from agent.frozen import frozen

SIMULATOR = "simulator"
"""The name of the board without hardware."""
STATE_DIR = Path("/var/lib/sotto")
"""What the phone that this machine is keeps its state in."""
CONTROL_SOCKET = Path("/run/sotto/control")
"""Where that phone is asked, unless its configuration names another place."""


EMERGENCY = ("112", "911", "999")
"""Emergency numbers where the configuration names none: Europe's, America's, Britain's."""


@frozen
class PhoneConfig:
    """The section [phone].

    Attributes:
        name: The display name that the other side sees.
        state_dir: The folder of the database and of the phone's own TLS identity.
        board: "simulator", or the name of a board profile.
        dial_timeout_s: Seconds without a digit after which the number counts as dialled.
        country: Whose tones are heard in the earpiece, e.g. "de"; "eu": Europe's common ones.
        ring_tone: The name of the ring tone where a caller has none of its own.
        language: What the display speaks: "en", "de", "fr" or "es".
        emergency: Numbers that nothing keeps from being called, not even the lock.
        control_socket: The Unix socket on which `sotto status` and its like are answered.
        updates: The https address of the list that names the newest firmware; empty: none is looked
            for.
    """

    name: str
    state_dir: Path
    board: str
    dial_timeout_s: float
    country: str = "eu"
    ring_tone: str = "classic"
    language: str = "en"
    emergency: tuple[str, ...] = EMERGENCY
    control_socket: Path = CONTROL_SOCKET
    updates: str = ""


@frozen
class SipConfig:
    """The section [sip].

    Attributes:
        listen_host: The address to listen on, IPv6 in brackets.
        listen_port: The TLS port to listen on.
        certificate: PEM file of the phone's certificate chain; None: made in state_dir.
        private_key: PEM file of its key; None together with `certificate`.
        direct_calls: Whether calls to and from phones without a server are allowed.
    """

    listen_host: str
    listen_port: int
    certificate: Path | None
    private_key: Path | None
    direct_calls: bool


@frozen
class MediaConfig:
    """The section [media].

    Attributes:
        rtp_port_min: The lowest port for RTP, an even number.
        rtp_port_max: The highest port for RTP and RTCP.
        codecs: Codecs in the order in which they are offered.
        echo_cancelling: Whether the earpiece's echo is taken out of the microphone's sound.
    """

    rtp_port_min: int
    rtp_port_max: int
    codecs: tuple[str, ...]
    echo_cancelling: bool = True


@frozen
class TurnConfig:
    """The section [network.turn]: a server that carries packets for us (RFC 8656).

    Attributes:
        host: The server's name or IPv4 address; with "tls" its certificate must carry it.
        port: Its port.
        transport: How this phone talks to it: "udp", "tcp" or "tls".
        user: The user name there.
        password: Its password.
        ca_file: PEM file of the only CAs that may vouch for the server; None: the system's.
    """

    host: str
    port: int
    transport: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None


@frozen
class NetworkConfig:
    """The section [network].

    Attributes:
        ice: Whether calls look for a way through NAT (RFC 8445).
        stun: Servers that tell this phone its address outside, "host:port"; the first that
            answers counts (RFC 8489).
        turn: The relay for where there is no other way; None: there is none.
        dscp_media: How RTP and ZRTP are marked (RFC 2474), 0 to 63; 0: not at all.
        dscp_signalling: How SIP is marked.
    """

    ice: bool = False
    stun: tuple[str, ...] = ()
    turn: TurnConfig | None = None
    dscp_media: int = 46
    dscp_signalling: int = 24


@frozen
class WifiConfig:
    """The section [wifi]: what a phone from the card image joins.

    Attributes:
        network: Its name (SSID).
        password: Its passphrase, or its key in hexadecimal; empty: it is open.
        country: Whose channels and strength count, such as "DE"; empty: what all allow.
        hidden: Whether the network does not tell its name.
    """

    network: str
    password: str = field(repr=False, default="")
    country: str = ""
    hidden: bool = False


@frozen
class ZrtpConfig:
    """The section [zrtp]: names of RFC 6189 section 5.1.2 to 5.1.6, the preferred first.

    Attributes:
        key_agreements: E.g. ("X255", "DH3k"); empty: the engine's own order.
        ciphers: E.g. ("AES3", "AES1"); empty: the engine's own order.
        auth_tags: E.g. ("HS80", "HS32"); empty: the engine's own order.
        sas: E.g. ("B256", "B32"); empty: the engine's own order.
        pbx_enrolment: What happens when a PBX asks to listen in on the calls that it puts
            through (section 7.3.1): "refuse", or "ask" the person.
        sas_check: How the person judges the words: "confirm" the whole SAS, or "choose" the half
            that the other one reads aloud.
        post_quantum_only: No call with a phone that has no post-quantum key agreement.
        preshared: Propose keys from the secret of the last call (section 4.4.2), which is not
            forward secret, to a phone whose words were compared; at most eight times in a row.
            To such a proposal this phone agrees in any case, under the same conditions.
    """

    key_agreements: tuple[str, ...]
    ciphers: tuple[str, ...]
    auth_tags: tuple[str, ...]
    sas: tuple[str, ...]
    pbx_enrolment: str = "refuse"
    sas_check: str = "confirm"
    post_quantum_only: bool = False
    preshared: bool = False


@frozen
class AccountConfig:
    """One [[account]]: an address at a server.

    Attributes:
        name: What the account is called on the phone; no two have the same.
        uri: The phone's own address there, e.g. "sip:alice@example.org".
        user: The user name for digest authentication.
        password: Its password; empty where the server asks for none.
        registrar: The server to register at, a SIP URI without user part.
        ca_file: PEM file of the only CAs that may vouch for this server; None: the system's.
        policy: "zrtp": no call without ZRTP. "zrtp_or_sdes", for a telephone system: where there
            is no ZRTP, keys that the server knows will do (RFC 4568).
        password_file: Where the password was read; None: it stands in the configuration itself.
        allow_md5: Whether the password may be proved with MD5 (RFC 7616), where the server offers
            nothing better: most do not. The proof goes to a server that has proved its name.
        voice_mail: The number that is dialled for it; empty: none.
        ice: Whether this account's calls use ICE; None: as [network] says.
        crl_file: Revocation lists that are asked besides, PEM or DER; None: none.
        pinned_keys: Keys one of which must be in the server's chain besides; empty: any.
        client_certificate: PEM file of the certificate for servers that ask; None: none.
        client_key: PEM file of its key; None together with `client_certificate`.
    """

    name: str
    uri: str
    user: str
    password: str = field(repr=False)
    registrar: str
    ca_file: Path | None
    policy: str
    password_file: Path | None = None
    voice_mail: str = ""
    ice: bool | None = None
    crl_file: Path | None = None
    pinned_keys: tuple[str, ...] = ()
    client_certificate: Path | None = None
    client_key: Path | None = None
    allow_md5: bool = True


@frozen
class ContactConfig:
    """One [[contact]].

    Attributes:
        name: Who it is.
        number: What is dialled for it: digits, "*" and "#".
        uri: The SIP address that is called.
    """

    name: str
    number: str
    uri: str


@frozen
class RuleConfig:
    """One [[rule]]: where numbers of one form go; the first that fits counts.

    Attributes:
        pattern: Digits, "*" and "#"; "x" is any digit, "." at the end any further ones.
        account: The account that such a number goes through.
        strip: How many of its first digits are left out.
        prefix: What is put before the others.
    """

    pattern: str
    account: str
    strip: int
    prefix: str


@frozen
class SimulatorConfig:
    """The section [simulator], for the board without hardware.

    Attributes:
        socket: The Unix socket on which the simulated board is seen and pressed.
        microphone_file: WAV file that is spoken into the microphone; None: silence.
        earpiece_file: WAV file that records what the earpiece plays; None: nowhere.
        sound_socket: The Unix socket on which a browser is the handset; then nothing is
            recorded, and the microphone's file speaks while nobody is there. None: files only.
    """

    socket: Path | None
    microphone_file: Path | None
    earpiece_file: Path | None
    sound_socket: Path | None = None


@frozen
class FleetConfig:
    """The section [fleet]: a configuration that is fetched, and lies over this one.

    Attributes:
        url: Where it lies, an https address; "{serial}" in it stands for the machine's number.
        every_s: After how many seconds it is looked for again.
        ca_file: PEM file of the only CAs that may vouch for the server; None: the system's.
        pinned_keys: SHA-256 of public keys, one of which the server must have; empty: any.
        public_keys: minisign's keys, one of which must have signed; empty: nobody must.
        certificate: PEM file of the certificate chain that the server is shown; None: none.
        private_key: PEM file of its key; None together with `certificate`.
        token: What the server is told to be let in; empty: nothing.
        token_file: Where it was read; None: it stands in the configuration itself.
    """

    url: str
    every_s: float
    ca_file: Path | None = None
    pinned_keys: tuple[bytes, ...] = ()
    public_keys: tuple[str, ...] = ()
    certificate: Path | None = None
    private_key: Path | None = None
    token: str = field(default="", repr=False)
    token_file: Path | None = None


@frozen
class Config:
    """One phone's whole configuration.

    Attributes:
        file: Where it was read from.
        log_level: A level name of `logging`, e.g. "INFO" (the section [log]).
        fleet: Where more of it is fetched; None: nowhere.
        wifi: The wireless network; None: the cable alone.
    """

    file: Path
    phone: PhoneConfig
    sip: SipConfig
    media: MediaConfig
    zrtp: ZrtpConfig
    accounts: tuple[AccountConfig, ...]
    contacts: tuple[ContactConfig, ...]
    rules: tuple[RuleConfig, ...]
    simulator: SimulatorConfig
    log_level: str
    fleet: FleetConfig | None = None
    network: NetworkConfig = NetworkConfig()
    wifi: WifiConfig | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must be read nowhere else."""
        tokens = [self.fleet.token] if self.fleet else []
        relays = [self.network.turn.password] if self.network.turn else []
        radio = [self.wifi.password] if self.wifi else []
        found = [*(each.password for each in self.accounts), *relays, *tokens, *radio]
        return tuple(each for each in found if each)
