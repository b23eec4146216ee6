"""Key encapsulation against known answers, and what is malformed."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM1024PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agent.zrtp.algorithms import HASHES, KEY_AGREEMENTS, KeyAgreement
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.kem import Decapsulator, Encapsulator
from support.vectors import load

KEMS = [kind for kind in KEY_AGREEMENTS.values() if kind.is_kem]
NONCE = b"n" * 16
S512 = HASHES["S512"]


def pieces(*octets: bytes) -> Callable[[int], bytes]:
    """A source of randomness that gives these, one after the other."""
    left = list(octets)

    def randbytes(length: int) -> bytes:
        piece = left.pop(0)
        assert len(piece) == length
        return piece

    return randbytes


def counted(length: int) -> bytes:
    return bytes(range(1, length + 1))


def key_of(vector: dict[str, str], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@pytest.mark.parametrize("name", ["K255", "K448"])
@pytest.mark.parametrize("at", range(3))
def test_dhkem_of_another_implementation(name: str, at: int) -> None:
    vector, kind = load("zrtp/kem.json")[name][at], KEY_AGREEMENTS[name]
    hash_ = HASHES[vector["hash"]]
    ours = Decapsulator(kind, hash_, pieces(key_of(vector, "initiator_private"), NONCE))
    assert ours.public_key == key_of(vector, "public_key")
    theirs = Encapsulator(kind, hash_, pieces(key_of(vector, "responder_private")), ours.public_key)
    assert theirs.public_value == key_of(vector, "ciphertext")
    assert ours.shared_secret(theirs.public_value) == key_of(vector, "secret")
    assert theirs.shared_secret(NONCE) == key_of(vector, "secret")


def test_hkdf_of_rfc_5869_without_salt() -> None:
    vector = load("zrtp/rfc.json")["hkdf"]
    hkdf = HKDF(hashes.SHA256(), vector["length"], salt=None, info=b"")
    assert hkdf.derive(key_of(vector, "material")) == key_of(vector, "out")


@pytest.mark.parametrize(("name", "mlkem"), [("MLK2", "mlkem768"), ("MLK3", "mlkem1024")])
def test_mlkem_of_fips_203(name: str, mlkem: str) -> None:
    vector, kind = load("zrtp/mlkem.json")[mlkem], KEY_AGREEMENTS[name]
    ours = Decapsulator(kind, S512, pieces(key_of(vector, "seed"), NONCE))
    assert ours.public_key == key_of(vector, "public_key")
    # A lone mechanism's secret is taken as it is.
    assert ours.shared_secret(key_of(vector, "ciphertext")) == key_of(vector, "secret")


@pytest.mark.parametrize(("name", "mlkem"), [("MLK2", "mlkem768"), ("MLK3", "mlkem1024")])
def test_xa08_a_wrong_ciphertext_gives_the_secret_of_implicit_rejection(
    name: str, mlkem: str
) -> None:
    vector = load("zrtp/mlkem.json")[mlkem]
    ours = Decapsulator(KEY_AGREEMENTS[name], S512, pieces(key_of(vector, "seed"), NONCE))
    rejected = ours.shared_secret(key_of(vector, "wrong_ciphertext"))
    assert rejected == key_of(vector, "rejection_secret")


@pytest.mark.parametrize("at", range(3))
def test_x3m3_puts_the_two_together_as_another_implementation_does(at: int) -> None:
    vectors = load("zrtp/kem.json")
    classical, quantum = vectors["K448"][at], load("zrtp/mlkem.json")["mlkem1024"]
    hash_ = HASHES[vectors["X3M3"][at]["hash"]]
    randbytes = pieces(key_of(classical, "initiator_private"), key_of(quantum, "seed"), NONCE)
    ours = Decapsulator(KEY_AGREEMENTS["X3M3"], hash_, randbytes)
    assert ours.public_key == key_of(classical, "public_key") + key_of(quantum, "public_key")
    assert ours.public_value == NONCE
    ciphertext = key_of(classical, "ciphertext") + key_of(quantum, "ciphertext")
    secret = ours.shared_secret(ciphertext)
    assert secret == key_of(vectors["X3M3"][at], "secret")
    assert len(secret) == hash_.length


@pytest.mark.parametrize("kind", KEMS, ids=lambda kind: kind.name)
def test_both_sides_get_the_same(kind: KeyAgreement) -> None:
    ours = Decapsulator(kind, S512, counted)
    theirs = Encapsulator(kind, S512, counted, ours.public_key)
    assert len(ours.public_key) == kind.public_key_length
    assert len(theirs.public_value) == kind.pvr_length
    assert len(ours.public_value) == kind.pvi_length == 16
    assert ours.shared_secret(theirs.public_value) == theirs.shared_secret(ours.public_value)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(RefusalError) as caught:
        act()
    assert caught.value.code is ErrorCode.BAD_PUBLIC_VALUE
    assert caught.value.attack


# ff ff ff is twice the coefficient 4095, and the modulus is 3329.
UNREDUCED = b"\xff\xff\xff"


@pytest.mark.parametrize("name", ["MLK2", "MLK3", "X3M3"])
@pytest.mark.parametrize("last", [False, True])
def test_xa08_an_encapsulation_key_that_is_not_reduced_is_refused(*, name: str, last: bool) -> None:
    kind = KEY_AGREEMENTS[name]
    key = bytearray(Decapsulator(kind, S512, counted).public_key)
    begin = 56 if name == "X3M3" else 0
    at = len(key) - 32 - 3 if last else begin
    key[at : at + 3] = UNREDUCED
    refused(lambda: Encapsulator(kind, S512, counted, bytes(key)))


@pytest.mark.parametrize("name", ["K255", "K448", "X3M3"])
def test_xa07_xa08_a_point_of_small_order_is_refused_by_both_sides(name: str) -> None:
    kind = KEY_AGREEMENTS[name]
    ours = Decapsulator(kind, S512, counted)
    theirs = Encapsulator(kind, S512, counted, ours.public_key)
    point = 32 if name == "K255" else 56
    refused(lambda: Encapsulator(kind, S512, counted, bytes(point) + ours.public_key[point:]))
    refused(lambda: ours.shared_secret(bytes(point) + theirs.public_value[point:]))


def test_xa09_the_secret_of_a_hybrid_depends_on_every_part() -> None:
    kind = KEY_AGREEMENTS["X3M3"]
    ours = Decapsulator(kind, S512, counted)
    theirs = Encapsulator(kind, S512, counted, ours.public_key)
    secret = theirs.shared_secret(NONCE)
    for at in (0, 55, 56, 1623):
        changed = bytearray(theirs.public_value)
        changed[at] ^= 1
        assert ours.shared_secret(bytes(changed)) != secret


def test_the_library_encapsulates_as_the_standard_says() -> None:
    for key in (MLKEM768PrivateKey.generate(), MLKEM1024PrivateKey.generate()):
        secret, ciphertext = key.public_key().encapsulate()
        assert key.decapsulate(ciphertext) == secret
