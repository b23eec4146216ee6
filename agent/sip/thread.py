"""The one thread that owns PJSIP: everything that touches pjsua2 runs there, one after the other.

PJSIP's own thread would call back into Python whenever it likes, and Python's garbage
collector would destroy pjsua2 objects on threads that pjlib has never heard of, which
aborts the process. So the library has no thread of its own (`threadCnt=0`): this one
polls it, and runs commands in between. It sleeps in the library until a packet comes or a
timer is due; whoever has a command wakes it, so that nothing has to be looked for.
"""

import asyncio
import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeVar

from agent.sip.errors import SipError

log = logging.getLogger(__name__)

T = TypeVar("T")

FAULT_S: Final = 0.02
"""How long to wait after a poll that failed, in seconds."""
MOST_EVENTS: Final = 32
"""Network events handled before the next command gets its turn."""


class Worker(Protocol):
    """What runs on the thread."""

    def open(self) -> None:
        """Starts the library. Raises: whatever makes that impossible."""
        ...

    def poll(self, *, wait: bool) -> int:
        """Handles what has arrived; returns how many events there were.

        Args:
            wait: Whether to wait for the first one, until something is due or `wake` is called.
        """
        ...

    def wake(self) -> None:
        """Ends a `poll` that waits, or the next one; from any thread, at any time."""
        ...

    def close(self) -> None:
        """Ends everything and lets go of it, even if `open` got only half of the way."""
        ...


class SipThread:
    """Runs a worker, and commands between its polls.

    Args:
        worker: Opened, polled and closed on the thread, never on another one.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._commands: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="sip", daemon=True)
        self._stopped = False

    async def start(self) -> None:
        """Starts the thread and opens the worker on it.

        Raises:
            SipError: The worker could not be opened; it is closed again.
        """
        self._thread.start()
        try:
            await asyncio.wrap_future(self._opened)
        except SipError:
            # A process that ends while PJSIP is still being closed aborts.
            await asyncio.to_thread(self._thread.join)
            raise

    async def stop(self) -> None:
        """Closes the worker on its thread and waits for both; the second time does nothing."""
        self._stopped = True
        if self._thread.is_alive():
            self._commands.put(None)
            self._worker.wake()
            await asyncio.to_thread(self._thread.join)

    async def run(self, command: Callable[[], T]) -> T:
        """Runs a command on the thread and returns what it returned.

        Raises:
            SipError: What the command raised, or the thread has been stopped.
        """
        if self._stopped or not self._thread.is_alive():
            raise SipError("SIP is not running")
        future: Future[T] = Future()
        self._commands.put(lambda: _settle(future, command))
        self._worker.wake()
        return await asyncio.wrap_future(future)

    def _run(self) -> None:
        try:
            if _settle(self._opened, self._worker.open):
                self._loop()
        finally:
            _logged(self._worker.close)

    def _loop(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                self._poll()
                continue
            if command is None:
                return
            command()

    def _poll(self) -> None:
        events = _logged(lambda: self._worker.poll(wait=True))
        if events is None:
            time.sleep(FAULT_S)
        while events and events < MOST_EVENTS:
            more = _logged(lambda: self._worker.poll(wait=False))
            events = events + more if more else 0


def _settle(future: Future[T], command: Callable[[], T]) -> bool:
    """Runs a command and tells the future; returns whether the command went through.

    An exception goes to another thread without its traceback, because the frames in it
    hold pjsua2 objects that must not die there.
    """
    if not future.set_running_or_notify_cancel():
        return False
    try:
        result = command()
    except SipError as error:
        future.set_exception(SipError(str(error)))
        return False
    except Exception as error:  # noqa: BLE001 - a command's fault is the caller's, not the thread's
        log.error("%s", "".join(traceback.format_exception(error)))  # noqa: TRY400 - see above
        future.set_exception(SipError(f"{type(error).__name__}: {error}"))
        return False
    future.set_result(result)
    return True


def _logged(step: Callable[[], T]) -> T | None:
    """Runs a step that must not end the thread."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - the phone goes on without what failed here
        log.error("%s", "".join(traceback.format_exception(error)))  # noqa: TRY400 - no frames kept
        return None
