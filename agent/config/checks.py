"""What a single text must look like: each check says what is wrong with it, or None."""

import re
from typing import Final

from agent.sip_uri import TLS_PORT, SipUri, SipUriError, split_host_port

_BOARD: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PIN: Final = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_SCHEME: Final = re.compile(r"\s*sips?:", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9*#]{1,32}")


def board_name(text: str) -> str | None:
    """The name of a board profile, which is also a file's name."""
    if _BOARD.fullmatch(text):
        return None
    return f'is "{text}", but must be "simulator" or the name of a board profile'


def number(text: str) -> str | None:
    """What can be dialled on the keypad."""
    if _NUMBER.fullmatch(text):
        return None
    return f'is "{text}", but can only hold digits, * and # (32 at most)'


def number_or_uri(text: str) -> str | None:
    """What can be dialled on the keypad, or an address that can be called."""
    return None if _NUMBER.fullmatch(text) else contact_uri(text)


def listen_address(text: str) -> str | None:
    """An address and a port to listen on."""
    reason = None
    try:
        host, _ = split_host_port(text)
    except SipUriError as error:
        reason = str(error)
    else:
        if not re.fullmatch(r"[0-9.]+|\[.*\]", host):
            reason = "it must be an address of this machine"
    return reason and f'is "{text}", but {reason}; such as 0.0.0.0:{TLS_PORT} or [::]:{TLS_PORT}'


def split_listen(text: str) -> tuple[str, int]:
    """Host and port of a text that `listen_address` has seen; a stand-in for a wrong one."""
    try:
        host, port = split_host_port(text)
    except SipUriError:
        return "0.0.0.0", TLS_PORT  # noqa: S104 - only after the mistake was noted
    return host, TLS_PORT if port is None else port


def server(text: str) -> str | None:
    """A server's name or IPv4 address, with a port or without."""
    try:
        host, _ = split_host_port(text)
    except SipUriError as error:
        return f'is "{text}", but {error}; such as stun.example.org or 192.0.2.7:3478'
    if host.startswith("["):
        return f'is "{text}", but must be a name or an IPv4 address: STUN here speaks IPv4'
    return None


def split_server(text: str, port: int) -> tuple[str, int]:
    """Host and port of a text that `server` has seen.

    Args:
        text: The text; a wrong one was noted already.
        port: What stands for a missing one.
    """
    try:
        host, found = split_host_port(text)
    except SipUriError:
        return "", port
    return host, port if found is None else found


def account_uri(text: str) -> str | None:
    """An address at a server: it needs a user part."""
    return _uri(text, "sip:alice@example.org", needs_user=True)


def contact_uri(text: str) -> str | None:
    """An address that can be called, at a server or a phone's own."""
    return _uri(text, "sip:bob@example.org or sip:192.0.2.7")


def registrar(text: str) -> str | None:
    """A server: it has no user part."""
    return _uri(text, "sip:example.org", needs_user=False)


def pinned_key(text: str) -> str | None:
    """The SHA-256 of a public key, in base64 (RFC 7469 section 2.4)."""
    if _PIN.fullmatch(text.removeprefix("sha256//")):
        return None
    return f'is "{text}", but must be the SHA-256 of a public key in base64: 44 characters'


def user_of(text: str) -> str:
    """The user part of an address; empty if it is none."""
    try:
        return SipUri.parse(text).user
    except SipUriError:
        return ""


def registrar_of(text: str) -> str:
    """The server that an address stands at; empty if it is none."""
    try:
        uri = SipUri.parse(text)
    except SipUriError:
        return ""
    return str(SipUri(uri.scheme, "", uri.host, uri.port, uri.parameters))


def _uri(text: str, example: str, *, needs_user: bool | None = None) -> str | None:
    if ":" in _SCHEME.sub("", text, count=1).rpartition("@")[0]:
        return f"holds a password, or is no SIP address; such as {example}"
    try:
        uri = SipUri.parse(text)
    except SipUriError as error:
        return f'is "{text}", but {error}; such as {example}'
    if needs_user is not None and bool(uri.user) != needs_user:
        part = 'needs a part before "@"' if needs_user else 'has no part before "@"'
        return f'is "{text}", but it {part}; such as {example}'
    return None
