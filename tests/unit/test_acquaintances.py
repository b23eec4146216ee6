"""Who has room that strangers leave."""

from pathlib import Path

from agent.acquaintances import Acquaintances
from agent.store import Contact, Meeting, Store, StoreError
from support.stores import OTHER_ZID, ZID, opened

CONFIGURED = (Contact("Office", "9", "sip:desk@192.0.2.9"),)


class Sip:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []


def test_contacts_and_verified_phones_are_known_and_nobody_else(tmp_path: Path) -> None:
    sip = Sip()
    with opened(tmp_path / "sotto.db") as store:
        known = Acquaintances(CONFIGURED, store, sip.told.append)
        known.look()
        store.replace_contact("", Contact("Bob", "", "sip:bob@192.0.2.7:5071"))
        known.look()
        store.met(Meeting(OTHER_ZID, "sip:mallory@192.0.2.66"), proven=False)
        known.look()
        store.confirm(Meeting(ZID, "sip:carol@[2001:db8::5]"))
        store.met(Meeting(ZID, "sip:carol@192.0.2.77"), proven=False)
        known.look()
        store.unverify(ZID)
        known.look()
    bob = ("192.0.2.9", "192.0.2.7")
    assert sip.told == [("192.0.2.9",), bob, (*bob, "2001:db8::5"), bob]


def test_a_memory_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    class Broken(Store):
        def contacts(self) -> list[Contact]:
            raise StoreError("the card does not answer")

    sip = Sip()
    with opened(tmp_path / "sotto.db") as store:
        store.__class__ = Broken
        Acquaintances(CONFIGURED, store, sip.told.append).look()
    assert sip.told == []
