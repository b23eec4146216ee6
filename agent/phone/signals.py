"""What the network and key agreement tell of a call, wherever it is: on the line or aside."""

from typing import Final, assert_never

from agent.phone import views
from agent.phone.actions import Action, DeclineTransfer, HangUp, Refusal, Tone
from agent.phone.call import Call, Transfer, TransferOffer
from agent.phone.desk import Desk
from agent.phone.events import (
    Answered,
    Association,
    CallEnded,
    CallEvent,
    ClearRefused,
    Dialled,
    DialogEvent,
    EarlyMedia,
    Encrypted,
    EncryptedToServer,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    EnrolmentOffered,
    HashDiffers,
    KeyingEvent,
    LineCut,
    LineQuality,
    MidCallEvent,
    ReencryptionRefused,
    RemoteHeld,
    RemoteRinging,
    SasRelayed,
    Securing,
    TransferOutcome,
    TransferProgress,
    TransferRequested,
)
from agent.phone.line import Conference, InCall, LineInput, Over, Placed, PuttingThrough, Ringing
from agent.phone.names import SENTENCE_LIMIT, address_of, clean
from agent.phone.security import Keys

_BUSY_ENDS: Final = frozenset(
    {
        EndReason.REMOTE_HUNG_UP,
        EndReason.LOCAL_HUNG_UP,
        EndReason.CANCELLED,
        EndReason.BUSY,
        EndReason.DECLINED,
        EndReason.NO_ANSWER,
        EndReason.TRANSFERRED,
        EndReason.ELSEWHERE,
    }
)
"""Ends that are nobody's fault: busy tone. Where the network has no way through now, it says
so; all others have the error tone."""

_NO_WAY: Final = frozenset({EndReason.UNREACHABLE, EndReason.NETWORK_LOST})

_ATTACKS: Final = frozenset(
    {EncryptionFault.ATTACK, EncryptionFault.HASH_DIFFERS, EncryptionFault.DOWNGRADED}
)

_Ending = views.CallOver | views.NotEncrypted | views.Insecure


def hear(desk: Desk, event: CallEvent) -> tuple[Action, ...]:
    """Takes what is told of a call; nothing, if it is over here: that came too late."""
    call = desk.call(event.call)
    if call is None:
        return ()
    match event:
        case Dialled() | RemoteRinging() | Answered() | CallEnded():
            return _of_dialog(desk, call, event)
        case (
            EarlyMedia()
            | RemoteHeld()
            | TransferRequested()
            | TransferProgress()
            | LineQuality()
            | LineCut()
            | ReencryptionRefused()
            | ClearRefused()
            | HashDiffers()
        ):
            return _of_mid_call(desk, call, event)
        case _:
            return _of_keys(desk, call, event)


# The dialog


def _of_dialog(desk: Desk, call: Call, event: DialogEvent) -> tuple[Action, ...]:
    match event:
        case Dialled(_, verified):
            call.signalling_verified = verified
        case RemoteRinging():
            if isinstance(desk.line, Placed) and call is desk.line.call:
                desk.move(LineInput.REMOTE_RANG, Placed(call, ringing=True))
        case Answered():
            return _answered(desk, call)
        case CallEnded(_, reason, detail):
            _ended(desk, call, reason, detail)
        case _ as never:
            assert_never(never)
    return ()


def _answered(desk: Desk, call: Call) -> tuple[Action, ...]:
    if call.answered_at is None:
        call.answered_at = desk.now
    if isinstance(desk.line, Placed) and call is desk.line.call:
        if call.keys is Keys.ABSENT:
            return _give_up(desk, call, views.NotEncrypted(call.claimed), Tone.ERROR)
        desk.talk(call)
    return ()


def _ended(desk: Desk, call: Call, reason: EndReason, detail: str) -> None:
    if isinstance(desk.line, Ringing) and call is desk.line.call:
        desk.clear()
        return
    if desk.waiting is not None and call is desk.waiting.call:
        desk.waiting = None
        return
    sentence = clean(detail, SENTENCE_LIMIT)
    over = views.CallOver(call.name, reason, sentence, call.duration_s(desk.now))
    _end(desk, call, over, _tone_of(reason))


def _tone_of(reason: EndReason) -> Tone:
    if reason in _BUSY_ENDS:
        return Tone.BUSY
    return Tone.CONGESTION if reason in _NO_WAY else Tone.ERROR


def _end(desk: Desk, call: Call, view: _Ending, tone: Tone) -> None:
    """A call is over, and the person is told why; what is left of a conference goes on.

    Not if the other leg is gone because it was not safe: then nobody goes on talking unasked.
    """
    conversation = desk.conversation(call.id)
    if conversation is None or (conversation in desk.talks and not _leaves(desk, view)):
        desk.move(LineInput.ENDED, Over(view, tone, desk.now))
        return
    desk.drop(conversation)
    if not (call.moved_on and isinstance(view, views.CallOver)):
        desk.tell(view)


def _leaves(desk: Desk, view: _Ending) -> bool:
    """Whether the end of one call of a conference leaves the other one talking."""
    return isinstance(desk.line, Conference) and isinstance(view, views.CallOver)


# Keys


def _of_keys(desk: Desk, call: Call, event: KeyingEvent) -> tuple[Action, ...]:
    match event:
        case Securing():
            call.keys = Keys.PENDING
        case Encrypted(_, association):
            _agreed(desk, call, association)
        case EncryptedToServer():
            if not call.take_server_keys():
                return _give_up(desk, call, views.NotEncrypted(call.claimed), Tone.ERROR)
        case SasRelayed():
            if (relayed := call.relayed(event)) is not None:
                _agreed(desk, call, relayed)
        case EnrolmentOffered():
            call.offered = call.association is not None
            if (conversation := desk.conversation(call.id)) is not None:
                conversation.enrolment_offered(desk.now)
        case EncryptionMissing():
            if call.early and isinstance(desk.line, Placed):
                # What plays before the answer may be a machine on the way: whoever answers
                # may yet have encryption, and until then nobody hears anything of it.
                call.keys = Keys.ABSENT
                return ()
            return _give_up(desk, call, views.NotEncrypted(call.claimed), Tone.ERROR)
        case EncryptionFailed(_, fault):
            tone = Tone.ALARM if fault in _ATTACKS else Tone.ERROR
            return _give_up(desk, call, views.Insecure(call.claimed, fault), tone)
        case _ as never:
            assert_never(never)
    return ()


def _agreed(desk: Desk, call: Call, association: Association) -> None:
    conversation = desk.conversation(call.id)
    if conversation is None:
        call.agree(association)
        return
    conversation.secure(association, desk.now)
    if isinstance(desk.line, PuttingThrough) and not desk.line.conversation.is_calm:
        # What there is to say of this call comes before whom it goes to.
        desk.move(LineInput.RETURNED, InCall(desk.line.conversation))


def _give_up(
    desk: Desk, call: Call, view: views.NotEncrypted | views.Insecure, tone: Tone
) -> tuple[Action, ...]:
    if desk.waiting is not None and call is desk.waiting.call:
        desk.waiting = None
        desk.tell(view)
    else:
        _part_before(desk, call)
        _end(desk, call, view, tone)
    return (HangUp(call.id, Refusal.NOT_ENCRYPTED),)


def _part_before(desk: Desk, call: Call) -> None:
    """The other call of a conference is put aside: the person is to read first."""
    if not isinstance(desk.line, Conference):
        return
    legs = desk.talks
    others = tuple(each for each in legs if each.call is not call)
    if len(others) < len(legs):
        for each in others:
            each.go_aside()
        desk.held = others + desk.held


# In mid-call


def _of_mid_call(desk: Desk, call: Call, event: MidCallEvent) -> tuple[Action, ...]:
    match event:
        case EarlyMedia():
            call.early = True
        case RemoteHeld(_, held):
            call.held_there = held
        case LineQuality(_, quality):
            call.quality = quality
        case LineCut(_, cut):
            call.cut = cut
            if (conversation := desk.conversation(call.id)) is not None:
                conversation.line_cut(cut=cut, now=desk.now)
        case ReencryptionRefused():
            call.reencryption_refused = True
        case ClearRefused():
            call.clear_refused = True
        case HashDiffers():
            if (odd := call.hash_differs()) is not None:
                _agreed(desk, call, odd)
        case TransferRequested():
            return _transfer_requested(desk, call, event)
        case TransferProgress(_, outcome, detail):
            return _transfer_went(desk, call, outcome, clean(detail, SENTENCE_LIMIT))
        case _ as never:
            assert_never(never)
    return ()


def _transfer_requested(desk: Desk, call: Call, event: TransferRequested) -> tuple[Action, ...]:
    """It is asked on the screen, where that can be: else the answer is no."""
    on_line = isinstance(desk.line, InCall) and desk.line.conversation.call is call
    if not on_line or not desk.has_room or call.offer:
        return (DeclineTransfer(call.id),)
    name = clean(desk.plan.name_at(event.uri) or event.name) or address_of(event.uri) or "?"
    call.offer = TransferOffer(event.uri, name, desk.now)
    return ()


def _transfer_went(
    desk: Desk, call: Call, outcome: TransferOutcome, detail: str
) -> tuple[Action, ...]:
    if call.transfer is None:
        return ()
    partner = desk.conversation(call.transfer.to)
    parties = (call,) if partner is None else (call, partner.call)
    if outcome is not TransferOutcome.DONE:
        for each in parties:
            each.transfer = Transfer(outcome, detail, call.transfer.to)
        return ()
    for each in parties:
        over = views.CallOver(each.name, EndReason.TRANSFERRED, "", each.duration_s(desk.now))
        _end(desk, each, over, Tone.BUSY)
    if isinstance(desk.line, Over):
        # Of the two it is the one that was put through whom the person wants to read about.
        over = views.CallOver(call.name, EndReason.TRANSFERRED)
        desk.move(LineInput.ENDED, Over(over, Tone.BUSY, desk.now))
    return tuple(HangUp(each.id) for each in parties)
