"""One look at the server: what is new there, if it will do. Blocks; decides by `agent.fleet.whole`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from agent.config import Config, FleetConfig
from agent.fleet.files import Access, Fetched, Known, place_of
from agent.fleet.kept import Kept
from agent.fleet.signature import SIGNATURE_LIMIT
from agent.fleet.whole import Check, RefusedError, check_version, did_not_start, taken

TEXT_LIMIT: Final = 256 * 1024
"""Octets of a configuration."""
SUFFIX: Final = ".minisig"
"""What minisign calls a signature, after the file's own name."""

Get = Callable[[str, Access, int, Known | None], Fetched | None]
"""As `agent.fleet.https.fetch`."""


def access_of(fleet: FleetConfig) -> Access:
    """Whom the server has to be, and what it is shown."""
    return Access(
        ca_file=fleet.ca_file,
        pinned_keys=fleet.pinned_keys,
        certificate=fleet.certificate,
        private_key=fleet.private_key,
        token=fleet.token,
    )


def offered(url: str, fleet: FleetConfig, get: Get, before: Kept | None = None) -> Kept | None:
    """What lies there, with its signature where one is asked for; None: what lay there before.

    Args:
        url: This phone's own address.
        fleet: The section of its own configuration.
        get: Fetches a file.
        before: What was fetched before, if that counts.

    Raises:
        FetchError: It cannot be had.
        RefusedError: It is no text.
    """
    access = access_of(fleet)
    known = Known(before.etag, before.modified) if before else None
    fetched = get(url, access, TEXT_LIMIT, known)
    if fetched is None:
        return None
    signature = ""
    if fleet.public_keys:
        parts = urlsplit(url)
        signed = get(
            parts._replace(path=parts.path + SUFFIX).geturl(), access, SIGNATURE_LIMIT, None
        )
        signature = _text(signed.content, url) if signed else ""
    return Kept(
        url=url,
        text=_text(fetched.content, url),
        signature=signature,
        etag=fetched.known.etag,
        modified=fetched.known.modified,
    )


def look(
    own: Config, url: str, before: Kept | None, get: Get, check: Check, *, in_use: bool
) -> Kept | None:
    """Something new that has passed every check; None: there is nothing new.

    Args:
        own: The phone's own configuration.
        url: This phone's own address.
        before: What was taken before.
        get: Fetches a file.
        check: Says what else is wrong with a configuration.
        in_use: Whether what was taken before is used; otherwise it is fetched in any case.

    Raises:
        FetchError: It cannot be had.
        RefusedError: It will not do.
    """
    if own.fleet is None:
        return None
    current = before if before and in_use else None
    new = offered(url, own.fleet, get, current)
    if new is None or (current and (new.text, new.signature) == (current.text, current.signature)):
        return None
    if before and before.has_failed and new.text == before.text:
        raise RefusedError(did_not_start(before))
    taken(own, new, check)
    return replace(new, version=check_version(own, new, before, in_use=in_use))


def _text(content: bytes, url: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RefusedError(f"{place_of(url)}, line {line}: is not UTF-8 text here") from None
