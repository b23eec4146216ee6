"""What is left to do when both sides hold the same keys, and what the host hears of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.zrtp import (
    CacheState,
    EnrolmentOffered,
    Event,
    HelloHash,
    RetainedSecrets,
    Secured,
    State,
    StreamSecured,
)
from agent.zrtp.agreement import Agreement
from agent.zrtp.confirm import Assertions
from agent.zrtp.discovery import FoundPeer
from agent.zrtp.enrolment import derive_pbxsecret
from agent.zrtp.established import Confirmed, Established, EstablishedStream, establish, srtp_key
from agent.zrtp.signature import Signature
from agent.zrtp.state import Role
from support.zrtp_pair import Endpoint, Pair, initiated_by


def held_by(endpoint: Endpoint) -> Established:
    held = endpoint.session._held.progress
    assert isinstance(held, Established)
    return held


Known = tuple[Agreement, Assertions, FoundPeer]


@pytest.fixture
def known() -> Known:
    """What Alice knows once the last Confirm is in."""
    pair = Pair()
    pair.call()
    held = held_by(pair.alice)
    return held._agreement, held._theirs, held.peer


def told(known: Known) -> list[Event]:
    agreement, theirs, peer = known
    return establish(Confirmed(agreement, theirs), peer, 0).announce()


def secured(known: Known) -> Secured:
    event = told(known)[0]
    assert isinstance(event, Secured)
    return event


def asserting(known: Known, change: Callable[[Assertions], Assertions]) -> Known:
    agreement, theirs, peer = known
    return agreement, change(theirs), peer


def enrolling(theirs: Assertions) -> Assertions:
    return replace(theirs, enrollment=True)


def of_a_pbx(known: Known) -> Known:
    agreement, theirs, peer = known
    return agreement, theirs, replace(peer, hello=replace(peer.hello, mitm=True))


def test_k05_the_initiator_encrypts_with_the_initiators_keys() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.start()
    while pair.alice.session.state is not State.CONFIRM2_SENT:
        pair.run(until=pair.now + 0.001)
        pair.now += 0.001
    confirmed = pair.alice.session._held.progress
    assert isinstance(confirmed, Confirmed)
    keys = confirmed.agreement.keys
    expected = {
        role: srtp_key(confirmed.agreement, role) for role in (Role.INITIATOR, Role.RESPONDER)
    }
    assert expected[Role.INITIATOR].master_key == keys.initiator.srtp_key
    assert expected[Role.RESPONDER].master_salt == keys.responder.srtp_salt
    pair.run()
    for view in pair.secured():
        assert view.send == expected[view.role]
        assert view.receive == expected[view.role.other]


@pytest.mark.parametrize(("verified", "disclosure"), [(True, False), (False, True)])
def test_l02_what_the_peer_asserted_is_told(
    known: Known, *, verified: bool, disclosure: bool
) -> None:
    flags = asserting(known, lambda by: replace(by, verified=verified, disclosure=disclosure))
    assert secured(flags).verified_there is verified
    assert secured(flags).disclosure is disclosure


def test_a_pbx_is_told(known: Known) -> None:
    agreement, theirs, peer = of_a_pbx(known)
    event = secured((agreement, theirs, replace(peer, hello_hash=HelloHash.DIFFERS)))
    assert event.mitm
    assert event.hello_hash is HelloHash.DIFFERS


@pytest.mark.parametrize(
    ("kind", "shown"), [(b"PGP ", "PGP"), (b"X509", "X509"), (b"\0\xff{}", "??{}")]
)
def test_v01_a_signature_is_told_of_and_trusted_by_nobody(
    known: Known, kind: bytes, shown: str
) -> None:
    signature = Signature(kind, b"a signature")
    signed = secured(asserting(known, lambda theirs: replace(theirs, signature=signature)))
    assert signed.signature_type == shown
    assert replace(signed, signature_type="") == secured(known)


def test_r03_an_enrolment_is_offered_by_a_pbx_alone(known: Known) -> None:
    assert len(told(of_a_pbx(known))) == 1
    assert len(told(asserting(known, enrolling))) == 1
    offer = told(asserting(of_a_pbx(known), enrolling))[1]
    assert offer == EnrolmentOffered(known[2].hello.zid)


def test_k07_the_keys_of_the_media_are_given_away_once(known: Known) -> None:
    assert not any(secured(known).send.master_key)
    assert not any(secured(known).receive.master_salt)


@pytest.mark.parametrize("initiator", ["alice", "bob"])
def test_r06_the_secret_of_an_enrolment_knows_who_initiated(initiator: str) -> None:
    pair = Pair(tamper=initiated_by(initiator))
    pair.call()
    held = held_by(pair.alice)
    known = of_a_pbx((held._agreement, enrolling(held._theirs), held.peer))
    established = establish(Confirmed(known[0], known[1]), known[2], 0)
    assert isinstance(established, Established)
    kept = held._agreement.secrets
    established.sas_verified(kept)
    zids = (
        (pair.alice.zid, pair.bob.zid) if initiator == "alice" else (pair.bob.zid, pair.alice.zid)
    )
    key = bytes(established._keys.zrtp_session)
    expected = derive_pbxsecret(held._agreement.choice.hash, key, *zids)
    assert established.accept_enrolment(kept).secrets.pbxsecret == expected


@pytest.mark.parametrize(("now", "cache"), [(9, CacheState.MISMATCH), (11, CacheState.NEW)])
def test_f10_a_secret_that_has_expired_may_be_missing(
    known: Known, now: int, cache: CacheState
) -> None:
    agreement, theirs, peer = known
    agreement.secrets = RetainedSecrets(b"1" * 32, None, verified=True, rs1_expires_at=10)
    told_of = establish(Confirmed(agreement, theirs), peer, now).announce()[0]
    assert isinstance(told_of, Secured)
    assert told_of.cache is cache


def test_l02_the_disclosure_flag_of_a_further_stream_is_told(known: Known) -> None:
    agreement, theirs, peer = known
    for flag in (True, False):
        confirmed = Confirmed(agreement, replace(theirs, disclosure=flag))
        (told_of,) = EstablishedStream(confirmed, peer).announce()
        assert isinstance(told_of, StreamSecured)
        assert told_of.disclosure is flag
