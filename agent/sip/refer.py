"""Refer-To: whom a transfer leads to (RFC 3515), and in whose place (RFC 3891). Pure."""

import re
from typing import Final
from urllib.parse import quote, unquote

from agent.frozen import frozen
from agent.sip.callers import caller
from agent.sip_uri import SipUri, SipUriError

_LONGEST: Final = 1023
"""Characters of a Refer-To: as many as `agent.media.dialogs` hands on."""
_REPLACES: Final = "replaces"
_DIALOG: Final = re.compile(r"[!-:<-~]+(;[!-:<-~]+)+")
"""A Call-ID and the tags, without a space or anything that is not printable."""
_UNESCAPED: Final = "-_.!~*'()[]/?:+$"
"""What may stand in a header of a URI (RFC 3261 section 25.1: hnv-unreserved, unreserved)."""


@frozen
class Referral:
    """Whom a REFER wants us to call.

    Attributes:
        uri: Their address.
        name: What they are called, printable; may be empty.
        replaces: The Replaces header of that call, unescaped; empty: there is none.
    """

    uri: SipUri
    name: str
    replaces: str

    def header(self, uri: SipUri) -> str:
        """A Refer-To value that says the same of an address, and no other header than Replaces."""
        headers = f"?Replaces={quote(self.replaces, safe=_UNESCAPED)}" if self.replaces else ""
        return f"<{uri}{headers}>"


def referral(refer_to: str) -> Referral:
    """Reads a Refer-To header.

    Args:
        refer_to: Its value, such as `"Carol" <sip:carol@example.org?Replaces=12%3Bto-tag%3D3>`.

    Raises:
        SipUriError: It leads nowhere that this phone would call.
    """
    name, whole = caller(refer_to, _LONGEST)
    user, at, rest = whole.rpartition("@")
    address, _, headers = rest.partition("?")
    # RFC 3515 section 2.1: another method than INVITE would be no call.
    parameters = [each for each in address.split(";") if each.lower() != "method=invite"]
    uri = SipUri.parse(user + at + ";".join(parameters))
    if any(each.lower().startswith("method=") for each in uri.parameters):
        raise SipUriError("it asks for something that is no call")
    return Referral(uri, name, _replaces(headers))


def _replaces(headers: str) -> str:
    for header in headers.split("&"):
        key, _, value = header.partition("=")
        if key.lower() == _REPLACES:
            replaces = unquote(value)
            if not _DIALOG.fullmatch(replaces):
                raise SipUriError("it does not say in whose place the call should go")
            return replaces
    return ""


def replacing(call_id: str, *, to_tag: str, from_tag: str) -> str:
    """A Replaces header's value (RFC 3891 section 6.1).

    Args:
        call_id: Of the dialog whose place is taken.
        to_tag: The tag in it of whoever gets the INVITE.
        from_tag: The tag in it of the other side.
    """
    return f"{call_id};to-tag={to_tag};from-tag={from_tag}"
