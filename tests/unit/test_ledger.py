from agent.ledger import Ledger
from agent.phone.events import CallId, EndReason
from agent.store import CallRecord, Meeting

CALL = CallId("out-1")
ZID = bytes(range(12))


class Log:
    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    def log_call(self, record: CallRecord) -> None:
        self.records.append(record)


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
