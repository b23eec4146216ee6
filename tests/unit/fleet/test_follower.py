"""When the phone looks, what it tells, and that it is never disturbed in a call."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import pytest

from agent.fleet.files import FetchError
from agent.fleet.follower import Follower, Standing
from agent.fleet.kept import Kept
from agent.fleet.timetable import Timetable
from agent.fleet.whole import RefusedError

PLACE = "https://example.org/1.toml"
NEW = Kept(PLACE, "", version=7, fetched_at=0.0)


class Desk:
    """A phone, the time, and a server of which each look has its outcome."""

    def __init__(self, outcomes: list[Kept | Exception | None]) -> None:
        self.idle = False
        self.applied = 0
        self.refused: list[str] = []
        self.now = 0.0
        self._outcomes: Iterator[Kept | Exception | None] = iter(outcomes)
        self.timetable = Timetable(300.0, 0.0, lambda: 0.0, at_once=True)
        self.follower = Follower(
            self._look,
            self.timetable,
            self._time,
            is_idle=lambda: self.idle,
            apply=self._apply,
            refused=self.refused.append,
            standing=Standing(PLACE),
        )

    def _time(self) -> float:
        """However long it waits, it is over at once."""
        self.now = max(self.now, self.timetable.due)
        return self.now

    def _look(self) -> Kept | None:
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _apply(self) -> None:
        self.applied += 1

    def run(self, then: Callable[[], None] = lambda: None) -> None:
        """Until there is something new."""

        async def run() -> None:
            async with asyncio.timeout(30):
                await self.follower.run()
            then()

        asyncio.run(run())


def test_it_waits_until_nobody_uses_the_phone() -> None:
    desk = Desk([None, NEW])
    desk.run()
    assert (desk.applied, desk.follower.standing.waiting) == (0, True)
    desk.follower.look_soon()
    assert desk.applied == 0
    assert str(desk.follower.standing).endswith("a new one is applied when nobody uses the phone")
    desk.idle = True
    desk.follower.look_soon()
    assert desk.applied == 1


def test_an_idle_phone_takes_it_at_once() -> None:
    desk = Desk([NEW])
    desk.idle = True
    desk.run()
    assert desk.applied == 1


def test_without_anything_new_nothing_is_applied() -> None:
    desk = Desk([])
    desk.idle = True
    desk.follower.look_soon()
    assert desk.applied == 0


def test_what_is_refused_is_told_and_taken_back_when_it_was_mended() -> None:
    desk = Desk([RefusedError("line 3"), None, NEW])
    desk.run()
    assert desk.refused == ["line 3", "", ""]
    assert desk.follower.standing.problem == ""


def test_a_server_that_is_away_is_told_once_and_once_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    away = FetchError("nobody answers")
    desk = Desk([away, away, FetchError("nobody answers"), NEW])
    desk.run()
    assert [record.getMessage() for record in caplog.records] == [
        "the configuration stays as it is: nobody answers",
        f"the configuration can be had from {PLACE} again",
    ]
    assert desk.refused == [""]


def test_a_disk_that_is_full_is_told(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk([OSError(28, "No space left on device"), NEW])
    desk.run()
    assert "what was fetched cannot be kept: No space left on device" in caplog.text


def test_how_it_stands_is_one_line() -> None:
    assert str(Standing(PLACE)) == PLACE
    standing = Standing(PLACE, 7, 0.0, "the server answers 404")
    assert str(standing).startswith(f"{PLACE}, version 7, of 19")
    assert str(standing).endswith("; the server answers 404")


def test_what_nobody_foresaw_ends_the_looking_and_is_not_swallowed() -> None:
    with pytest.raises(LookupError):
        Desk([LookupError()]).run()
