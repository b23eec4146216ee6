"""What is known of each call while it lasts, and its line in the call log.

The line is written when the call begins, again when a call that came in is answered, and when it is over.
So a pulled plug takes no call out of the log, and makes no missed one of what was answered.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

from agent.phone.events import CallId, EndReason
from agent.store import OPEN, CallRecord, Meeting, StoreError

log = logging.getLogger(__name__)


class CallLog(Protocol):
    """Where calls are written down."""

    def log_call(self, record: CallRecord, number: int | None = None) -> int:
        """Writes one call, in the place of an earlier line; returns the line's number."""
        ...


@dataclass(slots=True)
class Entry:
    """One call: whom, when, how secure. Times are wall seconds.

    Attributes:
        meeting: What ZRTP says of the other phone; None before it does.
        enrolment_open: A PBX asked to be trusted, and the person has not answered yet.
        number: Of its line in the log; None: there is none yet.
        is_news: Whether the line does not say what it has to in case that the plug is pulled.
    """

    outgoing: bool
    uri: str
    name: str
    started: float
    answered: float | None = None
    meeting: Meeting | None = None
    security: str = ""
    enrolment_open: bool = False
    number: int | None = None
    is_news: bool = True


class Ledger:
    """The calls that are up."""

    def __init__(self, call_log: CallLog) -> None:
        self._call_log = call_log
        self._entries: dict[CallId, Entry] = {}

    def began(self, call: CallId, *, outgoing: bool, uri: str, name: str, now: float) -> None:
        """A call was dialled or came in."""
        self._entries[call] = Entry(outgoing, uri, name, now)

    def entry(self, call: CallId) -> Entry | None:
        """What is known of a call; None when it is over."""
        return self._entries.get(call)

    def answered(self, call: CallId, now: float) -> None:
        """The dialog is confirmed."""
        if entry := self._entries.get(call):
            entry.answered = now
            # Only what came in can be missed: for the others, a card is not written to.
            entry.is_news = entry.is_news or not entry.outgoing

    def secured(self, call: CallId, meeting: Meeting, security: str) -> None:
        """ZRTP is done with this phone, in words for the log such as "matched"."""
        if entry := self._entries.get(call):
            entry.meeting, entry.security = meeting, security

    def failed(self, call: CallId, security: str) -> None:
        """There was no encryption, in words for the log."""
        if entry := self._entries.get(call):
            entry.security = security

    def write_down(self) -> None:
        """Puts on the disk what nobody has to wait for."""
        for entry in self._entries.values():
            if entry.is_news:
                entry.is_news = False
                self._write(entry, entry.answered or entry.started, OPEN)

    def ended(self, call: CallId, reason: EndReason, now: float) -> None:
        """Writes the call's line; a second end of the same call writes nothing."""
        entry = self._entries.pop(call, None)
        if entry is not None:
            self._write(entry, now, reason.name.lower())

    def _write(self, entry: Entry, ended: float, outcome: str) -> None:
        """A disk that cannot be written to ends no call, and keeps none from beginning."""
        record = CallRecord(
            direction="outgoing" if entry.outgoing else "incoming",
            uri=entry.uri,
            name=entry.name,
            zid=entry.meeting.zid if entry.meeting else None,
            started=entry.started,
            answered=entry.answered,
            ended=ended,
            outcome=outcome,
            security=entry.security,
        )
        try:
            entry.number = self._call_log.log_call(record, entry.number)
        except StoreError as error:
            log.error("the call log could not be written: %s", error)  # noqa: TRY400
