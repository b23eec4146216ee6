"""The words chosen by ear (`sas_check = "choose"`): no key pressed blindly makes a call secure."""

from dataclasses import astuple, replace

import pytest

from agent.phone.actions import (
    ConfirmSas,
    ConnectAudio,
    DenySas,
    DisconnectAudio,
    NamePeer,
    PlayTone,
    StopTone,
    Tone,
)
from agent.phone.events import Association, Cache, Encrypted, SasRelayed
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.views import Alarm, ChooseSas, CompareSas, EnterName, InCall, Notice, Securing
from hw.types import Key, KeyPressed, Leds
from support.phone_driver import (
    IN,
    OUT,
    SAS,
    PhoneDriver,
    Press,
    Step,
    Wait,
    association,
    run_flow,
)
from support.phone_flows import PLACED, RUNG

FIRST = ("adult", "atlas", "tempest", "aztec")
SECOND = ("amulet", "paragon", "Istanbul", "visitor")


def to_choose(found: Association | None = None) -> Association:
    return replace(found or association(), candidates=(FIRST, SECOND))


CHOICE = ChooseSas(
    name="Bob",
    half="paragon",
    candidates=FIRST,
    state=SecurityState.NOT_VERIFIED,
    choosable=False,
    asked=True,
    signalling_verified=True,
)
CHOOSABLE = replace(CHOICE, choosable=True)
ASKED = [
    *PLACED,
    Step(Encrypted(OUT, to_choose()), CHOICE, (ConnectAudio(OUT),)),
    Step(Wait(1.5), CHOOSABLE),
]


def test_the_caller_hears_the_first_word_and_chooses_it() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *ASKED,
            Step(
                Press(Key.DIGIT_3, held_s=0.5),
                EnterName("Bob"),
                (ConfirmSas(OUT), NamePeer(OUT, "Bob"), PlayTone(Tone.CONFIRMED)),
            ),
            Step(Wait(1), EnterName, (StopTone(),)),
            Step(Press(Key.CONFIRM), InCall("Bob", SecurityState.GREEN_SECURE, 3)),
            # Now that it was chosen, all of it may be seen.
            Step(Press(Key.CONFIRM), CompareSas),
        ],
    )
    assert isinstance(driver.view, CompareSas)
    assert driver.view.sas == SAS


def test_the_callee_reads_the_first_word_and_chooses_the_second() -> None:
    driver = PhoneDriver()
    choice = replace(CHOICE, name="Bob B.", half="tempest", candidates=SECOND)
    run_flow(
        driver,
        [
            *RUNG,
            Step(Encrypted(IN, to_choose()), choice, (ConnectAudio(IN),)),
            Step(Wait(1.5), replace(choice, choosable=True)),
            Step(
                Press(Key.DIGIT_2, held_s=0.5),
                EnterName("Bob B."),
                (ConfirmSas(IN), NamePeer(IN, "Bob B."), PlayTone(Tone.CONFIRMED)),
            ),
        ],
    )


@pytest.mark.parametrize("key", [Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_4, Key.STAR])
def test_any_other_one_counts_as_words_that_differ(key: Key) -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *ASKED,
            Step(
                Press(key, held_s=0.5),
                Alarm(SecurityState.SAS_MISMATCH, "Bob"),
                (DisconnectAudio(OUT), DenySas(OUT), PlayTone(Tone.ALARM)),
            ),
        ],
    )
    assert driver.leds == Leds(red=True)


def test_a_slip_of_the_finger_chooses_nothing() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose())
    driver.press(Key.DIGIT_1, held_s=1.4)  # before anybody could have read it
    driver.sees(CHOICE)
    driver.wait(1)
    driver.actions()
    for key in (Key.DIGIT_1, Key.DIGIT_3, Key.STAR, Key.CONFIRM, Key.DIGIT_7, Key.HASH, Key.CALL):
        driver.press(key, held_s=0.4)
        driver.sees(CHOOSABLE)
    driver.press(Key.CONFIRM, held_s=5)
    driver.sees(CHOOSABLE)
    assert driver.actions() == ()


def test_a_key_that_is_held_is_seen_before_it_counts() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose())
    driver.wait(1.5)
    driver.happens(KeyPressed(Key.DIGIT_2))
    driver.sees(replace(CHOOSABLE, held=1))
    driver.wait(0.4)
    driver.happens(KeyPressed(Key.DIGIT_3))
    driver.sees(replace(CHOOSABLE, held=2))
    driver.happens(KeyPressed(Key.STAR))
    driver.sees(replace(CHOOSABLE, differing=True))
    driver.happens(KeyPressed(Key.DIGIT_9))
    driver.wait(5)
    driver.sees(CHOOSABLE)


def test_put_off_it_stays_hidden_and_one_key_away() -> None:
    driver = PhoneDriver()
    talking = InCall("Bob", SecurityState.NOT_VERIFIED, 2, notices=(Notice.SAS_NOT_COMPARED,))
    run_flow(
        driver,
        [
            *ASKED,
            Step(Wait(1), CHOOSABLE),
            Step(Press(Key.MENU), talking),
            Step(Press(Key.CONFIRM), CHOICE),
            Step(Wait(1.5), CHOOSABLE),
            Step(
                Press(Key.DIGIT_3, held_s=0.5),
                EnterName,
                (
                    ConfirmSas(OUT),
                    NamePeer(OUT, "Bob"),
                    PlayTone(Tone.CONFIRMED),
                ),
            ),
        ],
    )


def test_words_seen_again_in_a_call_that_is_proven_are_still_to_be_chosen() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose(association(verified=True, cache_name="Bobby")))
    driver.press(Key.CONFIRM)
    again = replace(CHOICE, name="Bobby", state=SecurityState.GREEN_SECURE, asked=False)
    driver.sees(again)
    driver.wait(1.5)
    driver.sees(replace(again, choosable=True))
    driver.press(Key.CONFIRM)
    driver.sees(InCall)
    driver.press(Key.CONFIRM)
    driver.wait(1.5)
    driver.actions()
    driver.press(Key.DIGIT_1, held_s=0.5)
    driver.sees(Alarm(SecurityState.SAS_MISMATCH, "Bob"))
    assert DenySas(OUT) in driver.actions()


def test_an_alarm_comes_before_the_choice() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose(association(cache=Cache.MISMATCHED)))
    driver.sees(Alarm(SecurityState.CACHE_MISMATCH, "Bob"))
    driver.wait(1)
    driver.press(Key.CONFIRM)
    driver.sees(replace(CHOICE, state=SecurityState.CACHE_MISMATCH))


def test_a_relayed_sas_is_chosen_by_ear_too() -> None:
    driver = PhoneDriver()
    pbx = replace(
        to_choose(association(verified=True, cache_name="Office")), mitm=True, enrolled=True
    )
    driver.talk_to_bob(pbx)
    offered = (("atlas", "ammo", "acme", "ahead"), ("amulet", "adroitness", "Ohio", "Yucatan"))
    driver.happens(SasRelayed(OUT, ("atlas", "amulet"), candidates=offered))
    relayed = replace(CHOICE, half="amulet", candidates=offered[0], relayed=True, exchange="Office")
    driver.sees(relayed)
    driver.wait(1.5)
    driver.actions()
    driver.press(Key.DIGIT_1, held_s=0.5)
    assert ConfirmSas(OUT, relayed=True) in driver.actions()
    driver.sees(InCall)


def test_the_same_keys_again_bring_the_same_candidates_and_a_fresh_look() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose())
    driver.wait(1.5)
    driver.happens(KeyPressed(Key.DIGIT_1), SecuringBegan(OUT))
    driver.sees(Securing)
    redrawn = replace(
        to_choose(), candidates=(("tempest", "a", "b", "c"), ("paragon", "d", "e", "f"))
    )
    driver.happens(Encrypted(OUT, redrawn))
    driver.sees(CHOICE)
    driver.wait(5)
    driver.sees(CHOOSABLE)


def test_nothing_shows_both_halves_before_the_choice() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(to_choose())
    for key in (*Key, *Key):
        if key not in {Key.HANG_UP, Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.DIGIT_4, Key.STAR}:
            driver.press(key, held_s=0.6)
            shown = repr(astuple(driver.view))
            assert not isinstance(driver.view, CompareSas)
            assert isinstance(driver.view, ChooseSas) or not {"tempest", "paragon"} & set(
                shown.split("'")
            )
