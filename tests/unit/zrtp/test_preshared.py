"""Keys from the secret of the last call (RFC 6189 section 4.4.2)."""

from dataclasses import replace
from hashlib import sha256

import pytest

from agent.zrtp import (
    CacheState,
    ErrorCode,
    Failed,
    LocalError,
    Negotiating,
    RetainedSecrets,
    Role,
    Roster,
    Secured,
    SharedSecret,
    State,
)
from agent.zrtp.agreement import Agreement, Proven
from agent.zrtp.algorithms import HASHES, Hash
from agent.zrtp.errors import RefusalError
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import KdfContext, SessionKeys, kdf
from agent.zrtp.messages import Commit, Hello, MessageType
from agent.zrtp.negotiation import choose
from agent.zrtp.non_dh import Proposal
from agent.zrtp.preshared import find_source, own_source
from agent.zrtp.roster import PRESHARED_IN_A_ROW
from agent.zrtp.state import Step
from agent.zrtp.wire import Packet
from support.preshared import (
    LISTS_PRESHARED,
    RS1,
    S256,
    VERIFIED,
    Phones,
    acquainted_with,
    mode,
    preshared_commit,
)
from support.zrtp_pair import (
    CLASSICAL,
    WALL_START,
    Endpoint,
    MemoryStore,
    initiated_by,
    untouched,
)
from support.zrtp_puppet import HELLO_ACK, Puppet, last_message

AUX = b"a" * 20
PBX = b"p" * 32


def with_auxsecret(kept: RetainedSecrets) -> RetainedSecrets:
    return replace(kept, auxsecret=AUX)


def test_p04_the_second_call_needs_no_key_agreement() -> None:
    phones = Phones()
    first = phones.call()
    assert mode(first) == "X255"
    second = phones.call()
    assert mode(second) == "Prsh"
    for side in (second.alice, second.bob):
        secured = side.only(Secured)
        assert secured.cache is CacheState.MATCHED
        assert secured.verified_here
        assert secured.verified_there
        assert MessageType.DHPART1 not in side.sent_types
        assert MessageType.DHPART2 not in side.sent_types
    assert first.alice.only(Secured).sas != second.alice.only(Secured).sas
    assert second.alice.sent_types.count(MessageType.COMMIT) == 1


def test_f05_rs1_is_replaced_and_the_old_one_not_kept() -> None:
    phones = Phones()
    phones.call()
    phones.call(initiated_by("bob"))
    before = phones.stores["alice"].kept[phones.zid("bob")]
    assert before.rs2 is not None
    assert mode(phones.call()) == "Prsh"
    for owner, other in (("alice", "bob"), ("bob", "alice")):
        after = phones.stores[owner].kept[phones.zid(other)]
        assert after.rs1 != before.rs1
        assert after.rs2 == before.rs2
        assert after.verified


def test_preshared_calls_and_others_take_turns() -> None:
    phones = Phones()
    modes = [mode(phones.call(initiated_by(name))) for name in ("alice", "alice", "bob", "alice")]
    assert modes == ["X255", "Prsh", "X255", "Prsh"]


def test_p01_without_rs1_there_is_no_preshared_mode() -> None:
    phones = Phones()
    phones.call()
    phones.keep("alice", lambda kept: replace(kept, rs1=None))
    pair = phones.pair()
    pair.call()
    assert mode(pair) == "X255"
    assert Commit.parse(pair.alice.sent_message(MessageType.COMMIT)).key_agreement == b"X255"


def test_p01_rs2_is_never_part_of_it() -> None:
    commit = commit_of(VERIFIED)
    assert find_source(S256, RetainedSecrets(b"2" * 32, RS1, verified=True), commit) is None


def test_p02_a_sas_that_nobody_compared_does_not_serve() -> None:
    phones = Phones()
    phones.call(verify=False)
    assert mode(phones.call(verify=False)) == "X255"


def test_p02_an_expired_secret_does_not_serve() -> None:
    phones = Phones()
    phones.call()
    pair = phones.pair()
    pair.alice.store.kept[pair.bob.zid] = replace(
        pair.alice.store.kept[pair.bob.zid], rs1_expires_at=1
    )
    pair.call()
    assert mode(pair) == "X255"


@pytest.mark.parametrize("unverified", ["alice", "bob"])
def test_p02_xa27_either_side_may_insist_on_new_keys(unverified: str) -> None:
    phones = Phones()
    phones.call()
    phones.keep(unverified, lambda kept: replace(kept, verified=False))
    pair = phones.pair(untouched)
    pair.call()
    assert mode(pair) == "X255"


def test_p03_keys_are_made_afresh_from_time_to_time() -> None:
    phones = Phones()
    modes = [mode(phones.call()) for _ in range(2 * PRESHARED_IN_A_ROW + 3)]
    row = ["X255"] + ["Prsh"] * PRESHARED_IN_A_ROW
    assert modes == [*row, *row, "X255"]


def test_p03_every_call_in_preshared_mode_counts_on_both_sides() -> None:
    phones = Phones()
    phones.call()
    for name, other in (("alice", "bob"), ("bob", "alice")):
        for _ in range(PRESHARED_IN_A_ROW - 1):
            phones.rosters[name].made_from_old(phones.zid(other))
        assert phones.rosters[name].allows_preshared(phones.zid(other))
    assert mode(phones.call()) == "Prsh"
    for name, other in (("alice", "bob"), ("bob", "alice")):
        assert not phones.rosters[name].allows_preshared(phones.zid(other))


def test_p02_f09_a_responder_trusts_no_expired_secret_either() -> None:
    phones = Phones()
    phones.call()
    phones.keep("bob", lambda kept: replace(kept, rs1_expires_at=1))
    assert mode(phones.call(untouched)) == "X255"


def test_f09_in_preshared_mode_expiry_counts_from_confirm1_on_both_sides() -> None:
    phones = Phones()
    phones.call()
    pair = phones.pair()
    for side in (pair.alice, pair.bob):
        side.session._held.ours = replace(side.session._held.ours, cache_seconds=60)
    pair.call()
    assert mode(pair) == "Prsh"
    for side, other in ((pair.alice, pair.bob), (pair.bob, pair.alice)):
        assert side.store.kept[other.zid].rs1_expires_at == WALL_START + 60


def test_c07_a_preshared_commit_overrules_our_own_on_another_stream() -> None:
    puppets = [Puppet(seed=seed, key_agreements=LISTS_PRESHARED) for seed in (b"1", b"2")]
    roster, store = Roster(), MemoryStore({puppets[0].zid: VERIFIED})
    roster.made_afresh(puppets[0].zid)
    first, second = (
        Endpoint("alice", seed=seed, store=store, roster=roster, prefer_preshared=True)
        for seed in (1, 2)
    )
    puppets[0].greet(first)
    puppets[1].greet(second)
    puppets[0].say(first, HELLO_ACK)
    held = first.session._held
    proposed = held.progress_as(Proposal).agreement.keys
    puppets[1].say(second, preshared_commit(puppets[1], nonce=b"\xff" * 16))
    assert first.session.state is State.ACQUAINTED
    assert second.session.state is State.CONFIRM1_SENT
    assert held.progress is None
    assert held.role is None
    assert not any(proposed.initiator.srtp_key)
    assert first.session.next_timer() is None


def test_k07_a_proposal_that_nobody_answered_leaves_no_keys() -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED))
    puppet.say(alice, HELLO_ACK)
    proposed = alice.session._held.progress_as(Proposal).agreement.keys
    assert any(proposed.initiator.srtp_key)
    alice.session.close(0.0)
    assert not any(proposed.initiator.srtp_key + proposed.responder.mac_key)


def test_x02_xc02_the_nonce_of_a_preshared_commit_does_not_come_again_on_another_stream() -> None:
    alice, puppet = acquainted_with(Puppet(), prefers=False)
    puppet.say(alice, preshared_commit(puppet, nonce=b"n" * 16))
    assert alice.session.state is State.CONFIRM1_SENT
    with pytest.raises(RefusalError) as refused:
        alice.session.call.use_nonce(b"n" * 16)
    assert refused.value.code is ErrorCode.NONCE_REUSE


@pytest.mark.parametrize("hash_", [S256, HASHES["S384"], HASHES["S512"]])
def test_p06_s0_is_as_long_as_the_negotiated_hash(hash_: Hash) -> None:
    source = own_source(hash_, VERIFIED)
    choice = replace(choose(CLASSICAL, Puppet().hello), hash=hash_)
    context = KdfContext(b"i" * 12, b"r" * 12, b"t" * 32)
    s0 = kdf(hash_, source.key, "ZRTP PSK", context.serialize(), hash_.length * 8)
    expected = SessionKeys.derive(choice.hash, choice.cipher, choice.auth_tag, s0, context)
    derived = source.derive(choice, context)
    assert derived.initiator.srtp_key == expected.initiator.srtp_key
    assert derived.responder.srtp_key == expected.responder.srtp_key


def test_p03_xa27_after_a_restart_keys_are_made_afresh() -> None:
    phones = Phones()
    phones.call()
    phones.rosters["bob"] = Roster()
    pair = phones.call(untouched)
    assert mode(pair) == "X255"
    assert mode(phones.call()) == "Prsh"


def test_preshared_mode_is_off_unless_wanted() -> None:
    phones = Phones()
    phones.prefers["alice"] = False
    phones.call()
    assert mode(phones.call()) == "X255"


def test_a_peer_that_does_not_list_it_is_not_bothered() -> None:
    alice, puppet = acquainted_with(Puppet())
    puppet.say(alice, HELLO_ACK)
    assert alice.session.state is State.COMMIT_SENT
    assert Commit.parse(last_message(alice)).key_agreement == b"DH3k"


def commit_of(secrets: RetainedSecrets) -> Commit:
    return Commit.parse(preshared_commit(Puppet(), secrets))


def test_p04_the_key_and_its_identifier() -> None:
    secrets = RetainedSecrets(RS1, b"2" * 32, verified=True, auxsecret=AUX, pbxsecret=PBX)
    material = b"\0\0\0\x20" + RS1 + b"\0\0\0\x14" + AUX + b"\0\0\0\x20" + PBX
    source = own_source(S256, secrets)
    assert source.key == sha256(material).digest()
    assert source.key_id == mac64(sha256(material).digest(), b"Prsh")
    assert source.proven == Proven(retained=True, auxsecret=True, pbxsecret=True)
    without = own_source(S256, VERIFIED)
    assert without.key == sha256(b"\0\0\0\x20" + RS1 + bytes(8)).digest()


@pytest.mark.parametrize("auxsecret", [None, AUX])
@pytest.mark.parametrize("pbxsecret", [None, PBX])
def test_p05_the_responder_tries_its_secrets_in_every_combination(
    auxsecret: bytes | None, pbxsecret: bytes | None
) -> None:
    theirs = RetainedSecrets(RS1, None, verified=True, auxsecret=auxsecret, pbxsecret=pbxsecret)
    ours = RetainedSecrets(RS1, None, verified=True, auxsecret=AUX, pbxsecret=PBX)
    source = find_source(S256, ours, commit_of(theirs))
    assert source is not None
    assert source.proven == Proven(True, auxsecret is not None, pbxsecret is not None)  # noqa: FBT003
    assert source.key == own_source(S256, theirs).key


@pytest.mark.parametrize("name", ["S384", "S512"])
def test_p04_the_identifier_is_made_with_the_negotiated_hash(name: str) -> None:
    source = own_source(HASHES[name], VERIFIED)
    assert source.key_id == mac64(source.key, b"Prsh", HASHES[name].digest)


def test_p05_a_secret_that_only_the_peer_has_does_not_match() -> None:
    theirs = RetainedSecrets(RS1, None, verified=True, auxsecret=AUX)
    assert find_source(S256, RetainedSecrets(RS1, None, verified=True), commit_of(theirs)) is None


@pytest.mark.parametrize("both", [False, True])
def test_d10_f08_an_auxsecret_counts_in_preshared_mode_too(*, both: bool) -> None:
    phones = Phones()
    phones.call()
    phones.keep("bob", with_auxsecret)
    if both:
        phones.keep("alice", with_auxsecret)
    pair = phones.call()
    assert mode(pair) == "Prsh"
    bobs = SharedSecret.MATCHED if both else SharedSecret.MISMATCH
    assert pair.bob.only(Secured).auxsecret is bobs
    alices = SharedSecret.MATCHED if both else SharedSecret.ABSENT
    assert pair.alice.only(Secured).auxsecret is alices


def test_p05_xa27_an_unknown_key_is_answered_with_a_dh_commit() -> None:
    phones = Phones()
    phones.call()
    phones.keep("alice", with_auxsecret)
    pair = phones.call(untouched)
    assert mode(pair) == "X255"
    assert pair.alice.only(Secured).auxsecret is SharedSecret.MISMATCH


def test_c03_our_preshared_commit_gives_way_to_a_dh_commit() -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED))
    puppet.say(alice, HELLO_ACK)
    assert Commit.parse(last_message(alice)).key_agreement == b"Prsh"
    puppet.say(alice, puppet.commit(b"DH3k", bytes(32)))
    assert alice.session.state is State.DHPART1_SENT
    assert [event.role for event in alice.all(Negotiating)] == [Role.INITIATOR, Role.RESPONDER]


def test_c03_c07_also_on_another_stream() -> None:
    puppets = [Puppet(seed=seed, key_agreements=LISTS_PRESHARED) for seed in (b"1", b"2")]
    roster = Roster()
    roster.made_afresh(puppets[0].zid)
    store = MemoryStore({puppets[0].zid: VERIFIED})
    first, second = (
        Endpoint("alice", seed=seed, store=store, roster=roster, prefer_preshared=True)
        for seed in (1, 2)
    )
    puppets[0].greet(first)
    puppets[1].greet(second)
    puppets[0].say(first, HELLO_ACK)
    assert Commit.parse(last_message(first)).key_agreement == b"Prsh"
    puppets[1].say(second, puppets[1].commit(b"DH3k", bytes(32)))
    assert first.session.state is State.ACQUAINTED
    assert second.session.state is State.DHPART1_SENT


def test_c03_a_preshared_commit_with_a_known_key_against_our_dh_commit() -> None:
    alice, puppet = acquainted_with(Puppet(), prefers=False)
    puppet.say(alice, HELLO_ACK)
    puppet.say(alice, preshared_commit(puppet))
    assert alice.session.state is State.COMMIT_SENT
    assert alice.session.counters.commits_discarded == 1


@pytest.mark.parametrize(
    ("nonce", "mitm", "state"),
    [
        (b"\xff" * 16, False, State.CONFIRM1_SENT),
        (bytes(16), False, State.PRESHARED_COMMIT_SENT),
        (b"\xff" * 16, True, State.PRESHARED_COMMIT_SENT),
        (bytes(16), True, State.PRESHARED_COMMIT_SENT),
    ],
)
def test_c04_c05_two_preshared_commits(nonce: bytes, state: State, *, mitm: bool) -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED, mitm=mitm))
    puppet.say(alice, HELLO_ACK)
    puppet.say(alice, preshared_commit(puppet, nonce=nonce))
    assert alice.session.state is state
    assert alice.session.counters.commits_discarded == (state is State.PRESHARED_COMMIT_SENT)


def test_c05_both_prefer_preshared_mode_and_commit_at_once() -> None:
    phones = Phones(bob_prefers=True)
    phones.call()
    roles = set()
    for _ in range(4):
        pair = phones.call(untouched)
        assert mode(pair) == "Prsh"
        roles.add(pair.alice.session.role)
    assert roles == set(Role)


def test_p05_a_foreign_preshared_commit_against_ours_leads_to_dh() -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED))
    puppet.say(alice, HELLO_ACK)
    assert Commit.parse(last_message(alice)).key_agreement == b"Prsh"
    puppet.say(alice, puppet.commit(b"Prsh", bytes(24)))
    assert alice.session.state is State.COMMIT_SENT
    assert Commit.parse(last_message(alice)).key_agreement == b"DH3k"


def test_c06_a_multistream_commit_against_our_preshared_one() -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED))
    puppet.say(alice, HELLO_ACK)
    puppet.say(alice, puppet.commit(b"Mult", bytes(16)))
    assert alice.only(Failed).code is ErrorCode.CRITICAL_SOFTWARE_ERROR


def test_p05_a_preshared_commit_with_a_hash_that_we_do_not_know() -> None:
    alice, puppet = acquainted_with(Puppet())
    commit = Commit(
        puppet.chain.h2, puppet.zid, b"N256", b"AES1", b"HS32", b"Prsh", b"B32 ", bytes(24)
    )
    puppet.say(alice, commit.serialize(puppet.chain.h1))
    assert alice.session.state is State.COMMIT_SENT


def test_n13_a_preshared_commit_with_what_we_did_not_offer_is_refused() -> None:
    alice, puppet = acquainted_with(Puppet())
    key_id = own_source(S256, VERIFIED).key_id
    commit = Commit(
        puppet.chain.h2,
        puppet.zid,
        b"S256",
        b"AES1",
        b"HS32",
        b"Prsh",
        b"none",
        bytes(16) + key_id,
    )
    puppet.say(alice, commit.serialize(puppet.chain.h1))
    assert alice.only(Failed).code is ErrorCode.SAS_NOT_SUPPORTED


@pytest.mark.parametrize("kept", [None, RetainedSecrets(b"x" * 32, None, verified=True)])
def test_f02_who_only_claims_the_secret_cannot_confirm(kept: RetainedSecrets | None) -> None:
    alice, puppet = acquainted_with(Puppet(key_agreements=LISTS_PRESHARED))
    if kept is None:
        puppet.say(alice, preshared_commit(puppet))
        assert alice.session.state is State.CONFIRM1_SENT
        puppet.say(alice, last_message(alice).replace(b"Confirm1", b"Confirm2"))
    else:
        puppet.say(alice, HELLO_ACK)
        puppet.say(alice, b"\x50\x5a\x00\x13Confirm1" + bytes(64))
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.BAD_CONFIRM_MAC
    assert failed.attack
    assert alice.store.kept[puppet.zid].rs1 == RS1
    assert not alice.all(Secured)


def test_xc02_the_same_preshared_commit_in_two_calls_gives_two_keys() -> None:
    answers = []
    for seed in (1, 2):
        puppet = Puppet()
        roster = Roster()
        roster.made_afresh(puppet.zid)
        store = MemoryStore({puppet.zid: VERIFIED})
        alice = Endpoint("alice", seed=seed, store=store, roster=roster)
        puppet.greet(alice)
        puppet.say(alice, preshared_commit(puppet))
        assert alice.session.state is State.CONFIRM1_SENT
        held = alice.session._held.progress
        assert isinstance(held, Agreement)
        answers.append(bytes(held.keys.initiator.srtp_key))
    assert answers[0] != answers[1]


def test_p06_the_preshared_key_is_erased_after_use() -> None:
    source = own_source(S256, VERIFIED)
    choice = choose(CLASSICAL, Puppet().hello)
    source.derive(choice, KdfContext(b"i" * 12, b"r" * 12, b"t" * 32))
    assert source.key == bytes(32)


def test_a06_preshared_mode_stands_in_the_default_hello() -> None:
    listed = Hello.parse(Endpoint("alice", offer=CLASSICAL).session._held.ours.hello)
    assert b"Prsh" in listed.key_agreements


def test_a_step_with_a_foreign_key_is_a_fault_of_ours() -> None:
    alice, puppet = acquainted_with(Puppet())
    commit = Packet(1, puppet.ssrc, puppet.commit(b"Prsh", bytes(24)))
    with pytest.raises(LocalError, match="whose key we hold"):
        alice.session._exchange.carry_out(Step.ACCEPT_PRESHARED_COMMIT, commit)
