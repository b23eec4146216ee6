"""The sound of a handset: which card it is, and how loud."""

import logging
from collections.abc import Callable
from typing import Final

from hw import mixer
from hw.board import Emit, HandsetDevices, check_percent
from hw.part import PartError
from hw.profile import SoundProfile
from hw.sound_cards import Card, absence, card_id_of, cards, find_card, library
from hw.types import Device

_LOG: Final = logging.getLogger(__name__)
LOOK_SECONDS: Final = 3.0
"""How often the card is looked for."""
_CONTROLS: Final = ("Headset", "Headphone", "Speaker", "PCM", "Master")
"""Mixer controls of an earpiece, the likelier ones first."""


class AlsaHandset:
    """The handset.

    Its PCMs are PJSIP's; here it is only watched whether its card is there.

    Args:
        profile: Which card, or which PCMs.
        changed: Is called when there is a new volume for the next step to set.
    """

    device: Final = Device.HANDSET

    def __init__(self, profile: SoundProfile, changed: Callable[[], None]) -> None:
        self._profile = profile
        self._changed = changed
        self._card: Card | None = None
        self._volume: int | None = None
        self._volume_set: int | None = None

    @property
    def devices(self) -> HandsetDevices:
        """Where PJSIP finds the microphone and the earpiece; empty while the card is missing."""
        if self._profile.capture:
            return HandsetDevices(self._profile.capture, self._profile.playback)
        card = self._card or find_card(self._profile.card, cards())
        pcm = f"plughw:CARD={card.id}" if card else ""
        return HandsetDevices(capture=pcm, playback=pcm)

    @property
    def has_volume_due(self) -> bool:
        """Whether there is a volume that the next step sets."""
        return self._volume != self._volume_set

    @property
    def wanted(self) -> str:
        """The card by the word that the profile has for it; empty: it names a PCM of no card."""
        return self._wanted

    def level(self, card: Card) -> tuple[str, int, bool] | None:
        """The control that says how loud it is, its percent, and whether it is off; None: none."""
        if not (control := self._control(card)):
            return None
        try:
            return control, *mixer.volume_of(card, control)
        except library().ALSAAudioError:
            return None  # pulled out this very moment

    def find(self) -> Card | None:
        """Looks for the card without taking it; None where it is missing, or none is named."""
        return find_card(self._wanted, cards()) if self._wanted else None

    def set_volume(self, percent: int) -> bool:
        """Sets the earpiece's volume; a card that is missing now gets it when it is back.

        Returns:
            Whether the card has a mixer for it.

        Raises:
            ValueError: Not within 0 to 100.
        """
        check_percent(percent)
        self._volume = percent
        self._changed()
        card = self._card or self.find()
        return card is not None and bool(self._control(card))

    def open(self) -> None:
        """Looks for the card and sets its mixer as the profile has it; raises `PartError`."""
        if self._wanted:
            self._card = self.find()
            if self._card is None:
                raise PartError(absence(self._wanted, cards()))
            self._prepare(self._card)
        self._volume_set = None

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Looks whether the card is still there, and sets the volume if that is due."""
        if self._card is not None and self._card not in cards():
            raise PartError(f'the sound card "{self._card.name}" went away')
        if self._card is not None and self._volume is not None and self.has_volume_due:
            volume = self._volume
            self._set_mixer(self._card, volume)
            self._volume_set = volume
        return LOOK_SECONDS

    def close(self) -> None:
        """Forgets the card."""
        self._card = None

    @property
    def _wanted(self) -> str:
        return self._profile.card or card_id_of(self._profile.playback) or ""

    def _prepare(self, card: Card) -> None:
        try:
            problems = mixer.apply(card, self._profile.controls)
        except library().ALSAAudioError as error:
            raise PartError(f'the mixer of "{card.name}" cannot be opened: {error}') from error
        for problem in problems:  # the rest of the card may do without it
            _LOG.warning("%s: %s", self.device.value, problem)

    def _set_mixer(self, card: Card, percent: int) -> None:
        try:
            if control := self._control(card):
                mixer.set_volume(card, control, percent)
        except library().ALSAAudioError as error:
            raise PartError(f"the volume cannot be set: {error}") from error

    def _control(self, card: Card) -> str:
        """Returns the earpiece's control, or nothing: a card without one plays all the same."""
        wanted = (self._profile.control,) if self._profile.control else _CONTROLS
        try:
            return mixer.volume_control(card, wanted)
        except library().ALSAAudioError:
            return ""  # pulled out this very moment: `step` will say so
