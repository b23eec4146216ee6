"""A PBX that asks to listen in, and what one that may relays (RFC 6189 sections 5.13, 7.3)."""

from dataclasses import replace

import pytest

from agent.phone.actions import (
    Action,
    AllowEnrolment,
    ConfirmSas,
    ConnectAudio,
    NamePeer,
    PlayTone,
    RefuseEnrolment,
    StopTone,
    Tone,
)
from agent.phone.events import Answered, Association, Cache, Encrypted, EnrolmentOffered, SasRelayed
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    CompareSas,
    EnterName,
    Half,
    InCall,
    Notice,
    OffHook,
    Securing,
)
from agent.phone.views import (
    AllowEnrolment as Question,
)
from hw.types import HeadsetPlugged, HeadsetUnplugged, HookLifted, Key, Leds
from support.phone_driver import (
    IN,
    OUT,
    PhoneDriver,
    Press,
    Step,
    Wait,
    association,
    incoming,
    run_flow,
)
from support.phone_flows import PLACED, READABLE, WORDS

PBX = association(mitm=True)
KNOWN_PBX = association(mitm=True, verified=True, cache_name="Office")
ENROLLED = replace(KNOWN_PBX, enrolled=True)
RELAYED = ("atlas", "confidence")


def asked() -> PhoneDriver:
    """Up to the question, read."""
    driver = PhoneDriver()
    driver.talk_to_bob(PBX)
    driver.happens(EnrolmentOffered(OUT))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.HASH)
    driver.wait(1.5)
    driver.sees(Question("Bob", answerable=True, holding=False))
    driver.actions()
    return driver


def test_r06_the_words_come_before_the_question() -> None:
    run_flow(
        PhoneDriver(),
        [
            *PLACED,
            Step(Encrypted(OUT, PBX), WORDS, (ConnectAudio(OUT),)),
            Step(EnrolmentOffered(OUT), WORDS),
            Step(Wait(1.5), READABLE),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                EnterName("Bob"),
                (ConfirmSas(OUT), NamePeer(OUT, "Bob"), PlayTone(Tone.CONFIRMED)),
            ),
            Step(Press(Key.HASH), Question("Bob", answerable=False, holding=False)),
            Step(Press(Key.CONFIRM, held_s=1), Question, (StopTone(),)),
            Step(Wait(0.5), Question("Bob", answerable=True, holding=False)),
            Step(Press(Key.CONFIRM, held_s=0.4), Question("Bob", answerable=True, holding=False)),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                InCall("Bob", SecurityState.ZRTP_SECURE, 4, notices=(Notice.MITM,)),
                (AllowEnrolment(OUT),),
            ),
        ],
    )


@pytest.mark.parametrize("key", [Key.STAR, Key.MENU, Key.CALL, Key.DIGIT_1, Key.HASH])
def test_r03_every_other_key_refuses(key: Key) -> None:
    driver = asked()
    driver.press(key)
    assert driver.actions() == (RefuseEnrolment(OUT),)
    driver.sees(InCall)


def test_r03_whoever_hangs_up_has_allowed_nothing() -> None:
    driver = asked()
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())
    assert not answers(driver.actions())


def answers(actions: tuple[Action, ...]) -> list[Action]:
    return [each for each in actions if isinstance(each, AllowEnrolment | RefuseEnrolment)]


def test_r06_a_phone_that_was_verified_before_has_its_words_compared_again() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(KNOWN_PBX)
    driver.sees(InCall)
    driver.happens(EnrolmentOffered(OUT))
    driver.sees(replace(WORDS, name="Office", state=SecurityState.ZRTP_SECURE))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.sees(Question("Office", answerable=False, holding=False))
    assert driver.leds == Leds()


def test_r06_words_put_off_put_the_question_off() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(KNOWN_PBX)
    driver.happens(EnrolmentOffered(OUT))
    driver.press(Key.MENU)
    driver.sees(InCall)
    driver.press(Key.CONFIRM)
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.sees(Question)


def test_r06_words_that_differ_end_it() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(PBX)
    driver.happens(EnrolmentOffered(OUT))
    driver.wait(1.5)
    driver.press(Key.STAR, held_s=0.5)
    driver.sees(Alarm)
    driver.wait(2)
    driver.press(Key.CALL)
    driver.happens(EnrolmentOffered(OUT))
    driver.press(Key.CONFIRM)
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=1)
    assert not answers(driver.actions())


def test_r06_an_alarm_comes_before_the_words_and_these_before_the_question() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(replace(PBX, cache=Cache.MISMATCHED))
    driver.happens(EnrolmentOffered(OUT))
    driver.sees(Alarm)
    driver.wait(2)
    driver.press(Key.CONFIRM)
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.HASH)
    driver.sees(Question)


def test_nobody_is_asked_before_there_are_keys() -> None:
    driver = PhoneDriver()
    driver.call_bob()
    driver.happens(EnrolmentOffered(OUT))
    driver.sees(Securing("Bob", signalling_verified=True))
    driver.happens(Encrypted(OUT, KNOWN_PBX))
    driver.sees(InCall)


def test_an_offer_before_the_answer_is_put_afterwards() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), Encrypted(IN, KNOWN_PBX), EnrolmentOffered(IN), HookLifted())
    driver.sees(CompareSas)


def test_while_keys_are_agreed_again_no_answer_counts() -> None:
    driver = asked()
    driver.happens(SecuringBegan(OUT))
    driver.press(Key.STAR)
    driver.sees(Securing)
    driver.happens(Encrypted(OUT, PBX))
    driver.sees(Question("Bob", answerable=False, holding=False))
    assert not answers(driver.actions())


def test_r03_the_offer_of_one_phone_is_not_that_of_the_next() -> None:
    driver = asked()
    driver.happens(Encrypted(OUT, association(zid="c0c0" * 6)))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.HASH)
    driver.sees(InCall)
    assert not answers(driver.actions())


# What the PBX relays.


def test_r02_the_own_pbx_is_named_and_never_green() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(ENROLLED)
    driver.sees(
        InCall(
            "Office",
            SecurityState.ZRTP_SECURE,
            0,
            sip_name="Bob",
            notices=(Notice.ENROLLED,),
            exchange="Office",
        )
    )
    assert driver.leds == Leds()


def test_r02_a_relayed_sas_takes_the_place_of_the_own_one() -> None:
    words = replace(WORDS, sas=RELAYED, relayed=True, exchange="Office")
    run_flow(
        PhoneDriver(),
        [
            *PLACED,
            Step(Encrypted(OUT, ENROLLED), InCall, (ConnectAudio(OUT),)),
            Step(SasRelayed(OUT, RELAYED, verified_there=True), words),
            Step(Wait(1.5), replace(words, confirmable=True)),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                InCall(
                    "Bob",
                    SecurityState.ZRTP_SECURE,
                    2,
                    notices=(Notice.ENROLLED,),
                    exchange="Office",
                ),
                (ConfirmSas(OUT, relayed=True), PlayTone(Tone.CONFIRMED)),
            ),
            # Somebody else behind the same PBX: everything starts again, with a sound.
            Step(Wait(1), InCall, (StopTone(),)),
            Step(
                SasRelayed(OUT, ("adult", "amulet"), disclosure=True),
                replace(words, sas=("adult", "amulet")),
                (PlayTone(Tone.ALARM),),
            ),
            Step(Press(Key.MENU), InCall),
        ],
    )


def test_r02_who_is_behind_the_pbx_is_not_verified_before_the_words_were_compared() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(ENROLLED)
    driver.happens(SasRelayed(OUT, RELAYED, verified_there=True, disclosure=True))
    driver.press(Key.MENU)
    driver.sees(
        InCall(
            "Bob",
            SecurityState.NOT_VERIFIED,
            0,
            notices=(Notice.ENROLLED, Notice.DISCLOSURE, Notice.SAS_NOT_COMPARED),
            exchange="Office",
        )
    )
    assert driver.leds == Leds(red=True)


@pytest.mark.parametrize("found", [PBX, KNOWN_PBX, association()])
def test_r02_anybody_elses_relayed_sas_is_not_shown(found: Association) -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(found)
    before = driver.view
    driver.happens(SasRelayed(OUT, RELAYED))
    driver.sees(before)


def test_r02_without_keys_nothing_is_relayed() -> None:
    driver = PhoneDriver()
    driver.call_bob()
    driver.happens(SasRelayed(OUT, RELAYED))
    driver.sees(Securing)
    driver.happens(Encrypted(OUT, ENROLLED), SecuringBegan(OUT), SasRelayed(OUT, RELAYED))
    driver.sees(Securing)


def test_a_sas_relayed_before_the_answer_is_compared_after_it() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), Encrypted(IN, ENROLLED), SasRelayed(IN, RELAYED), HookLifted())
    driver.sees(
        replace(
            WORDS, name="Bob B.", sas=RELAYED, reads=Half.FIRST, relayed=True, exchange="Office"
        )
    )
    driver.happens(Answered(IN))
    driver.sees(CompareSas)


def test_nobody_behind_a_pbx_gives_it_another_name() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(replace(ENROLLED, cache_name=""))
    driver.happens(SasRelayed(OUT, RELAYED))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.sees(InCall)
    assert not [each for each in driver.actions() if isinstance(each, NamePeer)]


def test_a_question_that_a_pulled_headset_broke_off_comes_again_with_the_handset() -> None:
    driver = PhoneDriver()
    driver.happens(HeadsetPlugged(), incoming())
    driver.press(Key.CALL)
    driver.happens(Answered(IN), Encrypted(IN, KNOWN_PBX), EnrolmentOffered(IN))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.sees(Question)
    driver.happens(HeadsetUnplugged(), HookLifted())
    driver.sees(Question)
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    assert AllowEnrolment(IN) in driver.actions()
