"""Fetches a bundle over HTTPS onto the card. What it is, its signature says, not the server."""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

LIST_LIMIT: Final = 4096
BUNDLE_LIMIT: Final = 1 << 30
"""More than a slot holds."""
_CHUNK: Final = 1 << 18
_WAIT_S: Final = 30.0
_ERRORS: Final = (OSError, http.client.HTTPException, ValueError)
"""urllib's own are of the first kind."""


class DownloadError(Exception):
    """It was not fetched; the message is a sentence."""


def fetch_list(url: str, ca_file: Path | None = None) -> str:
    """Fetches the list that names the newest bundle.

    Raises:
        DownloadError: It cannot be had.
    """
    try:
        with _opened(url, ca_file) as answer:
            content: bytes = answer.read(LIST_LIMIT + 1)
            return content.decode("ascii")
    except _ERRORS as error:
        raise DownloadError(f"{url}: {_reason(error)}") from None


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
        DownloadError: It cannot be had whole.
    """
    try:
        with _opened(url, ca_file) as answer, target.open("wb") as stream:
            expected = int(answer.headers.get("Content-Length", "-1"))
            came = 0
            while chunk := answer.read(_CHUNK):
                came += len(chunk)
                if came > BUNDLE_LIMIT:
                    raise DownloadError(f"{url} is larger than any firmware")
                stream.write(chunk)
                progress(came)
            if expected not in {-1, came}:
                raise DownloadError(f"{url} broke off after {came} of {expected} octets")
    except _ERRORS as error:
        raise DownloadError(f"{url}: {_reason(error)}") from None


class _HttpsAlone(urllib.request.HTTPRedirectHandler):
    """Follows a server to other addresses, but not out of HTTPS."""

    def redirect_request(  # noqa: PLR0917 - urllib's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            fp.close()
            raise urllib.error.URLError("it is sent on to an address without HTTPS")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opened(url: str, ca_file: Path | None) -> http.client.HTTPResponse:
    if not url.startswith("https://"):
        raise ValueError("the address must begin with https://")
    context = ssl.create_default_context(cafile=ca_file)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=context),
        _HttpsAlone,
    )
    answer: http.client.HTTPResponse = opener.open(url, timeout=_WAIT_S)
    return answer


def _reason(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"the server says {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
