"""A ring tone in time: which frequency sounds when, and as samples. Pure."""

import math
import sys
from array import array
from collections.abc import Iterator
from typing import Final

from agent.frozen import frozen
from hw.ring_voice import SAMPLE_RATE, stroke
from hw.types import RingTone, Voice

_AMPLITUDE: Final = 12000
"""Of 32767: loud, with room for a cheap amplifier."""
_STROKE: Final = 10000
"""The same of one stroke, which begins louder and is over sooner."""
_PEAK: Final = 32767
_RAMP: Final = SAMPLE_RATE // 200
"""Samples (5 ms) in which a tone comes and goes, so that it does not click."""


@frozen
class Moment:
    """A moment of a ring tone; lengths are in the pattern's ticks.

    Attributes:
        frequency: What sounds, in hertz; 0 is silence.
        since: How long ago this sound or silence began.
        until: How long it still lasts, at least 1.
        change: After how long the frequency may be another one, at least 1.
    """

    frequency: int
    since: int
    until: int
    change: int


class Pattern:
    """A ring tone laid out in time.

    Args:
        tone: The tone. Without any cadence it sounds without a pause.
        ticks: How many ticks a second has, in multiples of 1,000.
    """

    def __init__(self, tone: RingTone, ticks: int) -> None:
        per_ms = ticks // 1000
        self.voice = tone.voice
        self._frequencies = tone.frequencies or (0,)
        self._turn = max(tone.turn_ms, 1) * per_ms
        cadence = tone.cadence_ms if sum(tone.cadence_ms) > 0 else (1000,)
        self._parts = [length * per_ms for length in cadence]

    def at(self, tick: int) -> Moment:
        """Returns the moment that many ticks after the beginning."""
        since, part = self._place(tick)
        until = self._parts[part] - since
        if part % 2:
            return Moment(0, since, until, until)
        frequency = self._frequencies[since // self._turn % len(self._frequencies)]
        has_turns = len(self._frequencies) > 1 or self.voice is not Voice.TONE
        turn = self._turn - since % self._turn if has_turns else until
        return Moment(frequency, since, until, min(until, turn))

    def strokes(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yields the ticks from `start` to before `stop` at which a turn begins, and its tone."""
        tick = max(0, start)
        while tick < stop:
            moment = self.at(tick)
            if moment.frequency and moment.since % self._turn == 0:
                yield tick, moment.frequency
            tick += moment.change

    @property
    def frequencies(self) -> tuple[int, ...]:
        """The tones in hertz; 0 is a rest."""
        return self._frequencies

    def _place(self, tick: int) -> tuple[int, int]:
        """Returns how far into which part of the cadence a tick lies."""
        since = tick % sum(self._parts)
        part = 0
        while since >= self._parts[part]:
            since -= self._parts[part]
            part += 1
        return since, part


def samples(pattern: Pattern, start: int, count: int, gain: float = 1.0) -> bytes:
    """Makes samples of a tone: signed 16 bit, little endian, one channel.

    Args:
        pattern: The tone, with `SAMPLE_RATE` ticks a second.
        start: The first sample, counted from the beginning of the ringing.
        count: How many.
        gain: How loud, 0 to 1 of the amplitude.
    """
    make = _steady if pattern.voice is Voice.TONE else _struck
    made = make(pattern, start, count)
    if gain < 1:
        made = array("h", (int(sample * gain) for sample in made))
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _struck(pattern: Pattern, start: int, count: int) -> "array[int]":
    """Adds up the strokes that are heard at that time, also those from before it."""
    mixed = [0.0] * count
    strokes = {each: stroke(pattern.voice, each) for each in pattern.frequencies}
    longest = max(map(len, strokes.values()))
    for tick, frequency in pattern.strokes(start - longest, start + count):
        sound = strokes[frequency]
        first = max(0, tick - start)
        heard = sound[start + first - tick : start + count - tick]
        for at, sample in enumerate(heard, first):
            mixed[at] += sample
    return array("h", (max(-_PEAK, min(_PEAK, round(_STROKE * each))) for each in mixed))


def _steady(pattern: Pattern, start: int, count: int) -> "array[int]":
    made = array("h")
    while len(made) < count:
        index = start + len(made)
        moment = pattern.at(index)
        run = min(count - len(made), _even_run(moment))
        made.extend(_wave(moment, index, run))
    return made


def _even_run(moment: Moment) -> int:
    """Returns how many samples from here on are all of a ramp, or all of none."""
    if moment.since < _RAMP:
        return min(moment.change, _RAMP - moment.since)
    if moment.until > _RAMP:
        return min(moment.change, moment.until - _RAMP)
    return moment.change


def _wave(moment: Moment, index: int, run: int) -> Iterator[int]:
    if not moment.frequency:
        return iter(bytes(run))
    step = 2 * math.pi * moment.frequency / SAMPLE_RATE
    wave = (_AMPLITUDE * math.sin(step * i) for i in range(index, index + run))
    if moment.since < _RAMP:
        return (round(s * i / _RAMP) for i, s in enumerate(wave, moment.since))
    if moment.until <= _RAMP:
        return (round(s * (moment.until - i) / _RAMP) for i, s in enumerate(wave))
    return map(round, wave)
