"""What every part of a real board has in common: it can be missing, and come back."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from hw.board import Emit
from hw.types import Device, DeviceBack, DeviceMissing

_LOG: Final = logging.getLogger(__name__)
RETRY_SECONDS: Final = 3.0
"""How long until a missing part is looked for again."""
FOREVER: Final = math.inf
"""For `Part.step`: there is nothing to do until somebody wakes the part."""


class PartError(Exception):
    """A part does not answer; the text is the reason in `DeviceMissing`."""


class Part(Protocol):
    """A part of a board, used by one thread. It knows no threads and no clock."""

    @property
    def device(self) -> Device:
        """Which part this is."""
        ...

    def open(self) -> None:
        """Looks for the hardware and takes it; raises `PartError`."""
        ...

    def step(self, now: float, emit: Emit) -> float:
        """Does what is due; raises `PartError` once the hardware no longer answers.

        Args:
            now: A monotonic time in seconds.
            emit: Hears what happens.

        Returns:
            In how many seconds the next step is due at the latest.
        """
        ...

    def close(self) -> None:
        """Switches the hardware off and lets go of what was taken. Never raises."""
        ...


class Runner:
    """A thread that keeps one part going, through its absences.

    Args:
        part: The part; nobody else calls its methods.
        clock: A monotonic clock in seconds.
        retry: How many seconds to wait before a missing part is looked for again.
    """

    def __init__(
        self, part: Part, clock: Callable[[], float] = time.monotonic, retry: float = RETRY_SECONDS
    ) -> None:
        self._part = part
        self._clock = clock
        self._retry = retry
        self._missing = False
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, emit: Emit) -> None:
        """Starts the thread; `emit` is called in it."""
        name = f"hw-{self._part.device.name.lower()}"
        self._thread = threading.Thread(target=self._run, args=(emit,), name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Makes the next step due now."""
        self._wake.set()

    def stop(self) -> None:
        """Closes the part and ends the thread."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, emit: Emit) -> None:
        while not self._stop.is_set():
            with self._telling(emit):
                self._use(emit)
            with self._telling(emit):
                self._part.close()
            self._stop.wait(self._retry)

    @contextmanager
    def _telling(self, emit: Emit) -> Iterator[None]:
        try:
            yield
        except PartError as error:
            self._tell_missing(str(error), emit)
        except Exception as error:  # noqa: BLE001 - no part goes away in silence
            _LOG.exception("the driver of the %s failed", self._part.device.value)
            self._tell_missing(f"its driver failed: {error!r}", emit)

    def _tell_missing(self, reason: str, emit: Emit) -> None:
        if not self._missing:
            self._missing = True
            emit(DeviceMissing(self._part.device, reason))

    def _use(self, emit: Emit) -> None:
        self._part.open()
        while not self._stop.is_set():
            self._wake.clear()
            wait = self._part.step(self._clock(), emit)
            if self._missing:  # only now has it shown that it works
                self._missing = False
                emit(DeviceBack(self._part.device))
            if wait > 0:
                self._wake.wait(None if wait == FOREVER else wait)
