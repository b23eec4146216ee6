"""What a `Session` tells its host, as frozen values (fetched with `Session.next_event`)."""

from dataclasses import field
from enum import Enum
from typing import Final

from agent.frozen import frozen
from agent.zrtp.errors import ErrorCode
from agent.zrtp.retained_secrets import CacheState, RetainedSecrets
from agent.zrtp.sas import Sas
from agent.zrtp.state import Role

__all__ = [
    "Algorithms",
    "CacheUpdate",
    "ClearRefused",
    "EnrolmentOffered",
    "Event",
    "Failed",
    "HelloHash",
    "HelloHashDiffers",
    "Negotiating",
    "NoZrtpPeer",
    "PeerError",
    "PeerFound",
    "PeerSilent",
    "ReceiveKeysReady",
    "SasRelayed",
    "Secured",
    "SharedSecret",
    "SrtpKey",
    "StreamSecured",
]


# No other SRTP tag is as long, and RFC 7714 section 13 forbids to cut this one.
_GCM_BITS: Final = 128


class HelloHash(Enum):
    """How the peer's Hello compares with the `a=zrtp-hash` of its SDP (RFC 6189 section 8.1)."""

    MATCHED = "matched"
    MISSING = "missing"
    DIFFERS = "differs"


class SharedSecret(Enum):
    """How the peer stands to a secret that was agreed by other means (section 4.3.2).

    ABSENT: we hold none. MISMATCH: we hold one, and the peer did not prove it.
    """

    ABSENT = "absent"
    MATCHED = "matched"
    MISMATCH = "mismatch"


@frozen
class Algorithms:
    """The five algorithms of one exchange, by the names of the registry ("S256", "AES3", ...).

    The key agreement of an exchange without Diffie-Hellman is "Prsh" or "Mult".
    """

    hash: str
    cipher: str
    auth_tag: str
    key_agreement: str
    sas: str


@frozen
class SrtpKey:
    """The keys of one SRTP direction (RFC 6189 section 4.5.3); SRTCP uses the same.

    Attributes:
        master_key: 16 octets for AES-128, 24 for AES-192, 32 for AES-256 (RFC 6188).
        master_salt: 14 octets; 12 for AES-GCM.
        auth_tag_bits: 32 or 80, of HMAC-SHA1 over AES in counter mode. With 32, SRTCP keeps 80
            (RFC 3711 section 5.2). 128: AES-GCM (RFC 7714) in place of both.
    """

    master_key: bytes = field(repr=False)
    master_salt: bytes = field(repr=False)
    auth_tag_bits: int

    @property
    def is_gcm(self) -> bool:
        """AES-GCM, which encrypts and authenticates in one."""
        return self.auth_tag_bits == _GCM_BITS


@frozen
class PeerFound:
    """A Hello of a ZRTP peer was accepted.

    It comes again when another Hello takes its place before the exchange begins, and when an
    SDP answer that arrived late turns `hello_hash` from MISSING into MATCHED.

    Attributes:
        zid: 12 octets, the peer's identity.
        client_id: what the peer calls its software; printable ASCII.
        version: the four characters of its protocol version.
        hello_hash: MATCHED or MISSING.
    """

    zid: bytes
    client_id: str
    version: str
    hello_hash: HelloHash


@frozen
class Negotiating:
    """A Commit was sent or accepted: no RTP may be sent from here on (RFC 6189 section 4).

    It comes again, perhaps with the other role, when Commit contention was lost.
    """

    role: Role


@frozen
class ReceiveKeysReady:
    """Install this key for what arrives: the peer may soon send SRTP."""

    key: SrtpKey


@frozen
class CacheUpdate:
    """Replace all that is stored for `zid` by `secrets`, durably, before doing anything else.

    `secrets` with neither rs1 nor rs2 means that nothing is retained any more.
    """

    zid: bytes
    secrets: RetainedSecrets


@frozen
class Secured:
    """Both sides hold the same keys and proved it.

    Order for the host: store `update`, install the keys, then say so. Conf2ACK is not among
    `Session.packets_to_send` before this event was fetched (RFC 6189 section 4.6).

    Attributes:
        send: key for what we send.
        receive: key for what arrives.
        sas: what both people compare.
        role: who we were in the exchange.
        peer_zid: 12 octets.
        cache: NEW: no secret was expected; MATCHED: key continuity with the last call;
            MISMATCH: we held a secret that the peer could not prove: alert the user.
        verified_here: our user compared the SAS in an earlier call, and the secret matched.
        verified_there: the peer says so of its user (V flag). Never trust it alone.
        disclosure: the peer may give away the keys (D flag, section 11).
        mitm: the peer declares itself a trusted man in the middle, a PBX (M flag of its Hello).
        hello_hash: MATCHED, MISSING, or DIFFERS when an SDP that came later contradicts.
        algorithms: what was negotiated.
        update: what to store; None after a MISMATCH (it waits for `Session.sas_verified`) and
            when one side does not want the secret stored.
        auxsecret: what the peer proved of a secret that was agreed by other means. MISMATCH is
            to be shown; MATCHED excuses no MISMATCH of `cache`.
        pbxsecret: MATCHED: the peer is a PBX at which we are enrolled, and may relay a SAS.
        signature_type: the peer signed the SAS with a key of this type; nobody has verified it.
            Empty: it did not.
    """

    send: SrtpKey
    receive: SrtpKey
    sas: Sas
    role: Role
    peer_zid: bytes
    cache: CacheState
    verified_here: bool
    verified_there: bool
    disclosure: bool
    mitm: bool
    hello_hash: HelloHash
    algorithms: Algorithms
    update: CacheUpdate | None
    auxsecret: SharedSecret = SharedSecret.ABSENT
    pbxsecret: SharedSecret = SharedSecret.ABSENT
    signature_type: str = ""


@frozen
class StreamSecured:
    """Another stream of a call is secure, with keys that come from the first one's (4.4.3).

    There is one SAS for the call, so this stream has none of its own, and nothing is stored.

    Attributes:
        send: key for what we send.
        receive: key for what arrives.
        role: who we were in this exchange.
        peer_zid: 12 octets, the same as on the first stream.
        disclosure: the peer may give away these keys (D flag).
        algorithms: what was negotiated.
    """

    send: SrtpKey
    receive: SrtpKey
    role: Role
    peer_zid: bytes
    disclosure: bool
    algorithms: Algorithms


@frozen
class EnrolmentOffered:
    """A PBX asks to be trusted as a man in the middle from now on (E flag, section 7.3.1).

    It comes after `Secured`. Whoever says yes lets the PBX listen to all calls that go through
    it. Nothing is stored unless the host calls `Session.accept_enrolment`, and that has to be the
    user's express wish, after the SAS was compared with somebody at the PBX.

    Attributes:
        zid: 12 octets, the PBX.
    """

    zid: bytes


@frozen
class SasRelayed:
    """The PBX at which we are enrolled relays the SAS of its other side (section 5.13).

    It is to be compared in place of the SAS of `Secured`. From anybody else there is no such
    event.

    Attributes:
        sas: what both people compare.
        verified_there: V flag of the person at the other side.
        disclosure: D flag of that side.
    """

    sas: Sas
    verified_there: bool
    disclosure: bool


@frozen
class ClearRefused:
    """The peer, and nobody else, asked to go on without encryption, and got an Error (4.7.2).

    Told for every GoClear; the call stays as it is.
    """


@frozen
class NoZrtpPeer:
    """Discovery gave up: the Hello schedule ran out, and nothing told of a ZRTP peer.

    A late Hello or Commit is still accepted afterwards (RFC 6189 section 6).
    """


@frozen
class PeerSilent:
    """Discovery gave up, although a Hello, a HelloACK or the SDP told of a ZRTP peer.

    A late Hello, HelloACK or Commit is still accepted afterwards, as after `NoZrtpPeer`.
    """


@frozen
class Failed:
    """The exchange ended here; the session stays dead.

    Attributes:
        code: what the peer was told; None when nothing was sent.
        reason: one sentence.
        attack: only somebody between the two ends explains it: alert the user.
    """

    code: ErrorCode | None
    reason: str
    attack: bool


@frozen
class HelloHashDiffers:
    """A Hello came that is not the one announced in the peer's SDP.

    Before an exchange it is rejected and a right one may still come; if none does, `Failed`
    with attack=True follows. After `Secured` it means that an SDP which came later announces
    another Hello than the one that was used.
    """


@frozen
class PeerError:
    """The peer ended the exchange with an Error message; the session stays dead.

    Attributes:
        code: the number as received; `ErrorCode` knows the defined ones.
    """

    code: int


Event = (
    PeerFound
    | Negotiating
    | ReceiveKeysReady
    | Secured
    | StreamSecured
    | CacheUpdate
    | EnrolmentOffered
    | SasRelayed
    | ClearRefused
    | NoZrtpPeer
    | PeerSilent
    | Failed
    | HelloHashDiffers
    | PeerError
)
