"""The ringer: a buzzer on a GPIO line, or a loudspeaker on an ALSA PCM of its own."""

import math
from typing import Any, Final

from hw.board import Emit, gain
from hw.gpio import Line, OpenGpio
from hw.part import PartError
from hw.profile import BuzzerProfile, SpeakerProfile
from hw.ring_pattern import Pattern, samples
from hw.ring_voice import SAMPLE_RATE
from hw.sound_cards import absence, card_id_of, cards, find_card, library
from hw.types import Device, RingTone

_MS: Final = 1000
_PERIOD: Final = SAMPLE_RATE // 50
"""Samples that are made at once: 20 ms, so that answering stops the ringing at once."""
LOOK_SECONDS: Final = 10.0
"""How often a silent ringer is looked for."""


class Buzzer:
    """A passive buzzer.

    Args:
        open_gpio: Opens the lines.
        profile: Which line.
    """

    device: Final = Device.RINGER

    def __init__(self, open_gpio: OpenGpio, profile: BuzzerProfile) -> None:
        self._open_gpio = open_gpio
        self._profile = profile
        self._line: Line | None = None
        self._wanted: RingTone | None = None
        self._playing: tuple[RingTone, Pattern, float] | None = None
        self._volume = 100
        self._sounding = (0, 0.0)

    def set_volume(self, percent: int) -> bool:
        """Makes the pulses narrower or wider; any thread may, and it is this driver's doing."""
        self._volume = percent
        return True

    def ring(self, tone: RingTone | None) -> None:
        """Says what is to sound; any thread may, and the next step begins it."""
        self._wanted = tone

    def open(self) -> None:
        """Takes the line; raises `GpioError`."""
        self._line = self._open_gpio().take(self._profile.pin)
        self._be_silent()

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Changes the frequency if that is due."""
        wanted = self._wanted
        if wanted is None:
            self._playing = None
            self._be_silent()
            return LOOK_SECONDS
        if self._playing is None or self._playing[0] != wanted:
            self._playing = (wanted, Pattern(wanted, _MS), now)
        _, pattern, began = self._playing
        moment = pattern.at(round((now - began) * _MS))
        self._sound(moment.frequency)
        return moment.change / _MS

    def close(self) -> None:
        """Falls silent and gives the line back."""
        if self._line is not None:
            self._line.release()
            self._line = None

    def _be_silent(self) -> None:
        """Even if it is so already: only a line that is used can be missed."""
        if self._line is not None:
            self._line.pulse(0)
        self._sounding = (0, 0.0)

    def _sound(self, frequency: int) -> None:
        duty = _duty(self._volume)
        wanted = (frequency, duty) if frequency and duty else (0, 0.0)
        if self._line is not None and wanted != self._sounding:
            self._line.pulse(*wanted)
            self._sounding = wanted


def _duty(percent: int) -> float:
    """The share of a period that is high, whose fundamental is as loud as that.

    A square wave's fundamental goes with the sine of half the turn that it is high; half of
    the period is the loudest.
    """
    return math.asin(gain(percent)) / math.pi


class Speaker:
    """A loudspeaker. Its PCM is open only while it rings.

    Args:
        profile: Which PCM.
    """

    device: Final = Device.RINGER

    def __init__(self, profile: SpeakerProfile) -> None:
        self._profile = profile
        self._wanted: RingTone | None = None
        self._playing: tuple[RingTone, Pattern] | None = None
        self._played = 0
        self._gain = 1.0
        self._pcm: Any = None

    def set_volume(self, percent: int) -> bool:
        """Makes the samples higher or lower; any thread may, and it is this driver's doing."""
        self._gain = gain(percent)
        return True

    def ring(self, tone: RingTone | None) -> None:
        """Says what is to sound; any thread may, and the next step begins it."""
        self._wanted = tone

    def open(self) -> None:
        """Looks whether the PCM can be opened; raises `PartError`."""
        self._open_pcm()
        self._close_pcm()

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Plays 20 ms of the tone, or is silent."""
        wanted = self._wanted
        if wanted is None:
            self.close()
            self.open()
            return LOOK_SECONDS
        if self._playing is None or self._playing[0] != wanted:
            self._playing = (wanted, Pattern(wanted, SAMPLE_RATE))
            self._played = 0
        if self._pcm is None:
            self._open_pcm()
        self._write(samples(self._playing[1], self._played, _PERIOD, self._gain))
        self._played += _PERIOD
        return 0.0

    def close(self) -> None:
        """Falls silent."""
        self._playing = None
        self._close_pcm()

    def _open_pcm(self) -> None:
        alsaaudio = library()
        name = self._profile.pcm
        # Asked first, because ALSA writes to the journal each time that a card is not there.
        if wanted := self._profile.card or card_id_of(name):
            card = find_card(wanted, present := cards())
            if card is None:
                raise PartError(f"no loudspeaker for ringing: {absence(wanted, present)}")
            name = name or f"plughw:CARD={card.id}"
        try:
            self._pcm = alsaaudio.PCM(
                alsaaudio.PCM_PLAYBACK,
                device=name,
                rate=SAMPLE_RATE,
                channels=1,
                format=alsaaudio.PCM_FORMAT_S16_LE,
                periodsize=_PERIOD,
                periods=4,
            )
        except alsaaudio.ALSAAudioError as error:
            raise PartError(f"no loudspeaker for ringing: {error}") from error

    def _write(self, sound: bytes) -> None:
        """Waits until the card takes the samples, which sets the pace."""
        alsaaudio = library()
        try:
            self._pcm.write(sound)
        except alsaaudio.ALSAAudioError as error:
            raise PartError(f"the loudspeaker for ringing went away: {error}") from error

    def _close_pcm(self) -> None:
        if self._pcm is not None:
            self._pcm.drop()  # else `close` would play what is still buffered
            self._pcm.close()
            self._pcm = None
