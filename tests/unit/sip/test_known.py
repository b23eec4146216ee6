"""Whose address the phone knows."""

import pytest

from agent.sip.known import Known, addresses_in


def test_addresses_are_taken_from_uris_each_once() -> None:
    uris = (
        *("sip:bob@192.0.2.7", "sip:192.0.2.7:5071", "sips:carol@[2001:db8:0::7]:5061"),
        *("sip:dave@example.org", "tel:112", "", "sip:eve@192.0.2"),
    )
    assert addresses_in(uris) == ("192.0.2.7", "2001:db8::7")


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("2001:db8::7", True),
        ("2001:db8::1:2:3:4", True),  # another address of the same network
        ("2001:db8:0:1::7", False),
        ("::ffff:192.0.2.7", False),
    ],
)
def test_who_is_known(address: str, known: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (address in Known(("192.0.2.7", "2001:db8::7"))) is known


def test_nobody_is_known_to_a_new_phone() -> None:
    assert "192.0.2.7" not in Known()
