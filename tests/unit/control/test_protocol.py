import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.control.protocol import (
    CONTACTS_LIMIT,
    LINE_LIMIT,
    LOG_LIMIT,
    ControlError,
    Ended,
    encode_ended,
    encode_item,
    encode_request,
    read_answer,
    read_request,
)
from agent.control.requests import (
    AddContacts,
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Request,
    Resume,
    Status,
    Unverify,
)
from agent.store import Contact

REQUESTS: list[Request] = [
    Status(),
    Call("*102#"),
    Answer(),
    HangUp(),
    Hold(),
    Resume(),
    Confirm(("tactics", "adviser")),
    Confirm(("q7zn",)),
    Differ(),
    Peers(),
    Unverify("Bob"),
    Forget("00" * 12),
    Contacts(),
    AddContacts((Contact("Ève", "7", "sip:eve@example.org"), Contact("Bob", "", ""))),
    AddContacts(()),
    Log(),
    Log(security=True, limit=LOG_LIMIT),
    Events(),
]


def line(**message: object) -> bytes:
    return json.dumps({"sotto": 1, **message}).encode()


@pytest.mark.parametrize("request_", REQUESTS, ids=repr)
def test_what_is_asked_for_arrives(request_: Request) -> None:
    assert read_request(encode_request(request_)) == request_


def test_there_is_one_request_of_each_kind_above() -> None:
    asked = {type(each) for each in REQUESTS}
    assert asked == set(Request.__args__)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"", "A line is one JSON object in UTF-8."),
        (b"[1]", "A line is one JSON object in UTF-8."),
        (b"\xff", "A line is one JSON object in UTF-8."),
        (b"[" * 60_000, "A line is one JSON object in UTF-8."),
        (b'{"sotto": 1' + b" " * LINE_LIMIT, "A line has 64 KiB at most."),
        (b'{"command": "status"}', '"sotto" must be 1, the version of this protocol.'),
        (b'{"sotto": true, "command": "status"}', '"sotto" must be 1, the version'),
        (b'{"sotto": 2, "command": "status"}', '"sotto" must be 1, the version'),
        (line(), '"command" must be one of add-contacts, answer, call, '),
        (line(command="erase"), '"command" must be one of '),
        (line(command=["status"]), '"command" must be one of '),
        (line(command="status", all=True), '"all" is not known to status.'),
        (line(command="call"), '"number" must be text of 1 to 512 characters.'),
        (line(command="call", number=102), '"number" must be text'),
        (line(command="call", number="1;2"), '"1;2" is no number'),
        (line(command="call", number="9" * 33), '"999'),
        (line(command="confirm", words="tactics adviser"), '"words" must be a list'),
        (line(command="confirm", words=[]), '"words" must be a list'),
        (line(command="confirm", words=["a", "b", "c"]), '"words" must be a list'),
        (line(command="confirm", words=["a", 1]), '"words" must hold text.'),
        (line(command="forget", who=" "), '"who" must be text'),
        (line(command="forget", who="x" * 513), '"who" must be text'),
        (line(command="add-contacts", contacts={}), '"contacts" must be a list of 50'),
        (
            line(command="add-contacts", contacts=[{}] * (CONTACTS_LIMIT + 1)),
            '"contacts" must be a list of 50',
        ),
        (line(command="add-contacts", contacts=[{"name": "Bob"}]), "A contact has a name"),
        (
            line(
                command="add-contacts",
                contacts=[{"name": "Bob", "number": "", "uri": "", "verified": True}],
            ),
            "A contact has a name",
        ),
        (line(command="log", security=1), '"security" must be true or false.'),
        (line(command="log", limit=0), '"limit" must be a whole number from 1 to 500.'),
        (line(command="log", limit=True), '"limit" must be a whole number'),
        (line(command="log", limit=501), '"limit" must be a whole number'),
    ],
)
def test_what_is_not_in_the_protocol_is_told_in_a_sentence(bad: bytes, sentence: str) -> None:
    with pytest.raises(ControlError) as caught:
        read_request(bad)
    said = str(caught.value)
    assert sentence in said
    assert said.endswith(".")
    assert len(said) < 250


def test_an_answer_arrives() -> None:
    assert read_answer(encode_item({"name": "Ève"})) == {"name": "Ève"}
    assert read_answer(encode_ended(Ended({"calls": []}))) == Ended({"calls": []})
    assert read_answer(encode_ended(Ended({}, "Nobody."))) == Ended({}, "Nobody.")


@pytest.mark.parametrize(
    "bad", [b"{}", line(), line(ok=True), line(ok=False, error=3), b"nonsense"]
)
def test_what_is_no_answer_is_refused(bad: bytes) -> None:
    with pytest.raises(ControlError):
        read_answer(bad)


def test_an_answer_that_gives_no_reason_is_an_error_all_the_same() -> None:
    answer = read_answer(line(ok=False, error=""))
    assert answer == Ended({}, "The phone gave no reason.")


def test_what_would_be_too_long_is_not_sent() -> None:
    with pytest.raises(ControlError, match="longer than the 64 KiB"):
        encode_item({"name": "x" * LINE_LIMIT})


def test_half_a_character_does_not_break_a_line() -> None:
    assert read_answer(encode_item({"name": "\ud800"})) == {"name": "?"}


def test_the_words_are_in_no_repr() -> None:
    assert "tactics" not in repr(Confirm(("tactics", "adviser")))


def sentence_about(octets: bytes) -> str:
    """What is wrong with a line; empty: it is a request."""
    try:
        read_request(octets)
    except ControlError as error:
        return str(error)
    return ""


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_are_a_request_or_a_sentence(octets: bytes) -> None:
    assert sentence_about(octets).endswith(".")


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists), st.text())
def test_any_values_are_a_request_or_a_sentence(value: object, key: str) -> None:
    for command in ("call", "confirm", "forget", "add-contacts", "log", "status"):
        for name in ("number", "words", "who", "contacts", "limit", "security", key):
            message = {name: value, "command": command, "sotto": 1}
            assert len(sentence_about(json.dumps(message).encode())) < 300
