"""Files of vCards: from whatever phone, in whatever shape."""

import re
from typing import Final

from agent.sip_uri import SipUri
from agent.store import Contact
from agent.vcard import Card, VcardError, read_cards, write_cards
from agent.vcard.cards import NAME_MAX, URI_MAX
from fuzz.meter import Meter

_NUMBER: Final = re.compile("[0-9*#]{0,32}")
_LINE_MAX: Final = 75


class VcardTarget:
    """An input is a file."""

    def __init__(self) -> None:
        self.meter = Meter()

    def execute(self, data: bytes) -> None:
        try:
            cards = self.meter.measure(read_cards, data)
        except VcardError:
            cards = []
        for card in cards:
            self._check(card)
        self._check_written(cards)
        self.meter.executed()

    @staticmethod
    def _check(card: Card) -> None:
        """Whatever stands in a file, a contact that could not be kept does not come out of it."""
        assert len(card.name) <= NAME_MAX
        assert card.name.isprintable()
        assert card.name == card.name.strip()
        assert _NUMBER.fullmatch(card.number)
        assert len(card.uri) <= URI_MAX
        assert not card.uri or str(SipUri.parse(card.uri)) == card.uri
        assert not (card.uri and card.fault)

    @staticmethod
    def _check_written(cards: list[Card]) -> None:
        contacts = [Contact(each.name, each.number, each.uri) for each in cards if each.uri]
        if not contacts:
            return
        text = write_cards(contacts)
        assert all(len(line.encode()) <= _LINE_MAX for line in text.split("\r\n"))
        again = [Contact(each.name, each.number, each.uri) for each in read_cards(text.encode())]
        assert again == contacts
