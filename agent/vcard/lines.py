"""The lines of a file of vCards: unfolded, taken apart, decoded. Pure, bounded, and forgiving.

What phones export is seldom what the RFCs ask for, so a line that is none is left out, and a
value whose character set is not known is read as well as it can be.
"""

import codecs
import quopri
import re
from collections.abc import Iterator
from typing import Final

from agent.frozen import frozen

CARDS_MAX: Final = 10_000
"""Cards in one file."""
LINE_MAX: Final = 16 * 1024
"""Octets of a line, unfolded; longer ones (pictures, sounds, keys) are left out."""

_CHARSETS: Final = frozenset(
    {
        *("us-ascii", "utf-8", "utf8", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7"),
        *("iso-8859-9", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252"),
        *("windows-1253", "windows-1254", "koi8-r", "shift_jis", "gbk", "gb2312", "gb18030"),
        *("big5", "euc-kr", "euc-jp"),
    }
)
"""Those that phones have written, as IANA calls them."""
_NAME: Final = re.compile(rb"[A-Za-z0-9-]{1,64}")


class VcardError(ValueError):
    """The file holds no vCards, or too many; the message says so."""


@frozen
class Property:
    """One property of a card.

    Attributes:
        line: Where it begins in the file, counted from 1.
        name: In capitals, without its group, e.g. "TEL".
        parameters: In capitals, each "NAME=VALUE", or "VALUE" alone as in vCard 2.1.
        value: As text, with its escapes.
    """

    line: int
    name: str
    parameters: frozenset[str]
    value: str


def properties(data: bytes) -> Iterator[Property]:
    """All properties of a file, in order; what is none is left out."""
    for number, line in _unfolded(_as_utf8(data)):
        if len(line) <= LINE_MAX and (found := _taken_apart(number, line)) is not None:
            yield found


def _as_utf8(data: bytes) -> bytes:
    """Some programs write UTF-16 and say so by its byte order mark."""
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers: continued by white space (RFC 6350 section 3.2), or by "=".

    Of a line that is too long the rest is not kept.
    """
    start, line, quoted = 1, bytearray(), False
    for number, piece in enumerate(re.split(rb"\r\n|\r|\n", data), start=1):
        folded = piece[:1] in {b" ", b"\t"}
        if line and (folded or quoted):
            if len(line) <= LINE_MAX:
                line += piece[1:] if folded else piece
        else:
            if line:
                yield start, bytes(line)
            start, line = number, bytearray(piece)
        if quoted := _is_quoted(line) and line.endswith(b"="):
            del line[-1:]
    if line:
        yield start, bytes(line)


def _is_quoted(line: bytes | bytearray) -> bool:
    return b"QUOTED-PRINTABLE" in line[:200].partition(b":")[0].upper()


def _taken_apart(number: int, line: bytes) -> Property | None:
    head, value = _split_at_colon(line)
    name, *parameters = _split_parameters(head)
    bare = name.rpartition(b".")[2]
    if value is None or not _NAME.fullmatch(bare):
        return None
    said = frozenset(each.decode("ascii", "replace").upper() for each in parameters)
    return Property(number, bare.decode("ascii").upper(), said, _decoded(value, said))


def _split_at_colon(line: bytes) -> tuple[bytes, bytes | None]:
    """At the first colon that stands in no quotation marks."""
    quoted = False
    for at, octet in enumerate(line):
        if octet == ord('"'):
            quoted = not quoted
        elif octet == ord(":") and not quoted:
            return line[:at], line[at + 1 :]
    return line, None


def _split_parameters(head: bytes) -> list[bytes]:
    parts, begin, quoted = [], 0, False
    for at, octet in enumerate(head):
        if octet == ord('"'):
            quoted = not quoted
        elif octet == ord(";") and not quoted:
            parts.append(head[begin:at])
            begin = at + 1
    return [each.strip() for each in (*parts, head[begin:])]


def _decoded(value: bytes, parameters: frozenset[str]) -> str:
    if parameters & {"QUOTED-PRINTABLE", "ENCODING=QUOTED-PRINTABLE"}:
        value = quopri.decodestring(value)
    charset = next((each[8:] for each in parameters if each.startswith("CHARSET=")), "")
    for each in (charset.strip('"').lower(), "utf-8"):
        if each in _CHARSETS:
            try:
                return value.decode(each)
            except UnicodeDecodeError:
                continue
    return value.decode("cp1252", "replace")
