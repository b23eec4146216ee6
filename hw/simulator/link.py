"""What passes between a simulated phone and whoever shows it: JSON, a message a line.

From the hand to the board:
    {"key": "5", "down": true}      a key goes down or comes up
    {"hook": "lifted"}              the handset leaves the cradle, or "replaced"
    {"headset": "plugged"}          a headset is plugged in, or "unplugged"
From the board to the eye, first the present state and then every change:
    {"picture": {"bits": BASE64, "text": [LINE, ...], "invert_every_ms": 0}}
    {"leds": {"red": false, "green": true}}
    {"ringing": {"frequencies": [425], "turn_ms": 50, "cadence_ms": [1000, 4000],
        "voice": "tone", "volume": 100}}, or null
    {"hook": "lifted"}, because somebody else may have lifted it
    {"headset": "plugged"}, for the same reason
    {"error": REASON}               the last line was not understood, and ignored
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from agent.frozen import frozen
from hw.types import (
    HEIGHT,
    WIDTH,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Picture,
    RingTone,
    Voice,
)

LINE_LIMIT: Final = 8192
"""Bytes of the longest line, with its end. A picture with its words takes about 1,600."""

DARK: Final = Picture(bytes(WIDTH * HEIGHT // 8))
"""The panel before anything was shown."""


@frozen
class Ringing:
    """The ringer sounds with this tone, or is silent (None); how loud, in percent."""

    tone: RingTone | None
    volume: int = 100


@frozen
class Refused:
    """The board did not understand a line, and why."""

    reason: str


Headset = HeadsetPlugged | HeadsetUnplugged
FromHand = KeyPressed | KeyReleased | HookLifted | HookReplaced | Headset
"""What a hand can do to a phone."""
FromBoard = Picture | Leds | Ringing | HookLifted | HookReplaced | Headset | Refused
"""What a phone can show."""


class LinkError(ValueError):
    """A line that is not in the protocol; the text says what is wrong with it."""


def encode(message: FromHand | FromBoard) -> bytes:
    """Turns a message into its line, with the line end."""
    line = json.dumps(_as_json(message), ensure_ascii=False, separators=(",", ":"))
    return line.encode() + b"\n"


def read_from_hand(line: bytes) -> FromHand:
    """Reads a line that a board receives.

    Raises:
        LinkError: The line is too long or not in the protocol.
    """
    kind, value, rest = _take_apart(line)
    if kind == "key":
        return _key(value, rest)
    if kind == "hook":
        return _hook(value)
    if kind == "headset":
        return _headset(value)
    raise LinkError(f'a board takes "key", "hook" and "headset", not "{kind}"')


def read_from_board(line: bytes) -> FromBoard:
    """Reads a line that a board sends.

    Raises:
        LinkError: The line is too long or not in the protocol.
    """
    kind, value, _ = _take_apart(line)
    reader = _BOARD_READERS.get(kind)
    if reader is None:
        raise LinkError(f'a board does not send "{kind}"')
    return reader(value)


def _as_json(message: FromHand | FromBoard) -> dict[str, object]:
    result: dict[str, object]
    match message:
        case KeyPressed(key) | KeyReleased(key):
            result = {"key": key.value, "down": isinstance(message, KeyPressed)}
        case HookLifted() | HookReplaced():
            result = {"hook": "lifted" if isinstance(message, HookLifted) else "replaced"}
        case HeadsetPlugged() | HeadsetUnplugged():
            plugged = isinstance(message, HeadsetPlugged)
            result = {"headset": "plugged" if plugged else "unplugged"}
        case Picture(bits):
            bits_text = base64.b64encode(bits).decode("ascii")
            result = {"picture": asdict(message) | {"bits": bits_text}}
        case Leds():
            result = {"leds": asdict(message)}
        case Ringing(None):
            result = {"ringing": None}
        case Ringing(RingTone() as tone, volume):
            how = {"voice": tone.voice.value, "volume": volume}
            result = {"ringing": asdict(tone) | how}
        case Refused(reason):
            result = {"error": reason}
    return result


def _take_apart(line: bytes) -> tuple[str, Any, Mapping[str, Any]]:
    """Returns the message's kind (its first name), its value and the whole object."""
    if len(line) > LINE_LIMIT:
        raise LinkError(f"a line has {LINE_LIMIT} bytes at most")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LinkError("a line is one JSON object in UTF-8") from error
    if not isinstance(message, dict) or not message:
        raise LinkError('a line is one JSON object such as {"hook": "lifted"}')
    kind = next(iter(message))
    return kind, message[kind], message


def _key(name: object, rest: Mapping[str, Any]) -> KeyPressed | KeyReleased:
    key = next((key for key in Key if key.value == name), None)
    if key is None:
        names = " ".join(key.value for key in Key)
        raise LinkError(f'"key" is one of {names}')
    match rest.get("down"):
        case True:
            return KeyPressed(key)
        case False:
            return KeyReleased(key)
    raise LinkError('"down" is true or false')


def _hook(value: object) -> HookLifted | HookReplaced:
    if value == "lifted":
        return HookLifted()
    if value == "replaced":
        return HookReplaced()
    raise LinkError('"hook" is "lifted" or "replaced"')


def _headset(value: object) -> Headset:
    if value == "plugged":
        return HeadsetPlugged()
    if value == "unplugged":
        return HeadsetUnplugged()
    raise LinkError('"headset" is "plugged" or "unplugged"')


def _picture(value: object) -> Picture:
    match value:
        case {"bits": str(bits), "text": list(text), "invert_every_ms": int(every)}:
            try:
                return Picture(base64.b64decode(bits, validate=True), _words(text), every)
            except ValueError as error:
                raise LinkError(f'"bits": {error}') from error
    raise LinkError('"picture" has bits, text and invert_every_ms')


def _leds(value: object) -> Leds:
    match value:
        case {"red": bool(red), "green": bool(green)}:
            return Leds(red=red, green=green)
    raise LinkError('"leds" has red and green, each true or false')


def _ringing(value: object) -> Ringing:
    match value:
        case None:
            return Ringing(None)
        case {
            "frequencies": list(frequencies),
            "turn_ms": int(turn_ms),
            "cadence_ms": list(cadence),
            "voice": "tone" | "bell" | "bar" as voice,
            "volume": int(volume),
        }:
            tone = RingTone(_numbers(frequencies), turn_ms, _numbers(cadence), Voice(voice))
            return Ringing(tone, volume)
    raise LinkError('"ringing" is null or has frequencies, turn_ms, cadence_ms, voice and volume')


def _error(value: object) -> Refused:
    return Refused(str(value))


def _words(items: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in items):
        raise LinkError("a list of words was expected")
    return tuple(items)


def _numbers(items: list[Any]) -> tuple[int, ...]:
    if not all(type(item) is int for item in items):
        raise LinkError("a list of whole numbers was expected")
    return tuple(items)


_BOARD_READERS: Final[Mapping[str, Callable[[object], FromBoard]]] = {
    "picture": _picture,
    "leds": _leds,
    "ringing": _ringing,
    "hook": _hook,
    "headset": _headset,
    "error": _error,
}
