"""The tones of the telephone network, country by country, as data. Pure.

Frequencies and cadences are facts of ITU-T E.180 Supplement 2 and its update "Various tones
used in national networks"; for the United Kingdom of BT's SIN 350, for Australia of ACIF S002,
for Europe as a whole of ETSI TR 101 041-2. Where a country has no tone for a waiting message,
its dial tone stutters. Their level is the phone's own, and the same for all.

PJSIP's generator sounds two frequencies at once. A tone that the standard modulates (Japan's
ringback and Australia's dial tone, a carrier whose loudness swings) is given as the two
frequencies that beat at the same rate around the same carrier; `approximated` names these.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent.frozen import frozen
from agent.media.tones import ToneSpec, ToneStep

_LONG_MS: Final = 32_000
"""Whole periods of every frequency in hertz: a tone that goes on has no click at its seam."""


@frozen
class CountryTones:
    """What people in one country hear of the network.

    Attributes:
        country: Its name, for a sentence.
        dial: Off-hook, waiting for digits.
        message_waiting: The same while there is new voice mail.
        ringback: The other phone rings.
        busy: The other side is busy, or has hung up.
        congestion: The network has no way through now.
        error: The call cannot be made at all.
        call_waiting: Somebody else calls, during a call.
        approximated: The tones that only sound nearly as the standard has them.
    """

    country: str
    dial: ToneSpec
    message_waiting: ToneSpec
    ringback: ToneSpec
    busy: ToneSpec
    congestion: ToneSpec
    error: ToneSpec
    call_waiting: ToneSpec
    approximated: tuple[str, ...] = ()


def _on(*hertz: int) -> ToneSpec:
    """It goes on."""
    return ToneSpec((ToneStep(hertz, _LONG_MS),))


def _beats(hertz: int | tuple[int, int], *cadence_ms: int) -> ToneSpec:
    """The same sound on and off in turns; the cadence ends with a pause."""
    frequencies = (hertz,) if isinstance(hertz, int) else hertz
    on_off = zip(cadence_ms[::2], cadence_ms[1::2], strict=True)
    return ToneSpec(tuple(ToneStep(frequencies, on, off) for on, off in on_off))


def _turns(*turns: tuple[int, int], pause_ms: int = 0) -> ToneSpec:
    """One sound after the other, each a frequency and its milliseconds, then a pause."""
    *first, (hertz, last_ms) = turns
    steps = [ToneStep((each,), on_ms) for each, on_ms in first]
    return ToneSpec((*steps, ToneStep((hertz,), last_ms, pause_ms)))


def _stutter(*hertz: int, times: int = 6) -> ToneSpec:
    """Short interruptions, then the dial tone."""
    return ToneSpec((*[ToneStep(hertz, 100, 100)] * times, ToneStep(hertz, _LONG_MS)))


_INFORMATION: Final = _turns((950, 330), (1400, 330), (1800, 330), pause_ms=1000)
"""The special information tone of ITU-T E.180."""

EUROPE: Final = CountryTones(
    country="Europe",
    dial=_on(425),
    message_waiting=_stutter(425),
    ringback=_beats(425, 1000, 4000),
    busy=_beats(425, 500, 500),
    congestion=_beats(425, 200, 200),
    error=_INFORMATION,
    call_waiting=_beats(425, 200, 600, 200, 3000),
)
"""What ETSI recommends to every country of Europe, and most have."""

COUNTRIES: Final[Mapping[str, CountryTones]] = MappingProxyType(
    {
        "eu": EUROPE,
        "at": CountryTones(
            country="Austria",
            dial=_on(420),
            message_waiting=_on(380, 420),
            ringback=_beats(420, 1000, 5000),
            busy=_beats(420, 400, 400),
            congestion=_beats(420, 200, 200),
            error=_turns((950, 330), (1450, 330), (1850, 330), pause_ms=1000),
            call_waiting=_beats(420, 40, 1960),
        ),
        "au": CountryTones(
            country="Australia",
            dial=_on(413, 438),
            message_waiting=_beats((413, 438), 100, 40),
            ringback=_beats((413, 438), 400, 200, 400, 2000),
            busy=_beats(425, 375, 375),
            congestion=_beats(425, 375, 375),
            error=_beats(425, 2500, 500),
            call_waiting=_beats(425, 200, 200, 200, 4400),
            approximated=("dial", "message_waiting", "ringback", "congestion"),
        ),
        "ch": CountryTones(
            country="Switzerland",
            dial=_on(425),
            message_waiting=_beats((340, 425), 1100, 1100),
            ringback=_beats(425, 1000, 4000),
            busy=_beats(425, 500, 500),
            congestion=_beats(425, 200, 200),
            error=_INFORMATION,
            call_waiting=_beats(425, 200, 200, 200, 4000),
        ),
        "de": CountryTones(
            country="Germany",
            dial=_on(425),
            message_waiting=_on(400, 425),
            ringback=_beats(425, 1000, 4000),
            busy=_beats(425, 480, 480),
            congestion=_beats(425, 240, 240),
            error=_INFORMATION,
            call_waiting=_beats(425, 200, 200, 200, 5000),
        ),
        "es": CountryTones(
            country="Spain",
            dial=_on(425),
            message_waiting=_stutter(425),
            ringback=_beats(425, 1500, 3000),
            busy=_beats(425, 200, 200),
            congestion=_beats(425, 200, 200, 200, 200, 200, 600),
            error=_INFORMATION,
            call_waiting=_beats(425, 175, 175, 175, 3500),
        ),
        "fr": CountryTones(
            country="France",
            dial=_on(440),
            message_waiting=_stutter(440),
            ringback=_beats(440, 1500, 3500),
            busy=_beats(440, 500, 500),
            congestion=_beats(440, 250, 250),
            error=_INFORMATION,
            call_waiting=_beats(440, 300, 10_000),
        ),
        "it": CountryTones(
            country="Italy",
            dial=_beats(425, 200, 200, 600, 1000),
            message_waiting=_turns((470, 400), (425, 400)),
            ringback=_beats(425, 1000, 4000),
            busy=_beats(425, 500, 500),
            congestion=_beats(425, 200, 200),
            error=_INFORMATION,
            call_waiting=_beats(425, 400, 100, 250, 100, 150, 14_000),
        ),
        "jp": CountryTones(
            country="Japan",
            dial=_on(400),
            message_waiting=_stutter(400),
            ringback=_beats((392, 408), 1000, 2000),
            busy=_beats(400, 500, 500),
            congestion=_beats(400, 500, 500),
            error=_INFORMATION,
            call_waiting=_beats((392, 408), 500, 8000),
            approximated=("ringback", "call_waiting"),
        ),
        "nl": CountryTones(
            country="the Netherlands",
            dial=_on(425),
            message_waiting=_beats(425, 500, 50),
            ringback=_beats(425, 1000, 4000),
            busy=_beats(425, 500, 500),
            congestion=_beats(425, 250, 250),
            error=_INFORMATION,
            call_waiting=_beats(425, 500, 9500),
        ),
        "uk": CountryTones(
            country="the United Kingdom",
            dial=_on(350, 440),
            message_waiting=ToneSpec((ToneStep((350, 440), 750), ToneStep((440,), 750))),
            ringback=_beats((400, 450), 400, 200, 400, 2000),
            busy=_beats(400, 375, 375),
            congestion=_beats(400, 400, 350, 225, 525),
            error=_INFORMATION,
            call_waiting=_beats(400, 100, 4000),
        ),
        "us": CountryTones(
            country="the United States",
            dial=_on(350, 440),
            message_waiting=_stutter(350, 440, times=10),
            ringback=_beats((440, 480), 2000, 4000),
            busy=_beats((480, 620), 500, 500),
            congestion=_beats((480, 620), 250, 250),
            error=_INFORMATION,
            call_waiting=_beats(440, 300, 10_000),
        ),
    }
)
"""By the code that the configuration names: two letters as in a mail address ("eu": any other
country of Europe)."""
