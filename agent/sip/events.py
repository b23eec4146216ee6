"""What SIP tells: frozen values, made on the SIP thread and read by the one loop."""

from dataclasses import dataclass
from enum import Enum


class Registration(Enum):
    """How an account stands with its server."""

    TRYING = "trying"
    """Asked, not answered yet."""
    REGISTERED = "registered"
    """The server knows where this phone is."""
    REFUSED = "refused"
    """The server answered and said no, e.g. because the password is wrong."""
    UNREACHABLE = "unreachable"
    """No answer: network, name service, or nothing listens there."""
    UNTRUSTED = "untrusted"
    """The server could not prove that it is the one; nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class RegistrationChanged:
    """An account's standing differs from what was told last.

    Attributes:
        account: The account's name, as in `AccountSettings.name`.
        state: Where it stands now.
        code: The SIP status that says so (RFC 3261 section 21), 0 without an answer.
        reason: A sentence for the person who set the phone up; empty while all is well.
    """

    account: str
    state: Registration
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """Somebody calls; nothing but 100 Trying has been answered.

    Attributes:
        call: The call's name from here on.
        leg: pjsua's id of the call, which the gate knows it by.
        account: The account that it came in by; empty for a direct call.
        display_name: What the caller calls itself: printable, one line, at most 64 characters.
        uri: The caller's address, as it says.
        signalling_verified: Whether it came over a connection whose server proved its name.
    """

    call: str
    leg: int
    account: str
    display_name: str
    uri: str
    signalling_verified: bool


@dataclass(frozen=True, slots=True)
class Dialled:
    """The INVITE is on its way, and its media transport exists.

    Attributes:
        call: The call's name, as given to `dial`.
        leg: pjsua's id of the call.
        signalling_verified: Whether it goes by an account, whose server must prove its name
            before the first byte of SIP is sent.
    """

    call: str
    leg: int
    signalling_verified: bool


@dataclass(frozen=True, slots=True)
class RemoteRinging:
    """The other phone rings, or plays something of its own (180, 183)."""

    call: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The dialog is confirmed: both sides have picked up."""

    call: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; its name means nothing any more.

    Attributes:
        call: The call's name.
        code: The status that ended it; 200 if it was up and somebody hung up.
        reason: A sentence for the person at the phone.
        by_peer: Whether the other side or the network ended it.
    """

    call: str
    code: int
    reason: str
    by_peer: bool


@dataclass(frozen=True, slots=True)
class AudioMissing:
    """The handset's sound device does not answer; the phone goes on without sound.

    Attributes:
        reason: A sentence for the person with the screwdriver.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class SipFault:
    """Something in this phone broke while it handled a call; that call was hung up.

    Attributes:
        reason: What broke, for the journal.
    """

    reason: str


SipEvent = (
    RegistrationChanged
    | IncomingCall
    | Dialled
    | RemoteRinging
    | Answered
    | Ended
    | AudioMissing
    | SipFault
)
