"""The section [fleet] of the configuration: where more of it is fetched."""

import base64
import binascii
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from agent.config.reader import Table
from agent.config.secret_file import secret_of
from agent.config.values import FleetConfig

EVERY: Final = "1d"
_UNITS: Final = {"min": 60, "h": 3600, "d": 86400}
_SHORTEST_S: Final = 300
_LONGEST_S: Final = 30 * 86400
_DURATION: Final = re.compile(r"([1-9][0-9]{0,3})(min|h|d)")
_SHA256: Final = 32
_MINISIGN: Final = 42
"""Octets of a public key of minisign: "Ed", a key's number, the key."""


def read_fleet(table: Table, file: Path) -> FleetConfig:
    """Reads it, and notes what is wrong.

    Args:
        table: The section.
        file: In which it stands; relative paths count from its folder.
    """
    folder = file.parent
    section = FleetConfig(
        url=table.text("url", check=https_url),
        every_s=seconds_of(table.text("every", EVERY, _duration)),
        ca_file=table.optional_path("ca_file", folder),
        pinned_keys=tuple(map(_octets, table.texts("pinned_key", (), _pin))),
        public_keys=table.texts("public_key", (), _public_key),
        certificate=table.optional_path("certificate", folder),
        private_key=table.optional_path("private_key", folder),
        token=secret_of(table, file, "token"),
        token_file=table.optional_path("token_file", folder),
    )
    if ":" not in section.token and not re.fullmatch(r"[!-~]*", section.token):
        key = "token" if table.has("token") else "token_file"
        table.wrong(key, "must be ASCII without a space, or user:password")
    for present, missing in (("certificate", "private_key"), ("private_key", "certificate")):
        if table.has(present) and not table.has(missing):
            table.wrong(present, f'needs "{missing}" beside it')
    for key in ("ca_file", "certificate", "private_key"):
        path: Path | None = getattr(section, key)
        table.must_be_file(key, path)
    table.close()
    return section


def https_url(text: str) -> str | None:  # noqa: PLR0911 - one for each mistake
    """What is wrong with an address from which a configuration is fetched; None: nothing.

    The address is not repeated: a password may stand in it.
    """
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        return f"is no address: {error}" if "ort" in str(error) else "is no address"
    if url.scheme != "https":
        return "must begin with https://"
    if url.username is not None or url.password is not None:
        return 'has a user or password in it; the place for what lets the phone in is "token_file"'
    if not url.hostname or port == 0:
        return "names no server; such as https://example.org/phones/{serial}.toml"
    if url.fragment or not text.isascii() or " " in text:
        return "holds what no address of a file can hold: #, a space, or a letter that is not ASCII"
    if re.search(r"[{}]", text.replace("{serial}", "")):
        return "can hold {serial} only in curly brackets"
    return None


def seconds_of(text: str) -> float:
    """A duration such as "1d", "12h" or "30min" in seconds; a stand-in for a wrong one."""
    found = _DURATION.fullmatch(text)
    return float(int(found[1]) * _UNITS[found[2]]) if found else _LONGEST_S


def _duration(text: str) -> str | None:
    if _DURATION.fullmatch(text) and _SHORTEST_S <= seconds_of(text) <= _LONGEST_S:
        return None
    return f'is "{text}", but must be from "5min" to "30d", such as "{EVERY}" or "12h"'


def _pin(text: str) -> str | None:
    if len(_octets(text)) == _SHA256:
        return None
    return "must hold SHA-256 hashes of public keys in base64, such as openssl makes them"


def _public_key(text: str) -> str | None:
    octets = _octets(text)
    if len(octets) == _MINISIGN and octets[:2] == b"Ed":
        return None
    return 'must hold public keys of minisign: the second line of "minisign.pub"'


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("sha256//"), validate=True)
    except binascii.Error:
        return b""
