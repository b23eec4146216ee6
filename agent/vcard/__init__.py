"""Contacts as other phones write and read them: vCard (RFC 6350, and 3.0 and 2.1 to read).

A card holds a name, numbers and addresses, and nothing that anybody is trusted for: no ZID, no
secret, no verified flag.
"""

from agent.vcard.cards import Card, read_cards, write_cards
from agent.vcard.lines import CARDS_MAX, VcardError

__all__ = ["CARDS_MAX", "Card", "VcardError", "read_cards", "write_cards"]
