import asyncio
import threading
from collections.abc import Callable

import pytest

from agent.sip.errors import SipError
from agent.sip.thread import SipThread


class FakeLibrary:
    """Notes on which thread it was used; `events` are what poll returns, in order."""

    def __init__(self, *events: int, fault: Exception | None = None) -> None:
        self.threads: set[str] = set()
        self.steps: list[str] = []
        self._events = list(events)
        self._fault = fault
        self.polled = threading.Event()
        self._woken = threading.Event()

    def open(self) -> None:
        self._note("open")
        if self._fault is not None:
            raise self._fault

    def poll(self, *, wait: bool) -> int:
        self._note("poll")
        if self._events:
            return self._events.pop(0)
        self.polled.set()
        if wait:
            assert self._woken.wait(10)
            self._woken.clear()
        return 0

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self._note("close")

    def _note(self, step: str) -> None:
        self.threads.add(threading.current_thread().name)
        self.steps.append(step)


def run_with(library: FakeLibrary, *commands: Callable[[], object]) -> list[object]:
    async def session() -> list[object]:
        thread = SipThread(library)
        await thread.start()
        try:
            return [await thread.run(command) for command in commands]
        finally:
            await thread.stop()
            await thread.stop()

    return asyncio.run(session())


def test_all_runs_on_one_thread_in_order() -> None:
    library = FakeLibrary()
    assert run_with(library, lambda: threading.current_thread().name, lambda: 2) == ["sip", 2]
    assert library.threads == {"sip"}
    assert library.steps[0] == "open"
    assert library.steps[-1] == "close"
    assert library.steps.count("close") == 1


def test_what_cannot_open_is_closed_before_it_is_told() -> None:
    """Who hears of it may end the process at once."""
    may_close = threading.Event()

    class Slow(FakeLibrary):
        def close(self) -> None:
            assert may_close.wait(10)
            super().close()

    library = Slow(fault=SipError("Cannot listen"))

    async def session() -> None:
        asyncio.get_running_loop().call_later(0.02, may_close.set)
        with pytest.raises(SipError, match="Cannot listen"):
            await SipThread(library).start()

    asyncio.run(session())
    assert library.steps == ["open", "close"]


def test_fault_of_a_command_reaches_the_caller_without_frames() -> None:
    def divide() -> float:
        return 1 / 0

    with pytest.raises(SipError, match="ZeroDivisionError") as caught:
        run_with(FakeLibrary(), divide)
    assert caught.value.__context__ is None
    names = [entry.name for entry in caught.traceback]
    assert "divide" not in names


def test_no_command_after_the_end() -> None:
    async def session() -> None:
        thread = SipThread(FakeLibrary())
        await thread.start()
        await thread.stop()
        await thread.run(lambda: None)

    with pytest.raises(SipError, match="not running"):
        asyncio.run(session())


def test_abandoned_command_is_not_run() -> None:
    ran: list[int] = []

    async def session() -> None:
        thread = SipThread(FakeLibrary())
        await thread.start()
        gate = threading.Event()
        waiting = asyncio.ensure_future(thread.run(gate.wait))
        abandoned = asyncio.ensure_future(thread.run(lambda: ran.append(1)))
        await asyncio.sleep(0)
        abandoned.cancel()
        await asyncio.sleep(0)
        gate.set()
        await waiting
        await thread.stop()

    asyncio.run(session())
    assert ran == []


def test_poll_goes_on_while_there_are_events_and_survives_a_fault() -> None:
    class Broken(FakeLibrary):
        def poll(self, *, wait: bool) -> int:
            if super().poll(wait=wait and not self.polled.is_set()):
                return 1
            if self.steps.count("poll") == 4:
                raise ValueError
            return 0

    library = Broken(1, 1, 1)

    async def session() -> None:
        thread = SipThread(library)
        await thread.start()
        await asyncio.to_thread(library.polled.wait)
        assert await thread.run(lambda: True)
        await thread.stop()

    asyncio.run(session())
    assert library.steps[:5] == ["open", "poll", "poll", "poll", "poll"]
