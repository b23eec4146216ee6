"""What the person chose, from the disk and back, and what a broken row does: nothing."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.preferences import Language, Preferences
from agent.preference_rows import is_target, read, write

CHOSEN = Preferences(
    do_not_disturb=True,
    ring_through=("sip:bob@example.org", "102"),
    forward_always="sip:desk@192.0.2.9",
    forward_busy="*21#",
    forward_no_answer="102",
    forward_after_s=25.0,
    hot_line="112",
    hot_line_after_s=0.0,
    speed_dial=(("1", "102"), ("9", "sip:bob@example.org")),
    call_waiting=False,
    language=Language.SPANISH,
    earpiece_volume=0,
    ringer_volume=100,
    headset_volume=55,
    ring_tone="gong",
    country="de",
    brightness=5,
    screen_off_after_s=0,
    lock_after_s=60,
)


def test_every_choice_comes_back_as_it_was() -> None:
    unchanged = [
        field.name
        for field in fields(CHOSEN)
        if getattr(CHOSEN, field.name) == getattr(Preferences(), field.name)
    ]
    assert unchanged == []
    assert read(write(Preferences(), CHOSEN), Preferences()) == (CHOSEN, [])


def test_only_what_was_chosen_otherwise_is_written() -> None:
    assert write(CHOSEN, CHOSEN) == {}
    assert write(CHOSEN, replace(CHOSEN, brightness=80)) == {"brightness": "80"}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("do_not_disturb", "1"),
        ("do_not_disturb", "tr"),
        ("ring_through", '"102"'),
        ("ring_through", '["x"]'),
        ("ring_through", "[1]"),
        ("forward_always", '"sip:"'),
        ("forward_always", '"bob"'),
        ("forward_always", "null"),
        ("forward_after_s", "0"),
        ("forward_after_s", "true"),
        ("forward_after_s", '"20"'),
        ("hot_line_after_s", "1e9"),
        ("hot_line_after_s", "NaN"),
        ("speed_dial", '{"1": "2"}'),
        ("speed_dial", '[["0", "102"]]'),
        ("speed_dial", '[["1"]]'),
        ("speed_dial", '[["1", "bob"]]'),
        ("language", '"tlh"'),
        ("language", "[]"),
        ("earpiece_volume", "101"),
        ("earpiece_volume", "true"),
        ("ring_tone", '"polka"'),
        ("ring_tone", "1"),
        ("country", '"zz"'),
        ("brightness", "0"),
        ("brightness", "50.0"),
        ("lock_after_s", "-1"),
        ("lock_after_s", "[" * 100_000),
    ],
)
def test_a_broken_row_is_told_and_the_usual_choice_counts(key: str, text: str) -> None:
    found, problems = read({key: text, "call_waiting": "false"}, Preferences())
    assert found == Preferences(call_waiting=False)
    (problem,) = problems
    assert key in problem
    assert len(problem) < 200


def test_a_row_of_another_version_is_told() -> None:
    found, problems = read({"smell": "1"}, CHOSEN)
    assert found == CHOSEN
    assert problems == ['the choice "smell" is not known to this version of the phone']


def test_the_configuration_counts_where_nothing_was_chosen() -> None:
    usual = Preferences(language=Language.GERMAN)
    assert read({}, usual) == (usual, [])
    assert read({"language": '"fr"'}, usual)[0].language is Language.FRENCH


@pytest.mark.parametrize(
    ("text", "can_be_called"),
    [
        ("", True),
        ("102", True),
        ("*21#", True),
        ("sip:bob@example.org", True),
        ("SIPS:bob@example.org", True),
        ("bob@example.org", False),
        ("sip:bob@", False),
        ("1" * 33, False),
        ("sip:" + "a" * 100 + "@example.org", False),
    ],
)
def test_what_can_be_called(text: str, *, can_be_called: bool) -> None:
    assert is_target(text) is can_be_called


@given(st.dictionaries(st.sampled_from([field.name for field in fields(CHOSEN)]), st.text()))
def test_any_rows_give_sound_choices(rows: dict[str, str]) -> None:
    found, problems = read(rows, Preferences())
    assert len(problems) <= len(rows)
    assert read(write(Preferences(), found), Preferences()) == (found, [])
