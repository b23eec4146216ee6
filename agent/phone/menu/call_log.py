"""The call log: missed, received and dialled calls."""

from typing import Final

from agent.frozen import frozen
from agent.phone.menu.answers import CallEntry, CallKind, CallSecurity, CallsListed, MenuAnswer
from agent.phone.menu.asking import QuestionPage
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import Choose, DetailPage, ListPage, Row
from agent.phone.menu.orders import ClearCalls, DeleteCall, FetchCalls, MarkCallsSeen
from agent.phone.menu.page import STAY, Page, Step
from agent.phone.menu.values import Span, Value
from agent.phone.menu.views import Fact

_KINDS: Final = {
    CallKind.MISSED: Label.MISSED,
    CallKind.RECEIVED: Label.RECEIVED,
    CallKind.DIALLED: Label.DIALLED,
}
_SECURITIES: Final = {
    CallSecurity.KNOWN: Label.SECURITY_KNOWN,
    CallSecurity.FIRST: Label.SECURITY_FIRST,
    CallSecurity.CHANGED: Label.SECURITY_CHANGED,
    CallSecurity.FAILED: Label.SECURITY_FAILED,
    CallSecurity.ABSENT: Label.SECURITY_ABSENT,
}


def call_log_step() -> Step:
    """Opens the call log."""
    return Step((FetchCalls(),), page=CallLogPage())


class CallLogPage(ListPage):
    """Which calls."""

    def __init__(self) -> None:
        """Waits for the calls."""
        super().__init__(Label.CALLS, self._kinds)
        self._calls: tuple[CallEntry, ...] = ()

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """The calls as they are now."""
        if isinstance(answer, CallsListed):
            self._calls = answer.calls
        return STAY

    def _kinds(self) -> list[Row]:
        rows = [
            Row(_KINDS[kind], self._opener(kind), str(len(self._of(kind)))) for kind in CallKind
        ]
        return [*rows, Row(Label.CLEAR_CALLS, _ask_to_clear)] if self._calls else rows

    def _of(self, kind: CallKind) -> list[CallEntry]:
        return [call for call in self._calls if call.kind is kind]

    def _opener(self, kind: CallKind) -> Choose:
        seen = (MarkCallsSeen(),) if kind is CallKind.MISSED else ()
        return lambda: Step(seen, page=ListPage(_KINDS[kind], lambda: self._lines(kind)))

    def _lines(self, kind: CallKind) -> list[Row]:
        return [
            Row(call.name, CallOpener(call), call.at, CallBack(call.uri)) for call in self._of(kind)
        ]


@frozen
class CallBack:
    """The step that calls an address."""

    uri: str

    def __call__(self) -> Step:
        """Calls."""
        return Step(dial=self.uri)


@frozen
class CallOpener:
    """The step to all about a call."""

    call: CallEntry

    def __call__(self) -> Step:
        """Opens it."""
        call = self.call
        facts = [
            Fact(_KINDS[call.kind], call.at),
            Fact(Label.TALKED, _talked(call)),
        ]
        if call.security is not None:
            facts.append(Fact(Label.SECURITY, _SECURITIES[call.security]))
        facts.append(Fact(Label.ADDRESS, call.uri.removeprefix("sip:")))
        options = [Row(Label.CALL_BACK, CallBack(call.uri)), Row(Label.DELETE, self._delete)]
        return Step(page=DetailPage(call.name, facts, options, call.uri))

    def _delete(self) -> Step:
        return Step((DeleteCall(self.call.id),), back=2)


def _talked(call: CallEntry) -> Value:
    if call.talked_s is None:
        return Label.CUT_OFF
    return Span(call.talked_s) if call.talked_s else Label.NOT_AT_ALL


def _ask_to_clear() -> Step:
    page: Page = QuestionPage(Label.CLEAR_ALL_CALLS, "", lambda: Step((ClearCalls(),), back=1))
    return Step(page=page)
