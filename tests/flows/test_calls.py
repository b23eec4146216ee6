"""Calls as a person lives them: what happens, what is pressed, what the screen says then."""

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
    AccountCondition,
    Answered,
    Cache,
    CallEnded,
    CallId,
    Dialled,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    Remembered,
    RemoteRinging,
    ZrtpHash,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.settings import PhoneSettings
from agent.phone.views import (
    AccountLine,
    Alarm,
    Calling,
    CallOver,
    CompareSas,
    Dialling,
    EnterName,
    Half,
    Idle,
    InCall,
    Insecure,
    NotEncrypted,
    Notice,
    OffHook,
    Ringing,
    Securing,
    Unknown,
)
from hw.types import HookLifted, HookReplaced, Key, Leds
from support.phone_driver import (
    IN,
    OUT,
    SAS,
    THIRD_OF_MAY,
    PhoneDriver,
    Press,
    Step,
    Wait,
    association,
    incoming,
    run_flow,
)

ACCOUNTS = (
    AccountLine("home", AccountCondition.STARTING),
    AccountLine("work", AccountCondition.STARTING),
)
IDLE = Idle("alice", accounts=ACCOUNTS)
WORDS = CompareSas(
    name="Bob",
    sas=SAS,
    reads=Half.SECOND,
    state=SecurityState.NOT_VERIFIED,
    confirmable=False,
    holding=False,
    asked=True,
    signalling_verified=True,
)
READABLE = replace(WORDS, confirmable=True)
DIAL_BOB = Dial(OUT, "sip:bob@example.org", "home")

PLACED = [
    Step(HookLifted(), OffHook(), (PlayTone(Tone.DIAL),)),
    Step(Press(Key.DIGIT_1), Dialling("1"), (StopTone(),)),
    Step(Press(Key.DIGIT_0), Dialling("10")),
    Step(Press(Key.DIGIT_0), Dialling("100")),
    Step(Press(Key.DIGIT_2), Dialling("1002", "Bob")),
    Step(Press(Key.HASH), Calling("Bob"), (DIAL_BOB,)),
    Step(Dialled(OUT, signalling_verified=True), Calling("Bob")),
    Step(RemoteRinging(OUT), Calling("Bob", ringing=True), (PlayTone(Tone.RINGBACK),)),
    Step(Answered(OUT), Securing("Bob", signalling_verified=True), (StopTone(),)),
]
RUNG = [
    Step(
        incoming(),
        Ringing("Bob B.", "home", signalling_verified=True),
        (Ring(IN), StartRinging()),
    ),
    Step(
        HookLifted(),
        Securing("Bob B.", signalling_verified=True),
        (StopRinging(), Answer(IN)),
    ),
    Step(Answered(IN), Securing("Bob B.", signalling_verified=True)),
]


def test_first_call_is_confirmed_and_named() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *PLACED,
            Step(SecuringBegan(OUT), Securing("Bob", signalling_verified=True)),
            Step(Encrypted(OUT, association()), WORDS, (ConnectAudio(OUT),)),
            Step(Wait(1.5), READABLE),
            Step(
                Press(Key.CONFIRM, held_s=0.5),
                EnterName("Bob"),
                (ConfirmSas(OUT), NamePeer(OUT, "Bob"), PlayTone(Tone.CONFIRMED)),
            ),
            Step(Press(Key.DIGIT_2), EnterName("Boba", pending=True)),
            Step(Press(Key.DIGIT_2), EnterName("Bobb", pending=True)),
            Step(Wait(1.0), EnterName("Bobb"), (StopTone(),)),
            Step(Press(Key.DIGIT_9), EnterName("Bobbw", pending=True)),
            Step(Press(Key.DIGIT_9), EnterName("Bobbx", pending=True)),
            Step(Press(Key.DIGIT_9), EnterName("Bobby", pending=True)),
            Step(
                Press(Key.CONFIRM),
                InCall("Bobby", SecurityState.GREEN_SECURE, 3, sip_name="Bob"),
                (NamePeer(OUT, "Bobby"),),
            ),
            Step(Wait(7), InCall("Bobby", SecurityState.GREEN_SECURE, 10, sip_name="Bob")),
            Step(HookReplaced(), IDLE, (DisconnectAudio(OUT), HangUp(OUT))),
        ],
    )
    assert driver.leds == Leds()


def test_second_call_is_verified_unasked() -> None:
    driver = PhoneDriver()
    found = association(verified=True, cache_name="Bobby")
    run_flow(
        driver,
        [
            *RUNG,
            Step(
                Encrypted(IN, found),
                InCall("Bobby", SecurityState.GREEN_SECURE, 0, sip_name="Bob B."),
                (ConnectAudio(IN),),
            ),
        ],
    )
    assert driver.leds == Leds(green=True)


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
                Press(Key.MENU),
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
            Step(Press(Key.MENU), CompareSas),
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


def test_remote_hangs_up() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True, cache_name="Bobby"))
    driver.wait(65)
    driver.press(Key.CALL)
    driver.actions()
    over = CallOver("Bobby", EndReason.REMOTE_HUNG_UP, "", 65)
    run_flow(
        driver,
        [
            Step(
                CallEnded(OUT, EndReason.REMOTE_HUNG_UP),
                over,
                (DisconnectAudio(OUT), MuteMicrophone(muted=False), PlayTone(Tone.BUSY)),
            ),
            Step(Press(Key.DIGIT_1), over),
            Step(Wait(60), over),
            Step(HookReplaced(), IDLE, (StopTone(),)),
        ],
    )


def test_busy_there() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *PLACED[:-1],
            Step(
                CallEnded(OUT, EndReason.BUSY, "Busy\x1b[2J  Here"),
                CallOver("Bob", EndReason.BUSY, "Busy[2J Here"),
                (PlayTone(Tone.BUSY),),
            ),
            Step(Press(Key.HANG_UP), OffHook(), (PlayTone(Tone.DIAL),)),
        ],
    )


def test_certificate_not_trusted_is_an_error() -> None:
    driver = PhoneDriver()
    run_flow(driver, PLACED[:-2])
    driver.happens(CallEnded(OUT, EndReason.NOT_TRUSTED, "expired 2026-11-01"))
    driver.sees(CallOver("Bob", EndReason.NOT_TRUSTED, "expired 2026-11-01"))
    assert driver.tone is Tone.ERROR


def test_nobodys_number() -> None:
    driver = PhoneDriver(PhoneSettings("alice"))
    run_flow(
        driver,
        [
            Step(HookLifted(), OffHook(), (PlayTone(Tone.DIAL),)),
            Step(Press(Key.HASH), OffHook()),
            Step(Press(Key.DIGIT_9), Dialling("9"), (StopTone(),)),
            Step(Press(Key.CALL), Unknown("9"), (PlayTone(Tone.ERROR),)),
            Step(Press(Key.HANG_UP), OffHook(), (PlayTone(Tone.DIAL),)),
            Step(HookReplaced(), Idle("alice"), (StopTone(),)),
        ],
    )


def test_caller_gives_up() -> None:
    driver = PhoneDriver()
    run_flow(
        driver,
        [
            *RUNG[:1],
            Step(Answered(IN), Ringing),
            Step(RemoteRinging(IN), Ringing),
            Step(Dialled(IN, signalling_verified=False), Ringing),
            Step(HookReplaced(), Ringing),
            Step(
                CallEnded(IN, EndReason.CANCELLED),
                replace(IDLE, missed=1),
                (StopRinging(),),
            ),
            Step(HookLifted(), OffHook, (PlayTone(Tone.DIAL),)),
            Step(HookReplaced(), IDLE, (StopTone(),)),
        ],
    )


def test_declined() -> None:
    run_flow(
        PhoneDriver(),
        [
            *RUNG[:1],
            Step(Press(Key.DIGIT_1), Ringing),
            Step(Press(Key.HANG_UP), IDLE, (StopRinging(), HangUp(IN, Refusal.DECLINED))),
            Step(CallEnded(IN, EndReason.LOCAL_HUNG_UP), IDLE),
        ],
    )


def test_second_caller_hears_busy_and_is_counted() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True))
    driver.actions()
    run_flow(
        driver,
        [
            Step(incoming(), InCall, (HangUp(IN, Refusal.BUSY),)),
            Step(HookReplaced(), replace(IDLE, missed=1), (DisconnectAudio(OUT), HangUp(OUT))),
        ],
    )


def test_handset_put_down_while_the_name_is_asked() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association())
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    assert ConfirmSas(OUT) in driver.actions()
    driver.press(Key.DIGIT_9)
    driver.happens(HookReplaced())
    driver.sees(IDLE)
    assert driver.actions() == (DisconnectAudio(OUT), StopTone(), HangUp(OUT))


def test_a_phone_without_a_hook_switch_is_used_by_its_keys() -> None:
    driver = PhoneDriver()
    second = CallId("in-2")
    run_flow(
        driver,
        [
            Step(Press(Key.DIGIT_1), IDLE),
            Step(Press(Key.HANG_UP), IDLE),
            Step(Press(Key.CALL), OffHook(), (PlayTone(Tone.DIAL),)),
            Step(Press(Key.HANG_UP), IDLE, (StopTone(),)),
            *RUNG[:1],
            Step(Press(Key.CALL), Securing, (StopRinging(), Answer(IN))),
            Step(CallEnded(IN, EndReason.REMOTE_HUNG_UP), CallOver),
            Step(Wait(3.9), CallOver),
            Step(Wait(0.1), IDLE),
            Step(incoming(call=second), Ringing, (Ring(second), StartRinging())),
            Step(Press(Key.CALL), Securing, (StopRinging(), Answer(second))),
            Step(HookLifted(), Securing),
            Step(CallEnded(second, EndReason.REMOTE_HUNG_UP), CallOver, (PlayTone(Tone.BUSY),)),
            Step(HookReplaced(), IDLE, (StopTone(),)),
        ],
    )


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
