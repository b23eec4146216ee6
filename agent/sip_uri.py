"""SIP URIs (RFC 3261 section 19.1), as far as a phone that speaks TLS only needs them."""

import ipaddress
import re
from typing import Final
from urllib.parse import quote, unquote

from agent.frozen import frozen

TLS_PORT: Final = 5061
"""The port of SIP over TLS where a URI names none (RFC 3261 section 19.1.2)."""

_USER_UNESCAPED: Final = "-_.!~*'()&=+$,;?/"  # section 25.1: mark and user-unreserved
_LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_USER: Final = re.compile(r"([A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+")
_PARAMETER: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+(=[A-Za-z0-9\-.!%*_+`'~\[\]/:&$]+)?")
_IN_BRACKETS: Final = re.compile(r"<([^<>]*)>")


class SipUriError(ValueError):
    """The text is no SIP URI; the message says what is wrong with it."""


@frozen
class SipUri:
    """A SIP URI in its parts.

    Attributes:
        scheme: "sip" or "sips".
        user: The part before "@", with its escapes undone; empty for a host alone.
        host: A host name or address in lower case, without the last dot of a name; an IPv6
            address stands in brackets.
        port: The port, or None where the URI names none.
        parameters: What follows ";", in order, e.g. ("transport=tls",).
    """

    scheme: str
    user: str
    host: str
    port: int | None = None
    parameters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "SipUri":
        """Reads `sip:user@host:port;transport=tls`.

        Args:
            text: The URI alone, without display name and brackets.

        Raises:
            SipUriError: It is none, or it asks for another transport than TLS.
        """
        scheme, colon, rest = text.partition(":")
        if not colon or scheme.lower() not in {"sip", "sips"}:
            raise SipUriError('it must begin with "sip:" or "sips:"')
        # A user part may hold "?" and ";", so it is cut off before they are looked for.
        user, at, rest = rest.rpartition("@")
        if "?" in rest:
            raise SipUriError('headers after "?" have no place here')
        address, *parameters = rest.split(";")
        host, port = split_host_port(address)
        return cls(
            scheme=scheme.lower(),
            user=_parse_user(user) if at else "",
            host=host,
            port=port,
            parameters=tuple(_parse_parameter(parameter) for parameter in parameters),
        )

    def __str__(self) -> str:
        user = quote(self.user, safe=_USER_UNESCAPED) + "@" if self.user else ""
        port = "" if self.port is None else f":{self.port}"
        parameters = "".join(f";{parameter}" for parameter in self.parameters)
        return f"{self.scheme}:{user}{self.host}{port}{parameters}"

    @property
    def identity(self) -> str:
        """Scheme, user, host and port: the same text for two ways to write one address."""
        port = None if self.port == TLS_PORT else self.port
        return str(SipUri(self.scheme, self.user, self.host, port))


def split_host_port(text: str) -> tuple[str, int | None]:
    """Reads `host`, `host:port`, `192.0.2.7:port` or `[2001:db8::7]:port`.

    Returns:
        The host in lower case (IPv6 in brackets, shortest form), and the port if one is named.

    Raises:
        SipUriError: Neither a host name nor an address, or a port out of 1 to 65535.
    """
    if text.startswith("["):
        inside, bracket, after = text[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise SipUriError(f'"{text}" is no IPv6 address in brackets')
        return _ipv6(inside), _parse_port(after[1:]) if after else None
    host, colon, port = text.partition(":")
    if ":" in port:
        raise SipUriError("an IPv6 address must stand in brackets: [2001:db8::7]")
    return _host(host), _parse_port(port) if colon else None


def identity_of(text: str) -> str:
    """The form in which two addresses are compared; takes whatever a peer may have sent.

    Args:
        text: A URI, or a whole name-addr such as `"Bob" <sip:bob@example.org>;tag=1`.

    Returns:
        `SipUri.identity`; for text that is no SIP URI, that text itself, trimmed.
    """
    bracketed = _IN_BRACKETS.search(text)
    candidate = bracketed.group(1) if bracketed else text.strip()
    # A peer's URI may carry a transport or headers that we would not dial: they do not
    # change who it says it is.
    user, at, rest = candidate.rpartition("@")
    address = re.split("[;?]", rest, maxsplit=1)[0]
    try:
        return SipUri.parse(user + at + address).identity
    except SipUriError:
        return candidate


def _parse_user(user: str) -> str:
    if ":" in user:
        raise SipUriError("a password has no place in an address")
    if not _USER.fullmatch(user):
        raise SipUriError(f'"{user}" cannot stand before "@"')
    return unquote(user)


def _parse_parameter(parameter: str) -> str:
    if not _PARAMETER.fullmatch(parameter):
        raise SipUriError(f'";{parameter}" is no parameter')
    name, _, value = parameter.lower().partition("=")
    if name == "transport" and value != "tls":
        raise SipUriError(f'transport is "{value}", but this phone speaks TLS only')
    return parameter


def _parse_port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:  # noqa: PLR2004
        raise SipUriError(f'"{text}" is no port (1 to 65535)')
    return int(text)


def _ipv6(text: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(text)}]"
    except ipaddress.AddressValueError:
        raise SipUriError(f'"{text}" is no IPv6 address') from None


def _host(text: str) -> str:
    if re.fullmatch("[0-9.]+", text):
        try:
            return str(ipaddress.IPv4Address(text))
        except ipaddress.AddressValueError:
            raise SipUriError(f'"{text}" is no IPv4 address') from None
    labels = text.removesuffix(".").split(".")
    if not text or len(text) > 253 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004
        raise SipUriError(f'"{text}" is no host name' if text else "the host is missing")
    # DNS ends a name with a dot, certificates do not: to TLS they would be two names.
    return text.lower().removesuffix(".")
