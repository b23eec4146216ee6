"""What the terminal shows and what its keys mean. Pure: values in, lines of text out."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from agent.frozen import frozen
from hw.simulator.client import PhoneState
from hw.simulator.picture_text import picture_to_braille, picture_to_text
from hw.types import WIDTH, Key, Picture

TAP_SECONDS: Final = 0.08
"""A terminal tells only that a key was typed: so long is it held on the phone."""
HOLD_SECONDS: Final = 1.0
"""How long a key is held that was typed as a capital letter."""

_HELP: Final = (
    "Tab: other phone   Space: lift or replace the handset   0-9 * #: dial",
    "Enter: call   Backspace: hang up   c: confirm (C: held)   m: menu (M: held)   q: quit",
)
_RED, _GREEN, _BOLD, _INVERSE, _PLAIN = (f"\x1b[{code}m" for code in (31, 32, 1, 7, 0))


@frozen
class Press:
    """A key of the phone that has the keyboard, and how long it is held."""

    key: Key
    seconds: float = TAP_SECONDS


@frozen
class MoveHook:
    """Lift the handset, or replace it."""


@frozen
class NextPhone:
    """Give the keyboard to the next phone."""


@frozen
class Quit:
    """Leave the terminal; the phones go on."""


Command = Press | MoveHook | NextPhone | Quit

_COMMANDS: Final[dict[str, Command]] = {
    **{key.value: Press(key) for key in Key if key.is_dialled},
    "\r": Press(Key.CALL),
    "\n": Press(Key.CALL),
    "\x7f": Press(Key.HANG_UP),
    "\b": Press(Key.HANG_UP),
    "\x1b": Press(Key.HANG_UP),
    "c": Press(Key.CONFIRM),
    "C": Press(Key.CONFIRM, HOLD_SECONDS),
    "m": Press(Key.MENU),
    "M": Press(Key.MENU, HOLD_SECONDS),
    " ": MoveHook(),
    "\t": NextPhone(),
    "q": Quit(),
    "\x03": Quit(),
    "\x04": Quit(),
}


def read_typed(typed: bytes) -> list[Command]:
    """Turns what was typed into commands.

    Args:
        typed: What one read gave. A lone Escape is a key; with more behind it, it begins
            the sequence of an arrow or function key, which the phone has no use for.
    """
    if typed.startswith(b"\x1b") and len(typed) > 1:
        return []
    letters = typed.decode("latin-1")
    return [_COMMANDS[letter] for letter in letters if letter in _COMMANDS]


@frozen
class Shown:
    """A phone as it is to be drawn.

    Attributes:
        name: Its name.
        state: What it shows; None while it is not running.
        active: Whether it has the keyboard.
        inverted: Whether a flashing picture is in its dark half.
    """

    name: str
    state: PhoneState | None
    active: bool = False
    inverted: bool = False


def draw_screen(phones: Sequence[Shown], columns: int, rows: int) -> list[str]:
    """Draws the phones into a terminal of that size.

    Side by side with half blocks where they fit, else in Braille (half as wide), else one
    below the other, else the one that has the keyboard alone.
    """
    help_lines = [line[:columns] for line in _HELP]
    for draw, width, height in ((picture_to_text, WIDTH, 32), (picture_to_braille, WIDTH // 2, 16)):
        boxes = [_box(phone, draw(_picture(phone)), width) for phone in phones]
        if len(boxes) * (width + 4) <= columns and height + 7 <= rows:
            beside = zip_longest(*boxes)
            return [*(" ".join(line) for line in beside), "", *help_lines]
    if sum(len(box) for box in boxes) + 3 <= rows:
        return [*(line for box in boxes for line in box), "", *help_lines]
    alone = next(box for box, phone in zip(boxes, phones, strict=True) if phone.active)
    return [*alone, "", *help_lines][:rows]


def _picture(phone: Shown) -> Picture:
    return (phone.state or PhoneState()).picture


def _box(phone: Shown, drawing: str, width: int) -> list[str]:
    style = _INVERSE if phone.inverted else ""
    words = " / ".join(_picture(phone).text) if phone.state else "This phone is not running."
    printable = "".join(c if c.isprintable() else "?" for c in words)
    return [
        _rule("┌", f" {phone.name} {'[keyboard] ' if phone.active else ''}", "┐", width),
        *(f"│ {style}{line}{_PLAIN} │" for line in drawing.split("\n")),
        f"│ {printable[:width].ljust(width)} │",
        _lamps(phone.state or PhoneState(), width),
        _rule("└", "", "┘", width),
    ]


def _rule(left: str, title: str, right: str, width: int) -> str:
    return f"{left}─{title[: width + 1]}{'─' * (width + 1 - len(title))}{right}"


def _lamps(state: PhoneState, width: int) -> str:
    red, green = ("●" if lit else "○" for lit in (state.leds.red, state.leds.green))
    hook = "handset lifted" if state.lifted else "handset in its cradle"
    ringing = "RINGING" if state.tone else ""
    plain = f"{red} not secure  {green} secure  {hook}  {ringing}"
    line = plain.ljust(width)[:width]
    line = line.replace(f"{red} not", f"{_RED}{red}{_PLAIN} not", 1)
    line = line.replace(f"  {green} sec", f"  {_GREEN}{green}{_PLAIN} sec", 1)
    return f"│ {line.replace('RINGING', f'{_BOLD}RINGING{_PLAIN}')} │"
