"""A whole board on a Raspberry Pi, put together from a profile."""

import threading
from collections.abc import Callable
from functools import partial
from typing import assert_never

from hw.board import Emit, check_percent
from hw.display import Display, Panel, connect_panel
from hw.gpio import Gpio, OpenGpio, RpiGpio
from hw.handset import AlsaHandset
from hw.headset import Headset
from hw.hook import Hook
from hw.keypad import Keypad
from hw.leds import Lamps
from hw.part import RETRY_SECONDS, Runner
from hw.profile import BoardProfile, BuzzerProfile
from hw.ringer import Buzzer, Speaker
from hw.types import Leds, Output, Picture, RingTone


class PiBoard:
    """A board of real parts, each with a thread of its own.

    Args:
        profile: What is wired to what.
        open_gpio: Opens the lines.
        connect: Finds the display; from the profile by default.
        retry: How many seconds to wait before a missing part is looked for again.
    """

    def __init__(
        self,
        profile: BoardProfile,
        open_gpio: OpenGpio = RpiGpio,
        connect: Callable[[], Panel] | None = None,
        retry: float = RETRY_SECONDS,
    ) -> None:
        gpio = _opened_once(open_gpio)
        self._handset = AlsaHandset(profile.handset, self._wake_handset)
        self._headset = (
            Headset(gpio, profile.headset, self._wake_headset) if profile.headset else None
        )
        self._lamps = Lamps(gpio, profile.leds)
        self._ringer: Buzzer | Speaker
        if isinstance(profile.ringer, BuzzerProfile):
            self._ringer = Buzzer(gpio, profile.ringer)
        else:
            self._ringer = Speaker(profile.ringer)
        self._display = Display(connect or partial(connect_panel, profile.display, gpio))
        self._lamps_runner = Runner(self._lamps, retry=retry)
        self._ringer_runner = Runner(self._ringer, retry=retry)
        self._display_runner = Runner(self._display, retry=retry)
        self._handset_runner = Runner(self._handset, retry=retry)
        self._runners = [
            self._display_runner,
            Runner(Keypad(gpio, profile.keypad), retry=retry),
            Runner(Hook(gpio, profile.hook), retry=retry),
            self._lamps_runner,
            self._ringer_runner,
            self._handset_runner,
        ]
        self._headset_runner = Runner(self._headset, retry=retry) if self._headset else None
        if self._headset_runner is not None:
            self._runners.append(self._headset_runner)

    @property
    def handset(self) -> AlsaHandset:
        """The handset's sound."""
        return self._handset

    @property
    def headset(self) -> Headset | None:
        """The headset's sound; None: the profile has none."""
        return self._headset

    def start(self, emit: Emit) -> None:
        """Begins to watch the keys and the hook; `emit` is called from several threads."""
        for runner in self._runners:
            runner.start(emit)

    def show(self, picture: Picture) -> None:
        """Draws the picture, if no newer one comes before."""
        self._display.show(picture)
        self._display_runner.wake()

    def set_contrast(self, percent: int) -> None:
        """Sets how bright the panel is, in percent; 0: dark."""
        self._display.set_contrast(percent)
        self._display_runner.wake()

    def set_leds(self, leds: Leds) -> None:
        """Switches the lamps."""
        self._lamps.set(leds)
        self._lamps_runner.wake()

    def ring(self, tone: RingTone | None) -> None:
        """Starts ringing, or stops (None)."""
        self._ringer.ring(tone)
        self._ringer_runner.wake()

    def set_volume(self, output: Output, percent: int) -> bool:
        """Sets how loud an output is; tells whether the board itself does that."""
        check_percent(percent)
        match output:
            case Output.EARPIECE:
                return self._handset.set_volume(percent)
            case Output.HEADSET:
                return self._headset is not None and self._headset.set_volume(percent)
            case Output.RINGER:
                done = self._ringer.set_volume(percent)
                self._ringer_runner.wake()
                return done
            case _:
                assert_never(output)

    def close(self) -> None:
        """Switches everything off and lets go of it."""
        for runner in self._runners:
            runner.stop()

    def _wake_handset(self) -> None:
        self._handset_runner.wake()

    def _wake_headset(self) -> None:
        if self._headset_runner is not None:
            self._headset_runner.wake()


def _opened_once(open_gpio: OpenGpio) -> OpenGpio:
    """Lets all parts share the lines, and each try anew while they cannot be opened."""
    lock = threading.Lock()
    opened: list[Gpio] = []

    def gpio() -> Gpio:
        with lock:
            if not opened:
                opened.append(open_gpio())
            return opened[0]

    return gpio
