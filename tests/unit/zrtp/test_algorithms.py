import pytest

from agent.zrtp import DEFAULT_OFFER, LocalError, Offer
from agent.zrtp.algorithms import (
    AUTH_TAGS,
    CIPHERS,
    HASHES,
    KEY_AGREEMENTS,
    SAS_TYPES,
    is_post_quantum,
)


def test_a01_a03_a04_a05_a09_what_the_rfc_makes_mandatory_is_there() -> None:
    assert "S256" in HASHES
    assert "AES1" in CIPHERS
    assert {"HS32", "HS80"} <= AUTH_TAGS.keys()
    assert "DH3k" in KEY_AGREEMENTS
    assert "B32" in SAS_TYPES


def test_n12_order_from_fast_to_slow() -> None:
    ranked = sorted(KEY_AGREEMENTS.values(), key=lambda kind: kind.rank)
    assert " ".join(kind.name for kind in ranked) == (
        "DH2k X255 E255 K255 EC25 X448 K448 DH3k EC38 MLK2 MLK3 X3M3"
    )


def test_a16_lengths_in_words() -> None:
    lengths = {
        name: (
            29 + kind.public_key_length // 4,  # Commit
            21 + kind.pvr_length // 4,  # DHPart1
            21 + kind.pvi_length // 4,  # DHPart2
        )
        for name, kind in KEY_AGREEMENTS.items()
    }
    assert lengths == {
        "DH2k": (29, 85, 85),
        "DH3k": (29, 117, 117),
        "EC25": (29, 37, 37),
        "EC38": (29, 45, 45),
        "X255": (29, 29, 29),
        "E255": (29, 29, 29),
        "X448": (29, 35, 35),
        "K255": (37, 29, 25),
        "K448": (43, 35, 25),
        "MLK2": (325, 293, 25),
        "MLK3": (421, 413, 25),
        "X3M3": (435, 427, 25),
    }


def test_the_two_names_of_curve25519_mean_the_same() -> None:
    assert KEY_AGREEMENTS["X255"].primitives == KEY_AGREEMENTS["E255"].primitives


def test_xa12_which_types_are_post_quantum() -> None:
    assert [name for name in KEY_AGREEMENTS if is_post_quantum(name)] == ["MLK2", "MLK3", "X3M3"]
    assert not is_post_quantum("Mult")


def test_what_is_offered_by_default() -> None:
    assert DEFAULT_OFFER.key_agreements == ("X3M3", "X255", "E255", "EC25", "DH3k")
    assert DEFAULT_OFFER.ciphers == ("AES3", "AES1")
    assert DEFAULT_OFFER.auth_tags == ("HS80", "HS32")
    assert DEFAULT_OFFER.sas_types == ("B256", "B32")
    assert DEFAULT_OFFER.hashes == ("S256", "S384", "S512")
    assert not DEFAULT_OFFER.post_quantum_only


def test_an_offer_has_names_that_are_known() -> None:
    with pytest.raises(LocalError, match="'Mult' is no key agreement type"):
        Offer(key_agreements=("DH3k", "Mult"))


@pytest.mark.parametrize("names", [(), ("X255",), ("X3M3", "DH3k")])
def test_n13_post_quantum_only_means_what_it_says(names: tuple[str, ...]) -> None:
    with pytest.raises(LocalError, match="only post-quantum"):
        Offer(key_agreements=names, post_quantum_only=True)


def test_n11_an_offer_has_at_most_seven_of_a_kind() -> None:
    with pytest.raises(LocalError, match="at most 7 hash types"):
        Offer(hashes=("S256",) * 8)


def test_a02_s384_is_offered_beside_s256() -> None:
    assert set(DEFAULT_OFFER.hashes) >= {"S256", "S384"}


def test_a07_ec52_is_not_there() -> None:
    assert "EC52" not in KEY_AGREEMENTS
