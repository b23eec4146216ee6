"""The section [wifi] of the configuration: the wireless network of a phone without a cable."""

import re
from pathlib import Path
from typing import Final

from agent.config.reader import Table
from agent.config.secret_file import secret_of
from agent.config.values import WifiConfig

_SSID_OCTETS: Final = 32
"""IEEE 802.11: an SSID has no more."""
_PASSPHRASE: Final = (8, 63)
"""Characters of a WPA passphrase, all of them ASCII."""
_PSK: Final = re.compile(r"[0-9A-Fa-f]{64}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def read_wifi(table: Table, file: Path) -> WifiConfig:
    """Reads it, and notes what is wrong.

    Args:
        table: The section.
        file: In which it stands; relative paths count from its folder.
    """
    section = WifiConfig(
        network=table.text("network", check=_network),
        password=secret_of(table, file),
        country=table.text("country", "", _country),
        hidden=table.switch("hidden", default=False),
    )
    if section.password and (reason := _password(section.password)):
        table.wrong("password" if table.has("password") else "password_file", reason)
    table.close()
    return section


def _network(text: str) -> str | None:
    octets = len(text.encode())
    if octets > _SSID_OCTETS:
        return f"has {octets} octets, but no wireless network's name has more than {_SSID_OCTETS}"
    return None


def _password(text: str) -> str | None:
    """What is wrong with it; the password itself is not repeated."""
    if _PSK.fullmatch(text):
        return None
    low, high = _PASSPHRASE
    if low <= len(text) <= high and text.isascii() and text.isprintable():
        return None
    return (
        f"must have {low} to {high} characters of ASCII, or be a key of 64 hexadecimal digits; "
        f"this one has {len(text)} characters"
    )


def _country(text: str) -> str | None:
    if _COUNTRY.fullmatch(text):
        return None
    return f'is "{text}", but must be two capital letters, such as "DE": whose channels are used'
