"""What happens between a person and a call that was answered.

One thing at a time stands before the talk: an alarm, the words, the question for a name, or
the one whether a telephone system may listen in.
While there are no keys, none of them is shown and no key but hang-up means anything. What a
conversation wants in the earpiece and whether it may have the handset at all follow from
that; nobody switches them by hand.
"""

from typing import assert_never

from agent.frozen import frozen
from agent.phone import words_shown
from agent.phone.actions import (
    Action,
    AllowEnrolment,
    ConfirmSas,
    DenySas,
    NamePeer,
    RefuseEnrolment,
    SendDtmf,
    Tone,
    Unverify,
)
from agent.phone.call import Call
from agent.phone.enrolment import Answer, EnrolmentQuestion
from agent.phone.events import Association
from agent.phone.sas_check import SasCheck, Verdict
from agent.phone.security import Keys
from agent.phone.settings import Timings
from agent.phone.text_entry import TextEntry
from agent.phone.views import Alarm, EnterName, InCall, Securing, View
from agent.phone.views import AllowEnrolment as AllowEnrolmentView
from hw.types import Key


@frozen
class RaisedAlarm:
    """The whole screen warns, since then."""

    since: float


@frozen
class _Chord:
    """A short signal in the earpiece."""

    tone: Tone
    until: float


class Conversation:
    """A call that was answered, and the person at it.

    Attributes:
        call: The call.
        muted: Whether the person has turned the microphone off.
        on_hold: Whether the person has put the other side on hold, and is still there. Keys
            and what was said of them do not change by that, nor by a call being aside.
    """

    def __init__(self, call: Call, timings: Timings, now: float) -> None:
        """Begins; keys may have come before the answer."""
        self.call = call
        self.muted = False
        self.on_hold = False
        self._legible = True
        self._timings = timings
        self._front: RaisedAlarm | SasCheck | TextEntry | EnrolmentQuestion | None = None
        self._chord: _Chord | None = None
        self._begun = False
        if call.put_through:
            self._sound(Tone.ALARM, now)
        if call.keys is Keys.ZRTP:
            self._begin(now)

    def secure(self, association: Association, now: float) -> None:
        """There are keys: asks for the words, where that is needed."""
        before = self.call.association
        news = self.call.agree(association)
        if news or not self._begun:
            # Another phone in mid-call must not slip in silently, even if all is well with it;
            # nor must another one behind the same PBX.
            if before is not None and (before.relayed or before.zid != association.zid):
                self._sound(Tone.ALARM, now)
            self._begin(now)
        else:
            self.come_back(now)

    def come_back(self, now: float) -> None:
        """They were away: what was held or read of a question before does not count."""
        match self._front:
            case SasCheck():
                self._show_words(now)
            case EnrolmentQuestion():
                self._front = EnrolmentQuestion(now, self._timings)
            case RaisedAlarm():
                self._front = RaisedAlarm(now)
            case _:
                pass

    def go_aside(self) -> None:
        """Another call has the person's attention; no key that is held down counts any more."""
        for key in Key:
            self.released(key)

    def line_cut(self, *, cut: bool, now: float) -> None:
        """Nobody hears anybody, or again: a question is put off until its answer can be heard."""
        self.call.cut = cut
        if cut:
            self.go_aside()
        else:
            self.come_back(now)

    def see(self, *, legible: bool, now: float) -> None:
        """Whether there is a display: nobody says yes to what nobody can have read."""
        if legible is not self._legible:
            self._legible = legible
            self.come_back(now)

    @property
    def _puts_off(self) -> bool:
        """Whether a question stands before the talk that nobody can answer now."""
        return self.call.cut and isinstance(self._front, SasCheck | EnrolmentQuestion)

    @property
    def is_calm(self) -> bool:
        """Whether nothing stands before the talk: keys may be about other things."""
        return self.call.keys is Keys.PENDING or self._front is None

    def enrolment_offered(self, now: float) -> None:
        """A PBX asks for trust: in any case the words come first (RFC 6189 section 7.3.1)."""
        if self._front is None and self.call.asks_for_trust:
            self._show_words(now)

    def pressed(self, key: Key, now: float) -> tuple[Action, ...]:
        """A key other than hang-up went down."""
        if self.call.keys is Keys.PENDING or self.call.awaits_handset or self._puts_off:
            return ()
        match self._front:
            case RaisedAlarm(since):
                if now >= since + self._timings.alarm_dwell_s:
                    self._face_alarm(key, now)
                return ()
            case SasCheck() as check:
                return self._judge(check.pressed(key, now), now)
            case TextEntry() as entry:
                return self._name(entry, now) if entry.pressed(key, now) else ()
            case EnrolmentQuestion() as question:
                answered = self._legible or key is not Key.CONFIRM
                return self._enrol(question.pressed(key, now)) if answered else ()
            case None:
                return self._talk(key, now)
            case _ as never:
                assert_never(never)

    def picked_up(self, now: float) -> None:
        """The person is at the handset: whatever stood there unread is shown anew."""
        self.call.awaits_handset = False
        if self.call.keys is Keys.ZRTP:
            self._begin(now)

    def awaits_verdict(self, now: float) -> bool:
        """Whether the words are asked for, and stood there long enough to be read aloud."""
        check = self._front
        if not isinstance(check, SasCheck) or not self.has_audio or self.call.cut:
            return False
        return check.asked and check.is_confirmable(now)

    def confirm(self, now: float) -> tuple[Action, ...]:
        """The words match, as with the confirm key held."""
        return self._judge(Verdict.MATCH, now)

    def deny(self, now: float) -> tuple[Action, ...]:
        """The words differ, as with the star key held."""
        return self._judge(Verdict.DIFFER, now)

    def released(self, key: Key) -> None:
        """A key came up."""
        if isinstance(self._front, SasCheck | EnrolmentQuestion):
            self._front.released(key)

    def elapse(self, now: float) -> tuple[Action, ...]:
        """Does what time alone brings about."""
        if self._chord and now >= self._chord.until:
            self._chord = None
        if self.call.keys is Keys.PENDING or self._puts_off:
            return ()
        match self._front:
            case SasCheck() as check:
                return self._judge(check.due(now), now)
            case TextEntry() as entry:
                entry.due(now)
                return ()
            case EnrolmentQuestion() as question:
                return self._enrol(question.due(now))
            case _:
                return ()

    def next_timer(self, now: float) -> float | None:
        """When `elapse` has something to do, or the view changes by itself."""
        times = [self.chord_until, self._front_timer(now)]
        return min((time for time in times if time is not None), default=None)

    @property
    def chord_until(self) -> float | None:
        """When the short signal ends that sounds; None: none does."""
        return self._chord.until if self._chord else None

    @property
    def tone(self) -> Tone | None:
        """What sounds in the earpiece."""
        if self.call.awaits_handset:
            return None
        if isinstance(self._front, RaisedAlarm) and self.call.keys is Keys.ZRTP:
            return Tone.ALARM
        return self._chord.tone if self._chord else None

    @property
    def has_audio(self) -> bool:
        """Whether the handset may be the call's: somebody has it, no alarm is unheeded, no hold."""
        call, warned = self.call, isinstance(self._front, RaisedAlarm)
        barred = call.awaits_handset or self.on_hold or warned
        return call.keys.are_there and not barred

    def view(self, now: float) -> View:
        """What is to be shown."""
        call = self.call
        found = call.association
        if not call.keys.are_there:
            securing = Securing(call.name, call.signalling_verified)
            return self._in_call(now) if call.cut else securing
        # Where the server has the keys, too, there is nothing to compare.
        if found is None or self._puts_off:
            return self._in_call(now)
        return self._front_view(found, now)

    def _front_view(self, found: Association, now: float) -> View:
        call = self.call
        match self._front:
            case RaisedAlarm():
                other = found.another_phone
                return Alarm(call.state, call.name, other.verified_on if other else None)
            case SasCheck() as check:
                return words_shown.view_of(call, check, found, now)
            case TextEntry() as entry:
                return EnterName(entry.text, entry.pending, entry.upper, entry.digits)
            case EnrolmentQuestion() as question:
                answerable = question.is_answerable(now)
                return AllowEnrolmentView(call.name, answerable, question.holding)
            case None:
                return self._in_call(now)
            case _ as never:
                assert_never(never)

    def _in_call(self, now: float) -> InCall:
        call = self.call
        return InCall(
            name=call.name,
            state=call.state,
            duration_s=call.duration_s(now),
            sip_name=call.sip_name,
            notices=call.notices(),
            muted=self.muted,
            exchange=call.exchange,
            on_hold=self.on_hold,
            held_there=call.held_there,
            quality=call.quality,
            cut=call.cut,
            transfer=call.transfer.outcome if call.transfer else None,
            transfer_detail=call.transfer.detail if call.transfer else "",
        )

    def _begin(self, now: float) -> None:
        self._begun = True
        state = self.call.state
        self._front = None
        if state.is_alarm:
            self._front = RaisedAlarm(now)
        elif not state.is_secure or self.call.asks_for_trust:
            self._show_words(now)
        else:
            self._go_on(now)

    def _show_words(self, now: float) -> None:
        self._front = words_shown.check_of(self.call, self._timings, now, legible=self._legible)

    def _face_alarm(self, key: Key, now: float) -> None:
        """Words that differ end it or are gone past; any other alarm leads to the words."""
        if self.call.denied:
            if key is Key.CALL:
                self._front = None
        elif key is Key.CONFIRM or key.is_dialled:
            self._show_words(now)

    def _judge(self, verdict: Verdict | None, now: float) -> tuple[Action, ...]:
        match verdict:
            case None:
                return ()
            case Verdict.LATER:
                self._front = None
                return ()
            case Verdict.MATCH:
                return self._confirm(now)
            case Verdict.DIFFER:
                self.call.denied = True
                self._front = RaisedAlarm(now)
                return (DenySas(self.call.id),)
            case _ as never:
                assert_never(never)

    def _confirm(self, now: float) -> tuple[Action, ...]:
        call = self.call
        call.confirmed, call.distrusted = True, False
        self._sound(Tone.CONFIRMED, now)
        if call.cache_name or call.is_relayed:
            self._go_on(now)
            return (ConfirmSas(call.id, call.is_relayed),)
        entry = TextEntry(call.claimed, self._timings.multi_tap_s)
        call.cache_name = entry.text
        self._front = entry
        # Kept at once: if the call ends while the person types, a name is there all the same.
        return (ConfirmSas(call.id), NamePeer(call.id, call.cache_name))

    def _name(self, entry: TextEntry, now: float) -> tuple[Action, ...]:
        self._go_on(now)
        name = entry.text.strip()
        if name in {"", self.call.cache_name}:
            return ()
        self.call.cache_name = name
        return (NamePeer(self.call.id, name),)

    def _go_on(self, now: float) -> None:
        """The words are the same: asks for what had to wait for that, if there is something."""
        self._front = EnrolmentQuestion(now, self._timings) if self.call.offered else None

    def _enrol(self, answer: Answer | None) -> tuple[Action, ...]:
        if answer is None:
            return ()
        self._front, self.call.offered = None, False
        allowed = answer is Answer.ALLOWED
        return ((AllowEnrolment if allowed else RefuseEnrolment)(self.call.id),)

    def _talk(self, key: Key, now: float) -> tuple[Action, ...]:
        if key.is_dialled:
            return (SendDtmf(self.call.id, key.value),)
        self.show_words(now)
        return ()

    def distrust(self, now: float) -> tuple[Action, ...]:
        """The person trusts this phone no longer: the words are asked for again."""
        self.call.distrust()
        self._show_words(now)
        return (Unverify(self.call.id),)

    def doubted(self, now: float) -> None:
        """The phone lost its trust in another call: the words are asked for, here as well."""
        if self.call.keys is Keys.ZRTP and not isinstance(self._front, RaisedAlarm):
            self._begin(now)

    def show_words(self, now: float) -> None:
        """The person wants to see the words, if there are any yet."""
        if self.call.keys is Keys.ZRTP:
            self._show_words(now)

    def _sound(self, tone: Tone, now: float) -> None:
        self._chord = _Chord(tone, now + self._timings.chord_s)

    def _front_timer(self, now: float) -> float | None:
        if self.call.keys is Keys.PENDING:
            return None
        match self._front:
            case RaisedAlarm():
                return None
            case SasCheck() as check:
                return check.next_timer(now)
            case TextEntry() as entry:
                return entry.next_timer()
            case EnrolmentQuestion() as question:
                return question.next_timer(now)
            case None:
                answered_at = self.call.answered_at
                return None if answered_at is None else answered_at + self.call.duration_s(now) + 1
            case _ as never:
                assert_never(never)
