"""Whether a call follows a redirection (RFC 3261 section 8.1.3.4). Pure."""

import re
from typing import Final

from agent.sip.callers import caller
from agent.sip_uri import SipUri, SipUriError

_CONTACT: Final = re.compile(
    r"^(?:contact|m)[ \t]*:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE
)


def may_follow(response: str, *, domain: str | None, followed: bool) -> bool:
    """Whether an INVITE may go where a 3xx points.

    Once only, so that two that point at each other end it, and to one address. Never away
    from TLS. By an account only to addresses of its own domain, which its server answers for;
    without one only where the address itself says TLS, since UDP is what PJSIP would take.

    Args:
        response: The whole message.
        domain: The account's domain; None: a direct call.
        followed: Whether this call has followed one already.
    """
    contacts = _CONTACT.findall(response.replace("\r\n", "\n").partition("\n\n")[0])
    if followed or len(contacts) != 1 or "," in re.sub(r"<[^>]*>|\"[^\"]*\"", "", contacts[0]):
        return False
    _, address = caller(contacts[0])
    try:
        uri = SipUri.parse(address)
    except SipUriError:
        return False
    if uri.scheme != "sip":
        return False
    if domain is not None:
        return uri.host == domain
    return any(each.lower() == "transport=tls" for each in uri.parameters)
