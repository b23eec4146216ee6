"""Looks for a new configuration in its time, and has it applied when nobody uses the phone."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from agent.fleet.files import FetchError
from agent.fleet.kept import Kept
from agent.fleet.timetable import Timetable
from agent.fleet.whole import RefusedError
from agent.frozen import frozen

log = logging.getLogger(__name__)


@frozen
class Standing:
    """How it stands, for whoever asks.

    Attributes:
        place: Where the configuration is fetched.
        version: Of what was taken; 0: it has none, or nothing was.
        fetched_at: When that came, in seconds since 1970; None: nothing did.
        problem: Why the last look brought nothing; empty: it did, or nothing was new.
        waiting: Whether something new waits until nobody uses the phone.
    """

    place: str
    version: int = 0
    fetched_at: float | None = None
    problem: str = ""
    waiting: bool = False

    def __str__(self) -> str:
        """A line for whoever asks."""
        said = [self.place]
        if self.version:
            said.append(f"version {self.version}")
        if self.fetched_at is not None:
            said.append(f"of {datetime.fromtimestamp(self.fetched_at).astimezone():%Y-%m-%d %H:%M}")
        if self.waiting:
            said.append("a new one is applied when nobody uses the phone")
        return ", ".join(said) + (f"; {self.problem}" if self.problem else "")


class Follower:
    """One phone's.

    Args:
        look: Looks, in a thread: returns what is new and written down by now, or None.
        timetable: When.
        monotonic: Seconds that only grow.
        is_idle: Whether nobody uses the phone.
        apply: Starts the phone anew.
        refused: Hears why something will not do, and an empty text when all is well again.
        standing: How it stands at the start.
    """

    def __init__(
        self,
        look: Callable[[], Kept | None],
        timetable: Timetable,
        monotonic: Callable[[], float],
        *,
        is_idle: Callable[[], bool],
        apply: Callable[[], None],
        refused: Callable[[str], None],
        standing: Standing,
    ) -> None:
        self._look = look
        self._timetable = timetable
        self._monotonic = monotonic
        self._is_idle = is_idle
        self._apply = apply
        self._refused = refused
        self.standing = standing

    async def run(self) -> None:
        """Until something new was found or somebody cancels it."""
        while not self.standing.waiting:
            await asyncio.sleep(max(0.0, self._timetable.due - self._monotonic()))
            await self._look_once()
        self.look_soon()

    def look_soon(self) -> None:
        """Something has happened to the phone: it may be idle now."""
        if self.standing.waiting and self._is_idle():
            log.info("the new configuration from %s is applied", self.standing.place)
            self._apply()

    async def _look_once(self) -> None:
        try:
            new = await in_thread(self._look)
        except FetchError as error:
            self._timetable.failed(self._monotonic(), not_before_s=error.not_before_s)
            self._tell(str(error))
        except RefusedError as error:
            self._timetable.failed(self._monotonic())
            self._tell(str(error))
            self._refused(str(error))
        except OSError as error:
            self._timetable.failed(self._monotonic())
            self._tell(f"what was fetched cannot be kept: {error.strerror}")
        else:
            self._timetable.succeeded(self._monotonic())
            if self.standing.problem:
                log.info("the configuration can be had from %s again", self.standing.place)
            self._refused("")
            self._stand(problem="", new=new)

    def _tell(self, problem: str) -> None:
        """Once, however often it is the same."""
        if problem != self.standing.problem:
            log.warning("the configuration stays as it is: %s", problem)
        self._stand(problem=problem, new=None)

    def _stand(self, *, problem: str, new: Kept | None) -> None:
        standing = replace(self.standing, problem=problem)
        if new is not None:
            standing = replace(
                standing, version=new.version, fetched_at=new.fetched_at, waiting=True
            )
        self.standing = standing


async def in_thread(work: Callable[[], Kept | None]) -> Kept | None:
    """Does it in a thread that nobody waits for when the phone ends."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Kept | None] = loop.create_future()

    def done(result: Kept | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    def run() -> None:
        result: Kept | None = None
        failed: Exception | None = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the phone is off
            loop.call_soon_threadsafe(done, result, failed)

    threading.Thread(target=run, name="fleet", daemon=True).start()
    return await future
