import json
from pathlib import Path
from typing import Any

import pytest

from agent.store import Contact, ContactFileError, StoreError, read_contacts, write_contacts
from support.stores import opened

BOB = Contact("Bob", "102", "sip:bob@192.0.2.7")
EVE = Contact("Ève Çağlayan", "", "sip:eve@example.org")


def text(*contacts: Any, **other: Any) -> str:
    return json.dumps(
        {"format": "sotto-contacts", "version": 1, "contacts": list(contacts), **other}
    )


def one(**changed: Any) -> dict[str, Any]:
    return {"name": "Bob", "number": "102", "uri": "sip:bob@192.0.2.7", **changed}


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


def test_what_one_phone_writes_another_one_reads() -> None:
    written = write_contacts([BOB, EVE])
    assert read_contacts(written) == [BOB, EVE]
    assert "Ève" in written


def test_a_contact_needs_no_number() -> None:
    assert read_contacts(text({"name": "Eve", "uri": "sip:eve@example.org"})) == [
        Contact("Eve", "", "sip:eve@example.org")
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", "line 1, column 2: this is no JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[]", '"format" must be "sotto-contacts"'),
        (text(version=2), '"version" is 2; this phone reads 1'),
        (text(version=True), '"version" is true'),
        (text(version=None), '"version" is missing'),
        (text(contacts={}), '"contacts" must be a list'),
        (text(contacts=[one()] * 10_001), '"contacts" must be a list of 10000 at the most'),
        (text(7), "contacts[0] is 7, but must be an object"),
        (text(one(), one(verified=True)), 'contacts[1]: "verified" is not known'),
        (text(one(zid="00" * 12)), 'contacts[0]: "zid" is not known'),
        (text(one(name=None)), "contacts[0].name is missing, but must be text"),
        (text(one(name=" ")), 'contacts[0].name is "", but must be 1 to 64'),
        (text(one(name="a\u202eb")), 'contacts[0].name is "a\\u202eb"'),
        (text(one(name="x" * 65)), 'contacts[0].name is "xxx'),
        (text(one(number=102)), "contacts[0].number is 102, but must be text"),
        (text(one(number="10a")), 'contacts[0].number is "10a", but can only hold digits'),
        (text(one(uri="bob")), 'contacts[0].uri is "bob", but it must begin with'),
        (
            text(one(), one(uri="sip:other@192.0.2.7")),
            "contacts[1]: 102 is that of contacts[0]",
        ),
        (
            text(one(), one(number="", uri="sip:bob@192.0.2.7:5061")),
            "contacts[1]: sip:bob@192.0.2.7 is that of contacts[0]",
        ),
    ],
)
def test_a_bad_file_is_told_with_what_and_where(wrong: str, message: str) -> None:
    with pytest.raises(ContactFileError) as caught:
        read_contacts(wrong)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 160
