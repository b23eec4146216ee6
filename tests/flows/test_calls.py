"""Calls as a person lives them: what happens, what is pressed, what the screen says then."""

from dataclasses import replace

from agent.phone.actions import (
    Answer,
    ConfirmSas,
    ConnectAudio,
    DisconnectAudio,
    HangUp,
    MuteMicrophone,
    NamePeer,
    PlayTone,
    Refusal,
    Ring,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
    UseHeadset,
)
from agent.phone.events import (
    Answered,
    CallEnded,
    CallId,
    Dialled,
    Encrypted,
    EndReason,
    RemoteRinging,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.preferences import Preferences
from agent.phone.security import SecurityState
from agent.phone.settings import PhoneSettings
from agent.phone.views import (
    Calling,
    CallOver,
    Dialling,
    EnterName,
    Idle,
    InCall,
    LiftHandset,
    OffHook,
    Ringing,
    Securing,
    Stage,
    Unknown,
)
from hw.types import (
    Device,
    DeviceMissing,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    Leds,
)
from support.phone_driver import (
    IN,
    OUT,
    SETTINGS,
    PhoneDriver,
    Press,
    Step,
    Wait,
    association,
    incoming,
    run_flow,
)
from support.phone_flows import IDLE, PLACED, READABLE, RUNG, WORDS


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


def test_a_network_without_a_way_through_sounds_like_one() -> None:
    driver = PhoneDriver()
    run_flow(driver, PLACED[:-2])
    driver.happens(CallEnded(OUT, EndReason.UNREACHABLE, "no answer from 192.0.2.7"))
    assert driver.tone is Tone.CONGESTION


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
                IDLE,
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


def test_second_caller_hears_busy_where_nobody_wants_to_know_of_them() -> None:
    preferences = Preferences(call_waiting=False)
    driver = PhoneDriver(replace(SETTINGS, preferences=preferences))
    driver.talk_to_bob(association(verified=True))
    driver.actions()
    run_flow(
        driver,
        [
            Step(incoming(), InCall, (HangUp(IN, Refusal.BUSY),)),
            Step(HookReplaced(), IDLE, (DisconnectAudio(OUT), HangUp(OUT))),
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


def test_who_answers_by_the_call_key_is_not_heard_before_the_handset_is_up() -> None:
    driver = PhoneDriver()
    driver.happens(incoming())
    driver.press(Key.CALL)
    assert Answer(IN) in driver.actions()
    driver.happens(Answered(IN), Encrypted(IN, association(verified=True)))
    driver.sees(LiftHandset)
    assert ConnectAudio(IN) not in driver.actions()
    driver.happens(HookLifted())
    assert ConnectAudio(IN) in driver.actions()
    driver.sees(InCall)


def test_who_dials_with_the_handset_in_its_cradle_lifts_it_then_or_presses_call_again() -> None:
    for come in (HookLifted(), KeyPressed(Key.CALL)):
        driver = PhoneDriver()
        driver.press(Key.CALL)
        driver.dial("1002#")
        driver.sees(LiftHandset("Bob", Stage.CALLING))
        driver.happens(come)
        driver.sees(Calling("Bob"))


def test_where_the_headset_is_pulled_out_the_handset_in_its_cradle_hears_nothing() -> None:
    driver = PhoneDriver()
    driver.happens(HeadsetPlugged(), incoming())
    driver.press(Key.CALL)
    driver.happens(Answered(IN), Encrypted(IN, association(verified=True)))
    assert ConnectAudio(IN) in driver.actions()
    driver.happens(HeadsetUnplugged())
    assert DisconnectAudio(IN) in driver.actions()
    driver.sees(LiftHandset)
    driver.happens(HookLifted())
    assert ConnectAudio(IN) in driver.actions()


def test_a_phone_without_a_hook_switch_is_used_by_its_keys() -> None:
    driver = PhoneDriver()
    driver.happens(DeviceMissing(Device.HOOK, "no such line"))
    second = CallId("in-2")
    run_flow(
        driver,
        [
            Step(Press(Key.DIGIT_1), Idle),
            Step(Press(Key.HANG_UP), Idle),
            Step(Press(Key.CALL), OffHook, (PlayTone(Tone.DIAL),)),
            Step(Press(Key.HANG_UP), Idle, (StopTone(),)),
            *RUNG[:1],
            Step(Press(Key.CALL), Securing, (StopRinging(), Answer(IN))),
            Step(CallEnded(IN, EndReason.REMOTE_HUNG_UP), CallOver),
            Step(Wait(3.9), CallOver),
            Step(Wait(0.1), Idle),
            Step(incoming(call=second), Ringing, (Ring(second), StartRinging())),
            Step(Press(Key.CALL), Securing, (StopRinging(), Answer(second))),
            Step(HookLifted(), Securing),
            Step(CallEnded(second, EndReason.REMOTE_HUNG_UP), CallOver, (PlayTone(Tone.BUSY),)),
            Step(HookReplaced(), Idle, (StopTone(),)),
        ],
    )


def test_a_call_taken_on_the_headset_moves_to_the_handset_that_is_lifted() -> None:
    """The hook stays down: the call key stands in for it, and the headset for the handset."""
    driver = PhoneDriver()
    driver.happens(HeadsetPlugged(), incoming())
    assert UseHeadset(headset=True) in driver.actions()
    driver.press(Key.CALL)
    assert Answer(IN) in driver.actions()
    driver.happens(Answered(IN), HookLifted())
    assert driver.actions() == (UseHeadset(headset=False),)
    driver.sees(Securing)
    driver.happens(HookReplaced())
    *done, last = driver.actions()
    assert HangUp(IN) in done
    assert last == UseHeadset(headset=True)
    driver.happens(HeadsetUnplugged())
    assert driver.actions() == (UseHeadset(headset=False),)
