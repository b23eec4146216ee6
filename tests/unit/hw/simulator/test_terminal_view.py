import re

import pytest

from hw.simulator.client import PhoneState
from hw.simulator.terminal_view import (
    HOLD_SECONDS,
    Command,
    MoveHook,
    NextPhone,
    Press,
    Quit,
    Shown,
    draw_screen,
    read_typed,
)
from hw.types import Key, Leds, Picture, RingTone

RINGING = PhoneState(
    picture=Picture(b"\xff" * 1024, ("Alice calls", "answer?\x1b[2J")),
    leds=Leds(red=True, green=True),
    tone=RingTone((425,), 50, (1000,)),
    lifted=True,
)
PAIR = [Shown("alice", PhoneState(), active=True), Shown("bob", RINGING)]


def plain(line: str) -> str:
    return re.sub(r"\x1b\[\d*m", "", line)


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        (b"5*#", [Press(Key.DIGIT_5), Press(Key.STAR), Press(Key.HASH)]),
        (b"\r", [Press(Key.CALL)]),
        (b"\x7f", [Press(Key.HANG_UP)]),
        (b"\x1b", [Press(Key.HANG_UP)]),
        (b"\x1b[A", []),
        (b"cC", [Press(Key.CONFIRM), Press(Key.CONFIRM, HOLD_SECONDS)]),
        (b"mM", [Press(Key.MENU), Press(Key.MENU, HOLD_SECONDS)]),
        (b" \tq\x03", [MoveHook(), NextPhone(), Quit(), Quit()]),
        (b"x\xffA", []),
    ],
)
def test_what_the_keys_mean(typed: bytes, commands: list[Command]) -> None:
    assert read_typed(typed) == commands


def test_side_by_side_with_half_blocks_where_they_fit() -> None:
    lines = [plain(line) for line in draw_screen(PAIR, 270, 60)]
    assert lines[0].startswith("┌─ alice [keyboard] ─")
    assert lines[1] == "│ " + " " * 128 + " │ │ " + "█" * 128 + " │"
    assert len({len(line) for line in lines[:36]}) == 1
    assert len(lines) == 39


def test_side_by_side_in_braille_where_that_fits() -> None:
    lines = [plain(line) for line in draw_screen(PAIR, 140, 40)]
    assert lines[1] == "│ " + "\u2800" * 64 + " │ │ " + "\u28ff" * 64 + " │"
    assert len({len(line) for line in lines[:20]}) == 1


def test_one_below_the_other_where_it_is_narrow() -> None:
    lines = [plain(line) for line in draw_screen(PAIR, 80, 50)]
    assert [line[:7] for line in lines if line.startswith("┌")] == ["┌─ alic", "┌─ bob "]


def test_the_active_one_alone_where_it_is_small() -> None:
    lines = [plain(line) for line in draw_screen(PAIR, 80, 24)]
    assert len(lines) <= 24
    assert [line[:7] for line in lines if line.startswith("┌")] == ["┌─ alic"]
    assert lines[-1].startswith("Enter: call")


def test_the_lamps_the_hook_and_the_bell_are_told_in_words() -> None:
    lines = draw_screen([Shown("bob", RINGING, active=True)], 80, 24)
    lamps = next(line for line in lines if "secure" in line)
    assert plain(lamps).startswith("│ ● not secure  ● secure  handset lifted  RINGING")
    assert "\x1b[31m●" in lamps
    assert "\x1b[32m●" in lamps
    idle = draw_screen([Shown("bob", PhoneState(), active=True)], 80, 24)
    assert any("○ not secure  ○ secure  handset in its cradle" in plain(line) for line in idle)


def test_the_words_cannot_command_the_terminal() -> None:
    lines = draw_screen([Shown("bob", RINGING, active=True)], 80, 24)
    assert any("Alice calls / answer??[2J" in line for line in lines)


def test_a_flashing_picture_is_inverted() -> None:
    shown = Shown("bob", RINGING, active=True, inverted=True)
    assert "\x1b[7m" in draw_screen([shown], 80, 24)[1]


def test_a_phone_that_does_not_run_says_so() -> None:
    lines = draw_screen([Shown("bob", None, active=True)], 80, 24)
    assert any("This phone is not running." in line for line in lines)
