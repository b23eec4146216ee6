"""Fetches a bundle over HTTPS onto the card. What it is, its signature says, not the server."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.config.fleet import https_url
from agent.fleet.files import Access, FetchError
from agent.fleet.https import fetch, fetch_piecemeal

LIST_LIMIT: Final = 4096
BUNDLE_LIMIT: Final = 1 << 30
"""More than a slot holds."""
DEADLINE_S: Final = 2.5 * 3600.0
"""How long a bundle may take; the unit that fetches it is given three hours."""


class DownloadError(Exception):
    """It was not fetched; the message is a sentence."""


def fetch_list(url: str, ca_file: Path | None = None) -> str:
    """Fetches the list that names the newest bundle.

    Raises:
        DownloadError: It cannot be had.
    """
    try:
        fetched = fetch(_checked(url), _access(ca_file), LIST_LIMIT)
        return fetched.content.decode("ascii") if fetched else ""
    except (FetchError, UnicodeDecodeError) as error:
        raise DownloadError(str(error)) from None


def fetch_bundle(
    url: str, target: Path, progress: Callable[[int], None], ca_file: Path | None = None
) -> None:
    """Fetches a bundle into a file.

    Args:
        url: An https address.
        target: The file; what was there is gone.
        progress: Hears how many octets came.
        ca_file: PEM file of the only CAs that may vouch for the server; None: the system's.

    Raises:
        DownloadError: It cannot be had whole, or not be written.
    """
    came = 0

    def take(piece: bytes) -> None:
        nonlocal came
        try:
            stream.write(piece)
            stream.flush()  # what cannot be written is told here
        except OSError as error:
            raise DownloadError(f"{target}: {error.strerror}") from None
        came += len(piece)
        progress(came)

    try:
        with target.open("wb") as stream:
            fetch_piecemeal(_checked(url), _access(ca_file), BUNDLE_LIMIT, take, DEADLINE_S)
    except FetchError as error:
        raise DownloadError(str(error)) from None
    except OSError as error:
        raise DownloadError(f"{target}: {error.strerror}") from None


def _checked(url: str) -> str:
    if reason := https_url(url):
        raise DownloadError(f"the address {reason}")
    return url


def _access(ca_file: Path | None) -> Access:
    """Nothing secret is shown, and a bundle is signed: it may lie wherever the server says."""
    return Access(ca_file, elsewhere=True)
