from collections.abc import Callable
from itertools import count

import pytest

from agent.zrtp.algorithms import HASHES
from agent.zrtp.hash_chain import mac64
from agent.zrtp.retained_secrets import (
    FOREVER,
    NO_SECRETS,
    RetainedSecrets,
    SharedSecrets,
    expired,
    forget_session,
    match,
    rotate,
    secret_ids,
)
from agent.zrtp.state import Role

S256 = HASHES["S256"]
A, B, C, D = (letter * 32 for letter in (b"a", b"b", b"c", b"d"))
H3_INITIATOR, H3_RESPONDER = b"i" * 32, b"r" * 32


def counter() -> Callable[[int], bytes]:
    numbers = count(1)
    return lambda length: next(numbers).to_bytes(length)


def secrets(rs1: bytes | None, rs2: bytes | None = None) -> RetainedSecrets:
    return RetainedSecrets(rs1, rs2, verified=False)


def both(initiator: RetainedSecrets, responder: RetainedSecrets) -> SharedSecrets:
    """What both sides find; they have to find the same."""
    from_initiator = secret_ids(initiator, Role.INITIATOR, H3_INITIATOR, S256, counter())
    from_responder = secret_ids(responder, Role.RESPONDER, H3_RESPONDER, S256, counter())
    found = match(initiator, from_responder, Role.INITIATOR, H3_RESPONDER, S256)
    assert match(responder, from_initiator, Role.RESPONDER, H3_INITIATOR, S256) == found
    return found


def test_d11_identifiers_are_macs_keyed_by_the_secret() -> None:
    kept = RetainedSecrets(A, B, verified=False, auxsecret=C, pbxsecret=D)
    ids = secret_ids(kept, Role.INITIATOR, H3_INITIATOR, S256, counter())
    assert ids.rs1 == mac64(A, b"Initiator")
    assert ids.rs2 == mac64(B, b"Initiator")
    assert ids.auxsecret == mac64(C, H3_INITIATOR)
    assert ids.pbxsecret == mac64(D, b"Initiator")
    ids = secret_ids(kept, Role.RESPONDER, H3_RESPONDER, HASHES["S384"], counter())
    assert ids.rs1 == mac64(A, b"Responder", "sha384")


def test_d11_what_is_missing_is_replaced_by_chance() -> None:
    ids = secret_ids(NO_SECRETS, Role.RESPONDER, H3_RESPONDER, S256, counter())
    drawn = [number.to_bytes(8) for number in (1, 2, 3, 4)]
    assert [ids.rs1, ids.rs2, ids.auxsecret, ids.pbxsecret] == drawn


@pytest.mark.parametrize(
    ("initiator", "responder", "s1"),
    [
        (secrets(A), secrets(A), A),
        (secrets(A, B), secrets(A, B), A),
        (secrets(A, B), secrets(C, A), A),
        (secrets(A, B), secrets(B), B),
        (secrets(A, B), secrets(C, B), B),
        (secrets(A, B), secrets(B, A), A),
        (secrets(A, B), secrets(C, D), None),
        (secrets(A), secrets(None), None),
        (secrets(None), secrets(A), None),
        (secrets(None), secrets(None), None),
        (secrets(None, A), secrets(A), A),
    ],
)
def test_d09_s1_is_the_first_of_the_initiators_that_the_responder_has(
    initiator: RetainedSecrets, responder: RetainedSecrets, s1: bytes | None
) -> None:
    assert both(initiator, responder) == SharedSecrets(s1, None, None)


def test_d10_s2_and_s3_only_when_both_have_the_same() -> None:
    full = RetainedSecrets(None, None, verified=False, auxsecret=C, pbxsecret=D)
    other = RetainedSecrets(None, None, verified=False, auxsecret=A, pbxsecret=B)
    assert both(full, full) == SharedSecrets(None, C, D)
    assert both(full, other) == SharedSecrets(None, None, None)
    assert both(full, NO_SECRETS) == SharedSecrets(None, None, None)


def test_f05_rs1_moves_to_rs2() -> None:
    new = rotate(
        secrets(A, B),
        C,
        keep_old=True,
        proven=True,
        verified=True,
        interval=FOREVER,
        confirmed_at=100,
    )
    assert new == RetainedSecrets(C, A, verified=True)
    first = rotate(
        NO_SECRETS,
        C,
        keep_old=True,
        proven=True,
        verified=False,
        interval=FOREVER,
        confirmed_at=100,
    )
    assert first == RetainedSecrets(C, None, verified=False)


def test_f05_in_preshared_mode_the_old_rs1_is_not_kept() -> None:
    old = secrets(A, B)
    new = rotate(
        old, C, keep_old=False, proven=True, verified=True, interval=FOREVER, confirmed_at=100
    )
    assert new == RetainedSecrets(C, B, verified=True)


@pytest.mark.parametrize("keep_old", [True, False])
def test_f07_what_the_peer_did_not_prove_does_not_stay_beside_the_new_one(
    *, keep_old: bool
) -> None:
    old = RetainedSecrets(A, B, verified=False, pbxsecret=D)
    new = rotate(
        old, C, keep_old=keep_old, proven=False, verified=False, interval=FOREVER, confirmed_at=1
    )
    assert new == RetainedSecrets(C, None, verified=False, pbxsecret=D)


def test_other_secrets_survive_a_rotation() -> None:
    old = RetainedSecrets(A, None, verified=False, auxsecret=C, pbxsecret=D)
    new = rotate(
        old, B, keep_old=True, proven=True, verified=False, interval=FOREVER, confirmed_at=100
    )
    assert new == RetainedSecrets(B, A, verified=False, auxsecret=C, pbxsecret=D)


def test_f09_expiry_counts_from_confirm1() -> None:
    new = rotate(
        secrets(A), B, keep_old=True, proven=True, verified=False, interval=3600, confirmed_at=100
    )
    assert new is not None
    assert new.rs1_expires_at == 3700
    assert not expired(new, 3699)
    assert expired(new, 3700)
    assert not expired(secrets(A), 2**40)


def test_f09_interval_zero_stores_nothing_new() -> None:
    assert (
        rotate(
            NO_SECRETS, B, keep_old=True, proven=True, verified=False, interval=0, confirmed_at=100
        )
        is None
    )
    kept = rotate(
        secrets(A), B, keep_old=True, proven=True, verified=True, interval=0, confirmed_at=100
    )
    assert kept == RetainedSecrets(A, None, verified=True, rs1_expires_at=100)


def test_s02_after_a_sas_that_differs_the_older_secrets_stay_unverified() -> None:
    old = RetainedSecrets(A, B, verified=True, rs1_expires_at=7)
    assert forget_session(old) == RetainedSecrets(A, B, verified=False, rs1_expires_at=7)


def test_r06_after_a_sas_that_differs_no_pbx_is_trusted() -> None:
    old = RetainedSecrets(A, None, verified=True, auxsecret=B, pbxsecret=B)
    assert forget_session(old) == RetainedSecrets(A, None, verified=False, auxsecret=B)


def test_no_secret_is_shown() -> None:
    kept = RetainedSecrets(A, B, verified=True, auxsecret=C, pbxsecret=D)
    assert repr(kept) == "RetainedSecrets(verified=True, rs1_expires_at=None)"
    assert repr(SharedSecrets(A, B, C)) == "SharedSecrets()"


def test_secrets_are_found_with_the_negotiated_hash() -> None:
    kept, s384 = RetainedSecrets(A, B, verified=False, auxsecret=C, pbxsecret=D), HASHES["S384"]
    theirs = secret_ids(kept, Role.RESPONDER, H3_RESPONDER, s384, counter())
    found = match(kept, theirs, Role.INITIATOR, H3_RESPONDER, s384)
    assert found == SharedSecrets(A, C, D)
    assert match(kept, theirs, Role.INITIATOR, H3_RESPONDER, S256) == SharedSecrets(
        None, None, None
    )
