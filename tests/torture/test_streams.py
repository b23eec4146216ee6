"""Who abuses the connection itself, while two people talk: the phone answers, and they go on."""

import contextlib
import secrets
import socket
import ssl
from collections.abc import Callable, Iterator

import pytest

from agent.sip.connections import MOST_STRANGERS
from support import sound
from support.couple import CALLEE
from support.waiting import PATIENCE_S
from torture.compose import LONGEST, message
from torture.line import Door, careless, door, options
from torture.rig import Rig, rig

pytestmark = pytest.mark.live

TALK_S = 2.0
SAME_VOICE = 0.65
"""See test_speech.py."""
IDLE = 200
MIB = 1 << 20
OK, TOO_LARGE = "SIP/2.0 200 ", "SIP/2.0 513 "


@pytest.fixture(name="talking", scope="module")
def _talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """They have just begun; once they have hung up, the next call works as well."""
    with rig(tmp_path_factory.mktemp("streams")) as found:
        both = found.both
        both.run(both.dial())
        words = both.run(both.secure())
        yield found
        assert both.run(both.secure()) == words
        both.run(both.hang_up())
        both.run(both.whole_call())


@pytest.fixture(name="words")
def _words(talking: Rig) -> Iterator[Callable[[], str]]:
    """Makes words for messages; after each test the phone lives."""
    yield talking.word
    talking.lives()


@pytest.fixture(name="_heard")
def _audible(talking: Rig) -> Iterator[None]:
    """After the test both hear each other."""
    yield
    both = talking.both
    stretches = both.run(both.talk(TALK_S))
    for side, stretch in zip(both.sides[::-1], stretches, strict=True):
        spoken = sound.spoken(side.home.microphone)
        assert sound.waveform_likeness(spoken, sound.played(stretch)) > SAME_VOICE


def request(word: str, *headers: str, length: str, body: bytes = b"") -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{word}",
        *("Max-Forwards: 70", f"From: <sip:caller@example.com>;tag={word}"),
        *("To: <sip:user@example.com>", f"Call-ID: {word}", "CSeq: 1 OPTIONS"),
        *headers,
        f"Content-Length: {length}",
        body=body,
    )


def is_closed(line: Door) -> bool:
    return line.next() == ""


def test_message_in_single_octets(words: Callable[[], str]) -> None:
    """Each in a record of its own."""
    with door(CALLEE.sip_port) as line:
        for octet in options(words()):
            line.send(bytes([octet]))
        assert line.next().startswith(OK)


def test_two_messages_in_one_record_and_a_half(words: Callable[[], str]) -> None:
    with door(CALLEE.sip_port) as line:
        third = options(words())
        line.send(options(words()) + options(words()) + third[:100])
        assert line.next().startswith(OK)
        assert line.next().startswith(OK)
        line.send(third[100:])
        assert line.next().startswith(OK)


@pytest.mark.usefixtures("_heard")
def test_flood_of_keep_alives(words: Callable[[], str]) -> None:
    with door(CALLEE.sip_port) as line:
        for _ in range(64):
            line.send(b"\r\n" * 8192)
        line.send(options(words()))
        assert line.next().startswith(OK)


def test_no_session_is_kept_for_another_time(words: Callable[[], str]) -> None:
    """Else whoever knocks often enough fills the memory with them."""
    context, session = careless(), None
    for _ in range(2):
        plain = socket.create_connection(("127.0.0.1", CALLEE.sip_port), PATIENCE_S)
        with context.wrap_socket(plain, session=session) as channel:
            channel.sendall(options(words()))
            assert channel.recv(4096).startswith(OK.encode())
            assert not channel.session_reused
            session = channel.session
    assert session is None or not session.has_ticket


def test_head_of_64_kib(words: Callable[[], str]) -> None:
    """Whoever sends that is told, and the connection is closed: nobody knows where it ends."""
    with door(CALLEE.sip_port) as line, contextlib.suppress(ConnectionError, ssl.SSLEOFError):
        line.send(request(words(), f"Subject: {'x' * 65536}", length="0"))
        said = line.next()
        assert said == "" or said.startswith(TOO_LARGE)
        assert is_closed(line)


@pytest.mark.usefixtures("_heard")
def test_body_of_10_mib(words: Callable[[], str]) -> None:
    """It is skipped to its end, and the next message is read as one."""
    with door(CALLEE.sip_port) as line:
        line.send(request(words(), length=str(10 * MIB)))
        assert line.next().startswith(TOO_LARGE)
        for _ in range(10):
            line.send(secrets.token_bytes(MIB))
        line.send(options(words()))
        assert line.next().startswith(OK)


@pytest.mark.parametrize("shift", [0, 1, 700, LONGEST - 100])
def test_messages_within_a_body_are_none(words: Callable[[], str], shift: int) -> None:
    """However they lie in it: else a server that passes a body on would vouch for them."""
    with door(CALLEE.sip_port) as line:
        hidden = b"x" * shift + b"\r\n".join(options(words()) for _ in range(80))
        assert len(hidden) > LONGEST
        line.send(request("outer" + words(), length=str(len(hidden)), body=hidden))
        after = [words(), words()]
        line.send(options(after[0]))
        said = [line.next(), line.next()]
        line.send(options(after[1]))
        said.append(line.next())
        found = [each for each in said if not each.startswith(TOO_LARGE)]
        assert len(found) == len(after)
        for word, each in zip(after, found, strict=True):
            assert f"\r\nCall-ID: alive.{word}\r\n" in each


@pytest.mark.parametrize(
    "length", ["99999999999999999999", "-1", "0x10", "1 2", "", "10\r\nContent-Length: 11"]
)
def test_length_that_is_none(words: Callable[[], str], length: str) -> None:
    with door(CALLEE.sip_port) as line:
        line.send(request(words(), length=length))
        assert line.next().startswith("SIP/2.0 400 ")
        assert is_closed(line)


@pytest.mark.parametrize(
    "header", ["l: 0", "L  :0", "content-length:\r\n  0", "Content-Length: 00\r\nl:\t0"]
)
def test_length_in_other_spellings(words: Callable[[], str], header: str) -> None:
    octets = request(words(), length="0").replace(b"Content-Length: 0", header.encode())
    with door(CALLEE.sip_port) as line:
        line.send(octets)
        assert line.next().startswith(OK)


@pytest.mark.parametrize(
    "octets",
    [b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", bytes(LONGEST), secrets.token_bytes(65536)],
    ids=["HTTP", "zeros", "noise"],
)
@pytest.mark.usefixtures("words")
def test_no_sip_at_all(octets: bytes) -> None:
    with door(CALLEE.sip_port) as line, contextlib.suppress(ConnectionError, ssl.SSLEOFError):
        line.send(octets)
        line.send(octets)
        assert is_closed(line)


@pytest.mark.usefixtures("words", "_heard")
def test_nobody_waits_for_a_handshake_that_does_not_end() -> None:
    """Some say nothing, and one stops in the middle of a word: all are shown the door."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = careless().wrap_bio(incoming, outgoing)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    hello = outgoing.read()
    with contextlib.ExitStack() as stack:
        silent = [
            stack.enter_context(
                socket.create_connection(
                    ("127.0.0.1", CALLEE.sip_port), PATIENCE_S, ("127.0.0.2", 0)
                )
            )
            for _ in range(8)
        ]
        for octet in hello[: len(hello) // 2]:
            silent[0].sendall(bytes([octet]))
        with door(CALLEE.sip_port) as line:
            line.send(options("between"))
            assert line.next().startswith(OK)
        for each in silent:
            with contextlib.suppress(ConnectionResetError):
                assert each.recv(1) == b""


@pytest.mark.usefixtures("_heard")
def test_idle_connections(talking: Rig, words: Callable[[], str]) -> None:
    """The oldest of them are closed, so that there is room for those who have something to say."""
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(door(CALLEE.sip_port)) for _ in range(IDLE)]
        line = stack.enter_context(door(CALLEE.sip_port))
        line.send(options(words()))
        assert line.next().startswith(OK)
        for each in idle[: IDLE - MOST_STRANGERS + 1]:
            assert is_closed(each)
        idle[-1].send(options(words()))
        assert idle[-1].next().startswith(OK)
    talking.knocks_again()
