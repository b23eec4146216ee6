"""What a board is to whoever uses it: the real one and the simulator offer the same."""

from collections.abc import Callable
from typing import Final, Protocol

from agent.frozen import frozen
from hw.types import HardwareEvent, Leds, Output, Picture, RingTone

Emit = Callable[[HardwareEvent], None]
"""Takes what happened; may be called from any thread."""


SOUND_HZ: Final = 16_000
"""The rate of a stream's sound, in hertz: one channel of 16-bit samples, little-endian."""
FRAME_OCTETS: Final = SOUND_HZ // 50 * 2
"""Octets of one frame of a stream: 20 ms."""


class HandsetStream(Protocol):
    """A handset whose sound comes and goes in frames, whoever is at the other end."""

    @property
    def attended(self) -> bool:
        """Whether somebody is there; may be asked on any thread."""
        ...

    def fileno(self) -> int:
        """A SOCK_SEQPACKET socket: each message is one frame that was spoken or is heard."""
        ...


@frozen
class HandsetDevices:
    """Where the handset's sound comes from and goes to.

    A board with a sound card names ALSA devices; the simulator has a stream, WAV files, or both:
    then the microphone's file speaks as long as nobody is at the stream.

    Attributes:
        capture: ALSA PCM of the microphone, e.g. "plughw:CARD=Device"; empty with files.
        playback: ALSA PCM of the earpiece; empty with files.
        microphone_file: A WAV file that is spoken into the microphone; empty: silence.
        earpiece_file: The WAV file that records what the earpiece plays; empty: nowhere.
        stream: The sound as frames, in place of the earpiece's file; None: there is none.
    """

    capture: str = ""
    playback: str = ""
    microphone_file: str = ""
    earpiece_file: str = ""
    stream: HandsetStream | None = None

    @property
    def is_card(self) -> bool:
        """Whether a sound card carries the handset."""
        return bool(self.capture or self.playback)


class Handset(Protocol):
    """The sound of a handset or a headset: which card, how loud."""

    @property
    def devices(self) -> HandsetDevices:
        """Where PJSIP finds the microphone and the earpiece now; they may come and go."""
        ...

    def set_volume(self, percent: int) -> bool:
        """Sets the earpiece's volume, 0 to 100 percent of what the mixer has.

        Returns:
            Whether there is a mixer that does it; otherwise whoever plays must play softer.
        """
        ...


def check_percent(percent: int) -> None:
    """Raises `ValueError` for what is no volume."""
    if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"a volume is 0 to 100 percent, not {percent}")


def gain(percent: int) -> float:
    """The factor of the amplitude that sounds as loud as that: half is a quarter (-12 dB)."""
    return (percent / 100) ** 2


class Board(Protocol):
    """One phone's hardware.

    A part that fails never raises out of these calls: it becomes `DeviceMissing`
    through `emit`, and `DeviceBack` when it answers again.
    """

    @property
    def handset(self) -> Handset:
        """The handset's sound."""
        ...

    @property
    def headset(self) -> Handset | None:
        """The headset's sound; None: this board has no place for one."""
        ...

    def start(self, emit: Emit) -> None:
        """Begins to watch the keys and the hook; `emit` hears what happens.

        A handset that already lies beside the phone is told as `HookLifted`, a headset that
        is there as `HeadsetPlugged`.
        """
        ...

    def show(self, picture: Picture) -> None:
        """Draws the picture; returns at once, an older one not yet drawn is dropped."""
        ...

    def set_contrast(self, percent: int) -> None:
        """Sets how bright the panel is, 1 to 100 percent; 0: it is dark, whatever it shows."""
        ...

    def set_leds(self, leds: Leds) -> None:
        """Switches the lamps."""
        ...

    def ring(self, tone: RingTone | None) -> None:
        """Starts ringing on the ringer's own device, or stops (None)."""
        ...

    def set_volume(self, output: Output, percent: int) -> bool:
        """Sets how loud an output is, 0 to 100 percent.

        Returns:
            Whether the board itself does it; otherwise whoever plays there must play softer.

        Raises:
            ValueError: Not within 0 to 100.
        """
        ...

    def close(self) -> None:
        """Switches everything off and lets go of it."""
        ...
