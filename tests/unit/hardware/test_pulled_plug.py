"""What a pulled plug may take and what it may not."""

import pytest

from support.pulled_plug import WORD, Memory, Said, Told

ALICE, BOB = "aa" * 12, "bb" * 12
STARTED = Said("started", {"alice": Memory(ALICE), "bob": Memory(BOB)})
VERIFIED = Said("verified")


def found(alice: Memory, bob: Memory | None = None) -> Said:
    return Said("found", {"alice": alice, "bob": bob or Memory(BOB, (ALICE,))})


def test_a_line_of_the_console_is_read_as_it_was_said() -> None:
    said = Said("found", {"alice": Memory(ALICE, (BOB,), ("integrity: broken",))}, "more")
    assert Said.read(f"{said}\r\n") == said


@pytest.mark.parametrize("line", ["", "VM-EXIT 0", WORD, f'{WORD} ["found", {{', f"{WORD} 1x"])
def test_other_lines_and_halves_say_nothing(line: str) -> None:
    assert Said.read(line) is None


def test_before_anything_was_told_anything_may_be_gone() -> None:
    assert Told().complaints(found(Memory(), Memory())) == []


def test_a_phone_that_was_ready_stays_the_one_it_was() -> None:
    told = Told().after(STARTED)
    assert told.complaints(found(Memory(ALICE))) == []
    assert told.complaints(found(Memory("cc" * 12))) == [
        f"alice was {ALICE} and is {'cc' * 12} now"
    ]
    assert told.complaints(found(Memory())) == [f"alice was {ALICE} and is nobody now"]


def test_who_was_verified_on_both_panels_stays_verified_on_both() -> None:
    told = Told().after(STARTED).after(VERIFIED)
    assert told.complaints(found(Memory(ALICE, (BOB,)))) == []
    assert told.complaints(found(Memory(ALICE))) == ["alice has forgotten whom it verified"]


def test_damage_and_alarms_are_complaints_whatever_was_told() -> None:
    broken = found(Memory(faults=("integrity: page 3",)))
    assert Told().complaints(broken) == ["alice: integrity: page 3"]
    assert Told().complaints(Said("alarm", words="bob: Something changed")) == [
        "alarm: bob: Something changed"
    ]
