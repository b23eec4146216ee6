"""Offer and answer of SRTP keys in two SDPs (RFC 4568 sections 5 and 7)."""

import contextlib
from hashlib import shake_128
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sdes.agreement import (
    Agreement,
    DisagreementError,
    Values,
    agree,
    answer,
    offer,
    offer_again,
)
from agent.sdes.attribute import SUITES, make, read

_NUMBERS = count(1)
CM_80, CM_32 = SUITES[3], SUITES[4]


def randbytes(size: int) -> bytes:
    """Another one each time."""
    return shake_128(next(_NUMBERS).to_bytes(4, "big")).digest(size)


def secrets(values: Values) -> list[bytes]:
    return [read(each).secret for each in values]


def key(tag: int = 1, suite: int = 3) -> str:
    size = SUITES[suite].key_size + SUITES[suite].salt_size
    return make(tag, SUITES[suite], randbytes(size)).write()


def test_an_offer_has_every_suite_the_strongest_first_and_no_key_twice() -> None:
    offered = offer(randbytes)
    assert [read(each).suite for each in offered] == list(SUITES)
    assert [read(each).tag for each in offered] == [1, 2, 3, 4, 5]
    assert len(set(secrets(offered))) == len(SUITES)


@pytest.mark.parametrize("place", range(len(SUITES)))
def test_both_sides_find_the_same_keys(place: int) -> None:
    offered = offer(randbytes)
    answered = answer(offered[place:], (), (), randbytes)
    ours, theirs = agree(offered, answered), agree(answered, offered)
    assert ours.suite == theirs.suite == SUITES[place].name
    assert (ours.send, ours.receive) == (theirs.receive, theirs.send)
    assert ours.send != ours.receive


def test_the_answer_takes_the_first_one_that_can_be_honoured() -> None:
    unusable = ("1 F8_128_HMAC_SHA1_80 inline:AAAA", key(2) + "|2^20", key(3) + " UNENCRYPTED_SRTP")
    (answered,) = answer((*unusable, key(4, 4), key(5)), (), (), randbytes)
    assert (read(answered).tag, read(answered).suite) == (4, CM_32)


@pytest.mark.parametrize(
    "offered",
    [
        (),
        ("nonsense",),
        (key() + "|1:4",),
        (key() + " UNAUTHENTICATED_SRTP",),
        (key(1), key(1, 4)),  # which of them would an answer with this tag mean?
    ],
)
def test_nothing_to_answer_with(offered: Values) -> None:
    with pytest.raises(DisagreementError):
        answer(offered, (), (), randbytes)


class TestAgain:
    """Within a call (section 7.1.4)."""

    def test_a_hold_offers_the_key_that_runs_and_no_other(self) -> None:
        offered = offer(randbytes)
        answered = answer(offered[3:], (), (), randbytes)
        again = offer_again(offered, answered)
        assert again == (offered[3],)
        assert agree(again, answered) == agree(offered, answered)
        assert offer_again(answered, offered) == answered

    def test_the_same_key_of_theirs_keeps_ours(self) -> None:
        offered = offer(randbytes)
        before = answer(offered, (), (), randbytes)
        assert answer(offered, before, offered, randbytes) == before
        assert answer(offer_again(offered, before), before, offered, randbytes) == before

    def test_a_new_key_of_theirs_gets_a_new_one_of_ours(self) -> None:
        before = (key(),)
        own = answer(before, (), (), randbytes)
        after = (key(),)
        again = answer(after, own, before, randbytes)
        assert set(secrets(again)).isdisjoint(secrets(own))
        assert agree(again, after) != agree(own, before)

    def test_another_suite_gets_a_new_key(self) -> None:
        before = (key(),)
        own = answer(before, (), (), randbytes)
        shorter = make(2, CM_32, read(before[0]).secret).write()
        again = answer((shorter,), own, before, randbytes)
        assert set(secrets(again)).isdisjoint(secrets(own))

    def test_another_tag_for_the_same_key_keeps_ours(self) -> None:
        before = (key(),)
        own = answer(before, (), (), randbytes)
        renamed = make(9, CM_80, read(before[0]).secret).write()
        (again,) = answer((renamed,), own, before, randbytes)
        assert read(again).tag == 9
        assert secrets((again,)) == secrets(own)

    def test_who_has_agreed_on_nothing_has_nothing_to_offer_again(self) -> None:
        with pytest.raises(DisagreementError):
            offer_again(offer(randbytes), ())


class TestAttacks:
    """What somebody on the way could make of an answer: it ends the call, and opens nothing."""

    offered = offer(randbytes)

    @pytest.mark.parametrize(
        "answered",
        [
            (),  # RTP/AVP to our RTP/SAVP
            (key(6, 4),),  # a tag that was not offered
            (key(4, 4),),  # another suite than this tag's
            (key(4)[:-4],),  # a short key
            (key(4)[:-4] + "!!!!",),
            (key(4) + " UNENCRYPTED_SRTP",),
            (key(4) + "|1:4",),
            (key(4), key(5, 4)),  # two answers
            ("nonsense",),
        ],
    )
    def test_no_answer_to_our_offer(self, answered: Values) -> None:
        with pytest.raises(DisagreementError):
            agree(self.offered, answered)

    def test_a_key_that_nobody_asked_for(self) -> None:
        with pytest.raises(DisagreementError):
            agree((), (key(),))

    def test_our_own_key_back(self) -> None:
        with pytest.raises(DisagreementError, match="own key"):
            agree(self.offered, (self.offered[3],))

    def test_our_own_key_back_under_another_tag_of_its_size(self) -> None:
        secret = read(self.offered[4]).secret
        with pytest.raises(DisagreementError, match="own key"):
            agree(self.offered, (make(4, CM_80, secret).write(),))

    def test_our_own_key_back_with_another_salt(self) -> None:
        secret = read(self.offered[3]).secret[:16] + bytes(14)
        with pytest.raises(DisagreementError, match="own key"):
            agree(self.offered, (make(4, CM_80, secret).write(),))

    def test_an_offer_whose_chosen_line_was_altered(self) -> None:
        offered = (key(),)
        own = answer(offered, (), (), randbytes)
        with pytest.raises(DisagreementError):
            agree(own, (offered[0] + " KDR=1",))


@given(st.lists(st.text(max_size=80), max_size=9), st.lists(st.text(max_size=80), max_size=9))
def test_nonsense_is_no_agreement_and_nothing_worse(own: list[str], theirs: list[str]) -> None:
    with contextlib.suppress(DisagreementError):
        assert isinstance(agree(tuple(own), tuple(theirs)), Agreement)
