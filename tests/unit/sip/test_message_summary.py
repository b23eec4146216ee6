"""Voice mail: what is read from a server's NOTIFY (RFC 3842)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.message_summary import Summary, summary

HEAD = "NOTIFY sip:alice@192.0.2.7 SIP/2.0\r\nVoice-Message: 9/9\r\nContent-Length: 1\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n", Summary(waiting=True, new=2)),
        ("messages-waiting:YES\nvoice-message:4 / 8\n", Summary(waiting=True, new=4)),
        ("Messages-Waiting: yes\r\n", Summary(waiting=True, new=0)),
        (
            "Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nFax-Message: 3/0\r\n",
            Summary(waiting=True, new=0),
        ),
        ("Messages-Waiting: no\r\nVoice-Message: 0/8\r\n", Summary(waiting=False, new=0)),
        ("Messages-Waiting: no\r\nVoice-Message: 3/8\r\n", Summary(waiting=False, new=0)),
        ("Messages-Waiting: perhaps\r\n", None),
        ("Voice-Message: 2/8\r\n", None),
        ("", None),
        ("Messages-Waiting: yes\r\nVoice-Message: 9999999999/1\r\n", Summary(waiting=True, new=0)),
    ],
)
def test_summary(body: str, expected: Summary | None) -> None:
    assert summary(HEAD + body) == expected


def test_headers_do_not_count() -> None:
    assert summary("NOTIFY x SIP/2.0\r\nMessages-Waiting: yes\r\n\r\n") is None


@given(st.text(max_size=300))
def test_nonsense_says_nothing_bad(text: str) -> None:
    found = summary(text)
    assert found is None or found.new >= 0
