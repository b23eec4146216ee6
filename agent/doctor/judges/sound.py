"""Whether the handset can be spoken into and heard. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, good, listed, skipped, watch, wrong
from agent.frozen import frozen

_AREA = Area.SOUND
_QUIET: Final = 10
"""Percent of its mixer below which nobody hears anything."""


@frozen
class SoundFacts:
    """What is known of a part that sounds.

    Attributes:
        part: Which: "handset", "headset" or "ringer".
        card: The card that was found; empty: the profile names PCMs, or it is missing.
        absence: Why there is no card, in a sentence without a full stop; empty: there is.
        holders: The programs that have it open.
        tried: Whether it was opened; while a program has it, it is not.
        faults: Why it could not be, each in a sentence.
        control: The mixer control that says how loud it is; empty: there is none.
        percent: How loud; None: not known.
        muted: Whether it is switched off.
    """

    part: str
    card: str = ""
    absence: str = ""
    holders: tuple[str, ...] = ()
    tried: bool = False
    faults: tuple[str, ...] = ()
    control: str = ""
    percent: int | None = None
    muted: bool = False


def judge(facts: SoundFacts, *, phone_runs: bool) -> list[Finding]:
    """What to say of it.

    Args:
        facts: What was found.
        phone_runs: Whether the phone may have it open itself.
    """
    if facts.absence:
        return [
            wrong(
                _AREA,
                f"The {facts.part} is missing: {facts.absence}.",
                "Plug it in, or name its card in the board's file (aplay -l).",
            )
        ]
    return [*_opened(facts, phone_runs=phone_runs), *_volume(facts)]


def _opened(facts: SoundFacts, *, phone_runs: bool) -> list[Finding]:
    named = f"The {facts.part} ({facts.card})" if facts.card else f"The {facts.part}"
    if facts.holders and not phone_runs:
        return [
            wrong(
                _AREA,
                f"{named} is held by {listed(facts.holders)}.",
                "End that program, or let it use another sound card.",
            )
        ]
    if facts.faults:
        advice = "sotto test-handset lets you hear whether it works again."
        return [wrong(_AREA, each, advice) for each in facts.faults]
    if facts.tried:
        return [good(_AREA, f"{named} opens.")]
    if facts.holders:
        return [good(_AREA, f"{named} is there, and in use by {listed(facts.holders)}.")]
    return [
        good(_AREA, f"{named} is there."),
        skipped(_AREA, f"Whether the {facts.part} opens", "the phone runs and may need it"),
    ]


def _volume(facts: SoundFacts) -> list[Finding]:
    if not facts.control:
        return []
    place = f'the control "{facts.control}" of the {facts.part}'
    if facts.muted:
        return [
            watch(
                _AREA,
                f"Nothing is heard: {place} is switched off.",
                "Switch it on (alsamixer, key M), or set the volume in the phone's menu.",
            )
        ]
    if facts.percent is not None and facts.percent < _QUIET:
        return [
            watch(
                _AREA,
                f"Hardly anything is heard: {place} stands at {facts.percent} %.",
                "Turn it up in the phone's menu: Settings, Volume.",
            )
        ]
    return []
