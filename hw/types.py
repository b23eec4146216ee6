"""The frozen words that the board and the phone share. Imports no driver."""

from enum import Enum
from typing import Final

from agent.frozen import frozen

WIDTH: Final = 128
"""Columns of the panel, in pixels."""
HEIGHT: Final = 64
"""Rows of the panel, in pixels."""


class Key(Enum):
    """A key of the phone; the value is what is printed on it or its function."""

    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"
    STAR = "*"
    HASH = "#"
    CALL = "call"
    HANG_UP = "hang-up"
    CONFIRM = "confirm"
    MENU = "menu"

    @property
    def is_dialled(self) -> bool:
        """Whether the key stands for a DTMF symbol (0-9, * and #)."""
        return len(self.value) == 1


@frozen
class KeyPressed:
    """A key went down (after debouncing)."""

    key: Key


@frozen
class KeyReleased:
    """A key came up again (after debouncing)."""

    key: Key


@frozen
class HookLifted:
    """The handset left the cradle: off-hook."""


@frozen
class HookReplaced:
    """The handset lies in the cradle: on-hook."""


@frozen
class HeadsetPlugged:
    """A headset can be spoken into: its plug is in, or its sound card appeared."""


@frozen
class HeadsetUnplugged:
    """The headset is gone again."""


class Device(Enum):
    """A part of the board; the value is its name in a sentence."""

    KEYPAD = "keypad"
    HOOK = "hook switch"
    LEDS = "lamps"
    RINGER = "ringer"
    DISPLAY = "display"
    HANDSET = "handset"
    HEADSET = "headset"


class Output(Enum):
    """Where sound comes out, each with a volume of its own; the value is its name in a sentence."""

    EARPIECE = "earpiece"
    RINGER = "ringer"
    HEADSET = "headset"


@frozen
class DeviceMissing:
    """A part of the board does not answer.

    Attributes:
        device: Which part.
        reason: One sentence for the person with the screwdriver, e.g.
            "no display at I2C address 0x3c on bus 1".
    """

    device: Device
    reason: str


@frozen
class DeviceBack:
    """A part that was missing answers again."""

    device: Device


HardwareEvent = (
    KeyPressed
    | KeyReleased
    | HookLifted
    | HookReplaced
    | HeadsetPlugged
    | HeadsetUnplugged
    | DeviceMissing
    | DeviceBack
)


@frozen
class Leds:
    """The two lamps: red says "not secure", green says Green Secure and nothing less."""

    red: bool = False
    green: bool = False


class Voice(Enum):
    """What the tones of a ring tone sound like on a loudspeaker; a buzzer has one voice."""

    TONE = "tone"
    """A sine that lasts as long as its turn."""
    BELL = "bell"
    """A gong that is struck at every turn and rings on through the next ones."""
    BAR = "bar"
    """A wooden bar that is struck: a marimba's."""


@frozen
class RingTone:
    """A ring tone for the ringer's own device, made and not sampled.

    Attributes:
        frequencies: Tones in hertz, played one after the other in quick turns (a warble);
            0 is a rest. None at all: it rings without a sound.
        turn_ms: How long each of them sounds before the next one, in milliseconds.
        cadence_ms: On and off in turns, in milliseconds, repeated until stopped.
        voice: What the tones sound like.
    """

    frequencies: tuple[int, ...]
    turn_ms: int
    cadence_ms: tuple[int, ...]
    voice: Voice = Voice.TONE


@frozen
class Picture:
    """What the panel shows: 1 bit a pixel, and the same in words.

    Attributes:
        bits: 1,024 bytes: 64 rows of 16 bytes, the most significant bit at the left, 1 = lit.
        text: What is written in the picture, a line each, from top to bottom; for tests,
            terminals and screen readers.
        invert_every_ms: 0 for a still picture; else the panel swaps lit and dark pixels
            in turns of that many milliseconds (the alarm screens).
    """

    bits: bytes
    text: tuple[str, ...] = ()
    invert_every_ms: int = 0

    def __post_init__(self) -> None:
        """Refuses bits that do not fill the panel exactly."""
        if len(self.bits) != WIDTH * HEIGHT // 8:
            message = f"a picture has {WIDTH * HEIGHT // 8} bytes, not {len(self.bits)}"
            raise ValueError(message)
