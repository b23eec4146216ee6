"""Which of the sound devices is meant. Pure."""

from collections.abc import Sequence


class AudioDeviceError(Exception):
    """A sound device does not answer; the message is for the person with the screwdriver."""


def find_device(names: Sequence[str], wanted: str, part: str) -> str:
    """Finds an ALSA device by its name, never by its number, which changes between boots.

    Args:
        names: What ALSA has, e.g. "plughw:CARD=Device,DEV=0".
        wanted: What the board asks for, with or without the device on the card.
        part: What it is for, for the sentence: "microphone" or "earpiece".

    Returns:
        The name as ALSA has it.

    Raises:
        AudioDeviceError: ALSA has no such device.
    """
    for name in names:
        if name == wanted or name.startswith(f"{wanted},"):
            return name
    there = ", ".join(name for name in names if name.startswith("plughw:")) or "none"
    raise AudioDeviceError(f'No sound device "{wanted}" for the {part}; there are: {there}')
