from pathlib import Path

import pytest

from agent.store import Contact, StoreError
from support.stores import opened

BOB = Contact("Bob", "102", "sip:bob@192.0.2.7")
EVE = Contact("Ève Çağlayan", "", "sip:eve@example.org")


def test_contacts_are_kept_and_a_known_address_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    moved = Contact("Robert", "7", "sip:bob@192.0.2.7:5061")
    with opened(path) as store:
        store.add_contacts([EVE, BOB])
        store.add_contacts([moved])
    with opened(path) as store:
        assert store.contacts() == [moved, EVE]


def test_a_number_that_is_somebody_elses_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.add_contacts([BOB])
        other = Contact("Carol", "102", "sip:carol@example.org")
        with pytest.raises(StoreError, match="Carol cannot have the number 102: it is that of Bob"):
            store.add_contacts([EVE, other])
        assert store.contacts() == [BOB]
