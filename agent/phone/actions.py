"""What the phone can ask for. Frozen orders; the pump carries them out."""

from enum import Enum, auto

from agent.frozen import frozen
from agent.phone.events import CallId
from agent.phone.menu.orders import SavePreferences


class Tone(Enum):
    """A sound in the earpiece; its frequencies and cadence are data of `agent.media.countries`."""

    DIAL = auto()
    MESSAGE_WAITING = auto()
    """The dial tone while there is new voice mail."""
    RINGBACK = auto()
    BUSY = auto()
    CONGESTION = auto()
    """The network has no way through now."""
    ERROR = auto()
    """The call cannot be made."""
    ALARM = auto()
    """Cache mismatch, another phone, words that differ."""
    CALL_WAITING = auto()
    SECURE = auto()
    """Without a display: the call is verified."""
    COMPARE = auto()
    """Without a display: the call is not verified, now and then as long as that is so."""
    CONFIRMED = auto()
    """One short chord: the SAS was confirmed."""


class Refusal(Enum):
    """With what an incoming call is refused or a call is ended."""

    NORMAL = auto()
    BUSY = auto()
    DECLINED = auto()
    NOT_ENCRYPTED = auto()


@frozen
class Dial:
    """Send an INVITE; `account` empty = directly to the address."""

    call: CallId
    uri: str
    account: str


@frozen
class Ring:
    """Tell the caller that it rings here (180)."""

    call: CallId


@frozen
class Answer:
    """Accept the call (200)."""

    call: CallId


@frozen
class HangUp:
    """End the call in whatever state it is (BYE, CANCEL or a refusal)."""

    call: CallId
    refusal: Refusal = Refusal.NORMAL


@frozen
class ConnectAudio:
    """Let microphone and earpiece of the handset be those of the call."""

    call: CallId


@frozen
class DisconnectAudio:
    """Separate the handset from the call, both ways."""

    call: CallId


@frozen
class PlayTone:
    """Play a tone in the earpiece until another one or `StopTone`."""

    tone: Tone


@frozen
class StopTone:
    """Silence the tone."""


@frozen
class StartRinging:
    """Ring aloud, on the ringer's own device.

    Attributes:
        ring_tone: A name of `hw.ring_tones`; empty: the one of the configuration.
    """

    ring_tone: str = ""


@frozen
class StopRinging:
    """Stop ringing."""


@frozen
class SendDtmf:
    """Send one DTMF symbol (0-9, *, #) in the call (RFC 4733)."""

    call: CallId
    symbol: str


@frozen
class MuteMicrophone:
    """Mute the microphone, or let it be heard again."""

    muted: bool


@frozen
class UseHeadset:
    """Speak and hear by the headset, or by the handset again; calls and tones go on there."""

    headset: bool


@frozen
class ConfirmSas:
    """The person said that the words match: set the verified flag of this call's peer.

    Not where a telephone system relayed them: they tell of somebody behind it, whom nothing else
    is known of.
    """

    call: CallId
    relayed: bool = False


@frozen
class DenySas:
    """The person said that the words differ: clear the flag, log it with time and peer."""

    call: CallId


@frozen
class NamePeer:
    """Keep the cache name for this call's peer."""

    call: CallId
    name: str


@frozen
class AllowEnrolment:
    """The person lets this call's telephone system listen in: keep its secret (RFC 6189, 7.3.1)."""

    call: CallId


@frozen
class RefuseEnrolment:
    """The person does not."""

    call: CallId


@frozen
class Unverify:
    """The person trusts this call's peer no longer: clear the flag; the words are asked again."""

    call: CallId


@frozen
class Hold:
    """Put the other side on hold (re-INVITE, sendonly); its keys stay."""

    call: CallId


@frozen
class Resume:
    """Take the other side off hold; the keys are those of before."""

    call: CallId


@frozen
class BlindTransfer:
    """Ask the other side to call somebody else instead (REFER, RFC 3515)."""

    call: CallId
    uri: str


@frozen
class AttendedTransfer:
    """Join the other sides of two calls: REFER in `call`, with `to` replaced (RFC 3891)."""

    call: CallId
    to: CallId


@frozen
class AcceptTransfer:
    """The person lets the other side put them through: dial `uri` as the new call."""

    call: CallId
    new_call: CallId
    uri: str


@frozen
class DeclineTransfer:
    """The person does not (603)."""

    call: CallId


@frozen
class Redirect:
    """Send an incoming call elsewhere (302)."""

    call: CallId
    uri: str


@frozen
class JoinAudio:
    """A conference: let these calls and the handset hear each other, mixed in the phone."""

    calls: tuple[CallId, ...]


@frozen
class PartAudio:
    """Separate these calls from each other and from the handset."""

    calls: tuple[CallId, ...]


LineAction = (
    Dial
    | Ring
    | Answer
    | HangUp
    | ConnectAudio
    | DisconnectAudio
    | PlayTone
    | StopTone
    | StartRinging
    | StopRinging
    | SendDtmf
    | MuteMicrophone
    | UseHeadset
    | ConfirmSas
    | DenySas
    | NamePeer
    | AllowEnrolment
    | RefuseEnrolment
    | Unverify
    | Hold
    | Resume
    | BlindTransfer
    | AttendedTransfer
    | AcceptTransfer
    | DeclineTransfer
    | Redirect
    | JoinAudio
    | PartAudio
)
"""What concerns the line and its calls."""

Action = LineAction | SavePreferences
"""All that the phone asks for; how loud a call is, it wants to be kept."""
