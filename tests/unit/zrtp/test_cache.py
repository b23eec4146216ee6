"""Calls one after the other: what is retained, what it proves, and when the user is alerted."""

from dataclasses import replace
from itertools import count

import pytest

from agent.zrtp import CacheState, CacheUpdate, RetainedSecrets, Secured, SharedSecret, State
from agent.zrtp.messages import MessageType
from agent.zrtp.retained_secrets import FOREVER
from support.zrtp_pair import (
    WALL_START,
    Endpoint,
    MemoryStore,
    Pair,
    Tamper,
    initiated_by,
    losing,
    untouched,
)


class Phones:
    """Two phones that keep their stores from call to call."""

    def __init__(self) -> None:
        self.alice = MemoryStore()
        self.bob = MemoryStore()
        self.wall = WALL_START
        self._seeds = count()

    def pair(
        self,
        *,
        alice_keeps: int = FOREVER,
        bob_keeps: int = FOREVER,
        tamper: Tamper = untouched,
    ) -> Pair:
        seed = next(self._seeds)
        alice = Endpoint(
            "alice", seed=seed, store=self.alice, cache_seconds=alice_keeps, wall=self.wall
        )
        bob = Endpoint("bob", seed=seed, store=self.bob, cache_seconds=bob_keeps, wall=self.wall)
        return Pair(alice, bob, tamper=tamper)

    def call(self, *, alice_keeps: int = FOREVER, bob_keeps: int = FOREVER) -> Pair:
        pair = self.pair(alice_keeps=alice_keeps, bob_keeps=bob_keeps)
        pair.call()
        return pair

    @property
    def of_bob(self) -> RetainedSecrets | None:
        """What Alice has kept for Bob."""
        return self.alice.kept.get(Endpoint("bob").zid)

    @property
    def of_alice(self) -> RetainedSecrets | None:
        """What Bob has kept for Alice."""
        return self.bob.kept.get(Endpoint("alice").zid)


def verify(endpoint: Endpoint) -> None:
    endpoint.session.sas_verified()
    endpoint.pump()


def secured(endpoint: Endpoint) -> Secured:
    return endpoint.only(Secured)


def test_f05_the_second_call_matches_and_moves_rs1_to_rs2() -> None:
    phones = Phones()
    phones.call()
    first = phones.of_bob
    pair = phones.call()
    assert secured(pair.alice).cache is secured(pair.bob).cache is CacheState.MATCHED
    assert first is not None
    assert phones.of_bob is not None
    assert phones.of_bob.rs2 == first.rs1
    assert phones.of_bob.rs1 != first.rs1
    assert phones.of_bob == phones.of_alice


def test_s02_the_verified_flag_is_of_the_call_before() -> None:
    phones = Phones()
    pair = phones.call()
    verify(pair.alice)
    assert phones.of_bob is not None
    assert phones.of_bob.verified
    pair = phones.call()
    assert secured(pair.alice).verified_here
    assert not secured(pair.alice).verified_there
    assert not secured(pair.bob).verified_here
    assert secured(pair.bob).verified_there


def test_s02_the_verified_flag_lasts_as_long_as_the_secrets_match() -> None:
    phones = Phones()
    pair = phones.call()
    verify(pair.alice)
    verify(pair.bob)
    for _ in range(3):
        pair = phones.call()
        for endpoint in (pair.alice, pair.bob):
            assert secured(endpoint).verified_here
            assert secured(endpoint).verified_there
            assert secured(endpoint).cache is CacheState.MATCHED


def test_sas_verified_updates_what_is_stored() -> None:
    phones = Phones()
    pair = phones.call()
    stored = secured(pair.alice).update
    assert stored is not None
    verify(pair.alice)
    verify(pair.alice)
    expected = CacheUpdate(pair.bob.zid, replace(stored.secrets, verified=True))
    assert pair.alice.all(CacheUpdate) == [expected, expected]


@pytest.mark.parametrize("initiator", ["alice", "bob"])
def test_f06_who_lost_the_cache_sees_a_new_peer_and_the_other_a_mismatch(initiator: str) -> None:
    phones = Phones()
    phones.call()
    phones.bob.kept.clear()
    before = phones.of_bob
    pair = phones.pair(tamper=initiated_by(initiator))
    pair.call()
    assert secured(pair.alice).cache is CacheState.MISMATCH
    assert secured(pair.alice).update is None
    assert secured(pair.bob).cache is CacheState.NEW
    assert phones.of_bob == before


def test_f07_xa24_a_mismatch_comes_again_on_every_call() -> None:
    phones = Phones()
    verify(phones.call().alice)
    phones.bob.kept.clear()
    before = phones.of_bob
    for _ in range(3):
        pair = phones.call()
        alice = secured(pair.alice)
        assert alice.cache is CacheState.MISMATCH
        # V speaks of the lost secret: it must not be shown, nor told to the other side.
        assert not alice.verified_here
        assert not secured(pair.bob).verified_there
        pair.alice.session.close(pair.now)
        assert phones.of_bob == before


def test_f07_after_a_mismatch_the_update_waits_for_the_user() -> None:
    phones = Phones()
    phones.call()
    phones.bob.kept.clear()
    pair = phones.call()
    old = phones.of_bob
    verify(pair.alice)
    new = phones.of_bob
    assert old is not None
    assert new is not None
    assert new.verified
    assert phones.of_alice is not None
    assert new.rs1 == phones.of_alice.rs1
    pair = phones.call()
    assert secured(pair.alice).cache is CacheState.MATCHED
    assert secured(pair.alice).verified_here


def mallory_meets_alice_as_bob(phones: Phones) -> MemoryStore:
    """The words of the first call are not compared; returns what Mallory has kept of it."""
    bob, phones.bob = phones.bob, MemoryStore()
    phones.call()
    mallory, phones.bob = phones.bob, bob
    return mallory


@pytest.mark.parametrize("initiator", ["alice", "bob"])
@pytest.mark.parametrize("bob_keeps", [FOREVER, 0])
def test_f07_xa22_who_could_not_prove_the_old_secret_does_not_vouch_for_it(
    initiator: str, bob_keeps: int
) -> None:
    phones = Phones()
    mallory = mallory_meets_alice_as_bob(phones)
    pair = phones.call(bob_keeps=bob_keeps)
    assert secured(pair.alice).cache is CacheState.MISMATCH
    verify(pair.alice)
    phones.bob = mallory
    pair = phones.pair(tamper=initiated_by(initiator))
    pair.call()
    assert not secured(pair.alice).verified_here


def test_f10_what_has_expired_unproven_does_not_come_back_verified() -> None:
    phones = Phones()
    bob, phones.bob = phones.bob, MemoryStore()
    phones.call(bob_keeps=500)
    mallory, phones.bob = phones.bob, bob
    phones.wall += 1000
    pair = phones.call()
    assert secured(pair.alice).cache is CacheState.NEW
    verify(pair.alice)
    phones.bob = mallory
    alice = secured(phones.call().alice)
    assert (alice.cache, alice.verified_here) == (CacheState.MISMATCH, False)


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_f05_words_compared_late_do_not_undo_what_later_calls_have_renewed(calls: int) -> None:
    phones = Phones()
    first = phones.call()
    for _ in range(calls):
        phones.call()
    verify(first.alice)
    assert phones.of_bob is not None
    # With more calls than rs2 reaches back it cannot be told whether they descend from this one.
    assert phones.of_bob.verified is (calls == 1)
    pair = phones.call()
    assert secured(pair.alice).cache is secured(pair.bob).cache is CacheState.MATCHED


def test_s02_who_came_later_unproven_is_not_verified_with_the_one_before() -> None:
    phones = Phones()
    first = phones.call(bob_keeps=500)
    phones.wall += 1000
    phones.bob = MemoryStore()
    mallory = phones.call()
    assert secured(mallory.alice).cache is CacheState.NEW
    verify(first.alice)
    assert phones.of_bob is not None
    assert not phones.of_bob.verified


def test_xa23_both_restored_an_older_backup() -> None:
    phones = Phones()
    phones.call()
    phones.alice.kept[Endpoint("bob").zid] = RetainedSecrets(b"a" * 32, None, verified=True)
    phones.bob.kept[Endpoint("alice").zid] = RetainedSecrets(b"b" * 32, None, verified=True)
    pair = phones.call()
    for endpoint in (pair.alice, pair.bob):
        assert secured(endpoint).cache is CacheState.MISMATCH
        assert not secured(endpoint).verified_here
        assert not secured(endpoint).verified_there


@pytest.mark.parametrize("initiator", ["alice", "bob"])
def test_d09_a_call_that_one_side_did_not_complete_heals_by_rs2(initiator: str) -> None:
    phones = Phones()
    phones.call()
    # Nothing reaches the initiator after its Confirm2: only the responder updates.
    broken = losing(MessageType.CONF2_ACK)
    pair = phones.pair(tamper=broken)
    pair.start()
    pair.run()
    states = {pair.alice.session.state, pair.bob.session.state}
    assert states == {State.SECURE, State.FAILED}
    assert phones.of_bob != phones.of_alice
    pair = phones.pair(tamper=initiated_by(initiator))
    pair.call()
    assert secured(pair.alice).cache is secured(pair.bob).cache is CacheState.MATCHED
    pair = phones.call()
    assert secured(pair.alice).cache is secured(pair.bob).cache is CacheState.MATCHED


def test_s02_a_sas_that_differs_clears_v_and_this_sessions_secret() -> None:
    phones = Phones()
    pair = phones.call()
    verify(pair.alice)
    before = phones.of_bob
    pair = phones.call()
    pair.alice.session.sas_mismatch()
    pair.alice.pump()
    assert before is not None
    assert phones.of_bob == replace(before, verified=False)
    # Whatever the user presses after that, the secret is gone.
    pair.alice.session.sas_verified()
    assert pair.alice.session.next_event() is None


def test_s02_on_a_first_call_nothing_is_left() -> None:
    phones = Phones()
    pair = phones.call()
    pair.alice.session.sas_mismatch()
    pair.alice.pump()
    assert phones.of_bob == RetainedSecrets(None, None, verified=False)
    assert secured(phones.call().alice).cache is CacheState.NEW


def test_f09_the_shorter_interval_counts_for_both() -> None:
    phones = Phones()
    phones.call(alice_keeps=1000, bob_keeps=500)
    assert phones.of_bob is not None
    assert phones.of_alice is not None
    assert phones.of_bob.rs1_expires_at == WALL_START + 500
    assert phones.of_alice.rs1_expires_at == WALL_START + 500


def test_f10_an_expired_secret_still_matches() -> None:
    phones = Phones()
    phones.call(bob_keeps=500)
    phones.wall += 1000
    assert secured(phones.call().alice).cache is CacheState.MATCHED


@pytest.mark.parametrize(("later", "cache"), [(499, CacheState.MISMATCH), (500, CacheState.NEW)])
def test_f10_an_expired_secret_may_be_forgotten_without_alarm(
    later: int, cache: CacheState
) -> None:
    phones = Phones()
    phones.call(bob_keeps=500)
    phones.bob.kept.clear()
    phones.wall += later
    assert secured(phones.call().alice).cache is cache


def test_f09_interval_zero_stores_nothing() -> None:
    phones = Phones()
    pair = phones.call(bob_keeps=0)
    assert secured(pair.alice).update is None
    assert secured(pair.bob).update is None
    verify(pair.alice)
    assert phones.alice.kept == phones.bob.kept == {}


def test_f09_interval_zero_lets_what_is_stored_expire() -> None:
    phones = Phones()
    phones.call()
    before = phones.of_bob
    phones.wall += 77
    pair = phones.call(bob_keeps=0)
    assert secured(pair.alice).cache is CacheState.MATCHED
    assert before is not None
    assert phones.of_bob == replace(before, rs1_expires_at=WALL_START + 77)


def test_f09_f07_a_stranger_cannot_let_a_secret_expire() -> None:
    phones = Phones()
    phones.call()
    before = phones.of_bob
    phones.bob.kept.clear()
    pair = phones.call(bob_keeps=0)
    assert secured(pair.alice).cache is CacheState.MISMATCH
    assert secured(pair.alice).update is None
    assert phones.of_bob == before


def test_f12_without_a_cache_v_is_never_sent() -> None:
    phones = Phones()
    pair = phones.call()
    verify(pair.bob)
    pair = phones.call(bob_keeps=0)
    assert secured(pair.bob).verified_here
    assert not secured(pair.alice).verified_there


def test_d10_a_secret_agreed_by_other_means_goes_into_the_keys() -> None:
    same = RetainedSecrets(None, None, verified=False, auxsecret=b"family key")
    other = replace(same, auxsecret=b"another key")
    sas = []
    for of_bob, of_alice in ((same, same), (same, other)):
        alice = Endpoint("alice", store=MemoryStore({Endpoint("bob").zid: of_bob}))
        bob = Endpoint("bob", store=MemoryStore({Endpoint("alice").zid: of_alice}))
        view, _ = Pair(alice, bob).call()
        assert view.cache is CacheState.NEW
        assert alice.store.kept[bob.zid].auxsecret == b"family key"
        sas.append(view.sas)
    assert sas[0] != sas[1]


FAMILY, OTHER = b"family key", b"another key"


@pytest.mark.parametrize(
    ("alices", "bobs", "seen", "there"),
    [
        (None, None, SharedSecret.ABSENT, SharedSecret.ABSENT),
        (FAMILY, FAMILY, SharedSecret.MATCHED, SharedSecret.MATCHED),
        (FAMILY, OTHER, SharedSecret.MISMATCH, SharedSecret.MISMATCH),
        (FAMILY, None, SharedSecret.MISMATCH, SharedSecret.ABSENT),
    ],
)
def test_f08_an_auxsecret_that_differs_is_seen_by_whoever_has_one(
    alices: bytes | None, bobs: bytes | None, seen: SharedSecret, there: SharedSecret
) -> None:
    def kept(auxsecret: bytes | None) -> RetainedSecrets:
        return RetainedSecrets(None, None, verified=False, auxsecret=auxsecret)

    alice = Endpoint("alice", store=MemoryStore({Endpoint("bob").zid: kept(alices)}))
    bob = Endpoint("bob", store=MemoryStore({Endpoint("alice").zid: kept(bobs)}))
    by_alice, by_bob = Pair(alice, bob).call()
    assert (by_alice.auxsecret, by_bob.auxsecret) == (seen, there)
    assert by_alice.cache is CacheState.NEW


def test_f08_xa28_an_auxsecret_that_matches_excuses_no_mismatch() -> None:
    alices = RetainedSecrets(b"1" * 32, None, verified=True, auxsecret=FAMILY)
    bobs = RetainedSecrets(None, None, verified=False, auxsecret=FAMILY)
    alice = Endpoint("alice", store=MemoryStore({Endpoint("bob").zid: alices}))
    bob = Endpoint("bob", store=MemoryStore({Endpoint("alice").zid: bobs}))
    view, _ = Pair(alice, bob).call()
    assert view.auxsecret is SharedSecret.MATCHED
    assert view.cache is CacheState.MISMATCH
    assert not view.verified_here
    assert view.update is None
    assert alice.store.kept[bob.zid] == alices


@pytest.mark.parametrize("kind", [MessageType.CONFIRM1, MessageType.CONFIRM2])
def test_f04_no_update_before_both_confirms(kind: MessageType) -> None:
    phones = Phones()
    pair = phones.pair(tamper=losing(kind))
    pair.start()
    pair.run()
    assert phones.alice.kept == phones.bob.kept == {}
    assert not pair.alice.all(Secured)
    assert not pair.bob.all(Secured)
