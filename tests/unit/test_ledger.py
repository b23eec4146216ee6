from agent.ledger import Ledger
from agent.phone.events import CallId, EndReason
from agent.store import OPEN, CallRecord, Meeting, StoreError

CALL = CallId("out-1")
ZID = bytes(range(12))


class Log:
    """A call log that counts how often it is written to, and fails when it is told to."""

    def __init__(self) -> None:
        self.lines: dict[int, CallRecord] = {}
        self.writes = 0
        self.is_full = False

    def log_call(self, record: CallRecord, number: int | None = None) -> int:
        if self.is_full:
            raise StoreError("the disk is full")
        self.writes += 1
        number = len(self.lines) + 1 if number is None else number
        self.lines[number] = record
        return number

    @property
    def records(self) -> list[CallRecord]:
        return list(self.lines.values())


def test_a_call_leaves_one_line() -> None:
    log = Log()
    ledger = Ledger(log)
    ledger.began(CALL, outgoing=True, uri="sip:bob@example.org", name="Bob", now=10.0)
    ledger.answered(CALL, 12.0)
    ledger.secured(CALL, Meeting(ZID, "sip:bob@example.org"), "matched")
    ledger.ended(CALL, EndReason.REMOTE_HUNG_UP, 30.0)
    ledger.ended(CALL, EndReason.FAILED, 31.0)
    assert log.records == [
        CallRecord(
            direction="outgoing",
            uri="sip:bob@example.org",
            name="Bob",
            zid=ZID,
            started=10.0,
            answered=12.0,
            ended=30.0,
            outcome="remote_hung_up",
            security="matched",
        )
    ]


def test_a_call_that_came_in_is_in_the_log_from_its_beginning_on() -> None:
    log = Log()
    ledger = Ledger(log)
    ledger.began(CALL, outgoing=False, uri="sip:bob@example.org", name="Bob", now=10.0)
    ledger.write_down()
    (ringing,) = log.records
    assert (ringing.outcome, ringing.answered, ringing.ended) == (OPEN, None, 10.0)
    ledger.answered(CALL, 12.0)
    ledger.write_down()
    (up,) = log.records
    assert (up.outcome, up.answered, up.ended) == (OPEN, 12.0, 12.0)
    ledger.write_down()
    ledger.ended(CALL, EndReason.LOCAL_HUNG_UP, 30.0)
    ledger.write_down()
    (over,) = log.records
    assert (over.outcome, over.answered, over.ended) == ("local_hung_up", 12.0, 30.0)
    assert log.writes == 3


def test_a_call_that_was_dialled_costs_one_write_more() -> None:
    log = Log()
    ledger = Ledger(log)
    ledger.began(CALL, outgoing=True, uri="sip:bob@example.org", name="", now=10.0)
    ledger.write_down()
    ledger.answered(CALL, 12.0)
    ledger.write_down()
    ledger.ended(CALL, EndReason.LOCAL_HUNG_UP, 30.0)
    assert [each.outcome for each in log.records] == ["local_hung_up"]
    assert log.writes == 2


def test_a_full_disk_stops_no_call_and_the_line_is_written_when_there_is_room() -> None:
    log = Log()
    ledger = Ledger(log)
    log.is_full = True
    ledger.began(CALL, outgoing=False, uri="sip:bob@example.org", name="", now=10.0)
    ledger.write_down()
    log.is_full = False
    ledger.ended(CALL, EndReason.CANCELLED, 30.0)
    assert [each.outcome for each in log.records] == ["cancelled"]
    log.is_full = True
    ledger.began(CALL, outgoing=False, uri="sip:bob@example.org", name="", now=40.0)
    ledger.ended(CALL, EndReason.CANCELLED, 50.0)
    assert ledger.entry(CALL) is None


def test_a_call_without_encryption_says_so() -> None:
    log = Log()
    ledger = Ledger(log)
    ledger.began(CALL, outgoing=False, uri="sip:eve@example.org", name="", now=1.0)
    ledger.failed(CALL, "no ZRTP")
    ledger.ended(CALL, EndReason.NO_COMMON_ENCRYPTION, 2.0)
    (record,) = log.records
    assert (record.direction, record.security, record.zid) == ("incoming", "no ZRTP", None)


def test_news_of_a_call_that_is_over_changes_nothing() -> None:
    log = Log()
    ledger = Ledger(log)
    ledger.answered(CALL, 1.0)
    ledger.secured(CALL, Meeting(ZID, "sip:bob@example.org"), "new")
    ledger.failed(CALL, "no ZRTP")
    assert ledger.entry(CALL) is None
    assert log.records == []
