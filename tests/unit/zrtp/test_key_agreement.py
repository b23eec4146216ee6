import warnings
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from agent.zrtp.algorithms import KEY_AGREEMENTS, KeyAgreement
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.key_agreement import KeyPair, generate_key_pair
from agent.zrtp.modp import MODP_2048, MODP_3072
from support.vectors import load

DH2K = KEY_AGREEMENTS["DH2k"]
DH3K = KEY_AGREEMENTS["DH3k"]
EC25 = KEY_AGREEMENTS["EC25"]
X255 = KEY_AGREEMENTS["X255"]
EC38 = KEY_AGREEMENTS["EC38"]
X448 = KEY_AGREEMENTS["X448"]
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P384_PRIME = 2**384 - 2**128 - 2**96 + 2**32 - 1
P448 = 2**448 - 2**224 - 1


def fixed(octets: bytes) -> Callable[[int], bytes]:
    """A source of randomness that gives these octets, and checks that so many were wanted."""

    def randbytes(length: int) -> bytes:
        assert length == len(octets)
        return octets

    return randbytes


def dh3k(exponent: int, length: int = 64) -> KeyPair:
    return generate_key_pair(DH3K, length, fixed(exponent.to_bytes(length)))


def refused(pair: KeyPair, value: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        pair.shared_secret(value)
    assert caught.value.code is ErrorCode.BAD_PUBLIC_VALUE
    assert caught.value.attack


def pi_times(power_of_two: int) -> int:
    """The integer part of pi * 2**power_of_two, by Machin's formula."""
    guard = 64
    one = 1 << (power_of_two + guard)

    def arctan_inverse(x: int) -> int:
        term = total = one // x
        sign, divisor = -1, 3
        while term := term // (x * x):
            total += sign * (term // divisor)
            sign, divisor = -sign, divisor + 2
        return total

    return 4 * (4 * arctan_inverse(5) - arctan_inverse(239)) >> guard


def test_a14_the_primes_are_those_of_rfc_3526() -> None:
    assert 2**2048 - 2**1984 - 1 + 2**64 * (pi_times(1918) + 124476) == MODP_2048
    assert 2**3072 - 2**3008 - 1 + 2**64 * (pi_times(2942) + 1690314) == MODP_3072


@pytest.mark.parametrize("prime", [MODP_2048, MODP_3072])
def test_a14_two_generates_the_large_subgroup(prime: int) -> None:
    order = (prime - 1) // 2
    assert pow(2, order, prime) == 1
    assert pow(3, order - 1, order) == 1  # a safe prime, as far as Fermat can tell


@pytest.mark.parametrize("length", [32, 64])
@pytest.mark.parametrize(("name", "prime"), [("DH2k", MODP_2048), ("DH3k", MODP_3072)])
def test_a14_both_sides_get_what_python_computes(name: str, prime: int, length: int) -> None:
    kind = KEY_AGREEMENTS[name]
    alice = generate_key_pair(kind, length, fixed(b"\x11" * length))
    bob = generate_key_pair(kind, length, fixed(b"\x22" * length))
    shared = alice.shared_secret(bob.public_value)
    assert shared == bob.shared_secret(alice.public_value)
    assert len(alice.public_value) == len(shared) == kind.pvr_length
    exponents = int.from_bytes(b"\x11" * length), int.from_bytes(b"\x22" * length)
    assert int.from_bytes(alice.public_value) == pow(2, exponents[0], prime)
    assert int.from_bytes(shared) == pow(2, exponents[0] * exponents[1], prime)


def test_an_exponent_of_zero_ends_nothing() -> None:
    assert dh3k(0).public_value == bytes(383) + b"\x02"


def test_no_other_warning_is_silenced() -> None:
    before = list(warnings.filters)
    dh3k(5).shared_secret(bytes(383) + b"\x03")
    assert warnings.filters == before


def test_d01_xa10_leading_zeros_are_kept() -> None:
    pair = dh3k(5)
    assert pair.public_value == bytes(383) + b"\x20"
    assert pair.shared_secret(bytes(383) + b"\x03") == bytes(383) + b"\xf3"


@pytest.mark.parametrize(
    ("kind", "prime", "length"), [(DH2K, MODP_2048, 256), (DH3K, MODP_3072, 384)]
)
def test_d03_xa04_xa05_values_that_fix_the_result_are_refused(
    kind: KeyAgreement, prime: int, length: int
) -> None:
    pair = generate_key_pair(kind, 64, fixed(b"\x5a" * 64))
    for value in (0, 1, prime - 1, prime, prime + 1, 256**length - 1):
        refused(pair, value.to_bytes(length))


@pytest.mark.parametrize("value", [2, MODP_3072 - 2])
def test_d03_their_neighbours_are_not(value: int) -> None:
    assert len(dh3k(2**255 + 1, 32).shared_secret(value.to_bytes(384))) == 384


@pytest.mark.parametrize(
    ("name", "curve"), [("X255", "x25519"), ("E255", "x25519"), ("X448", "x448")]
)
def test_a15_curves_of_rfc_7748(name: str, curve: str) -> None:
    vector = load("zrtp/rfc.json")[curve]
    for ours, theirs in ("ab", "ba"):
        private = fixed(bytes.fromhex(vector[f"private_{ours}"]))
        pair = generate_key_pair(KEY_AGREEMENTS[name], 64, private)
        assert pair.public_value.hex() == vector[f"public_{ours}"]
        shared = pair.shared_secret(bytes.fromhex(vector[f"public_{theirs}"]))
        assert shared.hex() == vector["shared"]


@pytest.mark.parametrize(("name", "curve", "length"), [("EC25", "p256", 40), ("EC38", "p384", 56)])
def test_a15_x_only_of_rfc_5903(name: str, curve: str, length: int) -> None:
    vector = load("zrtp/rfc.json")[curve]
    for ours, theirs in ("ab", "ba"):
        # The scalar is made from 40 or 56 octets as (octets mod (order - 1)) + 1.
        scalar = int(vector[f"private_{ours}"], 16)
        private = fixed((scalar - 1).to_bytes(length))
        pair = generate_key_pair(KEY_AGREEMENTS[name], 64, private)
        assert pair.public_value.hex() == vector[f"public_{ours}"]
        shared = pair.shared_secret(bytes.fromhex(vector[f"public_{theirs}"]))
        assert shared.hex() == vector["shared"]


LOW_ORDER = [
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    2**255 - 20,
    2**255 - 19,
    2**255 - 18,
]


@pytest.mark.parametrize("u", LOW_ORDER)
def test_xa07_x25519_points_of_small_order_are_refused(u: int) -> None:
    refused(generate_key_pair(X255, 64, fixed(b"\x42" * 32)), u.to_bytes(32, "little"))


# u = 0, 1, -1, and those plus p (RFC 7748 section 6.2; curve448 has a cofactor of 4).
LOW_ORDER_448 = [0, 1, P448 - 1, P448, P448 + 1]


@pytest.mark.parametrize("u", LOW_ORDER_448)
def test_xa07_x448_points_of_small_order_are_refused(u: int) -> None:
    refused(generate_key_pair(X448, 64, fixed(b"\x42" * 56)), u.to_bytes(56, "little"))


@pytest.mark.parametrize(
    ("kind", "prime", "width"), [(EC25, P256_PRIME, 32), (EC38, P384_PRIME, 48)]
)
def test_xa06_points_that_are_none_are_refused(kind: KeyAgreement, prime: int, width: int) -> None:
    pair = generate_key_pair(kind, 64, fixed(b"\x42" * (width + 8)))
    x, y = pair.public_value[:width], pair.public_value[width:]
    off_curve = (int.from_bytes(y) ^ 1).to_bytes(width)
    for value in (
        x + off_curve,
        bytes(2 * width),
        prime.to_bytes(width) + y,
        b"\xff" * width + y,
    ):
        refused(pair, value)


@pytest.mark.parametrize(("kind", "width"), [(EC25, 32), (EC38, 48)])
def test_any_random_octets_make_a_key(kind: KeyAgreement, width: int) -> None:
    for octets in (bytes(width + 8), b"\xff" * (width + 8)):
        pair = generate_key_pair(kind, 64, fixed(octets))
        assert len(pair.public_value) == 2 * width


@pytest.mark.parametrize(
    ("kind", "curve", "width"), [(EC25, ec.SECP256R1(), 32), (EC38, ec.SECP384R1(), 48)]
)
def test_the_scalar_is_any_from_1_to_the_order_less_1(
    kind: KeyAgreement, curve: ec.EllipticCurve, width: int
) -> None:
    order = curve.group_order
    for number, scalar in ((0, 1), (order - 2, order - 1), (order - 1, 1), (order, 2)):
        pair = generate_key_pair(kind, 64, fixed(number.to_bytes(width + 8)))
        point = ec.derive_private_key(scalar, curve).public_key().public_numbers()
        assert pair.public_value == point.x.to_bytes(width) + point.y.to_bytes(width)
