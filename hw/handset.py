"""The handset's sound: which card it is, and how loud."""

from collections.abc import Callable
from typing import Final

from hw.board import Emit, HandsetDevices
from hw.part import PartError
from hw.profile import HandsetProfile
from hw.sound_cards import Card, absence, card_id_of, cards, find_card, library
from hw.types import Device

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

    def __init__(self, profile: HandsetProfile, changed: Callable[[], None]) -> None:
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

    def set_volume(self, percent: int) -> None:
        """Sets the earpiece's volume; a card that is missing now gets it when it is back.

        Raises:
            ValueError: Not within 0 to 100.
        """
        if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
            raise ValueError(f"a volume is 0 to 100 percent, not {percent}")
        self._volume = percent
        self._changed()

    def open(self) -> None:
        """Looks for the card; raises `PartError`."""
        wanted = self._profile.card or card_id_of(self._profile.playback)
        if wanted:
            present = cards()
            self._card = find_card(wanted, present)
            if self._card is None:
                raise PartError(absence(wanted, present))
        self._volume_set = None

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Looks whether the card is still there, and sets the volume if that is due."""
        if self._card is not None and self._card not in cards():
            raise PartError(f'the sound card "{self._card.name}" went away')
        volume = self._volume
        if self._card is not None and volume is not None and volume != self._volume_set:
            self._set_mixer(self._card, volume)
            self._volume_set = volume
        return LOOK_SECONDS

    def close(self) -> None:
        """Forgets the card."""
        self._card = None

    def _set_mixer(self, card: Card, percent: int) -> None:
        alsaaudio = library()
        try:
            control = self._control(alsaaudio.mixers(cardindex=card.index))
            if control:
                mixer = alsaaudio.Mixer(control, cardindex=card.index)
                mixer.setvolume(percent, alsaaudio.MIXER_CHANNEL_ALL, alsaaudio.PCM_PLAYBACK)
                mixer.close()
        except alsaaudio.ALSAAudioError as error:
            raise PartError(f"the handset's volume cannot be set: {error}") from error

    def _control(self, there: list[str]) -> str:
        """Returns the earpiece's control, or nothing: a card without one plays all the same."""
        wanted = (self._profile.control,) if self._profile.control else _CONTROLS
        return next((control for control in wanted if control in there), "")
