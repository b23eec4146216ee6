"""OPTIONS, which asks a server whether it is there and changes nothing (RFC 3261 section 11). Pure."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from agent.frozen import frozen

LIMIT: Final = 64 * 1024
"""Octets of an answer that are read at the most."""
_STATUS: Final = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: |$)")
_ALGORITHM: Final = re.compile(r"\balgorithm\s*=\s*\"?([A-Za-z0-9-]+)", re.IGNORECASE)
_SHOWN: Final = 40
_FINAL: Final = 200


@frozen
class Answer:
    """What a server answered.

    Attributes:
        status: Its status.
        algorithms: Of the digests that it asks for; RFC 8760: MD5 where it names none.
        agent: What it calls itself.
        date: Its time, in seconds since 1970; None: it does not tell.
    """

    status: int
    algorithms: tuple[str, ...] = ()
    agent: str = ""
    date: float | None = None


def request(host: str, port: int, own: str, token: str) -> bytes:
    """The request; it names nobody.

    Args:
        host: The server, an IPv6 address in brackets.
        port: Its port.
        own: Our side of the connection, "address:port".
        token: Random letters and digits.
    """
    lines = (
        f"OPTIONS sip:{host}:{port};transport=tls SIP/2.0",
        f"Via: SIP/2.0/TLS {own};branch=z9hG4bK{token};rport",
        "Max-Forwards: 70",
        f"From: <sip:anonymous@anonymous.invalid>;tag={token}",
        f"To: <sip:{host}>",
        f"Call-ID: {token}",
        "CSeq: 1 OPTIONS",
        "Accept: application/sdp",
        "Content-Length: 0",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def read(data: bytes) -> Answer | None:
    """Reads what has come; None: no final answer yet.

    Raises:
        ValueError: This is no SIP.
    """
    while b"\r\n\r\n" in data:
        head, _, data = data.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").lstrip("\r\n").split("\r\n")
        status = _STATUS.match(lines[0])
        if status is None:
            raise ValueError("this is no SIP")
        if int(status[1]) >= _FINAL:
            return _answer(int(status[1]), lines[1:])
    return None


def _answer(status: int, lines: list[str]) -> Answer:
    headers = [(name.strip().lower(), value.strip()) for name, _, value in map(_parted, lines)]
    challenges = [
        value for name, value in headers if name in {"www-authenticate", "proxy-authenticate"}
    ]
    algorithms = tuple(
        found[1] if (found := _ALGORITHM.search(each)) else "MD5" for each in challenges
    )
    agent = next((value for name, value in headers if name == "server"), "")
    date = next((_moment(value) for name, value in headers if name == "date"), None)
    shown = "".join(each for each in agent[:_SHOWN] if each.isprintable())
    return Answer(status, algorithms, shown, date)


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _moment(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
