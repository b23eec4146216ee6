"""Fetches a file over HTTPS. It blocks: whoever calls has a thread or a process for that.

The standard library's client is enough for a file a day: it takes the system's CAs, follows
no redirect and no proxy by itself, and costs little memory. There is no way to switch the check of
the certificate off.
"""

import base64
import contextlib
import hashlib
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agent.config.fleet import https_url
from agent.fleet.files import (
    HTTPS_PORT,
    Access,
    Fetched,
    FetchError,
    Known,
    host_and_port,
    place_of,
)

WAIT_S: Final = 20.0
"""How long the server may be silent."""
DEADLINE_S: Final = 60.0
"""How long one small file may take in all."""
REDIRECTS: Final = 3
_AS_FOR_SIP: Final = (
    ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
)
"""How OpenSSL verifies a chain: as PJSIP has it do, whatever Python's own choice is. That of 3.13
would refuse certificates of an office's own CA, good for SIP, that do not say whose key has signed
them (RFC 5280 section 4.2.1.1)."""
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_REFUSED: Final = frozenset({401, 403})
_LATER: Final = frozenset({429, 503})
_CHUNK: Final = 1 << 18


def fetch(url: str, access: Access, limit: int, known: Known | None = None) -> Fetched | None:
    """Fetches it; None: it is still what is known.

    Args:
        url: An https address.
        access: Whom the server has to be.
        limit: How many octets it may have.
        known: What the server said of the copy that is there; None: there is none.

    Raises:
        FetchError: It cannot be had.
    """
    with _opened(url, access, known or Known(), DEADLINE_S) as (here, answer):
        return _read(answer, limit, here)


def fetch_piecemeal(
    url: str, access: Access, limit: int, take: Callable[[bytes], None], deadline_s: float
) -> None:
    """Fetches a large file, of which never more than a piece is in the memory.

    Args:
        url: An https address.
        access: Whom the server has to be.
        limit: How many octets it may have.
        take: Takes one piece after the other; no OSError may leave it.
        deadline_s: How long all of it may take.

    Raises:
        FetchError: It cannot be had whole; some pieces may have been taken.
    """
    with _opened(url, access, Known(), deadline_s) as (here, answer):
        _check(answer, here)
        came = 0
        while piece := answer.read(_CHUNK):
            came += len(piece)
            if came > limit:
                raise FetchError(f"{place_of(here)}: it is larger than {limit} octets")
            take(piece)
        _check_end(answer, here)


@contextlib.contextmanager
def _opened(
    url: str, access: Access, known: Known, deadline_s: float
) -> Iterator[tuple[str, http.client.HTTPResponse]]:
    """The answer at the end of all redirects, and from where it comes."""
    context = _context(access)
    here = url
    for _ in range(REDIRECTS + 1):
        with _told(here), _answer(here, access, context, known, deadline_s) as answer:
            if answer.status not in _MOVED:
                yield here, answer
                return
            here = _moved(here, answer.getheader("Location", ""), elsewhere=access.elsewhere)
    raise FetchError(f"{place_of(url)} is sent on to other addresses again and again")


class _Pinned(http.client.HTTPSConnection):
    """A connection that says nothing to a server whose key is not among the pinned ones."""

    def __init__(self, url: str, context: ssl.SSLContext, pins: tuple[bytes, ...]) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or HTTPS_PORT
        super().__init__(host, port, timeout=WAIT_S, context=context)
        self._place = place_of(url)
        self._pins = pins
        self.is_late = False

    def connect(self) -> None:
        super().connect()
        if not self._pins:
            return
        assert isinstance(self.sock, ssl.SSLSocket)  # noqa: S101 - what its parent has just made
        certificate = x509.load_der_x509_certificate(self.sock.getpeercert(binary_form=True) or b"")
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if hashlib.sha256(key).digest() not in self._pins:
            self.close()
            raise FetchError(f"{self._place}: its public key is none of pinned_key")


def _context(access: Access) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags = _AS_FOR_SIP
        if access.certificate is not None:
            # A key that is encrypted must not make OpenSSL ask at a terminal.
            context.load_cert_chain(access.certificate, access.private_key, lambda: "")
    except (OSError, ValueError) as error:
        raise FetchError(
            f"certificate, private_key or ca_file cannot be used: {_why(error)}"
        ) from None
    return context


@contextlib.contextmanager
def _answer(
    url: str, access: Access, context: ssl.SSLContext, known: Known, deadline_s: float
) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(url)
    connection = _Pinned(url, context, access.pinned_keys)
    # Each octet may come in time and all of them never end: so there is an end to all.
    end = threading.Timer(deadline_s, _hang_up, (connection,))
    end.daemon = True
    end.start()
    try:
        target = parts.path or "/"
        connection.request(
            "GET",
            f"{target}?{parts.query}" if parts.query else target,
            headers=_headers(access, known),
        )
        with contextlib.closing(connection.getresponse()) as answer:
            yield answer
    except (OSError, http.client.HTTPException):
        if connection.is_late:
            raise TimeoutError from None
        raise
    finally:
        end.cancel()
        connection.close()


def _hang_up(connection: _Pinned) -> None:
    connection.is_late = True
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(2)


def _headers(access: Access, known: Known) -> dict[str, str]:
    headers = {"User-Agent": "Sotto", "Accept-Encoding": "identity"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    if ":" in access.token:  # which no bearer token may hold (RFC 6750 section 2.1)
        headers["Authorization"] = f"Basic {base64.b64encode(access.token.encode()).decode()}"
    elif access.token:
        headers["Authorization"] = f"Bearer {access.token}"
    return headers


def _read(answer: http.client.HTTPResponse, limit: int, url: str) -> Fetched | None:
    if answer.status == _NOT_MODIFIED:
        return None
    _check(answer, url)
    content = answer.read(limit + 1)
    if len(content) > limit:
        raise FetchError(f"{place_of(url)}: it is larger than {limit} octets")
    _check_end(answer, url)
    known = Known(answer.getheader("ETag", ""), answer.getheader("Last-Modified", ""))
    return Fetched(content, known)


def _check(answer: http.client.HTTPResponse, url: str) -> None:
    place = place_of(url)
    if answer.status in _REFUSED:
        raise FetchError(f"{place}: the server does not let this phone in ({answer.status})")
    if answer.status != _OK:
        raise FetchError(f"{place}: the server answers {answer.status}", _retry_after(answer))
    if answer.getheader("Content-Encoding", "identity") != "identity":
        raise FetchError(f"{place}: the server sends it packed, which was not asked for")


def _check_end(answer: http.client.HTTPResponse, url: str) -> None:
    if answer.length:
        raise FetchError(f"{place_of(url)}: the connection ended before the file did")


def _retry_after(answer: http.client.HTTPResponse) -> float:
    text = answer.getheader("Retry-After", "")
    wanted = answer.status in _LATER and text.isascii() and text.isdigit()
    return float(text[:6]) if wanted else 0.0


def _moved(url: str, location: str, *, elsewhere: bool) -> str:
    """Where it is now: on the same server, unless others will do; or nowhere."""
    before, after = urlsplit(url), urlsplit(urljoin(url, location))
    new = after._replace(fragment="").geturl()
    if https_url(new):
        raise FetchError(f"{place_of(url)} is sent on to an address that {https_url(new)}")
    if not elsewhere and host_and_port(before) != host_and_port(after):
        raise FetchError(f"{place_of(url)} is sent on to another server, which is not followed")
    return new


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """What goes wrong on the way becomes a sentence; what a library says may repeat a header."""
    place = place_of(url)
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{place}: its certificate is refused: {error.verify_message}") from None
    except TimeoutError:
        raise FetchError(f"{place}: the server did not answer in time") from None
    except OSError as error:
        raise FetchError(f"{place}: {_why(error)}") from None
    except (http.client.HTTPException, ValueError) as error:
        kind = type(error).__name__
        raise FetchError(f"{place}: the server's answer is no HTTP ({kind})") from None


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "the server hung up"
    if isinstance(error, ssl.SSLError):
        return str(error.reason or error.args[-1]).replace("_", " ").lower()
    return getattr(error, "strerror", None) or type(error).__name__
