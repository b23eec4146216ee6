"""What is known of each call while it lasts, and its line in the call log when it is over."""

from dataclasses import dataclass
from typing import Protocol

from agent.phone.events import CallId, EndReason
from agent.store import CallRecord, Meeting


class CallLog(Protocol):
    """Where finished calls are written down."""

    def log_call(self, record: CallRecord) -> None:
        """Appends one call."""
        ...


@dataclass(slots=True)
class Entry:
    """One call: whom, when, how secure. Times are wall seconds.

    Attributes:
        meeting: What ZRTP says of the other phone; None before it does.
        enrolment_open: A PBX asked to be trusted, and the person has not answered yet.
    """

    outgoing: bool
    uri: str
    name: str
    started: float
    answered: float | None = None
    meeting: Meeting | None = None
    security: str = ""
    enrolment_open: bool = False


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

    def secured(self, call: CallId, meeting: Meeting, security: str) -> None:
        """ZRTP is done with this phone, in words for the log such as "matched"."""
        if entry := self._entries.get(call):
            entry.meeting, entry.security = meeting, security

    def failed(self, call: CallId, security: str) -> None:
        """There was no encryption, in words for the log."""
        if entry := self._entries.get(call):
            entry.security = security

    def ended(self, call: CallId, reason: EndReason, now: float) -> None:
        """Writes the call's line; a second end of the same call writes nothing."""
        entry = self._entries.pop(call, None)
        if entry is None:
            return
        self._call_log.log_call(
            CallRecord(
                direction="outgoing" if entry.outgoing else "incoming",
                uri=entry.uri,
                name=entry.name,
                zid=entry.meeting.zid if entry.meeting else None,
                started=entry.started,
                answered=entry.answered,
                ended=now,
                outcome=reason.name.lower(),
                security=entry.security,
            )
        )
