"""What a phone asks a server for, and what comes back. How it is fetched: see `https`."""

from dataclasses import field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agent.frozen import frozen

HTTPS_PORT: Final = 443


class FetchError(Exception):
    """Nothing was fetched; the message is a sentence in which no secret stands.

    Attributes:
        not_before_s: For how long the server does not want to be asked.
    """

    def __init__(self, message: str, not_before_s: float = 0.0) -> None:
        super().__init__(message)
        self.not_before_s = not_before_s


@frozen
class Access:
    """Whom a server has to be, and what it is shown.

    Attributes:
        ca_file: PEM file of the only CAs that may vouch for it; None: the system's.
        pinned_keys: SHA-256 of public keys, one of which it must have besides; empty: any.
        certificate: PEM file of the certificate chain that it is shown; None: none.
        private_key: PEM file of its key.
        token: What lets the phone in: a bearer token, or user and password with a colon between.
        elsewhere: Whether it may send the phone on to another server, which is shown the same. Only
            where that is nothing secret, and what comes is signed.
    """

    ca_file: Path | None = None
    pinned_keys: tuple[bytes, ...] = ()
    certificate: Path | None = None
    private_key: Path | None = None
    token: str = field(default="", repr=False)
    elsewhere: bool = False


@frozen
class Known:
    """What the server said of the file when it was last fetched; empty: it did not say."""

    etag: str = ""
    modified: str = ""


@frozen
class Fetched:
    """The file as it is now.

    Attributes:
        content: What is in it.
        known: What the server says of it.
    """

    content: bytes = field(repr=False)
    known: Known = field(default_factory=Known)


def place_of(url: str) -> str:
    """The address without its query, in which something secret may stand."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{host_and_port(parts)}{parts.path}"


def host_and_port(parts: SplitResult) -> str:
    """The server as it stands in an address; the usual port is left out."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, HTTPS_PORT} else f"{host}:{parts.port}"
