"""The question to a time server, and its answer."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.doctor import sntp

NONCE = b"12345678"
UNIX = 2_208_988_800


def answer(
    received: float,
    sent: float,
    *,
    nonce: bytes = NONCE,
    head: int = 0b00_100_100,
    stratum: int = 2,
) -> bytes:
    """As a server makes it (RFC 5905 figure 8)."""
    times = b"".join(
        struct.pack(">Q", int((moment + UNIX) * 2**32) % 2**64) for moment in (received, sent)
    )
    return bytes([head, stratum]) + bytes(22) + nonce + times


def test_the_question_names_no_time_of_ours() -> None:
    asked = sntp.request(NONCE)
    assert len(asked) == 48
    assert asked[0] == 0x23  # version 4, client
    assert asked[1:40] == bytes(39)
    assert asked[40:] == NONCE


@pytest.mark.parametrize("ahead", [0.0, 0.25, -0.25, 3600.0, -86400.0 * 365])
def test_the_offset_leaves_out_the_way_there_and_back(ahead: float) -> None:
    sent = 1_790_000_000.0
    # 20 ms there, 4 ms at the server, 20 ms back.
    told = answer(sent + 0.020 + ahead, sent + 0.024 + ahead)
    assert sntp.offset(told, NONCE, sent, sent + 0.044) == pytest.approx(ahead, abs=1e-3)


def test_seconds_that_begin_anew_in_2036_are_understood() -> None:
    sent = 2_100_000_000.0  # in 2036, after the era's end
    told = answer(sent + 1.0, sent + 1.0)
    assert sntp.offset(told, NONCE, sent, sent) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        answer(1.0, 1.0)[:47],
        answer(1.0, 1.0, nonce=b"87654321"),
        answer(1.0, 1.0, head=0b00_100_011),
        answer(1.0, 1.0, head=0b11_100_100),
        answer(1.0, 1.0, stratum=0),
        answer(1.0, 1.0, stratum=16),
    ],
)
def test_what_is_no_answer_is_refused(told: bytes) -> None:
    with pytest.raises(sntp.SntpError):
        sntp.offset(told, NONCE, 1.0, 1.0)


@given(st.binary(max_size=100))
def test_no_octets_do_more_than_be_refused(told: bytes) -> None:
    try:
        assert isinstance(sntp.offset(told, NONCE, 1.0, 1.0), float)
    except sntp.SntpError:
        return
