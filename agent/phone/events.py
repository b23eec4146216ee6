"""What can happen to a phone besides its keys and hook (those are `hw.types.HardwareEvent`).

Plain values: the pump has translated them from what SIP, ZRTP and the store said, so the
phone imports none of these.
"""

from datetime import date
from enum import Enum, auto
from typing import NewType

from agent.frozen import frozen
from agent.phone.configuration import ConfigurationRefused
from agent.phone.dial_plan import Contact
from agent.phone.machine import MachineChanged, UpdateChanged
from agent.phone.preferences import Preferences
from agent.phone.remote_events import RemoteEvent
from hw.types import HardwareEvent

CallId = NewType("CallId", str)
"""Names one call from its first sign to its end, e.g. "out-1" or "in-3"; never used again."""


class AccountCondition(Enum):
    """How an account stands at its server."""

    STARTING = auto()
    READY = auto()
    REFUSED = auto()
    UNREACHABLE = auto()
    UNTRUSTED = auto()


@frozen
class AccountChanged:
    """An account's registration changed; `reason` is a sentence, empty when ready."""

    account: str
    condition: AccountCondition
    reason: str = ""


@frozen
class NetworkChanged:
    """There is a network now, or there is none: no address, or nothing at the cable's end."""

    up: bool


@frozen
class ClockTicked:
    """A new minute on the wall."""

    today: date
    hour: int
    minute: int


@frozen
class SettingsChanged:
    """The person chose something else."""

    preferences: Preferences


@frozen
class MessagesWaiting:
    """What an account's server says of its voice mail (RFC 3842).

    Attributes:
        account: The account.
        waiting: Whether something waits there.
        new: How many new messages; 0 where the server does not count them.
    """

    account: str
    waiting: bool
    new: int


@frozen
class Remembered:
    """A phone with a verified ZID that was met before under a SIP address.

    Attributes:
        name: The cache name that its person was given.
        verified_on: The day on which the SAS was last confirmed with it.
    """

    name: str
    verified_on: date


@frozen
class IncomingCall:
    """Somebody calls; the phone answers with ringing or with busy.

    Attributes:
        call: The new call.
        sip_name: The display name that the signalling claims; may be empty.
        sip_uri: The address that the signalling claims.
        account: The account that is called; empty for a direct call.
        signalling_verified: Whether it came over TLS from a server whose certificate holds.
        remembered: The verified phone met before under this address, if there is one.
        from_known: Whether it came by the account's server, or from the address of a contact or of
            a verified phone. That is no proof of who calls.
        replaces: The call whose place it takes: somebody put the caller through (RFC 3891).
    """

    call: CallId
    sip_name: str
    sip_uri: str
    account: str
    signalling_verified: bool
    remembered: Remembered | None
    from_known: bool = False
    replaces: CallId | None = None


@frozen
class TurnedAway:
    """Somebody called whose encryption does not do for the account: the call was refused.

    `sip_name` and `sip_uri` are as in `IncomingCall`.
    """

    sip_name: str
    sip_uri: str


@frozen
class Dialled:
    """The INVITE is on its way."""

    call: CallId
    signalling_verified: bool


@frozen
class RemoteRinging:
    """The other phone rings."""

    call: CallId


@frozen
class Answered:
    """The dialog is confirmed: somebody lifted the handset, there or here."""

    call: CallId


@frozen
class EarlyMedia:
    """The other side speaks before it answers (183): there may be keys before the answer."""

    call: CallId


@frozen
class RemoteHeld:
    """The other side put us on hold, or took us off hold again."""

    call: CallId
    held: bool


@frozen
class TransferRequested:
    """The other side wants to put us through to somebody else (REFER).

    Attributes:
        call: The call in which it asks.
        uri: Whom we would call.
        name: What it calls them; may be empty.
        attended: Whether it has them on the line already.
    """

    call: CallId
    uri: str
    name: str
    attended: bool


class TransferOutcome(Enum):
    """How far the other side came with the transfer that we asked it for."""

    TRYING = auto()
    DONE = auto()
    FAILED = auto()


@frozen
class TransferProgress:
    """What came of our transfer; `detail` is what the network said, one sentence or empty."""

    call: CallId
    outcome: TransferOutcome
    detail: str = ""


class Quality(Enum):
    """How well a call is heard here."""

    GOOD = auto()
    FAIR = auto()
    POOR = auto()
    SILENT = auto()
    """Nothing arrives at all."""


@frozen
class LineQuality:
    """How well a call is heard has changed."""

    call: CallId
    quality: Quality


@frozen
class LineCut:
    """This phone's own network has gone from under a call, or the call goes on in another one."""

    call: CallId
    cut: bool


@frozen
class ClearRefused:
    """The other phone itself asked to go on without encryption (GoClear), and was refused."""

    call: CallId


@frozen
class HashDiffers:
    """The signalling has come to announce another Hello than the one that gave these keys."""

    call: CallId


@frozen
class ReencryptionRefused:
    """Somebody tried to move the call away from ZRTP by signalling, and got 488."""

    call: CallId


class EndReason(Enum):
    """Why a call is over, as far as a person can do something with it."""

    REMOTE_HUNG_UP = auto()
    LOCAL_HUNG_UP = auto()
    CANCELLED = auto()
    BUSY = auto()
    DECLINED = auto()
    NOT_FOUND = auto()
    NO_ANSWER = auto()
    UNREACHABLE = auto()
    NOT_TRUSTED = auto()
    NO_COMMON_ENCRYPTION = auto()
    NOT_PERMITTED = auto()
    TRANSFERRED = auto()
    """We have put the other side through to somebody else."""
    ELSEWHERE = auto()
    """Another phone of the one who was called has taken it."""
    NETWORK_LOST = auto()
    """This phone had no network for too long, or a call that was not up yet was cut off."""
    FAILED = auto()


@frozen
class CallEnded:
    """The SIP dialog is over; `detail` is what the network said, one sentence or empty."""

    call: CallId
    reason: EndReason
    detail: str = ""


@frozen
class Securing:
    """ZRTP looks for the other side or agrees on keys."""

    call: CallId


@frozen
class EncryptionMissing:
    """The other side gave no sign of ZRTP: there can be no audio."""

    call: CallId


@frozen
class EncryptedToServer:
    """Both directions have keys that the signalling carried: the server can listen."""

    call: CallId


class EncryptionFault(Enum):
    """Why ZRTP failed."""

    ATTACK = auto()
    """Something on the path altered the key agreement (hvi, MAC, public value, Confirm)."""
    HASH_DIFFERS = auto()
    """The Hello is not the one that the signalling announced."""
    NO_COMMON_ALGORITHM = auto()
    TIMED_OUT = auto()
    PROTOCOL = auto()
    DOWNGRADED = auto()
    """A phone was verified under this address, and now only the server would encrypt."""
    STORE = auto()
    """The retained secrets could not be written: without them no trust can be kept."""
    NO_WAY = auto()
    """The networks let nothing through between the two phones (ICE, RFC 8445)."""


@frozen
class EncryptionFailed:
    """ZRTP gave up; no audio can pass. `detail` is for the log and for support."""

    call: CallId
    fault: EncryptionFault
    detail: str = ""


class Cache(Enum):
    """What the retained secrets say (RFC 6189 section 4.3)."""

    NEW = auto()
    """We hold no secret for this ZID."""
    MATCHED = auto()
    MISMATCHED = auto()
    """We hold one, and the other side did not prove it."""


class ZrtpHash(Enum):
    """What a=zrtp-hash in the SDP says of the Hello that came (RFC 6189 section 8.1)."""

    MATCHED = auto()
    MISSING = auto()
    DIFFERS = auto()


@frozen
class Association:
    """What a finished key agreement tells about the other phone.

    Attributes:
        zid: The other phone's ZID, 24 hex digits.
        sas: The SAS as people read it: two words, or one string of four characters.
        cache: What the retained secrets say.
        zrtp_hash: What the signalled hash says.
        verified_here: We confirmed the SAS with this ZID in an earlier call (our V flag).
        verified_there: The other phone says the same (its V flag).
        cache_name: The name that was given to this ZID; empty if none was.
        verified_on: The day of the last confirmation here; None if never.
        another_phone: The verified phone met before under this address, if this is not it
            and this one was never verified under this address itself.
        disclosure: The other phone says that it can disclose this call (D flag).
        mitm: The other side says that it is a trusted MiTM (M flag): a PBX.
        enrolled: It proved to be a PBX that the person allowed to listen in (RFC 6189 section 7.3).
        relayed: The SAS is not that with the PBX: the PBX relays that with its other side.
        weaker_than_before: The keys do not withstand a quantum computer, and the last ones did.
        weak: An algorithm was agreed on that only the configuration allows.
        hash_stripped: No zrtp-hash came, and it did come before with this phone at this address.
        aux_mismatch: We hold an auxsecret for this phone, and it did not prove it (RFC 6189
            section 4.3.2).
        candidates: For each half of the SAS four of its kind, one of them that half: our person
            chooses the one that the other reads aloud. None: our person compares the whole SAS.
    """

    zid: str
    sas: tuple[str, ...]
    cache: Cache
    zrtp_hash: ZrtpHash
    verified_here: bool
    verified_there: bool
    cache_name: str = ""
    verified_on: date | None = None
    another_phone: Remembered | None = None
    disclosure: bool = False
    mitm: bool = False
    enrolled: bool = False
    relayed: bool = False
    weaker_than_before: bool = False
    hash_stripped: bool = False
    aux_mismatch: bool = False
    weak: bool = False
    candidates: tuple[tuple[str, ...], tuple[str, ...]] | None = None


@frozen
class Encrypted:
    """Both directions have keys, the retained secrets are on disk, the gate is open."""

    call: CallId
    association: Association


@frozen
class EnrolmentOffered:
    """A PBX asks to be allowed to listen in on the calls that it puts through (E flag)."""

    call: CallId


@frozen
class SasRelayed:
    """A PBX relays the SAS with its other side (RFC 6189 section 5.13).

    Attributes:
        call: The call.
        sas: As people read it.
        verified_there: What the person there said of it.
        disclosure: That side says that it can disclose this call.
        candidates: As in `Association`.
    """

    call: CallId
    sas: tuple[str, ...]
    verified_there: bool = False
    disclosure: bool = False
    candidates: tuple[tuple[str, ...], tuple[str, ...]] | None = None


@frozen
class ContactsChanged:
    """Who has a short number is another question now."""

    contacts: tuple[Contact, ...]


DialogEvent = Dialled | RemoteRinging | Answered | CallEnded
"""What signalling tells of a call that the phone knows already."""

KeyingEvent = (
    Securing
    | EncryptionMissing
    | EncryptionFailed
    | Encrypted
    | EncryptedToServer
    | EnrolmentOffered
    | SasRelayed
)
"""What key agreement tells of such a call."""

MidCallEvent = (
    EarlyMedia
    | RemoteHeld
    | TransferRequested
    | TransferProgress
    | LineQuality
    | LineCut
    | ReencryptionRefused
    | ClearRefused
    | HashDiffers
)
"""What else happens to such a call."""

CallEvent = DialogEvent | KeyingEvent | MidCallEvent


@frozen
class LockChanged:
    """From now on nobody but emergency numbers can be dialled, or everybody again."""

    locked: bool


PhoneEvent = (
    HardwareEvent
    | AccountChanged
    | NetworkChanged
    | ConfigurationRefused
    | MachineChanged
    | UpdateChanged
    | ClockTicked
    | SettingsChanged
    | MessagesWaiting
    | IncomingCall
    | TurnedAway
    | CallEvent
    | RemoteEvent
    | ContactsChanged
    | LockChanged
)
