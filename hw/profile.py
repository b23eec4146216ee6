"""Which board this is: what is wired to which pin, read from TOML.

Pins are BCM numbers (GPIO17 is 17), as on every drawing of the 40-pin header.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path
from typing import Final

from agent.frozen import frozen
from hw.matrix import Matrix
from hw.profile_table import ProfileError, Setting, Table
from hw.types import Key

BOARDS: Final = Path(__file__).parent / "boards"
"""Where the profiles lie that come with the phone."""


MODELS: Final = ("Zero 2 W", "3", "4", "5")
"""The Raspberry Pis that the phone runs on."""
HAT_BUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "i2s": ("PCM_CLK", "PCM_FS", "PCM_DIN", "PCM_DOUT"),
    "i2c": ("SDA", "SCL"),
}
"""The buses by which a sound chip on the header is reached, and their lines."""
_SETTLE_US: Final = 20


class Controller(Enum):
    """The chip of the display."""

    SSD1306 = "ssd1306"
    SH1106 = "sh1106"


@frozen
class I2cBus:
    """The display hangs on I2C.

    Attributes:
        port: The bus: /dev/i2c-PORT.
        address: The 7-bit address, 0x3c or 0x3d on nearly all panels.
    """

    port: int
    address: int


@frozen
class SpiBus:
    """The display hangs on SPI0: /dev/spidev0.DEVICE.

    Attributes:
        device: The chip select line, CE0 or CE1.
        data_command: Pin of the D/C line.
        reset: Pin of the RES line.
    """

    device: int
    data_command: int
    reset: int


@frozen
class DisplayProfile:
    """The display."""

    controller: Controller
    bus: I2cBus | SpiBus


@frozen
class KeypadProfile:
    """The key matrix.

    Attributes:
        rows: Their pins, from the top.
        columns: Their pins, from the left.
        matrix: Which key lies where.
        long_press: Which key a long press of a key stands for.
        settle: Seconds that a column needs to follow its row; long cables need more.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    matrix: Matrix
    long_press: Mapping[Key, Key] = field(default_factory=dict)
    settle: float = _SETTLE_US * 1e-6


@frozen
class HookProfile:
    """The hook switch, between its pin and ground; `lifted_is_open` says how it is built."""

    pin: int
    lifted_is_open: bool


@frozen
class LedsProfile:
    """The lamps, each from its pin through a resistor to ground.

    Attributes:
        on_hat: Whether they sit on the HAT already.
    """

    red: int
    green: int
    on_hat: bool = False


@frozen
class BuzzerProfile:
    """A passive buzzer between its pin and ground."""

    pin: int


@frozen
class SpeakerProfile:
    """A loudspeaker on a sound card, which is not the handset's.

    Attributes:
        pcm: Its ALSA PCM; empty if the card is named.
        card: A part of the card's name, e.g. "headphones"; empty if the PCM is named.
    """

    pcm: str = ""
    card: str = ""


@frozen
class SoundProfile:
    """A handset's or a headset's sound card, by name: numbers change from boot to boot.

    Attributes:
        card: A part of the card's name, e.g. "usb"; empty if the PCMs are named.
        capture: The microphone's ALSA PCM, where no card is named.
        playback: The earpiece's ALSA PCM, where no card is named.
        control: The mixer control of the earpiece; empty: the first that fits.
        controls: Mixer controls that must stand right before anything is heard, and how:
            true or false, percent, or the name of a choice.
    """

    card: str = ""
    capture: str = ""
    playback: str = ""
    control: str = ""
    controls: Mapping[str, Setting] = field(default_factory=dict)


@frozen
class HeadsetProfile:
    """A headset besides the handset.

    Attributes:
        sound: Its sound card.
        pin: The switch of its jack, between this pin and ground; None: it is plugged in
            while its card is there (a headset on USB).
        plugged_is_closed: How that switch is built.
    """

    sound: SoundProfile
    pin: int | None = None
    plugged_is_closed: bool = True


@frozen
class HatProfile:
    """A board with a sound chip on the header, and what it takes for itself.

    Attributes:
        name: What is printed on it.
        pins: BCM numbers that it uses, and what for. Where it has lamps that the phone
            uses, they are not among these.
    """

    name: str
    pins: Mapping[int, str]


@frozen
class BoardProfile:
    """A whole board.

    Attributes:
        name: The name of its file.
        description: What it is made of, in a line.
        models: The Raspberry Pis that it fits, e.g. "4".
        overlays: Device tree overlays that the Pi must load (`dtoverlay=` in config.txt).
        hat: The board on the header; None: there is none.
        headset: None: there is no place for one.
    """

    name: str
    description: str
    models: tuple[str, ...]
    keypad: KeypadProfile
    hook: HookProfile
    leds: LedsProfile
    ringer: BuzzerProfile | SpeakerProfile
    display: DisplayProfile
    handset: SoundProfile
    headset: HeadsetProfile | None = None
    hat: HatProfile | None = None
    overlays: tuple[str, ...] = ()

    @property
    def boot_settings(self) -> tuple[str, ...]:
        """The lines that the Pi's config.txt needs for this board."""
        display = "i2c_arm" if isinstance(self.display.bus, I2cBus) else "spi"
        overlays = (f"dtoverlay={overlay}" for overlay in self.overlays)
        return (f"dtparam={display}=on", *overlays)


def load_profile(name: str) -> BoardProfile:
    """Reads a profile.

    Args:
        name: A file, or the name of a profile that comes with the phone.

    Raises:
        ProfileError: There is none, or it is wrong; the text says where, and what is right.
    """
    path = Path(name) if name.endswith(".toml") else BOARDS / f"{name}.toml"
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ProfileError(f"{path}, line {line}: this is not UTF-8 text") from error
    except OSError as error:
        known = ", ".join(sorted(file.stem for file in BOARDS.glob("*.toml")))
        raise ProfileError(
            f"{path}: {error.strerror}; a profile is a file or one of {known}"
        ) from error
    try:
        return parse_profile(path.stem, Table(str(path), tomllib.loads(text)))
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{path}: this is no TOML: {error}") from error


def parse_profile(name: str, top: Table) -> BoardProfile:
    """Turns a table into a profile; raises `ProfileError`."""
    hat = top.optional_table("hat")
    headset = top.optional_table("headset")
    profile = BoardProfile(
        name=name,
        description=top.text("description"),
        models=top.texts("models", MODELS),
        overlays=top.optional_texts("overlays"),
        hat=_hat(hat) if hat else None,
        keypad=_keypad(top.table("keypad")),
        hook=_hook(top.table("hook")),
        leds=_leds(top.table("leds")),
        ringer=_ringer(top.table("ringer")),
        display=_display(top.table("display")),
        handset=_sound(top.table("handset")),
        headset=_headset(headset) if headset else None,
    )
    top.finish()
    return profile


def _keypad(table: Table) -> KeypadProfile:
    rows, columns = table.pins("rows"), table.pins("columns")
    keys = table.keys("keys")
    if len(keys) != len(rows) or any(len(row) != len(columns) for row in keys):
        raise table.error("keys", f"{len(rows)} rows of {len(columns)} keys, as many as pins")
    try:
        matrix = Matrix(keys)
    except ValueError as error:
        raise table.error("keys", f"each key once ({error})") from error
    long_press = table.key_map("long_press")
    there = {key for row in keys for key in row}
    if not there.issuperset(long_press):
        raise table.error("long_press", "names of keys that the matrix has")
    if missing := [key.value for key in Key if key not in there | set(long_press.values())]:
        raise table.error("keys", f"all keys, there or as a long press; no {' '.join(missing)}")
    settle_us = table.optional_number("settle_us", 0, 20_000, _SETTLE_US)
    table.finish()
    return KeypadProfile(rows, columns, matrix, long_press, settle_us * 1e-6)


def _hook(table: Table) -> HookProfile:
    hook = HookProfile(table.pin("pin"), table.choice("lifted", ("open", "closed")) == "open")
    table.finish()
    return hook


def _leds(table: Table) -> LedsProfile:
    red, green = table.pin("red"), table.pin("green")
    leds = LedsProfile(red, green, on_hat=table.optional_switch("on_hat"))
    table.finish()
    return leds


def _ringer(table: Table) -> BuzzerProfile | SpeakerProfile:
    ringer: BuzzerProfile | SpeakerProfile
    if table.choice("kind", ("buzzer", "speaker")) == "buzzer":
        ringer = BuzzerProfile(table.pin("pin"))
    elif card := table.optional_text("card"):
        ringer = SpeakerProfile(card=card)
    else:
        ringer = SpeakerProfile(pcm=table.text("pcm"))
    table.finish()
    return ringer


def _display(table: Table) -> DisplayProfile:
    controller = Controller(table.choice("controller", [each.value for each in Controller]))
    bus: I2cBus | SpiBus
    if table.choice("bus", ("i2c", "spi")) == "i2c":
        table.reserve("SDA", "SCL")
        bus = I2cBus(table.number("port", 0, 255), table.number("address", 0x08, 0x77))
    else:
        table.reserve("MISO", "MOSI", "SCLK", "CE0", "CE1")
        device = table.number("device", 0, 1)
        bus = SpiBus(device, table.pin("data_command"), table.pin("reset"))
    table.finish()
    return DisplayProfile(controller, bus)


def _hat(table: Table) -> HatProfile:
    name = table.text("name")
    taken = table.reserve(
        *(line for bus in table.texts("buses", HAT_BUSES) for line in HAT_BUSES[bus])
    )
    pins = {table.pin_of("pins", use, pin): use for use, pin in table.named("pins").items()}
    table.finish()
    return HatProfile(name, {**taken, **pins})


def _headset(table: Table) -> HeadsetProfile:
    pin = table.optional_pin("pin")
    closed = pin is None or table.choice("plugged", ("open", "closed")) == "closed"
    return HeadsetProfile(_sound(table), pin, closed)


def _sound(table: Table) -> SoundProfile:
    control, controls = table.optional_text("control"), table.settings("controls")
    if card := table.optional_text("card"):
        sound = SoundProfile(card=card, control=control, controls=controls)
    else:
        capture, playback = table.optional_text("capture"), table.optional_text("playback")
        if not (capture and playback):
            raise table.error("card", 'a part of a sound card\'s name, e.g. "usb"')
        sound = SoundProfile(capture=capture, playback=playback, control=control, controls=controls)
    table.finish()
    return sound
