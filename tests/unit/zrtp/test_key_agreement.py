from collections.abc import Callable

import pytest

from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.key_agreement import MODP_3072, KeyPair, generate_key_pair
from support.vectors import load

DH3K = KEY_AGREEMENTS["DH3k"]
EC25 = KEY_AGREEMENTS["EC25"]
X255 = KEY_AGREEMENTS["X255"]
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


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


def test_a14_the_prime_is_that_of_rfc_3526() -> None:
    assert 2**3072 - 2**3008 - 1 + 2**64 * (pi_times(2942) + 1690314) == MODP_3072


def test_a14_two_generates_the_large_subgroup() -> None:
    order = (MODP_3072 - 1) // 2
    assert pow(2, order, MODP_3072) == 1
    assert pow(3, order - 1, order) == 1  # a safe prime, as far as Fermat can tell


@pytest.mark.parametrize("length", [32, 64])
def test_a14_dh3k_both_sides_get_the_same(length: int) -> None:
    alice = generate_key_pair(DH3K, length, fixed(b"\x11" * length))
    bob = generate_key_pair(DH3K, length, fixed(b"\x22" * length))
    shared = alice.shared_secret(bob.public_value)
    assert shared == bob.shared_secret(alice.public_value)
    assert len(alice.public_value) == len(shared) == 384
    exponents = int.from_bytes(b"\x11" * length), int.from_bytes(b"\x22" * length)
    assert int.from_bytes(shared) == pow(2, exponents[0] * exponents[1], MODP_3072)


def test_d01_xa10_leading_zeros_are_kept() -> None:
    pair = dh3k(5)
    assert pair.public_value == bytes(383) + b"\x20"
    assert pair.shared_secret(bytes(383) + b"\x03") == bytes(383) + b"\xf3"


@pytest.mark.parametrize(
    "value",
    [0, 1, MODP_3072 - 1, MODP_3072, MODP_3072 + 1, 2**3072 - 1],
    ids=["0", "1", "p-1", "p", "p+1", "all ones"],
)
def test_d03_xa04_xa05_values_that_fix_the_result_are_refused(value: int) -> None:
    refused(dh3k(2**511 + 1), value.to_bytes(384))


@pytest.mark.parametrize("value", [2, MODP_3072 - 2])
def test_d03_their_neighbours_are_not(value: int) -> None:
    assert len(dh3k(2**255 + 1, 32).shared_secret(value.to_bytes(384))) == 384


@pytest.mark.parametrize("name", ["X255", "E255"])
def test_x25519_of_rfc_7748(name: str) -> None:
    vector = load("zrtp/rfc.json")["x25519"]
    for ours, theirs in ("ab", "ba"):
        private = fixed(bytes.fromhex(vector[f"private_{ours}"]))
        pair = generate_key_pair(KEY_AGREEMENTS[name], 64, private)
        assert pair.public_value.hex() == vector[f"public_{ours}"]
        shared = pair.shared_secret(bytes.fromhex(vector[f"public_{theirs}"]))
        assert shared.hex() == vector["shared"]


def test_a15_p256_of_rfc_5903() -> None:
    vector = load("zrtp/rfc.json")["p256"]
    for ours, theirs in ("ab", "ba"):
        # The scalar is made from 40 octets as (octets mod (order - 1)) + 1.
        scalar = int(vector[f"private_{ours}"], 16)
        pair = generate_key_pair(EC25, 64, fixed((scalar - 1).to_bytes(40)))
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


def test_xa06_p256_points_that_are_none_are_refused() -> None:
    pair = generate_key_pair(EC25, 64, fixed(b"\x42" * 40))
    x, y = pair.public_value[:32], pair.public_value[32:]
    off_curve = (int.from_bytes(y) ^ 1).to_bytes(32)
    for value in (
        x + off_curve,
        bytes(64),
        P256_PRIME.to_bytes(32) + y,
        (2**256 - 1).to_bytes(32) + y,
    ):
        refused(pair, value)


def test_any_random_octets_make_a_p256_key() -> None:
    for octets in (bytes(40), b"\xff" * 40):
        assert len(generate_key_pair(EC25, 64, fixed(octets)).public_value) == 64
