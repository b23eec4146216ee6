"""What a person reads at the shell, of a phone that is real."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.control.requests import AddContacts, Call, Confirm, Events, HangUp, Hold, Status
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    Encrypted,
    PhoneEvent,
    RemoteRinging,
)
from agent.shell.told import happened, table, told
from hw.types import Device, DeviceBack, DeviceMissing, HookLifted
from support.desks import Office
from support.phone_driver import OUT, SAS, association
from support.station_driver import Memory, StationDriver


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.store.close()


def test_the_status_of_a_phone_with_trouble(office: Office) -> None:
    office.driver.happens(
        AccountChanged("home", AccountCondition.READY),
        AccountChanged("work", AccountCondition.REFUSED, "Server refused: wrong password"),
        DeviceMissing(Device.DISPLAY, "no display at I2C address 0x3c"),
    )
    zid = office.store.zid.hex()
    assert told(Status(), [], office.ask(Status())) == [
        "Phone    Alice, Sotto 0.1.0, up 1 h 1 min",
        "ZID      " + " ".join(zid[at : at + 4] for at in range(0, 24, 4)),
        "Line     at rest, handset down",
        "Account  home: ready",
        "Account  work: server refused: Server refused: wrong password",
        "Missing  display: no display at I2C address 0x3c",
    ]


def test_the_status_of_a_call_tells_the_words_and_what_they_are_worth(office: Office) -> None:
    office.driver.talk_to_bob(association())
    office.driver.wait(65)
    lines = told(Status(), [], office.ask(Status()))
    assert "Line     talking, handset up" in lines
    assert "Call     out-1  to Bob: encrypted, words not compared, 1:05" in lines
    assert f"         words: {' '.join(SAS)}" in lines
    assert "         words not compared yet" in lines
    said = told(Confirm(SAS), [], office.ask(Confirm(SAS)))
    assert said == ["out-1  to Bob: verified, green, 1:05"]
    assert told(HangUp(), [], office.ask(HangUp())) == ["Hung up."]


def test_a_call_on_hold_says_how_secure_it_is_all_the_same(office: Office) -> None:
    office.driver.talk_to_bob(association(verified=True))
    assert told(Hold(), [], office.ask(Hold())) == ["out-1  to Bob: on hold; verified, green, 0:00"]


def test_a_call_from_the_shell_says_that_it_waits(office: Office) -> None:
    assert told(Call("1002"), [], office.ask(Call("1002"))) == [
        "out-1  to Bob: calling; lift the handset",
        "Lift the handset: no sound passes before.",
    ]


def test_missed_calls_are_told(tmp_path: Path) -> None:
    office = Office(tmp_path, StationDriver(memory=Memory(missed=1)))
    with closing(office.store):
        lines = told(Status(), [], office.ask(Status()))
    assert "Missed   1" in lines


def test_what_happens_line_by_line(office: Office) -> None:
    events = []
    first: list[PhoneEvent] = [HookLifted(), DeviceMissing(Device.LEDS, "no lamps")]
    second: list[PhoneEvent] = [
        DeviceBack(Device.LEDS),
        AccountChanged("home", AccountCondition.UNREACHABLE),
    ]
    for some in (first, second):
        before = office.desk.report()
        office.driver.happens(*some)
        events += office.desk.happened(before, office.desk.report())
    before = office.desk.report()
    office.ask(Call("1002"))
    office.driver.happens(RemoteRinging(OUT), Answered(OUT), Encrypted(OUT, association()))
    between = office.desk.report()
    events += office.desk.happened(before, between)
    office.ask(HangUp())
    events += office.desk.happened(between, office.desk.report())
    lines = [happened(event).split("  ", 1)[1] for event in events]
    assert lines == [
        "lamps missing: no lamps",
        "account home: server not reached",
        "lamps: back again",
        "out-1  to Bob: encrypted, words not compared, signalling not verified, 0:00",
        "out-1  Bob: over",
    ]
    assert told(Events(), events, {}) == [happened(event) for event in events]


def test_an_event_that_a_newer_phone_tells_is_not_lost() -> None:
    line = happened({"event": "sung", "at": "2026-05-03T03:09:37+00:00"})
    assert line.endswith("  sung")


def test_what_came_of_contacts() -> None:
    items = [
        {"name": "Bob", "taken": True, "why": ""},
        {"name": "", "taken": False, "why": "it has no name", "line": 7},
    ]
    assert told(AddContacts(()), items, {}) == [
        "skipped: No name, line 7: it has no name",
        "1 taken over, 1 skipped. Nobody is verified by this.",
    ]


def test_columns_are_aligned() -> None:
    assert table([("a", "b", "c"), ("long", "", "d")]) == ["a     b  c", "long     d"]
    assert table([]) == []
