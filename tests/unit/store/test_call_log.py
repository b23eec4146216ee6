from dataclasses import replace
from pathlib import Path

import pytest

from agent.store import (
    BROKEN_OFF,
    OPEN,
    CallRecord,
    Meeting,
    SecurityEvent,
    Store,
    StoreError,
    call_log,
)
from support.stores import ZID, Wall, opened

TAKEN = CallRecord(
    direction="incoming",
    uri="sip:bob@example.org",
    name="Bob",
    zid=ZID,
    started=1000.0,
    answered=1002.0,
    ended=1060.0,
    outcome="remote_hung_up",
    security="matched",
)
MISSED = replace(TAKEN, answered=None, zid=None, outcome="cancelled", security="")


def test_calls_come_back_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    later = replace(TAKEN, direction="outgoing", started=2000.0)
    with opened(path) as store:
        store.log_call(TAKEN)
        store.log_call(later)
    with opened(path) as store:
        assert store.calls(10) == [later, TAKEN]
        assert store.calls(1) == [later]


@pytest.mark.parametrize(
    ("record", "is_missed"),
    [
        (TAKEN, False),
        (MISSED, True),
        (replace(MISSED, outcome="failed"), True),
        (replace(MISSED, outcome="declined"), False),
        (replace(MISSED, outcome="local_hung_up"), False),
        (replace(MISSED, outcome="elsewhere"), False),
        (replace(MISSED, direction="outgoing"), False),
    ],
)
def test_what_counts_as_missed(record: CallRecord, *, is_missed: bool) -> None:
    assert record.is_missed == is_missed


def test_missed_calls_count_until_they_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        for record in (TAKEN, MISSED, MISSED):
            store.log_call(record)
    with opened(path) as store:
        assert store.unseen_missed_calls() == 2
        store.mark_calls_seen()
        assert store.unseen_missed_calls() == 0
        assert len(store.calls(10)) == 3


RINGING = replace(MISSED, outcome=OPEN, ended=1000.0)


@pytest.mark.parametrize(
    ("record", "is_missed"),
    [
        (RINGING, True),
        (replace(RINGING, answered=1002.0), False),
        (replace(RINGING, direction="outgoing"), False),
    ],
)
def test_a_call_that_a_pulled_plug_cut_off_is_there_at_the_next_start(
    tmp_path: Path, record: CallRecord, *, is_missed: bool
) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        store.log_call(record)
        assert (store.calls(10), store.numbered_calls(10)) == ([], [])
        assert store.unseen_missed_calls() == 0
        store.clear_calls()
    with opened(path) as store:
        assert store.calls(10) == [replace(record, outcome=BROKEN_OFF)]
        assert store.unseen_missed_calls() == int(is_missed)
        assert store.calls(10)[0].is_missed == is_missed
        store.mark_calls_seen()
    with opened(path) as store:
        assert store.unseen_missed_calls() == 0


def test_whoever_only_looks_ends_no_call(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        number = store.log_call(RINGING)
        visitor = Store.visit(path, Wall())
        assert visitor.calls(10) == []
        visitor.close()
        store.log_call(MISSED, number)
        assert store.numbered_calls(10) == [(number, MISSED)]


def test_a_call_has_one_line_also_where_that_was_taken_away_meanwhile(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        first, second = store.log_call(RINGING), store.log_call(TAKEN)
        assert store.log_call(MISSED, first) == first
        assert store.unseen_missed_calls() == 1
        store.delete_call(second)
        assert store.log_call(TAKEN, second) == second
        assert store.numbered_calls(10) == [(second, TAKEN), (first, MISSED)]


def test_an_illegal_direction_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store, pytest.raises(StoreError, match="CHECK"):
        store.log_call(replace(TAKEN, direction="sideways"))


def test_security_events_are_dated(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.log_security_event("sas-mismatch", ZID, "sip:bob@example.org", "")
        store.log_security_event("zrtp-attack", None, "", "wrong hvi")
        assert store.security_events(10) == [
            SecurityEvent(1000.0, "zrtp-attack", None, "", "wrong hvi"),
            SecurityEvent(1000.0, "sas-mismatch", ZID, "sip:bob@example.org", ""),
        ]


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_log, "KEPT", 2)
    with opened(tmp_path / "sotto.db") as store:
        for number in range(4):
            store.log_call(replace(TAKEN, started=float(number)))
            store.log_security_event(str(number), None, "", "")
        assert [record.started for record in store.calls(10)] == [3.0, 2.0]
        assert [event.kind for event in store.security_events(10)] == ["3", "2"]


def test_the_log_outlives_the_peer(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.met(Meeting(ZID, TAKEN.uri), proven=False)
        store.log_call(TAKEN)
        store.forget(ZID)
        assert store.calls(10) == [TAKEN]
