"""The one thread that owns PJSIP: everything that touches pjsua2 runs there, one after the other.

PJSIP's own thread would call back into Python whenever it likes, and Python's garbage
collector would destroy pjsua2 objects on threads that pjlib has never heard of, which
aborts the process. So the library has no thread of its own (`threadCnt=0`): this one
waits for commands, and polls the library in between. A command never waits for a poll:
the thread sleeps on the queue of commands, not in the library.
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

IDLE_S: Final = 0.02
"""How long a packet may wait while nothing goes on, in seconds. 50 wake-ups a second cost
a quarter of a percent of a small core."""
BUSY_S: Final = 0.002
"""The same while something goes on: a TLS handshake takes four turns."""
BUSY_FOR_S: Final = 0.25
"""For how long after the last event or command something counts as going on, in seconds."""
MOST_EVENTS: Final = 32
"""Network events handled before the next command gets its turn."""


class Worker(Protocol):
    """What runs on the thread."""

    def open(self) -> None:
        """Starts the library. Raises: whatever makes that impossible."""
        ...

    def poll(self) -> int:
        """Handles what has arrived, without waiting; returns how many events there were."""
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
        return await asyncio.wrap_future(future)

    def _run(self) -> None:
        try:
            if _settle(self._opened, self._worker.open):
                self._loop()
        finally:
            _logged(self._worker.close)

    def _loop(self) -> None:
        busy_until = 0.0
        while True:
            wait = BUSY_S if time.monotonic() < busy_until else IDLE_S
            try:
                command = self._commands.get(timeout=wait)
            except Empty:
                pass
            else:
                if command is None:
                    return
                command()
                busy_until = time.monotonic() + BUSY_FOR_S
            if self._poll():
                busy_until = time.monotonic() + BUSY_FOR_S

    def _poll(self) -> bool:
        events = 0
        while events < MOST_EVENTS and (more := _logged(self._worker.poll)):
            events += more
        return events > 0


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
