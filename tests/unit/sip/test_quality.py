"""The judgement on a line: thresholds, silence, and how long it takes to get better."""

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.events import Quality
from agent.sip.quality import BETTER_AFTER, EVERY_S, SILENT_AFTER_S, Line, Reading, grade

GOOD: Final = Reading(packets=0, lost=0, jitter_ms=3.0, round_trip_ms=40.0, expected=True)
A_LOOK: Final = 100
"""Packets that come between two looks: 50 a second."""


class Watched:
    """A line, and what is told of it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.line = Line(self.now)
        self.reading = GOOD
        self.told: list[Quality] = []

    def passes(self, looks: int, *, came: int = A_LOOK, lost: int = 0, **changes: Any) -> None:
        for _ in range(looks):
            before = self.reading
            self.reading = replace(
                before, packets=before.packets + came, lost=before.lost + lost, **changes
            )
            quality = self.line.look(self.reading, self.now)
            self.told += [] if quality is None else [quality]
            self.now += EVERY_S


@pytest.mark.parametrize(
    ("loss", "jitter", "round_trip", "expected"),
    [
        (0.0, 0.0, 0.0, Quality.GOOD),
        (0.019, 29.9, 299.0, Quality.GOOD),
        (0.02, 0.0, 0.0, Quality.FAIR),
        (0.0, 30.0, 0.0, Quality.FAIR),
        (0.0, 0.0, 300.0, Quality.FAIR),
        (0.08, 0.0, 0.0, Quality.POOR),
        (0.0, 80.0, 0.0, Quality.POOR),
        (0.0, 0.0, 800.0, Quality.POOR),
        (1.0, 1e9, 1e9, Quality.POOR),
    ],
)
def test_grade(loss: float, jitter: float, round_trip: float, expected: Quality) -> None:
    assert grade(loss, jitter, round_trip) is expected


def test_a_good_line_is_not_worth_a_word() -> None:
    watched = Watched()
    watched.passes(50)
    assert watched.told == []


def test_worse_is_told_at_once() -> None:
    watched = Watched()
    watched.passes(5)
    watched.passes(1, came=80, lost=20)
    assert watched.told == [Quality.FAIR]
    watched.passes(2, came=60, lost=40)
    assert watched.told == [Quality.FAIR, Quality.POOR]


def test_better_is_told_when_it_has_held() -> None:
    watched = Watched()
    watched.passes(5, jitter_ms=90.0)
    assert watched.told == [Quality.POOR]
    watched.passes(BETTER_AFTER - 1, jitter_ms=3.0)
    assert watched.told == [Quality.POOR]
    watched.passes(1, jitter_ms=3.0)
    assert watched.told == [Quality.POOR, Quality.GOOD]


def test_a_line_that_wavers_is_told_once() -> None:
    watched = Watched()
    for _ in range(10):
        watched.passes(1, jitter_ms=90.0)
        watched.passes(1, jitter_ms=3.0)
    assert watched.told == [Quality.POOR]


def test_silence_and_its_end() -> None:
    watched = Watched()
    watched.passes(5)
    watched.passes(int(SILENT_AFTER_S / EVERY_S) + 1, came=0)
    assert watched.told == [Quality.SILENT]
    watched.passes(1)
    assert watched.told == [Quality.SILENT, Quality.GOOD]


def test_nothing_ever_comes() -> None:
    watched = Watched()
    watched.passes(5, came=0)
    assert watched.told == [Quality.SILENT]


def test_on_hold_nothing_is_missed() -> None:
    watched = Watched()
    watched.passes(5)
    watched.passes(10, came=0, expected=False)
    assert watched.told == []
    watched.passes(1, came=0, expected=True)
    assert watched.told == []


def test_put_on_hold_when_it_was_silent() -> None:
    watched = Watched()
    watched.passes(5, came=0)
    watched.passes(1, came=0, expected=False)
    assert watched.told == [Quality.SILENT, Quality.GOOD]


def test_new_stream_after_a_reinvite() -> None:
    """Its counters begin at 0 again: that is neither loss nor silence."""
    watched = Watched()
    watched.passes(5)
    watched.reading = GOOD
    watched.passes(5)
    assert watched.told == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.integers(0, 10**6),
            st.floats(0, 1e6),
            st.floats(0, 1e6),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_only_changes_are_told(readings: list[tuple[int, int, float, float, bool]]) -> None:
    line, now, told = Line(0.0), 0.0, Quality.GOOD
    for each in readings:
        quality = line.look(Reading(*each), now)
        assert quality is not told
        told = quality or told
        assert line.told is told
        now = line.due
