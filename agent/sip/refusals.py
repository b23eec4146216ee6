"""The answer to a request that PJSIP cannot read. Pure."""

import hashlib
import re
from typing import Final

_REASONS: Final = {
    400: "Bad Request",
    416: "Unsupported URI Scheme",
    505: "Version Not Supported",
    513: "Message Too Large",
}
_BAD_REQUEST: Final = 400
_WRONG_SCHEME: Final = 416
_WRONG_VERSION: Final = 505

_REQUEST_LINE: Final = re.compile(
    rb"([^ \t]+)[ \t]+(.*[^ \t])[ \t]+SIP/(\d+\.\d+)[ \t]*", re.IGNORECASE
)
_SCHEME: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES: Final = (b"sip", b"sips", b"tel")
_HEADER: Final = re.compile(rb"([^\s:]+)[ \t]*:")
_TAG: Final = re.compile(rb";\s*tag\s*=", re.IGNORECASE)
_SHORT: Final = {b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id"}
_ONCE: Final = (b"from", b"to", b"call-id", b"cseq")


def answer(octets: bytes, status: int) -> bytes:
    """Composes the response (RFC 3261 section 8.2.6), as far as the request lets us.

    What is copied goes back to where it came from and to nobody else, as it came.

    Args:
        octets: The request, or as much of it as there is.
        status: Why it is refused. Instead of 400 it is 505 if the request is of another version
            of SIP, and 416 if it is for an address of another kind.

    Returns:
        The response; empty if nobody waits for one: it is a response, an ACK, or no SIP.
    """
    head, _, _ = octets.partition(b"\n\r\n")
    request_line, *lines = head.removesuffix(b"\r").replace(b"\r\n", b"\n").split(b"\n")
    match = _REQUEST_LINE.fullmatch(request_line)
    if match is None or match[1] == b"ACK":
        return b""
    headers = _headers(lines)
    vias = [text for name, text in headers if name == b"via"]
    if not vias:
        return b""
    copied = [next((text for name, text in headers if name == one), None) for one in _ONCE]
    if copied[1] is not None and not _TAG.search(copied[1]):
        copied[1] += b";tag=" + hashlib.sha256(octets).hexdigest()[:16].encode()
    if status == _BAD_REQUEST:
        status = _fault_of(match[2], match[3])
    first = f"SIP/2.0 {status} {_REASONS[status]}".encode()
    rest = (text for text in copied if text is not None)
    return b"\r\n".join((first, *vias, *rest, b"Content-Length: 0", b"", b""))


def _fault_of(uri: bytes, version: bytes) -> int:
    if version != b"2.0":
        return _WRONG_VERSION
    scheme = _SCHEME.match(uri)
    known = scheme is None or scheme[1].lower() in _SCHEMES
    return _BAD_REQUEST if known else _WRONG_SCHEME


def _headers(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Each header by its long name in small letters; folded ones in one piece."""
    found: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and found:
            name, text = found[-1]
            found[-1] = name, text + b"\r\n" + line
        elif match := _HEADER.match(line):
            name = match[1].lower()
            found.append((_SHORT.get(name, name), line))
    return found
