"""What is said of a STUN or TURN server that does not help."""

import errno

import pytest

from agent.sip.nat_words import stun_failed, turn_failed

SERVER = "turn.example.org:3478"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (370_401, "refuses the user or the password"),
        (370_441, "refuses the user or the password"),
        (370_486, "the allocation quota is used up"),
        (370_508, "it is full"),
        (370_403, "gives this user no relay"),
        (370_420, "refuses with status 420"),
        (370_004, "does not answer"),
        (370_050, "the certificate of turn.example.org:3478 is for another name"),
        (470_001, "the certificate of turn.example.org:3478 does not hold"),
        (70_018, "The name service does not know turn.example.org:3478"),
        (120_000 + errno.ECONNREFUSED, "Nothing listens at turn.example.org:3478"),
    ],
)
def test_each_refusal_has_its_sentence(status: int, said: str) -> None:
    sentence = turn_failed(SERVER, status)
    assert sentence.startswith("TURN server: ")
    assert said in sentence


def test_one_stun_server_is_named_and_so_are_several() -> None:
    assert stun_failed(("a:1",), 370_004) == "STUN server: a:1 does not answer"
    assert stun_failed(("a:1", "b:2"), 370_004) == "STUN: none of a:1, b:2 answers"
