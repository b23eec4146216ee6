import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.simulator.link import (
    LINE_LIMIT,
    FromBoard,
    FromHand,
    LinkError,
    Refused,
    Ringing,
    encode,
    read_from_board,
    read_from_hand,
)
from hw.types import (
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

HANDS: list[FromHand] = [
    *(KeyPressed(key) for key in Key),
    *(KeyReleased(key) for key in Key),
    HookLifted(),
    HookReplaced(),
    HeadsetPlugged(),
    HeadsetUnplugged(),
]
BOARDS: list[FromBoard] = [
    Picture(bytes(range(256)) * 4, ("WIRETAPPED.", "Zürich »ß«"), 500),
    Leds(red=True),
    Leds(green=True),
    Ringing(RingTone((425, 500), 40, (1000, 4000))),
    Ringing(RingTone((784, 0), 350, (700, 300), Voice.BELL), 40),
    Ringing(None),
    HookLifted(),
    HookReplaced(),
    HeadsetPlugged(),
    HeadsetUnplugged(),
    Refused("why"),
]


@pytest.mark.parametrize("message", HANDS)
def test_what_a_hand_does_survives_the_way(message: FromHand) -> None:
    assert read_from_hand(encode(message)) == message


@pytest.mark.parametrize("message", BOARDS)
def test_what_a_board_shows_survives_the_way(message: FromBoard) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert read_from_board(line) == message


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "one JSON object"),
        (b"5\n", "one JSON object"),
        (b"{}\n", "one JSON object"),
        (b"\xff\xfe\n", "UTF-8"),
        (b"[" * 8000, "JSON object"),
        (b'{"key": "A", "down": true}', '"key" is one of'),
        (b'{"key": ["5"], "down": true}', '"key" is one of'),
        (b'{"key": "5"}', '"down" is true or false'),
        (b'{"key": "5", "down": 1}', '"down" is true or false'),
        (b'{"hook": "off"}', '"lifted" or "replaced"'),
        (b'{"headset": true}', '"plugged" or "unplugged"'),
        (b'{"leds": {"red": true, "green": true}}', 'not "leds"'),
        (b'{"hook": "lifted"}' + b" " * LINE_LIMIT, "bytes at most"),
    ],
)
def test_a_bad_line_of_a_hand_is_named(line: bytes, reason: str) -> None:
    with pytest.raises(LinkError, match=reason):
        read_from_hand(line)


_RINGING = {"frequencies": [], "turn_ms": 1, "cadence_ms": [], "voice": "tone", "volume": 1}


def test_what_the_bad_lines_are_made_of_is_right_itself() -> None:
    line = json.dumps({"ringing": _RINGING}).encode()
    assert read_from_board(line) == Ringing(RingTone((), 1, ()), 1)


@pytest.mark.parametrize(
    "message",
    [
        {"key": "5", "down": True},
        {"picture": {"bits": "AAAA", "text": [], "invert_every_ms": 0}},
        {"picture": {"bits": "!", "text": [], "invert_every_ms": 0}},
        {"picture": {"bits": "", "text": [1], "invert_every_ms": 0}},
        {"picture": 1},
        {"leds": {"red": 1, "green": 0}},
        {"ringing": _RINGING | {"frequencies": ["a"]}},
        {"ringing": _RINGING | {"frequencies": [True]}},
        {"ringing": _RINGING | {"voice": "trumpet"}},
        {"ringing": _RINGING | {"volume": "loud"}},
        {"ringing": 1},
        {"hook": None},
    ],
)
def test_a_bad_line_of_a_board_is_refused(message: object) -> None:
    with pytest.raises(LinkError):
        read_from_board(json.dumps(message).encode())


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(line: bytes) -> None:
    for read in (read_from_hand, read_from_board):
        try:
            read(line)
        except LinkError as error:
            assert str(error)  # noqa: PT017 - both outcomes are right


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["key", "down", "hook", "picture", "bits", "text", "leds", "red"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_whatever_json_comes_is_read_or_refused(value: object) -> None:
    line = json.dumps(value).encode()
    for read in (read_from_hand, read_from_board):
        try:
            read(line)
        except LinkError as error:
            assert str(error)  # noqa: PT017 - both outcomes are right
