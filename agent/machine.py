"""`sotto machine-settings`: what the machine under the phone has to know of the configuration.

Only the card image uses it: there, nobody sets up Wi-Fi or edits config.txt by hand. It writes files
into a folder; the card's own script puts them into their places.

    config.txt    lines for the Raspberry Pi's config.txt that the board needs
    wifi/         profiles for iwd: one network, or none
    wifi.conf     what iwd has to know besides
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agent.arguments import MachineSettingsOptions
from agent.boards import profile_of
from agent.config import SIMULATOR, Config, WifiConfig, load_config
from agent.errors import ReportedError
from hw.profile import I2cBus

_PLAIN_NAME: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ ")
"""Letters of a network's name that iwd has in a file's name as they are (iwd.network(5))."""
_I2C: Final = ("[pi5]", "dtoverlay=sotto-i2c-pi5", "[all]")
_SPI: Final = ("dtoverlay=sotto-spi",)
_KEY_DIGITS: Final = 64
_GENERAL: Final = """[General]
EnableNetworkConfiguration=false
AddressRandomization=disabled
"""
_AWAKE: Final = """
[DriverQuirks]
PowerSaveDisable=*
"""
"""A call must not stutter because the radio sleeps."""


def run(options: MachineSettingsOptions) -> int:
    """Writes them; returns the exit status.

    Raises:
        ConfigError: The configuration will not do; then the old ones stay.
        BoardError: The board's profile will not.
        MachineError: The folder cannot be written.
    """
    config = load_config(options.config)
    files = {
        "config.txt": boot_settings(config),
        "wifi.conf": wifi_settings(config.wifi),
        **{f"wifi/{name}": text for name, text in wifi_profile(config.wifi).items()},
    }
    try:
        _write(options.folder, files)
    except OSError as error:
        raise MachineError(f"{error.filename or options.folder}: {error.strerror}") from None
    return 0


class MachineError(ReportedError):
    """The settings cannot be written."""


def boot_settings(config: Config) -> str:
    """The lines of config.txt; none for the simulator.

    The card has Linux' own device trees, which know no dtparam, and overlays of its own for what
    they have switched off (image/card/overlays).
    """
    if config.phone.board == SIMULATOR:
        return ""
    profile = profile_of(config)
    bus = _I2C if isinstance(profile.display.bus, I2cBus) else _SPI
    overlays = (f"dtoverlay={overlay}" for overlay in profile.overlays)
    lines = (f"# The board {config.phone.board}:", *bus, *overlays)
    return "".join(f"{line}\n" for line in lines)


def wifi_profile(wifi: WifiConfig | None) -> dict[str, str]:
    """The file for the network, by the name that iwd looks for; empty without a network."""
    if wifi is None:
        return {}
    plain = _PLAIN_NAME.issuperset(wifi.network)
    name = wifi.network if plain else f"={wifi.network.encode().hex()}"
    parts = []
    if wifi.password:
        key = "PreSharedKey" if len(wifi.password) == _KEY_DIGITS else "Passphrase"
        parts.append(f"[Security]\n{key}={_value(wifi.password)}\n")
    if wifi.hidden:
        parts.append("[Settings]\nHidden=true\n")
    return {f"{name}.{'psk' if wifi.password else 'open'}": "\n".join(parts)}


def wifi_settings(wifi: WifiConfig | None) -> str:
    """What is in main.conf, the configuration of iwd itself."""
    country = f"Country={wifi.country}\n" if wifi and wifi.country else ""
    return f"{_GENERAL}{country}{_AWAKE}"


def _value(text: str) -> str:
    """As iwd reads it back: a backslash begins an escape, and blanks at the beginning are lost."""
    escaped = text.replace("\\", "\\\\")
    blanks = len(escaped) - len(escaped.lstrip(" "))
    return "\\s" * blanks + escaped[blanks:]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Anew, in a folder of its own first: nobody finds half of them."""
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(0o700, parents=True)
    (new / "wifi").mkdir(0o700)
    for name, text in files.items():
        descriptor = os.open(new / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
