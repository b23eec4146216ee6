"""What sounds and who has the handset, derived from the whole state like a view.

Nobody starts or stops a tone: after every event the phone says what should be so, and the
difference to what was becomes the orders. A forgotten StopTone is impossible that way.
"""

from dataclasses import dataclass

from agent.phone.actions import (
    Action,
    ConnectAudio,
    DisconnectAudio,
    MuteMicrophone,
    PlayTone,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
)
from agent.phone.events import CallId
from agent.phone.line import DialTone, InCall, LineState, Over, Placed, Ringing


@dataclass(frozen=True, slots=True)
class Outputs:
    """What should be so now.

    Attributes:
        tone: What sounds in the earpiece.
        ringing: Whether the ringer rings.
        audio: The call that has the handset.
        muted: Whether the microphone is off.
    """

    tone: Tone | None = None
    ringing: bool = False
    audio: CallId | None = None
    muted: bool = False


def outputs_of(line: LineState, *, lifted: bool) -> Outputs:
    """What should be so while the line is in this state; `lifted`: the handset is up."""
    match line:
        case DialTone():
            return Outputs(tone=Tone.DIAL)
        case Placed(call, ringing=True) if not call.awaits_handset:
            return Outputs(tone=Tone.RINGBACK)
        case Ringing():
            return Outputs(ringing=True)
        case InCall(talk):
            audio = talk.call.id if talk.has_audio else None
            return Outputs(tone=talk.tone, audio=audio, muted=talk.muted)
        case Over(_, tone, _) if lifted:
            return Outputs(tone=tone)
        case _:
            return Outputs()


def ceasing(before: Outputs, after: Outputs) -> tuple[Action, ...]:
    """What must end; carried out before anything else, so that no call is heard too long."""
    actions: list[Action] = []
    if before.audio is not None and before.audio != after.audio:
        actions.append(DisconnectAudio(before.audio))
    if before.ringing and not after.ringing:
        actions.append(StopRinging())
    if before.tone is not None and after.tone is None:
        actions.append(StopTone())
    return tuple(actions)


def beginning(before: Outputs, after: Outputs) -> tuple[Action, ...]:
    """What must begin; carried out last."""
    actions: list[Action] = []
    if before.muted is not after.muted:
        actions.append(MuteMicrophone(after.muted))
    if after.audio is not None and before.audio != after.audio:
        actions.append(ConnectAudio(after.audio))
    if after.ringing and not before.ringing:
        actions.append(StartRinging())
    if after.tone is not None and before.tone is not after.tone:
        actions.append(PlayTone(after.tone))
    return tuple(actions)
