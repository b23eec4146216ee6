"""A headset: a sound card of its own, and how to tell that it is plugged in.

A jack with a switch tells by its GPIO line. A headset on USB is itself the sound card: it
is plugged in while the card is there, and its absence is no fault.
"""

from collections.abc import Callable
from typing import Final

from hw.board import Emit, HandsetDevices
from hw.debounce import HOOK_BOUNCE, Debouncer
from hw.gpio import Line, OpenGpio, Pull
from hw.handset import LOOK_SECONDS as CARD_SECONDS
from hw.handset import AlsaHandset
from hw.part import PartError
from hw.profile import HeadsetProfile
from hw.types import Device, HeadsetPlugged, HeadsetUnplugged

LOOK_SECONDS: Final = 0.02
"""From one look at the jack's switch to the next."""
COME_SECONDS: Final = 1.0
"""How often a headset that is its own card is looked for."""


class Headset:
    """The headset.

    Args:
        open_gpio: Opens the lines.
        profile: Which card, and which line if any.
        changed: Is called when there is a new volume for the next step to set.
    """

    device: Final = Device.HEADSET

    def __init__(
        self, open_gpio: OpenGpio, profile: HeadsetProfile, changed: Callable[[], None]
    ) -> None:
        self._open_gpio = open_gpio
        self._profile = profile
        self._sound = AlsaHandset(profile.sound, changed)
        self._line: Line | None = None
        self._contact = Debouncer(HOOK_BOUNCE)
        self._plugged = False
        self._present = False
        self._card_due = 0.0

    @property
    def devices(self) -> HandsetDevices:
        """Where PJSIP finds its microphone and earpiece; empty while the card is missing."""
        return self._sound.devices

    def set_volume(self, percent: int) -> bool:
        """Sets its volume; tells whether it has a mixer for that."""
        return self._sound.set_volume(percent)

    def open(self) -> None:
        """Takes the line, or nothing; raises `GpioError`, or `PartError` without its card."""
        if self._profile.pin is not None:
            self._line = self._open_gpio().take(self._profile.pin)
            self._line.listen(Pull.UP)
            self._sound.open()
        self._card_due = 0.0

    def step(self, now: float, emit: Emit) -> float:
        """Looks whether it is plugged in, and sets the volume if that is due."""
        if self._line is None:
            self._watch_card(now, emit)
            return COME_SECONDS
        closed = not self._line.read()
        plugged = closed == self._profile.plugged_is_closed
        if self._contact.sample(closed=plugged, now=now):
            self._tell(emit, plugged=plugged)
        if now >= self._card_due or self._sound.has_volume_due:
            self._card_due = now + CARD_SECONDS
            self._sound.step(now, emit)
        return LOOK_SECONDS

    def close(self) -> None:
        """Gives the line back."""
        self._sound.close()
        self._present = False
        if self._line is not None:
            self._line.release()
            self._line = None

    def _watch_card(self, now: float, emit: Emit) -> None:
        """A card that comes and goes is a headset that is plugged in and out."""
        try:
            if not self._present:
                self._sound.open()
                self._present = True
            self._sound.step(now, emit)
        except PartError:
            self._present = False
            self._sound.close()
        self._tell(emit, plugged=self._present)

    def _tell(self, emit: Emit, *, plugged: bool) -> None:
        if plugged != self._plugged:
            self._plugged = plugged
            emit(HeadsetPlugged() if plugged else HeadsetUnplugged())
