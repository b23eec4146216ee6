"""What sounds, who has the handset and who is on hold, derived from the whole state like a view.

Nobody starts or stops a tone: after every event the phone says what should be so, and the
difference to what was becomes the orders. A forgotten StopTone is impossible that way, and
so is a call that is heard though it is aside.
"""

from agent.frozen import frozen
from agent.phone.actions import (
    Action,
    ConnectAudio,
    DisconnectAudio,
    Hold,
    JoinAudio,
    MuteMicrophone,
    PartAudio,
    PlayTone,
    Resume,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
    UseHeadset,
)
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.desk import Desk
from agent.phone.events import CallId
from agent.phone.line import DialTone, Over, Placed, PuttingThrough, Ringing
from hw.types import Device


@frozen
class Outputs:
    """What should be so now.

    Attributes:
        tone: What sounds in the earpiece.
        ringing: Whether the ringer rings.
        audio: The calls that have the handset; more than one also hear each other.
        muted: Whether the microphone is off.
        up: The answered calls.
        on_hold: Those of them that are on hold here.
        headset: Whether the headset stands for the handset.
    """

    tone: Tone | None = None
    ringing: bool = False
    audio: tuple[CallId, ...] = ()
    muted: bool = False
    headset: bool = False
    up: frozenset[CallId] = frozenset()
    on_hold: frozenset[CallId] = frozenset()


def outputs_of(desk: Desk) -> Outputs:
    """What should be so."""
    line, talks = desk.line, desk.talks
    putting = isinstance(line, PuttingThrough)
    audio = () if putting else tuple(each.call.id for each in talks if each.has_audio)
    muted = bool(audio) and talks[0].muted
    if isinstance(line, Placed) and plays_early(line.call):
        # Whoever has not answered yet is heard, and hears nothing.
        audio, muted = (line.call.id,), True
    return Outputs(
        tone=_tone(desk),
        ringing=isinstance(line, Ringing) and not desk.lifted,
        audio=audio,
        muted=muted,
        up=frozenset(each.call.id for each in desk.conversations if _is_up(each)),
        on_hold=frozenset(
            each.call.id
            for each in desk.conversations
            if _is_up(each) and (each in desk.held or each.on_hold or putting)
        ),
        # Whoever lifts the handset wants that one.
        headset=desk.status.headset and not desk.lifted,
    )


def plays_early(call: Call) -> bool:
    """Whether what the other side plays before it answers may be heard."""
    keyed = call.keys.are_there and not call.state.is_alarm
    return call.early and keyed and not call.awaits_handset


def _is_up(conversation: Conversation) -> bool:
    return conversation.call.answered_at is not None


def _tone(desk: Desk) -> Tone | None:
    """The one that matters most: a warning, then what the line has to say, then who waits."""
    tones = [each.tone for each in desk.conversations if each in desk.talks or each.chord_until]
    urgent = next((tone for tone in (Tone.ALARM, Tone.CONFIRMED) if tone in tones), None)
    waits = Tone.CALL_WAITING if desk.waiting is not None else None
    return urgent or _of_the_line(desk) or waits or _told_by_ear(desk)


def _told_by_ear(desk: Desk) -> Tone | None:
    """How secure the talk is, where no display says it; an alarm has its tone in any case."""
    if not desk.status.lacks(Device.DISPLAY) or not all(talk.has_audio for talk in desk.talks):
        return None
    states = [talk.call.state for talk in desk.talks]
    if not states:
        return None
    return Tone.SECURE if min(states).is_secure else Tone.COMPARE


def _of_the_line(desk: Desk) -> Tone | None:
    tone: Tone | None = None
    match desk.line:
        case DialTone():
            tone = Tone.MESSAGE_WAITING if desk.status.messages_waiting else Tone.DIAL
        case PuttingThrough(_, digits, unknown):
            tone = Tone.ERROR if unknown else None if digits else Tone.DIAL
        case Placed(call, _) if call.awaits_handset or plays_early(call):
            pass
        case Placed(call, ringing) if ringing or call.early:
            tone = Tone.RINGBACK
        case Ringing() if desk.lifted:
            tone = Tone.CALL_WAITING
        case Over(_, ending, _) if desk.lifted:
            tone = ending
        case _:
            pass
    return tone


def ceasing(before: Outputs, after: Outputs) -> tuple[Action, ...]:
    """What must end; carried out before anything else, so that no call is heard too long."""
    actions: list[Action] = []
    if before.audio and before.audio != after.audio:
        alone = len(before.audio) == 1
        actions.append(DisconnectAudio(before.audio[0]) if alone else PartAudio(before.audio))
    actions += [Hold(call) for call in sorted(after.on_hold - before.on_hold)]
    if before.ringing and not after.ringing:
        actions.append(StopRinging())
    if before.tone is not None and after.tone is None:
        actions.append(StopTone())
    return tuple(actions)


def beginning(before: Outputs, after: Outputs) -> tuple[Action, ...]:
    """What must begin; carried out last."""
    actions: list[Action] = []
    if before.headset is not after.headset:
        actions.append(UseHeadset(after.headset))
    if before.muted is not after.muted:
        actions.append(MuteMicrophone(after.muted))
    resumed = (before.on_hold - after.on_hold) & after.up
    actions += [Resume(call) for call in sorted(resumed)]
    if after.audio and before.audio != after.audio:
        alone = len(after.audio) == 1
        actions.append(ConnectAudio(after.audio[0]) if alone else JoinAudio(after.audio))
    if after.ringing and not before.ringing:
        actions.append(StartRinging())
    if after.tone is not None and before.tone is not after.tone:
        actions.append(PlayTone(after.tone))
    return tuple(actions)
