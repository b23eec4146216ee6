"""The mixer of a sound card: volumes and switches by their names, as alsamixer shows them.

alsaaudio raises `ALSAAudioError` for all that goes wrong; its callers say what that means.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from hw.profile_table import Setting
from hw.sound_cards import Card, library


def volume_control(card: Card, wanted: Sequence[str]) -> str:
    """Returns the first of these controls that has a playback volume; empty: none has."""
    there = library().mixers(device=_device(card))
    return next((name for name in wanted if name in there and _has_volume(card, name)), "")


def set_volume(card: Card, control: str, percent: int) -> None:
    """Sets the playback volume of a control, and switches it on."""
    alsaaudio = library()
    with _opened(card, control) as mixer:
        mixer.setvolume(percent, alsaaudio.MIXER_CHANNEL_ALL, alsaaudio.PCM_PLAYBACK)
        if _is_muted_by(mixer):
            mixer.setmute(0)


def volume_of(card: Card, control: str) -> tuple[int, bool]:
    """How loud a control stands, in percent of its loudest channel, and whether it is off."""
    alsaaudio = library()
    with _opened(card, control) as mixer:
        percent = max(mixer.getvolume(alsaaudio.PCM_PLAYBACK))
        return percent, _is_muted_by(mixer) and all(mixer.getmute())


def apply(card: Card, settings: Mapping[str, Setting]) -> list[str]:
    """Sets controls in this order.

    Returns:
        A sentence for each that the card does not have, or not of that kind.
    """
    alsaaudio = library()
    there = alsaaudio.mixers(device=_device(card))
    problems = []
    for name, setting in settings.items():
        if name not in there:
            problems.append(f'the sound card "{card.name}" has no mixer control "{name}"')
            continue
        with _opened(card, name) as mixer:
            try:
                _set(mixer, setting)
            except (alsaaudio.ALSAAudioError, ValueError) as error:
                problems.append(f'the mixer control "{name}" does not take {setting!r}: {error}')
    return problems


def _set(mixer: Any, setting: Setting) -> None:
    alsaaudio = library()
    captures = "Capture Volume" in mixer.volumecap()
    match setting:
        case bool():
            if not (_is_muted_by(mixer) or _is_switched_by(mixer)):
                raise ValueError("it is no switch")
            if _is_muted_by(mixer):
                mixer.setmute(0 if setting else 1)
            if _is_switched_by(mixer):
                mixer.setrec(1 if setting else 0)
        case int():
            direction = alsaaudio.PCM_CAPTURE if captures else alsaaudio.PCM_PLAYBACK
            mixer.setvolume(setting, alsaaudio.MIXER_CHANNEL_ALL, direction)
            if captures and _is_switched_by(mixer):
                mixer.setrec(1)
            elif not captures and _is_muted_by(mixer):
                mixer.setmute(0)
        case _:
            _, choices = mixer.getenum() or ("", ())
            if setting not in choices:
                raise ValueError(f"it has {', '.join(choices) or 'no choices'}")
            mixer.setenum(choices.index(setting))


def _is_muted_by(mixer: Any) -> bool:
    """Whether the control has a switch for what is played, or one for both ways."""
    return any("Mute" in each and "Capture" not in each for each in mixer.switchcap())


def _is_switched_by(mixer: Any) -> bool:
    """Whether the control has a switch for what is recorded."""
    return any("Capture" in each for each in mixer.switchcap())


def _has_volume(card: Card, control: str) -> bool:
    with _opened(card, control) as mixer:
        return any(each in {"Volume", "Playback Volume"} for each in mixer.volumecap())


@contextmanager
def _opened(card: Card, control: str) -> Iterator[Any]:
    mixer = library().Mixer(control, device=_device(card))
    try:
        yield mixer
    finally:
        mixer.close()


def _device(card: Card) -> str:
    """The card by its id: its number may have gone to another card meanwhile."""
    return f"hw:CARD={card.id}"
