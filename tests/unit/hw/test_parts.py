"""The drivers step by step, on lines that are none: no threads, no clock."""

import itertools

import pytest

from hw.gpio import GpioError, Pull, RpiGpio
from hw.hook import Hook
from hw.keypad import SCAN_SECONDS, Keypad
from hw.leds import LOOK_SECONDS as LAMPS_SECONDS
from hw.leds import Lamps
from hw.profile import BuzzerProfile, HookProfile, KeypadProfile, LedsProfile, load_profile
from hw.ringer import LOOK_SECONDS, Buzzer
from hw.stuck import STUCK_SECONDS
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HardwareEvent,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    RingTone,
)
from support.fake_gpio import GROUND, FakeGpio, WiringFaultError

FOUR = load_profile("pi-usb-handset").keypad
THREE = load_profile("pi-spi-12-keys").keypad
ROWS, COLUMNS = FOUR.rows, FOUR.columns


class Typist:
    """Presses crossings of a keypad and lets it look for as long as that takes."""

    def __init__(self, keypad: Keypad, gpio: FakeGpio) -> None:
        self.gpio = gpio
        self.events: list[HardwareEvent] = []
        self._keypad = keypad
        self._now = (at * SCAN_SECONDS for at in itertools.count())
        keypad.open()

    def look(self, times: int = 12) -> list[HardwareEvent]:
        before = len(self.events)
        for _ in range(times):
            assert self._keypad.step(next(self._now), self.events.append) == SCAN_SECONDS
        return self.events[before:]

    def press(self, row: int, column: int) -> list[HardwareEvent]:
        self.gpio.join(ROWS[row], COLUMNS[column])
        return self.look()

    def release(self, row: int, column: int) -> list[HardwareEvent]:
        self.gpio.part(ROWS[row], COLUMNS[column])
        return self.look()


@pytest.fixture
def gpio() -> FakeGpio:
    return FakeGpio()


def test_three_corners_of_a_rectangle_raise_no_ghost(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, FOUR), gpio)
    assert typist.press(0, 0) == [KeyPressed(Key.DIGIT_1)]
    assert typist.press(0, 1) == [KeyPressed(Key.DIGIT_2)]
    assert typist.press(1, 0) == []  # or is it 5 that was pressed?
    assert typist.release(0, 1) == [KeyReleased(Key.DIGIT_2), KeyPressed(Key.DIGIT_4)]
    assert typist.release(0, 0) == [KeyReleased(Key.DIGIT_1)]
    assert typist.release(1, 0) == [KeyReleased(Key.DIGIT_4)]
    assert gpio.faults == []


def test_every_rectangle_of_the_keypad_has_no_fourth_key(gpio: FakeGpio) -> None:
    """All 36 rectangles of a 4x4 keypad, each with each corner left out."""
    typist = Typist(Keypad(lambda: gpio, FOUR), gpio)
    pairs = list(itertools.combinations(range(4), 2))
    for (top, bottom), (left, right) in itertools.product(pairs, pairs):
        corners = [(top, left), (top, right), (bottom, left), (bottom, right)]
        for fourth in corners:
            three = [corner for corner in corners if corner != fourth]
            ghost = FOUR.matrix.keys[fourth[0]][fourth[1]]
            told = [event for corner in three for event in typist.press(*corner)]
            told += [event for corner in three for event in typist.release(*corner)]
            assert KeyPressed(ghost) not in told
            assert (
                len(told) == 6 or KeyPressed(FOUR.matrix.keys[three[2][0]][three[2][1]]) not in told
            )
    assert gpio.faults == []


def test_a_fast_typist_may_press_the_next_key_before_the_last_is_up(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, FOUR), gpio)
    told: list[HardwareEvent] = []
    keys = [(row, column) for row in range(4) for column in range(3)]
    for before, after in itertools.pairwise(keys):
        told += typist.press(*after) if told else [*typist.press(*before), *typist.press(*after)]
        told += typist.release(*before)
    told += typist.release(*keys[-1])
    pressed = [event.key for event in told if isinstance(event, KeyPressed)]
    released = [event.key for event in told if isinstance(event, KeyReleased)]
    assert pressed == released == [FOUR.matrix.keys[row][column] for row, column in keys]


def test_a_key_that_is_stuck_is_told_and_the_others_work(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, FOUR), gpio)
    assert typist.press(1, 1) == [KeyPressed(Key.DIGIT_5)]
    reason = "the key 5 is down all the time: stuck, or its wires touch"
    looks = int(STUCK_SECONDS / SCAN_SECONDS)
    assert typist.look(looks) == [
        KeyReleased(Key.DIGIT_5),
        DeviceMissing(Device.KEYPAD, reason),
    ]
    assert typist.press(0, 0) == [KeyPressed(Key.DIGIT_1)]
    assert typist.release(0, 0) == [KeyReleased(Key.DIGIT_1)]
    assert typist.look(looks) == []
    assert typist.release(1, 1) == [DeviceBack(Device.KEYPAD)]
    assert typist.press(1, 1) == [KeyPressed(Key.DIGIT_5)]


@pytest.mark.parametrize("profile", [FOUR, THREE])
def test_a_key_that_is_down_as_the_lines_go_is_let_go(
    gpio: FakeGpio, profile: KeypadProfile
) -> None:
    typist = Typist(Keypad(lambda: gpio, profile), gpio)
    gpio.join(profile.rows[0], profile.columns[0])
    assert typist.look() == [KeyPressed(Key.DIGIT_1)]
    gpio.unplug()
    with pytest.raises(GpioError):
        typist.look()
    assert typist.events[1:] == [KeyReleased(Key.DIGIT_1)]
    gpio.plug()
    assert typist.look() == [KeyPressed(Key.DIGIT_1)]


def test_a_long_press_that_the_lines_cut_short_is_no_press_at_all(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, THREE), gpio)
    assert typist.press(3, 2) == []
    gpio.unplug()
    with pytest.raises(GpioError):
        typist.look()
    assert typist.events == []


def test_a_keypad_at_rest_only_reads(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, FOUR), gpio)
    typist.press(2, 3)
    typist.release(2, 3)
    written = gpio.writes
    typist.look(100)
    assert gpio.writes == written


def test_twelve_keys_do_the_work_of_sixteen(gpio: FakeGpio) -> None:
    typist = Typist(Keypad(lambda: gpio, THREE), gpio)
    assert typist.press(3, 2) == []
    assert typist.look(130) == [KeyPressed(Key.CALL)]
    assert typist.release(3, 2) == [KeyReleased(Key.CALL)]
    typist.press(3, 2)
    assert typist.release(3, 2) == [KeyPressed(Key.HASH), KeyReleased(Key.HASH)]


def test_a_keypad_gives_its_lines_back_even_after_half_an_opening(gpio: FakeGpio) -> None:
    other = gpio.take(COLUMNS[2])
    keypad = Keypad(lambda: gpio, FOUR)
    with pytest.raises(GpioError, match=f"GPIO{COLUMNS[2]} is taken already"):
        keypad.open()
    keypad.close()
    assert gpio.taken() == {COLUMNS[2]}
    other.release()
    keypad.open()
    assert gpio.taken() == {*ROWS, *COLUMNS}
    keypad.close()
    assert gpio.taken() == set()


LIFTED_AT, REPLACED_AT = 200, 800
"""Milliseconds."""


def moves_of_a_bouncing_hook(
    gpio: FakeGpio, *, lifted_is_open: bool, bounce_ms: int, period_ms: int
) -> list[tuple[int, HardwareEvent]]:
    """Lifts the handset and puts it back; returns what was told, and when in milliseconds.

    For `bounce_ms` after each move the contact changes every `period_ms`.
    """
    hook = Hook(lambda: gpio, HookProfile(17, lifted_is_open))
    hook.open()
    told: list[tuple[int, HardwareEvent]] = []
    for at in range(0, 1500, 5):
        up = LIFTED_AT <= at < REPLACED_AT
        since = at - (LIFTED_AT if up else REPLACED_AT)
        if 0 <= since < bounce_ms and since // period_ms % 2:
            up = not up
        (gpio.part if up is lifted_is_open else gpio.join)(17)
        events: list[HardwareEvent] = []
        hook.step(at / 1000, events.append)
        told += [(at, event) for event in events]
    hook.close()
    return told


@pytest.mark.parametrize("bounce_ms", [1, 20, 60, 99])
@pytest.mark.parametrize("period_ms", [1, 3, 7, 25])
@pytest.mark.parametrize("lifted_is_open", [True, False])
def test_a_hook_that_bounces_is_one_hook(
    gpio: FakeGpio, bounce_ms: int, period_ms: int, *, lifted_is_open: bool
) -> None:
    told = moves_of_a_bouncing_hook(
        gpio, lifted_is_open=lifted_is_open, bounce_ms=bounce_ms, period_ms=period_ms
    )
    assert [event for _, event in told] == [HookLifted(), HookReplaced()]
    for (at, _), moved in zip(told, (LIFTED_AT, REPLACED_AT), strict=True):
        assert moved <= at <= moved + bounce_ms + 15


@pytest.mark.parametrize("lifted_is_open", [True, False])
def test_a_hook_of_either_kind(gpio: FakeGpio, *, lifted_is_open: bool) -> None:
    pin = 17
    move = (
        {True: gpio.part, False: gpio.join}
        if lifted_is_open
        else {
            True: gpio.join,
            False: gpio.part,
        }
    )
    hook = Hook(lambda: gpio, HookProfile(pin, lifted_is_open))
    move[False](pin)
    hook.open()
    events: list[HardwareEvent] = []
    for at in range(200):
        move[50 <= at < 120](pin)
        hook.step(at * 0.005, events.append)
    assert events == [HookLifted(), HookReplaced()]
    hook.close()
    hook.close()
    assert gpio.taken() == set()


def test_a_handset_that_is_up_is_told_again_once_the_lines_are_back(gpio: FakeGpio) -> None:
    hook = Hook(lambda: gpio, HookProfile(17, lifted_is_open=True))
    events: list[HardwareEvent] = []
    now = (at * 0.005 for at in itertools.count())

    def look() -> None:
        for _ in range(40):
            hook.step(next(now), events.append)

    hook.open()
    look()
    for replaced in (False, True, False):
        hook.close()
        if replaced:
            gpio.join(17)
        hook.open()
        look()
    assert events == [HookLifted(), HookLifted(), HookReplaced()]


def test_the_lamps_follow_the_last_word(gpio: FakeGpio) -> None:
    lamps = Lamps(lambda: gpio, LedsProfile(red=27, green=22))
    lamps.open()
    for leds in (Leds(red=True), Leds(green=True), Leds()):
        lamps.set(leds)
        assert lamps.step(0.0, print) == LAMPS_SECONDS
        assert Leds(red=gpio.is_lit(27), green=gpio.is_lit(22)) == leds
    lamps.close()
    assert gpio.taken() == set()


def test_the_buzzer_keeps_the_cadence(gpio: FakeGpio) -> None:
    buzzer = Buzzer(lambda: gpio, BuzzerProfile(25))
    buzzer.open()
    assert buzzer.step(5.0, print) == LOOK_SECONDS
    buzzer.ring(RingTone((800, 1000), 100, (300, 200)))
    heard, now = [], 10.0
    for _ in range(8):
        wait = buzzer.step(now, print)
        heard.append((gpio.frequency(25), round(wait, 6)))
        now += wait
    once = [(800, 0.1), (1000, 0.1), (800, 0.1), (0, 0.2)]
    assert heard == [*once, *once]
    buzzer.ring(RingTone((425,), 1, (1000,)))
    assert buzzer.step(now, print) == 1.0
    assert gpio.frequency(25) == 425
    loudness = []
    for percent in (100, 70, 40, 10, 0):
        assert buzzer.set_volume(percent)
        buzzer.step(now, print)
        loudness.append(gpio.loudness(25))
    assert loudness == pytest.approx([1.0, 0.49, 0.16, 0.01, 0.0])
    assert gpio.frequency(25) == 0
    buzzer.set_volume(100)
    buzzer.step(now, print)
    assert gpio.frequency(25) == 425
    buzzer.ring(None)
    assert buzzer.step(now, print) == LOOK_SECONDS
    assert gpio.frequency(25) == 0
    buzzer.close()
    assert gpio.taken() == set()


def test_lamps_and_a_buzzer_that_have_nothing_to_do_see_that_their_lines_are_gone(
    gpio: FakeGpio,
) -> None:
    lamps, buzzer = Lamps(lambda: gpio, LedsProfile(27, 22)), Buzzer(lambda: gpio, BuzzerProfile(5))
    for part in (lamps, buzzer):
        part.open()
        part.step(0.0, print)
    gpio.unplug()
    for part in (lamps, buzzer):
        with pytest.raises(GpioError):
            part.step(1.0, print)


def test_the_rules_of_the_lines(gpio: FakeGpio) -> None:
    one, two = gpio.take(5), gpio.take(6)
    with pytest.raises(GpioError):
        gpio.take(5)
    one.listen(Pull.UP)
    two.listen(Pull.NONE)
    assert one.read()
    with pytest.raises(WiringFaultError, match="GPIO6 floats"):
        two.read()
    gpio.join(5, 6)
    assert two.read()
    two.listen(Pull.DOWN)
    with pytest.raises(WiringFaultError, match="both ways"):
        one.read()
    two.drive(high=False)
    assert not one.read()
    with pytest.raises(WiringFaultError, match="shorted"):
        one.drive(high=True)
    gpio.part(5, 6)
    with pytest.raises(WiringFaultError, match="shorted"):
        gpio.join(5, GROUND)
    two.release()
    with pytest.raises(WiringFaultError, match="after it was released"):
        two.read()


def test_a_machine_that_is_no_pi_has_no_lines() -> None:
    with pytest.raises(GpioError, match=r"^no GPIO: "):
        RpiGpio()
