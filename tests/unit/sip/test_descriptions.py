"""Which of our SDPs carry keys: where the account allows it, over verified signalling alone."""

from dataclasses import replace
from itertools import count

import pytest

from agent.media.descriptions import Question
from agent.sdes import agreement
from agent.sdes.agreement import DisagreementError
from agent.sip.descriptions import Descriptions, may_take

OFFICE, HOME, DIRECT = 1, 2, 0
SERVER, STRANGER = "192.0.2.1:5061", "192.0.2.66:4444"
_NUMBERS = count(1)


def randbytes(size: int) -> bytes:
    return next(_NUMBERS).to_bytes(2, "big") * (size // 2)


OFFERED = agreement.offer(randbytes)
ANSWERED = agreement.answer(OFFERED, (), (), randbytes)
ASKED = Question(
    leg=7,
    account=OFFICE,
    source=SERVER,
    offered=None,
    own=(),
    theirs=(),
    established=False,
    fresh=False,
)


@pytest.fixture(name="descriptions")
def _descriptions() -> Descriptions:
    return Descriptions({OFFICE}.__contains__, {SERVER}.__contains__, randbytes)


def test_only_the_account_that_allows_it_offers_keys(descriptions: Descriptions) -> None:
    assert len(descriptions.describe(ASKED)) == len(OFFERED)
    assert descriptions.has_offered(ASKED.leg)
    for account in (HOME, DIRECT):
        asked = replace(ASKED, account=account, leg=8)
        assert descriptions.describe(asked) == ()
        assert not descriptions.has_offered(asked.leg)


def test_each_call_has_keys_of_its_own(descriptions: Descriptions) -> None:
    assert set(descriptions.describe(ASKED)).isdisjoint(descriptions.describe(ASKED))


def test_a_call_for_zrtp_alone_offers_none(descriptions: Descriptions) -> None:
    with descriptions.without_keys():
        assert descriptions.describe(ASKED) == ()
    assert not descriptions.has_offered(ASKED.leg)
    assert descriptions.describe(ASKED)


def test_an_offer_of_keys_is_answered(descriptions: Descriptions) -> None:
    (answered,) = descriptions.describe(replace(ASKED, offered=OFFERED))
    assert agreement.agree((answered,), OFFERED)


def test_an_offer_without_keys_is_answered_without(descriptions: Descriptions) -> None:
    assert descriptions.describe(replace(ASKED, offered=())) == ()


@pytest.mark.parametrize(
    "question",
    [
        replace(ASKED, offered=OFFERED, account=HOME),
        replace(ASKED, offered=OFFERED, account=DIRECT),
        replace(ASKED, offered=("1 F8_128_HMAC_SHA1_80 inline:AAAA",)),
    ],
)
def test_an_offer_that_will_not_do(descriptions: Descriptions, question: Question) -> None:
    assert descriptions.describe(question) == ()


class TestInACall:
    """What a call runs by does not change."""

    def test_a_hold_offers_the_key_that_runs(self, descriptions: Descriptions) -> None:
        asked = replace(ASKED, established=True, own=OFFERED, theirs=ANSWERED)
        assert descriptions.describe(asked) == OFFERED[:1]

    def test_a_call_by_zrtp_alone_stays_one(self, descriptions: Descriptions) -> None:
        asked = replace(ASKED, established=True)
        assert descriptions.describe(asked) == ()
        assert descriptions.describe(replace(asked, fresh=True)) == ()
        assert descriptions.describe(replace(asked, offered=OFFERED)) == ()

    def test_somebody_else_at_the_other_end_gets_new_keys(self, descriptions: Descriptions) -> None:
        asked = replace(ASKED, established=True, own=OFFERED, theirs=ANSWERED, fresh=True)
        assert set(descriptions.describe(asked)).isdisjoint(OFFERED)

    def test_the_same_offer_again_gets_the_same_answer(self, descriptions: Descriptions) -> None:
        asked = replace(ASKED, established=True, own=ANSWERED, theirs=OFFERED, offered=OFFERED)
        assert descriptions.describe(asked) == ANSWERED

    @pytest.mark.parametrize("source", [STRANGER, ""])
    def test_whoever_has_proved_nothing_gets_none(
        self, descriptions: Descriptions, source: str
    ) -> None:
        asked = replace(ASKED, established=True, own=ANSWERED, theirs=OFFERED, offered=OFFERED)
        assert descriptions.describe(replace(asked, source=source)) == ()

    def test_who_knocked_while_it_rang_does_not_matter(self, descriptions: Descriptions) -> None:
        """The call itself came from the server: that was looked at before it rang."""
        assert descriptions.describe(replace(ASKED, offered=OFFERED, source=STRANGER))

    def test_what_was_never_agreed_on_is_not_offered_again(
        self, descriptions: Descriptions
    ) -> None:
        with pytest.raises(DisagreementError):
            descriptions.describe(replace(ASKED, established=True, own=OFFERED))


def invite(profile: str, *crypto: str) -> str:
    """An INVITE as it travels."""
    lines = "".join(f"a=crypto:{each}\r\n" for each in crypto)
    sdp = f"v=0\r\nm=audio 4000 {profile} 0\r\n{lines}a=sendrecv\r\n"
    return f"INVITE sip:bob@example.org SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n{sdp}"


@pytest.mark.parametrize(
    ("message", "by_zrtp", "by_server"),
    [
        (invite("RTP/AVP"), True, True),
        # Keys beside RTP/AVP are nobody's.
        (invite("RTP/AVP", *OFFERED), True, True),
        (invite("RTP/SAVP", *OFFERED), False, True),
        (invite("RTP/SAVP", "1 F8_128_HMAC_SHA1_80 inline:AAAA"), False, False),
        (invite("RTP/SAVP", *OFFERED) + "m=audio 4002 RTP/AVP 0\r\n", True, True),
        ("INVITE sip:bob@example.org SIP/2.0\r\n\r\n", True, True),
    ],
)
def test_which_calls_can_be_taken(message: str, *, by_zrtp: bool, by_server: bool) -> None:
    assert may_take(message, by_server=False) is by_zrtp
    assert may_take(message, by_server=True) is by_server
