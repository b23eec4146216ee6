"""What is to be shown, without a pixel. Frozen; `agent.screens` draws each of them.

A view is derived from the whole state of the phone after every event (`Phone.view()`),
so a screen cannot outlive the facts that it was drawn for.
"""

from datetime import date
from enum import Enum, auto

from agent.frozen import frozen
from agent.phone.call_views import CallMenu, Conference, PuttingThrough, TransferOffer
from agent.phone.events import (
    AccountCondition,
    EncryptionFault,
    EndReason,
    Quality,
    TransferOutcome,
)
from agent.phone.machine import UpdateProblem
from agent.phone.menu.views import MenuView
from agent.phone.security import SecurityState
from hw.types import Device


@frozen
class AccountLine:
    """An account on the idle screen; `reason` is a sentence, empty when ready."""

    account: str
    condition: AccountCondition
    reason: str = ""


@frozen
class Fault:
    """A part of the phone that is missing, and why."""

    device: Device
    reason: str


@frozen
class Idle:
    """On-hook, nothing happens.

    Attributes:
        name: The phone's own name.
        hour: Of the wall clock, 0 to 23; None before the first tick.
        minute: Of the wall clock.
        accounts: How each account stands; none = direct calls only.
        missed: Missed calls that nobody has looked at.
        faults: Parts that are missing.
        restored: The phone's memory is not the one that was left in it: every phone that was
            verified is to be compared anew.
        refused: Why a new configuration will not do; empty: none came that would not.
        today: The day; None: not known.
        clock_set: Whether the wall clock can be right.
        messages: How many new voice messages wait; 0 where the server does not count them.
        messages_waiting: Whether any wait.
        do_not_disturb: Calls are turned away unheard.
        forwarded_to: To whom every call goes instead of ringing here; empty: to nobody.
        network: Whether there is a network; without one no account has anything to say.
        hot: The machine is so hot that it slows itself down.
        low_voltage: Its power supply is too weak.
        installing: How many percent of new software are written; None: none is.
        update_problem: Why new software was not installed; None: there is nothing to tell.
    """

    name: str
    hour: int | None = None
    minute: int = 0
    accounts: tuple[AccountLine, ...] = ()
    missed: int = 0
    faults: tuple[Fault, ...] = ()
    restored: bool = False
    refused: str = ""
    today: date | None = None
    clock_set: bool = True
    messages: int = 0
    messages_waiting: bool = False
    do_not_disturb: bool = False
    forwarded_to: str = ""
    network: bool = True
    hot: bool = False
    low_voltage: bool = False
    installing: int | None = None
    update_problem: UpdateProblem | None = None


@frozen
class OffHook:
    """Off-hook with dial tone, no digit yet; faults as on `Idle`.

    Attributes:
        faults: Parts that are missing.
        held: Who is on hold meanwhile; hang-up = back to the first of them.
        network: Whether there is a network.
    """

    faults: tuple[Fault, ...] = ()
    held: tuple[str, ...] = ()
    network: bool = True


@frozen
class Dialling:
    """Digits so far, and the contact's name as soon as they are somebody's number."""

    digits: str
    name: str = ""


@frozen
class Calling:
    """An INVITE is out.

    Attributes:
        name: Who is called.
        ringing: The other phone says that it rings.
        hears: How secure the call is whose other side is heard already, before it answers;
            None: nothing is heard of it.
    """

    name: str
    ringing: bool = False
    hears: SecurityState | None = None


class Stage(Enum):
    """How far a call has come without the handset."""

    CALLING = auto()
    RINGING = auto()
    ANSWERED = auto()


@frozen
class LiftHandset:
    """A call was placed or answered from the shell or by keys, the handset in its cradle.

    No sound passes. Handset lifted, or call = talk; hang-up = end.
    """

    name: str
    stage: Stage


@frozen
class Ringing:
    """Somebody calls.

    Attributes:
        name: The contact's or the signalling's name, or the address.
        account: The account that is called; empty for a direct call.
        remembered_as: The cache name of the verified phone met under this address before.
        verified_on: When that one was last verified; None: new here.
        signalling_verified: Whether somebody vouches for the signalling.
    """

    name: str
    account: str
    signalling_verified: bool
    remembered_as: str = ""
    verified_on: date | None = None


@frozen
class Securing:
    """Answered, no keys yet: no audio."""

    name: str
    signalling_verified: bool


class Half(Enum):
    """Which half of the SAS this phone's person reads aloud."""

    FIRST = auto()
    """The callee."""
    SECOND = auto()
    """The caller."""


@frozen
class Alarm:
    """Full screen, with a sound, before (or instead of) the words.

    It stays until a key is pressed. SAS_MISMATCH: call = go on all the same, hang-up = end;
    audio is off meanwhile. The other three: confirm or any digit = show the words.

    Attributes:
        state: One of the alarms: CACHE_MISMATCH, ANOTHER_PHONE, HASH_DIFFERS, SAS_MISMATCH.
        name: Whose phone it is said to be.
        verified_on: For ANOTHER_PHONE: when the other one was verified.
    """

    state: SecurityState
    name: str
    verified_on: date | None = None


@frozen
class CompareSas:
    """The SAS, large, and the question.

    Confirm held for half a second = they match; star held for half a second = they differ;
    menu = later. Where nothing is asked: confirm or menu = back to the call; star held = they
    differ, all the same.

    Attributes:
        name: Whose phone it is said to be.
        sas: Two words, or one string of four characters.
        reads: The half that our person reads aloud.
        state: Why it is asked.
        confirmable: False during the first 1.5 s, while presses are ignored.
        holding: The confirm key is held down and not yet for half a second.
        asked: True while the question is open; False when the person looks at the words
            again in a call that is confirmed already.
        signalling_verified: Whether somebody vouches for the signalling.
        differing: The star key is held down and not yet for half a second.
        weaker: It is asked because the last keys were stronger.
        relayed: The SAS is that of somebody behind a telephone system, which passed it on.
        exchange: What that one is called; else empty.
    """

    name: str
    sas: tuple[str, ...]
    reads: Half
    state: SecurityState
    confirmable: bool
    holding: bool
    asked: bool
    signalling_verified: bool
    differing: bool = False
    weaker: bool = False
    relayed: bool = False
    exchange: str = ""


@frozen
class ChooseSas:
    """The half of the SAS that our person reads aloud, and four of which the other reads one.

    A digit from 1 to 4 held for half a second = this is what was heard; star held = none of
    them; menu = later. Where nothing is asked: confirm or menu = back to the call.

    Attributes:
        name: Whose phone it is said to be.
        half: A word, or two characters: what our person reads aloud.
        candidates: What the other person may read.
        state: Why it is asked.
        choosable: False during the first 1.5 s, while presses are ignored.
        held: Whose key is held down and not yet for half a second, counted from 0.
        asked: Whether the question is open.
        signalling_verified: Whether somebody vouches for the signalling.
        differing: The star key is held down and not yet for half a second.
        weaker: It is asked because the last keys were stronger.
        relayed: The SAS is that of somebody behind a telephone system, which passed it on.
        exchange: What that one is called; else empty.
    """

    name: str
    half: str
    candidates: tuple[str, ...]
    state: SecurityState
    choosable: bool
    asked: bool
    signalling_verified: bool
    held: int | None = None
    differing: bool = False
    weaker: bool = False
    relayed: bool = False
    exchange: str = ""


@frozen
class AllowEnrolment:
    """A telephone system asks to listen in on the calls that it puts through.

    Confirm held for half a second = it may; every other key = it may not.

    Attributes:
        name: What the person calls it.
        answerable: False during the first 1.5 s, while presses are ignored.
        holding: The confirm key is held down and not yet for half a second.
    """

    name: str
    answerable: bool
    holding: bool


@frozen
class EnterName:
    """Just confirmed: who is it? Multi-tap text entry.

    Star = capitals, small letters, digits in turns; menu = delete; confirm or hash = done.

    Attributes:
        text: What stands there, pre-filled from contact or display name.
        pending: The last character can still change by the same key.
        upper: Whether the next letter is a capital.
        digits: Whether keys give digits.
    """

    text: str
    pending: bool = False
    upper: bool = False
    digits: bool = False


class Notice(Enum):
    """A further fact that is shown whenever it holds."""

    SIGNALLING_NOT_VERIFIED = auto()
    DISCLOSURE = auto()
    ENROLLED = auto()
    """A telephone system that the person allowed to listen in puts this call through."""
    MITM = auto()
    AUX_MISMATCH = auto()
    """A secret that both were to hold beforehand is not the same."""
    WEAK = auto()
    """An algorithm was agreed on that only the configuration allows."""
    WEAKER = auto()
    """The last keys with this phone withstood a quantum computer; these do not."""
    HASH_STRIPPED = auto()
    """The phone was announced at this address before, and this time it was not."""
    HASH_MISSING = auto()
    SAS_NOT_COMPARED = auto()
    """The question was put off: the words are one key press away."""
    CLEAR_REFUSED = auto()
    """The other phone itself asked to go on without encryption, and was refused."""
    REENCRYPTION_REFUSED = auto()
    """Somebody tried to turn the encryption off by signalling, and was refused."""


@frozen
class InCall:
    """Talking.

    Digits, star and hash send DTMF; confirm = show the words; menu = the call's menu. Call =
    go on, where the call is on hold; else swap, where another one is; else mute, and again.

    Attributes:
        name: The cache name when the peer is verified, else contact or display name.
        sip_name: What the signalling calls the caller, if it differs; else empty.
        state: How secure the call is.
        duration_s: Since the dialog was confirmed, in whole seconds.
        notices: Facts that must stand on the screen.
        muted: The microphone is off.
        exchange: The telephone system of `Notice.ENROLLED`; else empty.
        on_hold: Our person has put them on hold.
        held_there: They have put us on hold.
        quality: How well they are heard; None: not known.
        cut: This phone has no network: neither side hears the other.
        others: Who else is on hold, the next one first.
        transfer: How far it came to put them through; None: nobody tries.
        transfer_detail: What the network said of that, one sentence or empty.
    """

    name: str
    state: SecurityState
    duration_s: int
    sip_name: str = ""
    notices: tuple[Notice, ...] = ()
    muted: bool = False
    exchange: str = ""
    on_hold: bool = False
    held_there: bool = False
    quality: Quality | None = None
    cut: bool = False
    others: tuple[str, ...] = ()
    transfer: TransferOutcome | None = None
    transfer_detail: str = ""


@frozen
class CallWaiting:
    """Somebody calls while another call is on the line.

    Call = answer, and hold the present one; menu = turn away; hang-up = end the present one.
    Every other key is the present call's.

    Attributes:
        caller: Who calls, as if the phone rang.
        name: With whom the present call is.
        state: How secure that one is.
    """

    caller: Ringing
    name: str
    state: SecurityState


@frozen
class NotEncrypted:
    """The other side has no encryption: the call is not connected, no audio passes."""

    name: str


@frozen
class Insecure:
    """ZRTP failed: no audio passes; an attack is told in the strongest words."""

    name: str
    fault: EncryptionFault


@frozen
class CallOver:
    """The call is over, until the handset is down or a few seconds have passed.

    Attributes:
        name: Who it was.
        reason: Why it ended.
        detail: What the network said, one sentence or empty.
        duration_s: How long both talked; 0 if never.
    """

    name: str
    reason: EndReason
    detail: str = ""
    duration_s: int = 0


@frozen
class Unknown:
    """What was dialled is nobody's number and no address.

    Attributes:
        digits: What was dialled.
        needs_account: It is an emergency number, and this phone has no account to call it by.
    """

    digits: str
    needs_account: bool = False


View = (
    Idle
    | OffHook
    | Dialling
    | Calling
    | LiftHandset
    | Ringing
    | Securing
    | Alarm
    | CompareSas
    | ChooseSas
    | AllowEnrolment
    | EnterName
    | InCall
    | CallWaiting
    | CallMenu
    | Conference
    | PuttingThrough
    | TransferOffer
    | NotEncrypted
    | Insecure
    | CallOver
    | Unknown
    | MenuView
)
