"""The hook switch, between a GPIO line and ground."""

from typing import Final

from hw.board import Emit
from hw.debounce import HOOK_BOUNCE, Debouncer
from hw.gpio import Line, OpenGpio, Pull
from hw.profile import HookProfile
from hw.types import Device, HookLifted, HookReplaced

LOOK_SECONDS: Final = 0.005
"""From one look to the next."""


class Hook:
    """The hook switch; a handset beside the phone at the start is told as lifted.

    Args:
        open_gpio: Opens the lines.
        profile: Which line, and how the switch is built.
    """

    device: Final = Device.HOOK

    def __init__(self, open_gpio: OpenGpio, profile: HookProfile) -> None:
        self._open_gpio = open_gpio
        self._profile = profile
        self._line: Line | None = None
        self._lifted = Debouncer(HOOK_BOUNCE)
        self._untold = False

    def open(self) -> None:
        """Takes the line; raises `GpioError`."""
        self._line = self._open_gpio().take(self._profile.pin)
        self._line.listen(Pull.UP)
        # Whoever heard that the switch was gone does not know any more that the handset is up.
        self._untold = self._lifted.closed

    def step(self, now: float, emit: Emit) -> float:
        """Looks at the switch once."""
        if self._line is not None:
            is_open = self._line.read()
            lifted = is_open == self._profile.lifted_is_open
            if self._lifted.sample(closed=lifted, now=now) or (lifted and self._untold):
                self._untold = False
                emit(HookLifted() if lifted else HookReplaced())
        return LOOK_SECONDS

    def close(self) -> None:
        """Gives the line back."""
        if self._line is not None:
            self._line.release()
            self._line = None
