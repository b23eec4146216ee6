"""One call: its names, its facts, what must stand on the screen."""

from dataclasses import replace

import pytest

from agent.phone.call import Call
from agent.phone.events import Association, Cache, Remembered, SasRelayed, ZrtpHash
from agent.phone.security import Keys, SecurityState
from agent.phone.views import Half, Notice
from support.phone_driver import OUT, THIRD_OF_MAY, association

PROVEN = association(verified=True, cache_name="Bobby")
NO_HASH = replace(PROVEN, zrtp_hash=ZrtpHash.MISSING)


def call_with(found: Association | None = None, *, signalling_verified: bool = True) -> Call:
    call = Call(OUT, incoming=False, claimed="Bob", signalling_verified=signalling_verified)
    if found:
        call.agree(found)
    return call


def test_before_keys() -> None:
    call = call_with()
    assert call.state is SecurityState.SECURING
    assert call.name == "Bob"
    assert call.notices() == ()
    assert call.duration_s(5000.0) == 0


def test_the_cache_name_stands_only_for_a_proven_phone() -> None:
    assert (call_with(PROVEN).name, call_with(PROVEN).sip_name) == ("Bobby", "Bob")
    unproven = call_with(association(cache=Cache.MISMATCHED, cache_name="Bobby"))
    assert (unproven.name, unproven.sip_name) == ("Bob", "")


def test_a_proven_phone_without_a_name_has_the_claimed_one() -> None:
    assert call_with(replace(PROVEN, cache_name="")).name == "Bob"


def test_callee_reads_the_first_half() -> None:
    assert call_with().reads is Half.SECOND
    assert Call(OUT, incoming=True, claimed="Bob").reads is Half.FIRST


def test_a_second_stream_leaves_the_verdict_standing() -> None:
    call = call_with(association())
    call.confirmed = True
    call.cache_name = "Bobby"
    call.keys = Keys.PENDING
    assert not call.agree(replace(association(), verified_here=True, disclosure=True))
    assert call.state.is_secure
    assert call.name == "Bobby"
    assert Notice.DISCLOSURE in call.notices()


@pytest.mark.parametrize(
    "news",
    [
        association(zid="c" * 24),
        association(sas=("adult", "amulet")),
        association(cache=Cache.MISMATCHED),
        association(zrtp_hash=ZrtpHash.DIFFERS),
        association(another_phone=Remembered("Bobby", THIRD_OF_MAY)),
        replace(association(), weaker_than_before=True),
        replace(association(), weak=True),
        replace(association(), aux_mismatch=True),
    ],
)
def test_whatever_else_is_agreed_must_be_confirmed_anew(news: Association) -> None:
    call = call_with(association())
    call.confirmed = True
    call.cache_name = "Bobby"
    assert call.agree(news)
    assert not call.state.is_secure
    assert call.cache_name == ""


def test_nothing_takes_back_that_the_words_differ() -> None:
    call = call_with(association())
    call.denied = True
    call.agree(replace(PROVEN, zid="c" * 24))
    call.confirmed = True
    assert call.state is SecurityState.SAS_MISMATCH


@pytest.mark.parametrize(
    ("call", "notices"),
    [
        (call_with(PROVEN), ()),
        (call_with(PROVEN, signalling_verified=False), (Notice.SIGNALLING_NOT_VERIFIED,)),
        (call_with(NO_HASH), (Notice.HASH_MISSING,)),
        (call_with(NO_HASH, signalling_verified=False), (Notice.SIGNALLING_NOT_VERIFIED,)),
        (
            call_with(replace(PROVEN, mitm=True, disclosure=True)),
            (Notice.MITM, Notice.DISCLOSURE),
        ),
        (call_with(association()), (Notice.SAS_NOT_COMPARED,)),
        (call_with(replace(NO_HASH, hash_stripped=True)), (Notice.HASH_STRIPPED,)),
        (
            call_with(replace(NO_HASH, hash_stripped=True), signalling_verified=False),
            (Notice.HASH_STRIPPED, Notice.SIGNALLING_NOT_VERIFIED),
        ),
        (
            call_with(replace(PROVEN, weaker_than_before=True)),
            (Notice.WEAKER, Notice.SAS_NOT_COMPARED),
        ),
        (call_with(replace(PROVEN, weak=True)), (Notice.WEAK,)),
        (call_with(replace(PROVEN, aux_mismatch=True)), (Notice.AUX_MISMATCH,)),
    ],
)
def test_notices(call: Call, notices: tuple[Notice, ...]) -> None:
    assert call.notices() == notices


def test_xa12_weaker_keys_are_asked_about_once_and_named_to_the_end_of_the_call() -> None:
    call = call_with(replace(PROVEN, weaker_than_before=True))
    states = [call.state]
    call.confirmed = True
    states.append(call.state)
    assert states == [SecurityState.NOT_VERIFIED, SecurityState.GREEN_SECURE]
    assert call.notices() == (Notice.WEAKER,)


def test_who_denied_is_not_asked_again() -> None:
    call = call_with(association())
    call.denied = True
    assert call.notices() == ()


def test_nobody_talked_before_there_were_keys() -> None:
    call = call_with()
    call.answered_at = 10.0
    assert call.duration_s(25.0) == 0
    call.agree(PROVEN)
    assert call.duration_s(25.0) == 15


def test_duration_counts_a_second_that_floating_point_just_misses() -> None:
    call = call_with(PROVEN)
    call.answered_at = 0.7
    assert call.duration_s(0.7 + 0.999) == 0
    assert call.duration_s(0.7 + 1 - 1e-12) == 1
    assert call.duration_s(0.7 + 61.5) == 61


CANDIDATES = (("tempest", "adult", "atlas", "aztec"), ("amulet", "paragon", "Istanbul", "visitor"))
TO_CHOOSE = replace(association(), candidates=CANDIDATES)


def test_the_caller_chooses_the_first_half_and_the_callee_the_second() -> None:
    caller = call_with(TO_CHOOSE)
    assert caller.halves == ("paragon", "tempest")
    assert caller.candidates == CANDIDATES[0]
    callee = Call(OUT, incoming=True, claimed="Bob")
    callee.agree(TO_CHOOSE)
    assert callee.halves == ("tempest", "paragon")
    assert callee.candidates == CANDIDATES[1]


def test_four_characters_are_two_halves() -> None:
    assert call_with(association(sas=("q7zn",))).halves == ("zn", "q7")
    assert call_with().halves == ("", "")


def test_nothing_is_to_be_chosen_where_the_person_compares_or_has_judged() -> None:
    assert not call_with(association()).must_choose
    assert not call_with().must_choose
    for judged in ("confirmed", "denied"):
        call = call_with(TO_CHOOSE)
        assert call.must_choose
        setattr(call, judged, True)
        assert not call.must_choose


def test_a_second_stream_does_not_draw_the_candidates_anew() -> None:
    call = call_with(TO_CHOOSE)
    others = (("tempest", "ammo", "acme", "ahead"), ("paragon", "adroitness", "Ohio", "Yucatan"))
    assert not call.agree(replace(TO_CHOOSE, candidates=others))
    assert call.candidates == CANDIDATES[0]
    assert call.agree(replace(TO_CHOOSE, sas=("ammo", "Ohio"), candidates=others))
    assert call.candidates == others[0]


def test_a_relayed_sas_brings_candidates_of_its_own() -> None:
    call = call_with(replace(TO_CHOOSE, enrolled=True))
    others = (("atlas", "ammo", "acme", "ahead"), ("amulet", "adroitness", "Ohio", "Yucatan"))
    relayed = call.relayed(SasRelayed(OUT, ("atlas", "amulet"), candidates=others))
    assert relayed is not None
    call.agree(relayed)
    assert call.halves == ("amulet", "atlas")
    assert call.candidates == others[0]


def test_that_the_other_phone_asked_for_no_encryption_is_named_to_the_end() -> None:
    call = call_with(PROVEN)
    call.clear_refused = True
    assert call.notices() == (Notice.CLEAR_REFUSED,)
    assert call.state is SecurityState.GREEN_SECURE


def test_weak_keys_leave_a_proven_call_secure_but_never_green() -> None:
    assert call_with(PROVEN).state is SecurityState.GREEN_SECURE
    assert call_with(replace(PROVEN, weak=True)).state is SecurityState.ZRTP_SECURE
