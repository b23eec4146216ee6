"""The tones of each country: what can be played, and what a person can tell apart."""

import itertools
import typing
from dataclasses import fields

import pytest

from agent.config.loader import COUNTRIES as CONFIGURED
from agent.media.countries import COUNTRIES, CountryTones
from agent.media.tones import ToneSpec

NAMES = [each.name for each in fields(CountryTones) if each.type is ToneSpec]
ALL = [(code, name) for code in COUNTRIES for name in NAMES]
each_tone = pytest.mark.parametrize(("code", "name"), ALL)


def tone_of(code: str, name: str) -> ToneSpec:
    return typing.cast("ToneSpec", getattr(COUNTRIES[code], name))


def test_the_countries_are_those_of_the_configuration() -> None:
    assert set(COUNTRIES) == set(CONFIGURED)
    assert set(COUNTRIES) >= {
        "eu",
        "de",
        "fr",
        "es",
        "uk",
        "us",
        "it",
        "nl",
        "ch",
        "at",
        "au",
        "jp",
    }
    assert len(NAMES) == 7


@each_tone
def test_every_tone_can_be_heard_on_a_telephone(code: str, name: str) -> None:
    tone = tone_of(code, name)
    assert tone.repeat
    assert 1000 < tone.amplitude <= 32_767
    for step in tone.steps:
        assert all(200 <= each <= 3400 for each in step.frequencies)
        assert list(step.frequencies) == sorted(set(step.frequencies))
        assert step.on_ms >= 40


@each_tone
def test_a_tone_that_goes_on_has_no_seam(code: str, name: str) -> None:
    *_, last = tone_of(code, name).steps
    if last.on_ms > 10_000:
        assert last.off_ms == 0
        assert all(each * last.on_ms % 1000 == 0 for each in last.frequencies)


@pytest.mark.parametrize("code", COUNTRIES)
def test_what_must_not_be_mistaken_sounds_different(code: str) -> None:
    """Congestion and busy may be the same (Japan): either way, try again later."""
    names = ("dial", "message_waiting", "ringback", "busy", "error", "call_waiting")
    for one, other in itertools.combinations(names, 2):
        assert tone_of(code, one).steps != tone_of(code, other).steps, (one, other)


@pytest.mark.parametrize(
    ("code", "name", "frequencies", "cadence"),
    [
        ("eu", "ringback", (425,), [1000, 4000]),
        ("de", "busy", (425,), [480, 480]),
        ("fr", "dial", (440,), [32_000, 0]),
        ("es", "ringback", (425,), [1500, 3000]),
        ("uk", "ringback", (400, 450), [400, 200, 400, 2000]),
        ("us", "ringback", (440, 480), [2000, 4000]),
        ("us", "busy", (480, 620), [500, 500]),
        ("it", "dial", (425,), [200, 200, 600, 1000]),
        ("nl", "congestion", (425,), [250, 250]),
        ("ch", "message_waiting", (340, 425), [1100, 1100]),
        ("at", "dial", (420,), [32_000, 0]),
        ("au", "ringback", (413, 438), [400, 200, 400, 2000]),
        ("jp", "busy", (400,), [500, 500]),
    ],
)
def test_what_one_knows_from_travelling(
    code: str, name: str, frequencies: tuple[int, ...], cadence: list[int]
) -> None:
    steps = tone_of(code, name).steps
    assert {step.frequencies for step in steps} == {frequencies}
    assert [ms for step in steps for ms in (step.on_ms, step.off_ms)] == cadence


@pytest.mark.parametrize("code", COUNTRIES)
def test_what_is_only_nearly_right_says_so(code: str) -> None:
    country = COUNTRIES[code]
    assert set(country.approximated) <= set(NAMES)
    beating = {name for name in NAMES if any(
        len(step.frequencies) == 2 and step.frequencies[1] - step.frequencies[0] < 20
        for step in tone_of(code, name).steps
    )}  # fmt: skip
    assert beating <= set(country.approximated) | {"message_waiting"}
    assert bool(country.approximated) == (code in {"au", "jp"})
