from dataclasses import replace

import pytest

from agent.zrtp.algorithms import DEFAULT_OFFER, KEY_AGREEMENTS, Offer
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


def test_only_spaces_fill_up_a_name() -> None:
    hello = replace(
        EMPTY, sas_types=(b"B32 ",), key_agreements=(b"DH3k", b"X25\t"), hashes=(b"S2\n ",)
    )
    assert names(choose(DEFAULT_OFFER, hello)) == ("S256", "AES1", "HS80", "DH3k", "B32")
    tabs = replace(EMPTY, auth_tags=(b"GCM\t",))
    assert choose(EVERYTHING, tabs).auth_tag.name == "HS32"


def test_xc08_short_tags_are_for_those_who_have_no_others() -> None:
    both = replace(EMPTY, auth_tags=(b"HS32", b"HS80"))
    assert choose(DEFAULT_OFFER, both).auth_tag.name == "HS80"


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
        (("X3M3", "X255"), ("X3M3", "X255"), "X3M3"),
        (("X3M3", "X255"), ("X1M1", "X3M3", "X255"), "X3M3"),
        # The rule lets the classical type win where one side puts it first (XA12).
        (("X3M3", "X255"), ("X255", "X3M3"), "X255"),
        (("X255", "X3M3"), ("X3M3", "X255"), "X255"),
        # DH2k may be received, but is never our own choice (A14).
        (("DH2k", "DH3k"), ("DH2k", "DH3k"), "DH3k"),
        (("DH2k", "EC25"), ("EC25", "DH2k"), "EC25"),
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
        ("cipher", b"2FS1", ErrorCode.CIPHER_NOT_SUPPORTED),
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


EVERYTHING = Offer(
    ("S256", "S384", "S512"),
    ("AES1", "AES2", "AES3"),
    ("GCM", "HS32", "HS80"),
    (),
    ("B32",),
)


def chosen(kind: str, offer: Offer, hello: Hello) -> tuple[str, ...]:
    offer = replace(offer, key_agreements=(kind,))
    hello = replace(hello, key_agreements=type_blocks((kind,)))
    return names(choose(offer, hello))


@pytest.mark.parametrize("kind", ["X448", "K448", "MLK2", "MLK3", "X3M3"])
@pytest.mark.parametrize(
    ("hashes", "hash_"),
    [((b"S384", b"S512"), "S512"), ((b"S384",), "S384"), ((), "S256")],
)
def test_a13_strong_types_take_the_strongest_hash_and_cipher_that_both_have(
    kind: str, hashes: tuple[bytes, ...], hash_: str
) -> None:
    hello = replace(EMPTY, hashes=hashes, ciphers=(b"AES1", b"AES3"))
    assert chosen(kind, EVERYTHING, hello)[:2] == (hash_, "AES3")
    assert chosen(kind, EVERYTHING, replace(hello, ciphers=()))[:2] == (hash_, "AES1")


def test_a13_ec38_takes_s384_and_aes3() -> None:
    hello = replace(EMPTY, hashes=(b"S256", b"S512", b"S384"), ciphers=(b"AES1", b"AES3"))
    assert chosen("EC38", EVERYTHING, hello) == ("S384", "AES3", "HS32", "EC38", "B32")


def test_a13_xa14_ec38_is_not_chosen_without_s384() -> None:
    assert chosen("EC38", EVERYTHING, replace(EMPTY, hashes=(b"S512",)))[3] == "DH3k"
    assert chosen("EC38", Offer(hashes=("S256",)), replace(EMPTY, hashes=(b"S384",)))[3] == "DH3k"


@pytest.mark.parametrize("hash_", ["S256", "S512"])
def test_a13_xa14_ec38_with_another_hash_is_refused(hash_: str) -> None:
    offer = replace(EVERYTHING, key_agreements=("EC38",))
    commit = replace(COMMIT, key_agreement=b"EC38", hash=type_block(hash_))
    with pytest.raises(RefusalError, match=f"EC38 with {hash_}, and not with S384") as caught:
        accept(offer, commit)
    assert caught.value.code is ErrorCode.HASH_NOT_SUPPORTED
    assert names(accept(offer, replace(commit, hash=b"S384")))[0] == "S384"


def test_a04_gcm_is_chosen_where_both_list_it_and_the_cipher_has_it() -> None:
    hello = replace(EMPTY, ciphers=(b"AES2", b"AES3"), auth_tags=(b"GCM ",))
    assert chosen("X255", replace(EVERYTHING, ciphers=("AES3",)), hello)[1:3] == ("AES3", "GCM")
    assert chosen("X255", replace(EVERYTHING, ciphers=("AES2",)), hello)[1:3] == ("AES2", "HS32")


def test_a04_gcm_without_a_cipher_that_has_it_is_refused() -> None:
    commit = replace(COMMIT, auth_tag=b"GCM ", cipher=b"AES2")
    with pytest.raises(RefusalError, match="GCM with AES2") as caught:
        accept(EVERYTHING, commit)
    assert caught.value.code is ErrorCode.AUTH_TAG_NOT_SUPPORTED
    assert names(accept(EVERYTHING, replace(commit, cipher=b"AES3")))[1:3] == ("AES3", "GCM")


def test_a14_dh2k_is_accepted_only_where_it_is_configured() -> None:
    commit = replace(COMMIT, key_agreement=b"DH2k")
    assert accept(Offer(key_agreements=("DH2k",)), commit).key_agreement.name == "DH2k"
    with pytest.raises(RefusalError, match="did not offer"):
        accept(DEFAULT_OFFER, commit)


PQ_ONLY = Offer(key_agreements=("X3M3", "MLK3"), post_quantum_only=True)


@pytest.mark.parametrize("kind", ["DH3k", "X255"])
def test_n13_xa12_post_quantum_only_accepts_nothing_classical(kind: str) -> None:
    with pytest.raises(RefusalError, match="did not offer") as caught:
        accept(PQ_ONLY, replace(COMMIT, key_agreement=type_block(kind)))
    assert caught.value.code is ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED
    assert accept(PQ_ONLY, replace(COMMIT, key_agreement=b"MLK3")).key_agreement.name == "MLK3"


def test_n13_xa12_post_quantum_only_chooses_nothing_classical() -> None:
    hello = replace(EMPTY, key_agreements=type_blocks(("X255", "MLK3", "DH3k")))
    assert choose(PQ_ONLY, hello).key_agreement is KEY_AGREEMENTS["MLK3"]
    with pytest.raises(RefusalError, match="no post-quantum key agreement") as caught:
        choose(PQ_ONLY, replace(EMPTY, key_agreements=type_blocks(("X255", "DH3k"))))
    assert caught.value.code is ErrorCode.HELLO_COMPONENTS_MISMATCH
