"""The words compared, put off, denied; alarms before them; calls that get none."""

from dataclasses import replace

from agent.phone.actions import (
    Answer,
    ConfirmSas,
    ConnectAudio,
    DenySas,
    Dial,
    DisconnectAudio,
    HangUp,
    MuteMicrophone,
    NamePeer,
    PlayTone,
    Refusal,
    Ring,
    SendDtmf,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
)
from agent.phone.events import (
    Answered,
    Cache,
    CallEnded,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    Remembered,
    ZrtpHash,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    Calling,
    CompareSas,
    Dialling,
    EnterName,
    Half,
    InCall,
    Insecure,
    NotEncrypted,
    Notice,
    OffHook,
    Ringing,
    Securing,
)
from hw.types import HookLifted, HookReplaced, Key, Leds
from support.phone_driver import (
    IN,
    OUT,
    THIRD_OF_MAY,
    PhoneDriver,
    Press,
    Step,
    Wait,
    association,
    incoming,
    run_flow,
)
from support.phone_flows import IDLE, PLACED, READABLE, RUNG, WORDS


def test_words_put_off_stay_one_key_away() -> None:
    driver = PhoneDriver()
    talking = InCall("Bob B.", SecurityState.NOT_VERIFIED, 2, notices=(Notice.SAS_NOT_COMPARED,))
    words = replace(WORDS, name="Bob B.", reads=Half.FIRST)
    run_flow(
        driver,
        [
            *RUNG,
            Step(Encrypted(IN, association()), words, (ConnectAudio(IN),)),
            Step(Wait(2), replace(words, confirmable=True)),
            Step(Press(Key.MENU), talking),
            Step(Press(Key.DIGIT_5), talking, (SendDtmf(IN, "5"),)),
            Step(Press(Key.STAR), talking, (SendDtmf(IN, "*"),)),
            Step(Press(Key.HASH), talking, (SendDtmf(IN, "#"),)),
            Step(Press(Key.CALL), replace(talking, muted=True), (MuteMicrophone(muted=True),)),
            Step(Press(Key.CALL), talking, (MuteMicrophone(muted=False),)),
            Step(Press(Key.CONFIRM), words),
            Step(Press(Key.CONFIRM, held_s=1), words),
            Step(Wait(0.5), replace(words, confirmable=True)),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                EnterName("Bob B."),
                (ConfirmSas(IN), NamePeer(IN, "Bob B."), PlayTone(Tone.CONFIRMED)),
            ),
            Step(Press(Key.HASH), InCall("Bob B.", SecurityState.GREEN_SECURE, 4)),
            Step(
                Press(Key.CONFIRM),
                replace(words, asked=False, state=SecurityState.GREEN_SECURE),
            ),
            Step(Wait(2), CompareSas, (StopTone(),)),
            Step(Press(Key.CONFIRM), InCall("Bob B.", SecurityState.GREEN_SECURE, 6)),
        ],
    )


def test_words_that_differ_silence_the_call_until_the_person_chooses() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *PLACED,
            Step(Encrypted(OUT, association()), WORDS, (ConnectAudio(OUT),)),
            Step(Wait(1.5), READABLE),
            Step(Press(Key.STAR, held_s=0.4), READABLE),
            Step(
                Press(Key.STAR, held_s=0.5),
                Alarm(SecurityState.SAS_MISMATCH, "Bob"),
                (DisconnectAudio(OUT), DenySas(OUT), PlayTone(Tone.ALARM)),
            ),
            Step(Wait(60), Alarm(SecurityState.SAS_MISMATCH, "Bob")),
            Step(Press(Key.CONFIRM, held_s=1), Alarm(SecurityState.SAS_MISMATCH, "Bob")),
            Step(Press(Key.DIGIT_1), Alarm(SecurityState.SAS_MISMATCH, "Bob")),
            Step(
                Press(Key.CALL),
                InCall("Bob", SecurityState.SAS_MISMATCH, 63),
                (StopTone(), ConnectAudio(OUT)),
            ),
        ],
    )
    assert driver.leds == Leds(red=True)
    driver.press(Key.CONFIRM)
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=1)
    driver.sees(InCall("Bob", SecurityState.SAS_MISMATCH, 66))
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())
    assert driver.leds == Leds()


def test_cache_mismatch_warns_before_the_words() -> None:
    driver = PhoneDriver()
    found = association(cache=Cache.MISMATCHED, cache_name="Bobby")
    words = replace(WORDS, state=SecurityState.CACHE_MISMATCH)
    alarm = Alarm(SecurityState.CACHE_MISMATCH, "Bob")
    run_flow(
        driver,
        [
            *PLACED,
            Step(Encrypted(OUT, found), alarm, (PlayTone(Tone.ALARM),)),
            Step(Press(Key.CONFIRM), alarm),
            Step(Wait(30), alarm),
            Step(Press(Key.MENU), alarm),
            Step(Press(Key.CALL), alarm),
            Step(Press(Key.DIGIT_5), words, (StopTone(), ConnectAudio(OUT))),
            Step(Wait(1.5), replace(words, confirmable=True)),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                InCall("Bobby", SecurityState.GREEN_SECURE, 32, sip_name="Bob"),
                (ConfirmSas(OUT), PlayTone(Tone.CONFIRMED)),
            ),
            Step(Wait(0.6), InCall, (StopTone(),)),
        ],
    )


def test_cache_mismatch_put_off_stays_red() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(cache=Cache.MISMATCHED, cache_name="Bobby"))
    driver.wait(1)
    driver.press(Key.CONFIRM)
    driver.press(Key.MENU)
    driver.sees(InCall("Bob", SecurityState.CACHE_MISMATCH, 1, notices=(Notice.SAS_NOT_COMPARED,)))
    assert driver.leds == Leds(red=True)


def test_another_phone_than_before_says_since_when() -> None:
    driver = PhoneDriver()
    before = Remembered("Bobby", THIRD_OF_MAY)
    run_flow(
        driver,
        [
            Step(
                incoming(remembered=before),
                Ringing(
                    "Bob B.",
                    "home",
                    signalling_verified=True,
                    remembered_as="Bobby",
                    verified_on=THIRD_OF_MAY,
                ),
                (Ring(IN), StartRinging()),
            ),
            Step(HookLifted(), Securing, (StopRinging(), Answer(IN))),
            Step(
                Encrypted(IN, association(zid="e" * 24, another_phone=before)),
                Alarm(SecurityState.ANOTHER_PHONE, "Bob B.", THIRD_OF_MAY),
                (PlayTone(Tone.ALARM),),
            ),
        ],
    )
    assert driver.leds == Leds(red=True)


def test_wrong_hash_warns() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(zrtp_hash=ZrtpHash.DIFFERS, verified=True))
    driver.sees(Alarm(SecurityState.HASH_DIFFERS, "Bob"))
    assert driver.audio is None


def test_direct_call_is_never_green() -> None:
    driver = PhoneDriver()
    notice = Notice.SIGNALLING_NOT_VERIFIED
    run_flow(
        driver,
        [
            Step(HookLifted(), OffHook(), (PlayTone(Tone.DIAL),)),
            Step(Press(Key.DIGIT_7), Dialling("7", "Workshop"), (StopTone(),)),
            Step(Wait(4), Calling("Workshop"), (Dial(OUT, "sip:192.0.2.9", ""),)),
            Step(Answered(OUT), Securing("Workshop", signalling_verified=False)),
            Step(
                Encrypted(OUT, association(zrtp_hash=ZrtpHash.MISSING)),
                replace(
                    WORDS,
                    name="Workshop",
                    state=SecurityState.SIGNALLING_NOT_VERIFIED,
                    signalling_verified=False,
                ),
                (ConnectAudio(OUT),),
            ),
            Step(
                Press(Key.MENU),
                InCall(
                    "Workshop",
                    SecurityState.SIGNALLING_NOT_VERIFIED,
                    0,
                    notices=(notice, Notice.SAS_NOT_COMPARED),
                ),
            ),
            Step(Press(Key.CONFIRM), CompareSas),
            Step(Wait(1.5), CompareSas),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                EnterName("Workshop"),
                (ConfirmSas(OUT), NamePeer(OUT, "Workshop"), PlayTone(Tone.CONFIRMED)),
            ),
            Step(
                Press(Key.CONFIRM),
                InCall("Workshop", SecurityState.ZRTP_SECURE, 2, notices=(notice,)),
            ),
        ],
    )
    assert driver.leds == Leds()


def test_no_encryption_there() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *PLACED,
            Step(
                EncryptionMissing(OUT),
                NotEncrypted("Bob"),
                (HangUp(OUT, Refusal.NOT_ENCRYPTED), PlayTone(Tone.ERROR)),
            ),
            Step(CallEnded(OUT, EndReason.LOCAL_HUNG_UP), NotEncrypted("Bob")),
            Step(Wait(60), NotEncrypted("Bob")),
        ],
    )
    assert driver.leds == Leds(red=True)
    driver.happens(HookReplaced())
    driver.sees(IDLE)
    assert driver.leds == Leds()


def test_attack_on_the_key_agreement() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *PLACED,
            Step(
                EncryptionFailed(OUT, EncryptionFault.ATTACK, "hvi"),
                Insecure("Bob", EncryptionFault.ATTACK),
                (HangUp(OUT, Refusal.NOT_ENCRYPTED), PlayTone(Tone.ALARM)),
            ),
            Step(Encrypted(OUT, association()), Insecure),
            Step(Press(Key.HANG_UP), OffHook(), (PlayTone(Tone.DIAL),)),
        ],
    )


def test_failed_key_agreement_without_an_attacker() -> None:
    driver = PhoneDriver()
    driver.call_bob()
    driver.happens(EncryptionFailed(OUT, EncryptionFault.TIMED_OUT))
    driver.sees(Insecure("Bob", EncryptionFault.TIMED_OUT))
    assert driver.tone is Tone.ERROR
    assert driver.leds == Leds(red=True)


def test_another_phone_in_mid_call_starts_the_ritual_again() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True, cache_name="Bobby"))
    driver.actions()
    words = replace(WORDS, sas=("adult", "amulet"))
    run_flow(
        driver,
        [
            Step(
                SecuringBegan(OUT),
                Securing("Bob", signalling_verified=True),
                (DisconnectAudio(OUT),),
            ),
            Step(
                Encrypted(OUT, association(zid="c" * 24, sas=("adult", "amulet"))),
                words,
                (ConnectAudio(OUT), PlayTone(Tone.ALARM)),
            ),
            Step(Wait(0.6), words, (StopTone(),)),
        ],
    )
    assert driver.leds == Leds(red=True)
