"""What SIP tells: frozen values, made on the SIP thread and read by the one loop."""

from enum import Enum

from agent.frozen import frozen


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


@frozen
class RegistrationChanged:
    """An account's standing differs from what was told last.

    Attributes:
        account: The account's name, as in `AccountSettings.name`.
        state: Where it stands now.
        code: The SIP status that says so (RFC 3261 section 21), 0 without an answer.
        reason: A sentence for the person who set the phone up; empty while all is well.
        details: What the journal tells besides; often empty.
    """

    account: str
    state: Registration
    code: int
    reason: str
    details: str = ""


@frozen
class IncomingCall:
    """Somebody calls; nothing but 100 Trying has been answered.

    Attributes:
        call: The call's name from here on.
        leg: pjsua's id of the call, which the gate knows it by.
        account: The account that it came in by; empty for a direct call.
        display_name: What the caller calls itself: printable, one line, at most 64 characters.
        uri: The caller's address, as it says.
        signalling_verified: Whether it came over a connection whose server proved its name.
        from_known: Whether it came from such a server, or from the address of somebody whom the
            phone knows.
        replaces: The name of our call whose place it asks to take (RFC 3891), once it is
            answered; None: of none.
    """

    call: str
    leg: int
    account: str
    display_name: str
    uri: str
    signalling_verified: bool
    from_known: bool = False
    replaces: str | None = None


@frozen
class TurnedAway:
    """Somebody called by an encryption that the account does not take, and got 488.

    Attributes:
        call: The call's name; no other had it.
        account: The account that it came in by.
        display_name: As in `IncomingCall`.
        uri: The caller's address, as it says.
    """

    call: str
    account: str
    display_name: str
    uri: str


@frozen
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


@frozen
class RemoteRinging:
    """The other phone rings, or plays something of its own (180, 183)."""

    call: str


@frozen
class EarlyMedia:
    """Nobody has answered yet, but the media is up: ZRTP runs, and there may be an announcement."""

    call: str


@frozen
class Answered:
    """The dialog is confirmed: both sides have picked up."""

    call: str


@frozen
class Ended:
    """The call is over; its name means nothing any more.

    Attributes:
        call: The call's name.
        code: The status that ended it; 200 if it was up and somebody hung up.
        reason: A sentence for the person at the phone.
        by_peer: Whether the other side or the network ended it.
        untrusted: It came to nothing because of the certificate that was shown there.
        network_lost: It ended because this phone's own network was gone.
        elsewhere: Another phone of the one who was called has taken it.
    """

    call: str
    code: int
    reason: str
    by_peer: bool
    untrusted: bool = False
    network_lost: bool = False
    elsewhere: bool = False


@frozen
class RemoteHeld:
    """The other side holds the call, or has taken it up again."""

    call: str
    held: bool


@frozen
class ReencryptionRefused:
    """The signalling wanted to take the call's encryption out of the two phones' hands: 488."""

    call: str


@frozen
class TransferRequested:
    """The other side asks this phone to call somebody else in its place (REFER, RFC 3515).

    Whoever does not answer within `transfer.PATIENCE_S` has declined.

    Attributes:
        call: The call in which it asks.
        uri: Whom to call.
        name: What that one is called, as it says: printable, one line, at most 64 characters.
        attended: Whether it has talked to them already: the new call takes the place of theirs.
    """

    call: str
    uri: str
    name: str
    attended: bool


class Progress(Enum):
    """How far the other side has got with a transfer that we asked for."""

    TRYING = "trying"
    DONE = "done"
    FAILED = "failed"


@frozen
class TransferProgress:
    """What the other side says of the transfer that we asked for.

    Attributes:
        call: The call that is to be transferred.
        progress: How far it got; after DONE and FAILED nothing more comes.
        detail: A sentence for the person if it failed, else empty.
    """

    call: str
    progress: Progress
    detail: str = ""


@frozen
class MessagesWaiting:
    """What the account's voice mail box says (RFC 3842).

    Attributes:
        account: The account's name.
        waiting: Whether there are messages.
        new: How many nobody has heard yet; 0 where the server does not say.
    """

    account: str
    waiting: bool
    new: int


class Quality(Enum):
    """How the other side's sound gets here."""

    GOOD = "good"
    FAIR = "fair"
    """Heard, but not all of it."""
    POOR = "poor"
    """Hard to understand."""
    SILENT = "silent"
    """Nothing comes at all."""


@frozen
class LineQuality:
    """The line got better or worse."""

    call: str
    quality: Quality


class NatServer(Enum):
    """What kind of server helps a call through NAT."""

    STUN = "stun"
    """It tells this phone its address outside."""
    TURN = "turn"
    """It carries the packets where there is no other way."""


@frozen
class NatServerChanged:
    """A server that ICE asks does not answer any more, refuses us, or is there (again).

    Attributes:
        server: Which kind.
        reason: A sentence for the person who set the phone up; empty while all is well.
    """

    server: NatServer
    reason: str


@frozen
class LineCut:
    """This phone's own network has gone from under a call, or the call goes on in another one."""

    call: str
    cut: bool


@frozen
class AudioMissing:
    """The handset's sound device does not answer; the phone goes on without sound.

    Attributes:
        reason: A sentence for the person with the screwdriver.
    """

    reason: str


@frozen
class SipFault:
    """Something in this phone broke while it handled a call; that call was hung up.

    Attributes:
        reason: What broke, for the journal.
    """

    reason: str


SipEvent = (
    RegistrationChanged
    | IncomingCall
    | TurnedAway
    | Dialled
    | RemoteRinging
    | EarlyMedia
    | Answered
    | Ended
    | RemoteHeld
    | ReencryptionRefused
    | TransferRequested
    | TransferProgress
    | MessagesWaiting
    | LineQuality
    | LineCut
    | NatServerChanged
    | AudioMissing
    | SipFault
)
