"""What comes back to the menu from the phone's memory and its parts. Plain values."""

from datetime import date
from enum import Enum, auto
from typing import Final

from agent.frozen import frozen
from agent.phone.menu.values import Moment


@frozen
class KnownPhone:
    """A phone that was met under a contact's address.

    Attributes:
        zid: Its ZID, 24 hex digits.
        name: Its cache name; empty: none yet.
        verified_on: When its words were last compared; None: never.
        verified: Whether that still holds.
    """

    zid: str
    name: str
    verified_on: date | None
    verified: bool


NO_ADDRESS: Final = "sip:"
"""What stands there where the person typed no address: their number is called, if there is one."""


@frozen
class ContactEntry:
    """Somebody with an address.

    Attributes:
        name: Who it is.
        number: What is dialled; empty: they only call.
        uri: The SIP address.
        ring_tone: The name of their ring tone; empty: the usual one.
        rings_through: Whether their calls are heard when nobody else's are.
        configured: Whether the configuration names them; the phone cannot change that.
        phones: The phones met under this address, the latest first.
    """

    name: str
    number: str
    uri: str
    ring_tone: str = ""
    rings_through: bool = False
    configured: bool = False
    phones: tuple[KnownPhone, ...] = ()


@frozen
class ContactsListed:
    """Every contact, by name."""

    contacts: tuple[ContactEntry, ...]


class ContactProblem(Enum):
    """Why a contact cannot be as it was typed."""

    NAME = auto()
    """It has none."""
    NUMBER = auto()
    """It can hold digits, star and hash only."""
    NUMBER_TAKEN = auto()
    ADDRESS = auto()
    """It is no SIP address that this phone could call."""
    ADDRESS_TAKEN = auto()


@frozen
class ContactRefused:
    """The contact was not written; `holder` is who has the number or the address already."""

    problem: ContactProblem
    holder: str = ""


@frozen
class ContactKept:
    """The contact is written down."""


class CallKind(Enum):
    """What became of a call."""

    MISSED = auto()
    RECEIVED = auto()
    DIALLED = auto()


class CallSecurity(Enum):
    """How a call of the log was secured."""

    KNOWN = auto()
    """The phones knew each other by the secrets of earlier calls."""
    FIRST = auto()
    """Encrypted, and there was no secret of an earlier call."""
    CHANGED = auto()
    """Encrypted, and the other phone could not prove to be the earlier one."""
    FAILED = auto()
    """The key agreement came to nothing."""
    ABSENT = auto()
    """There was no ZRTP."""


@frozen
class CallEntry:
    """A call that is over.

    Attributes:
        id: Its number in the log.
        kind: What became of it.
        name: Whom it was with; the address where nobody said.
        uri: The SIP address.
        at: When it began.
        talked_s: How long both talked, in seconds; 0: not at all; None: it was cut off, by a pulled
            plug or the like, and nobody knows.
        security: How it was secured; None: it ended before that was a question.
    """

    id: int
    kind: CallKind
    name: str
    uri: str
    at: Moment
    talked_s: int | None
    security: CallSecurity | None


@frozen
class CallsListed:
    """The last calls, the newest first."""

    calls: tuple[CallEntry, ...]


@frozen
class PeerEntry:
    """A phone that was met.

    Attributes:
        zid: Its ZID, 24 hex digits.
        name: Its cache name; empty: none yet.
        first_seen: When it was first met.
        last_seen: When it was last met.
        verified_on: When its words were last compared; None: never.
        verified: Whether that still holds.
        key_agreement: Its name in RFC 6189 or that of a hybrid; empty: not known.
        post_quantum: Whether these keys also withstand a quantum computer.
        calls: How many calls of the log were with it.
        addresses: Where it was met, the latest first.
        enrolled: It is a telephone system that may listen in.
    """

    zid: str
    name: str
    first_seen: date
    last_seen: date
    verified_on: date | None
    verified: bool
    key_agreement: str
    post_quantum: bool
    calls: int
    addresses: tuple[str, ...]
    enrolled: bool = False


@frozen
class PeersListed:
    """The phones that were met, the latest first."""

    peers: tuple[PeerEntry, ...]


@frozen
class NetworkTold:
    """The phone's own addresses, and the SHA-256 of its TLS certificate in hex digits.

    Attributes:
        addresses: Its addresses.
        fingerprint: Of its certificate.
        configuration: Where its configuration is fetched, and how that stands; empty: nowhere.
    """

    addresses: tuple[str, ...]
    fingerprint: str
    configuration: str = ""


@frozen
class AboutTold:
    """What the phone is: its version, its ZID (24 hex digits), and for how long it runs."""

    version: str
    zid: str
    uptime_s: int


@frozen
class Trouble:
    """Something that is not as it ought to be.

    Attributes:
        sentence: What, in English.
        advice: What to do about it, in English; may be empty.
        wrong: Whether the phone suffers from it now; otherwise it only wants to be watched.
    """

    sentence: str
    advice: str = ""
    wrong: bool = True


@frozen
class PhoneChecked:
    """What came of a look at everything.

    Attributes:
        troubles: What is wrong, the first to be mended first; then what is to be watched.
        failed: Whether the look itself came to nothing.
    """

    troubles: tuple[Trouble, ...] = ()
    failed: bool = False


@frozen
class PinChecked:
    """Whether it was the PIN, and how many wrong ones there were in a row by now."""

    correct: bool
    failures: int


@frozen
class PinKnown:
    """Whether there is a PIN.

    Attributes:
        is_set: Whether there is.
        failures: How many wrong ones there were in a row.
        starting: Whether the phone has just started: with a PIN it begins locked.
    """

    is_set: bool
    failures: int = 0
    starting: bool = False


@frozen
class MissedCounted:
    """How many missed calls nobody has looked at."""

    count: int


@frozen
class Done:
    """What was asked for is on the disk."""


@frozen
class MemoryFailed:
    """It could not be read or written; the journal tells why."""


@frozen
class Erased:
    """This phone was just erased and starts as a new one.

    Attributes:
        complete: Whether all files of its memory could be overwritten.
        trimmed: Whether the disk was told to drop the old cells.
        configured: Whether the configuration should have gone as well, and is still there.
    """

    complete: bool
    trimmed: bool
    configured: bool = False


@frozen
class UpdateOffered:
    """There is newer software, and nobody uses the phone: the person is to be asked."""

    version: str


MenuAnswer = (
    ContactsListed
    | ContactRefused
    | ContactKept
    | CallsListed
    | PeersListed
    | NetworkTold
    | AboutTold
    | PhoneChecked
    | PinChecked
    | PinKnown
    | MissedCounted
    | Done
    | MemoryFailed
    | Erased
    | UpdateOffered
)
