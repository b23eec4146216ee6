"""From vCards to contacts and back."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agent.contact import Contact
from agent.frozen import frozen
from agent.sip_uri import SipUri, SipUriError
from agent.vcard.lines import CARDS_MAX, Property, VcardError, properties

NAME_MAX: Final = 64
"""Characters of a name; what is longer is cut."""
NUMBER_MAX: Final = 32
URI_MAX: Final = 512
_PROPERTIES_MAX: Final = 500
"""Properties of one card that are looked at."""
_FOLD: Final = 75
"""Octets of a line, without its end (RFC 6350 section 3.2)."""
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_UNPRINTED: Final = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]")
_NUMBER: Final = re.compile(r"\+?[0-9*#]+")
_SIP: Final = re.compile(r"sips?:", re.IGNORECASE)


@frozen
class Card:
    """What a card says that a phone can use.

    Attributes:
        line: Where it begins in the file, counted from 1.
        name: Whose it is; cut, in one line; empty: it does not say.
        number: The first telephone number that can be dialled: digits, * and #; "00" stands for
            "+". Empty: none.
        uri: The first SIP address that can be called. Empty: none.
        fault: Why the addresses that it has will not do; empty: they do, or there are none.
    """

    line: int
    name: str
    number: str
    uri: str
    fault: str = ""


def read_cards(data: bytes) -> list[Card]:
    """Reads the cards of a file, as far as a phone can use them.

    Raises:
        VcardError: It holds none, or too many.
    """
    cards: list[Card] = []
    for card in _cards(data):
        if len(cards) == CARDS_MAX:
            raise VcardError(f"more than {CARDS_MAX} cards")
        cards.append(_card(card))
    if not cards:
        raise VcardError("there is no vCard in it (BEGIN:VCARD)")
    return cards


def write_cards(contacts: Iterable[Contact]) -> str:
    """A file of vCards 4.0."""
    return "".join(_written(contact) for contact in contacts)


def _cards(data: bytes) -> Iterator[list[Property]]:
    """The properties of each card; those of a card within a card (AGENT) are left out."""
    depth, card = 0, list[Property]()
    for each in properties(data):
        value = each.value.strip().upper()
        if each.name == "BEGIN" and value == "VCARD":
            depth += 1
            if depth == 1:
                card = [each]
        elif each.name == "END" and value == "VCARD":
            if depth == 1:
                yield card
            depth = max(0, depth - 1)
        elif depth == 1 and len(card) < _PROPERTIES_MAX:
            card.append(each)


def _card(card: list[Property]) -> Card:
    uri, fault = _address(card)
    return Card(card[0].line, _name(card), _number(card), uri, "" if uri else fault)


def _name(card: list[Property]) -> str:
    for name in ("FN", "N", "NICKNAME", "ORG"):
        for each in card:
            if each.name == name and (text := _one_line(_text(each, name))):
                return text
    return ""


def _text(each: Property, name: str) -> str:
    if name != "N":
        return _unescaped(each.value)
    # Family names; given names; further ones; titles (RFC 6350 section 6.2.2).
    parts = [_unescaped(part) for part in re.split(r"(?<!\\);", each.value)]
    family, given, *_ = (*parts, "")
    return f"{given} {family}"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], text)


def _one_line(text: str) -> str:
    kept = "".join(" " if character.isspace() else character for character in text)
    printable = "".join(character for character in kept if character.isprintable())
    return " ".join(printable.split())[:NAME_MAX].strip()


def _number(card: list[Property]) -> str:
    for each in card:
        if each.name == "TEL":
            number = _UNPRINTED.sub("", _unescaped(each.value))
            number = number.removeprefix("tel:").partition(";")[0]
            if _NUMBER.fullmatch(number):
                number = f"00{number[1:]}" if number.startswith("+") else number
                if len(number) <= NUMBER_MAX:
                    return number
    return ""


def _address(card: list[Property]) -> tuple[str, str]:
    """The first SIP address that holds; and what is wrong with one that does not."""
    fault = ""
    for each in card:
        text = _unescaped(each.value).strip()
        if each.name == "X-SIP" and text and not _SIP.match(text):
            text = f"sip:{text}"  # some programs leave the scheme to the property's name
        if each.name in {"IMPP", "X-SIP", "TEL", "URL"} and _SIP.match(text):
            try:
                uri = str(SipUri.parse(text))
                if len(uri) <= URI_MAX:
                    return uri, ""
                fault = f"its SIP address is longer than {URI_MAX} characters"
            except SipUriError as error:
                fault = f"its SIP address will not do: {error}"
    return "", fault


def _written(contact: Contact) -> str:
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(contact.name)}"]
    if contact.number:
        lines.append(f"TEL:{contact.number}")
    lines += [f"IMPP:{contact.uri}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> str:
    """In pieces of 75 octets at the most, none of which cuts a character in two."""
    pieces, piece, octets = [], "", 0
    for character in line:
        width = len(character.encode("utf-8", "replace"))
        if octets + width > _FOLD:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += width
    return "\r\n".join((*pieces, piece))
