import pytest

from agent.zrtp import DEFAULT_OFFER, LocalError, Offer
from agent.zrtp.algorithms import AUTH_TAGS, CIPHERS, HASHES, KEY_AGREEMENTS, SAS_TYPES


def test_a01_to_a09_what_the_rfc_makes_mandatory_is_there() -> None:
    assert "S256" in HASHES
    assert "AES1" in CIPHERS
    assert {"HS32", "HS80"} <= AUTH_TAGS.keys()
    assert "DH3k" in KEY_AGREEMENTS
    assert "B32" in SAS_TYPES


def test_n12_order_from_fast_to_slow() -> None:
    ranked = sorted(KEY_AGREEMENTS.values(), key=lambda kind: kind.rank)
    assert [kind.name for kind in ranked] == ["X255", "E255", "EC25", "DH3k"]


def test_a16_lengths_of_public_values_in_words() -> None:
    lengths = {name: kind.public_value_length // 4 for name, kind in KEY_AGREEMENTS.items()}
    assert lengths == {"DH3k": 96, "EC25": 16, "X255": 8, "E255": 8}


def test_the_two_names_of_curve25519_mean_the_same() -> None:
    assert KEY_AGREEMENTS["X255"].group == KEY_AGREEMENTS["E255"].group


def test_what_is_offered_by_default() -> None:
    assert DEFAULT_OFFER.key_agreements == ("X255", "E255", "EC25", "DH3k")
    assert DEFAULT_OFFER.ciphers == ("AES3", "AES1")
    assert DEFAULT_OFFER.auth_tags == ("HS80", "HS32")
    assert DEFAULT_OFFER.sas_types == ("B256", "B32")
    assert DEFAULT_OFFER.hashes == ("S256", "S384")


def test_an_offer_has_names_that_are_known() -> None:
    with pytest.raises(LocalError, match="'Mult' is no key agreement type"):
        Offer(key_agreements=("DH3k", "Mult"))


def test_n11_an_offer_has_at_most_seven_of_a_kind() -> None:
    with pytest.raises(LocalError, match="at most 7 hash types"):
        Offer(hashes=("S256",) * 8)
