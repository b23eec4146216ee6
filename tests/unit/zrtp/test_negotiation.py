from dataclasses import replace

import pytest

from agent.zrtp.algorithms import DEFAULT_OFFER, Offer
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.messages import Commit, Hello
from agent.zrtp.negotiation import Choice, accept, choose, type_block, type_blocks

EMPTY = Hello(b"1.10", bytes(16), bytes(32), bytes(12), (), (), (), (), ())
COMMIT = Commit(bytes(32), bytes(12), b"S256", b"AES1", b"HS32", b"DH3k", b"B32 ", bytes(32))


def names(choice: Choice) -> tuple[str, ...]:
    parts = (choice.hash, choice.cipher, choice.auth_tag, choice.key_agreement, choice.sas)
    return tuple(part.name for part in parts)


def key_agreement(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    hello = replace(EMPTY, key_agreements=type_blocks(theirs))
    return choose(Offer(key_agreements=ours), hello).key_agreement.name


def test_a_type_block_has_four_octets() -> None:
    assert type_block("B32") == b"B32 "
    assert type_blocks(("S256", "B256")) == (b"S256", b"B256")


def test_n11_an_empty_hello_means_the_mandatory_algorithms() -> None:
    assert names(choose(DEFAULT_OFFER, EMPTY)) == ("S256", "AES1", "HS80", "DH3k", "B32")


def test_n11_an_empty_offer_meets_anybody() -> None:
    nothing = Offer((), (), (), (), ())
    assert names(choose(nothing, EMPTY)) == ("S256", "AES1", "HS32", "DH3k", "B32")


@pytest.mark.parametrize(
    ("ours", "theirs", "chosen"),
    [
        (("DH3k", "EC25"), ("EC25", "DH3k"), "EC25"),
        (("EC25", "DH3k"), ("DH3k", "EC25"), "EC25"),
        # The slower one, if it is the first choice of both.
        (("DH3k", "X255"), ("DH3k", "X255"), "DH3k"),
        (("X255", "E255", "DH3k"), ("E255", "EC25", "DH3k"), "E255"),
        (("X255", "E255", "DH3k"), ("Mult", "X255", "DH3k"), "X255"),
        (("X255",), ("EC25",), "DH3k"),
        (("X255",), ("X1M1", "EC38", "Prsh"), "DH3k"),
    ],
)
def test_n12_the_faster_of_both_first_choices(
    ours: tuple[str, ...], theirs: tuple[str, ...], chosen: str
) -> None:
    assert key_agreement(ours, theirs) == chosen


def test_n12_all_else_is_the_initiators_own_order() -> None:
    hello = replace(
        EMPTY,
        hashes=(b"N256", b"S384", b"S256"),
        ciphers=(b"2FS3", b"AES1", b"AES3"),
        auth_tags=(b"GCM ", b"HS32", b"HS80"),
        sas_types=(b"B32 ", b"B256"),
    )
    assert names(choose(DEFAULT_OFFER, hello)) == ("S256", "AES3", "HS80", "DH3k", "B256")


def test_t06_octets_that_are_no_text_are_unknown_algorithms() -> None:
    hello = replace(EMPTY, hashes=(b"\xff\x00\xfe\x01",), key_agreements=(b"\xc3\xa9  ",))
    assert names(choose(DEFAULT_OFFER, hello))[0] == "S256"


def test_n13_what_we_offered_is_accepted() -> None:
    commit = replace(COMMIT, hash=b"S384", cipher=b"AES3", key_agreement=b"E255", sas=b"B256")
    assert names(accept(DEFAULT_OFFER, commit)) == ("S384", "AES3", "HS32", "E255", "B256")


def test_n13_what_is_mandatory_is_accepted_though_it_was_not_listed() -> None:
    strict = Offer(("S384",), ("AES3",), (), ("X255",), ("B256",))
    assert names(accept(strict, COMMIT)) == ("S256", "AES1", "HS32", "DH3k", "B32")


@pytest.mark.parametrize(
    ("field", "block", "code"),
    [
        ("hash", b"N256", ErrorCode.HASH_NOT_SUPPORTED),
        ("cipher", b"AES2", ErrorCode.CIPHER_NOT_SUPPORTED),
        ("key_agreement", b"DH2k", ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED),
        ("key_agreement", b"EC25", ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED),
        ("auth_tag", b"SK64", ErrorCode.AUTH_TAG_NOT_SUPPORTED),
        ("sas", b"\xff\xff\xff\xff", ErrorCode.SAS_NOT_SUPPORTED),
    ],
)
def test_n13_xa13_what_we_did_not_offer_is_refused(
    field: str, block: bytes, code: ErrorCode
) -> None:
    commit = replace(COMMIT, **{field: block})
    with pytest.raises(RefusalError, match="which we did not offer") as caught:
        accept(Offer(key_agreements=("X255", "DH3k")), commit)
    assert caught.value.code is code
    assert not caught.value.attack
