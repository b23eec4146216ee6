"""Two whole phones, called, answered, judged and hung up from the machine's shell."""

import asyncio
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hw.types import Key
from support.couple import AT_REST, CALLEE, Couple, Side, couple

pytestmark = pytest.mark.live

PATIENCE_S = 30


def socket_of(side: Side) -> Path:
    return side.home.folder / "control"


def sotto(side: Side, *words: str) -> tuple[int, str]:
    """One command, without the phone's configuration: its exit status, and what it printed."""
    order = [sys.executable, "-m", "agent", *words, "--socket", str(socket_of(side))]
    done = subprocess.run(order, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    return done.returncode, done.stdout + done.stderr


async def asks(side: Side, *words: str) -> str:
    """A command that has to succeed."""
    status, said = await asyncio.to_thread(sotto, side, *words)
    assert status == 0, said
    return said


async def is_refused(side: Side, *words: str) -> str:
    status, said = await asyncio.to_thread(sotto, side, *words)
    assert status == 1, said
    return said


async def call_of(side: Side) -> dict[str, Any]:
    status = json.loads(await asks(side, "status", "--json"))
    (call,) = status["calls"]
    assert isinstance(call, dict)
    return call


async def a_call_by_shell(both: Couple) -> None:
    caller, callee = both.sides
    said = await asks(caller, "call", CALLEE.number)
    assert "Lift the handset: no sound passes before." in said
    await callee.sees("Call from")
    await asks(callee, "answer")
    await callee.sees("They wait for you")
    await caller.sees("They wait for you")
    assert "Lift the handset first" in await is_refused(caller, "confirm", "any words")
    for side in both.sides:
        await side.person.phone.lift()
    words = await both.secure()
    call = await call_of(caller)
    assert tuple(word.lower() for word in call["words"]) == words
    assert not call["secure"]
    await caller.until(lambda: "match" in caller.reads, "the question")
    assert "These are not the words" in await is_refused(caller, "confirm", "adult amulet")
    await confirms(caller, words)
    await confirms(callee, words)
    assert (await call_of(caller))["secure"]
    await is_held_and_resumed(caller, callee)
    assert "SAS" not in caller.journal
    assert all(word not in caller.journal.lower() for word in words)
    await asks(callee, "hangup")
    await both.rest()


async def is_held_and_resumed(holder: Side, held: Side) -> None:
    """After both have taken the name that was proposed."""
    for side in (holder, held):
        await side.sees("Who is it?")
        await side.person.phone.press(Key.CONFIRM)
    await asks(holder, "hold")
    await held.sees("They put you on hold")
    assert (await call_of(holder))["state"] == "on-hold"
    await asks(holder, "resume")
    await held.until(lambda: "put you on hold" not in held.reads, "the talk")
    assert (await call_of(holder))["secure"]


async def confirms(side: Side, words: tuple[str, str]) -> None:
    """The words must have stood there long enough: until then the phone says so."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            status, said = await asyncio.to_thread(sotto, side, "confirm", " ".join(words))
            if status == 0:
                return
            assert "does not show them long enough" in said


def test_a_call_by_the_shell_alone_but_for_the_handsets() -> None:
    with couple() as both:
        both.run(a_call_by_shell(both))
        both.run(the_log_knows(both.caller))


async def the_log_knows(side: Side) -> None:
    (call,) = json.loads(await asks(side, "log", "--json"))
    assert (call["direction"], call["missed"]) == ("outgoing", False)
    assert "sas-confirmed" in await asks(side, "log", "--security")
    (peer,) = json.loads(await asks(side, "peers", "--json"))
    assert peer["verified"]


def test_words_that_differ_are_an_alarm_from_the_shell_too() -> None:
    async def story(both: Couple) -> None:
        await both.dial()
        await both.secure()
        await asks(both.caller, "differ")
        await both.caller.sees("WIRETAPPED")
        assert "nothing takes that back" in await is_refused(both.caller, "differ")
        await asks(both.caller, "hangup")
        await both.rest()

    with couple() as both:
        both.run(story(both))


def test_contacts_are_known_at_once_and_events_are_told(tmp_path: Path) -> None:
    cards = tmp_path / "friends.vcf"
    cards.write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Nobody\r\nTEL:77\r\n"
        "X-SIP:sip:nobody@127.0.0.1:15099\r\nEND:VCARD\r\n"
    )

    async def story(side: Side) -> None:
        order = ["-m", "agent", "events", "--json", "--socket", str(socket_of(side))]
        following = await asyncio.create_subprocess_exec(
            sys.executable, *order, stdout=asyncio.subprocess.PIPE
        )
        assert following.stdout is not None
        await side.until(lambda: "follows the events" in side.journal, "a follower")
        assert "1 taken over" in await asks(side, "contacts", "import", str(cards))
        said = await asks(side, "call", "77")
        assert "to Nobody" in said
        async with asyncio.timeout(PATIENCE_S):
            event = json.loads(await following.stdout.readline())
            assert (event["event"], event["name"], event["state"]) == ("call", "Nobody", "calling")
            while event["event"] != "call-ended":
                event = json.loads(await following.stdout.readline())
        following.terminate()
        await following.wait()
        await side.sees(AT_REST)

    with couple() as both:
        both.run(story(both.caller))


def test_the_socket_is_for_the_phones_user_and_group_alone() -> None:
    with couple() as both:
        socket = socket_of(both.caller)
        assert stat.S_ISSOCK(socket.stat().st_mode)
        assert stat.S_IMODE(socket.stat().st_mode) & 0o117 == 0
        assert stat.S_IMODE(socket.parent.stat().st_mode) & 0o007 == 0
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        order = [*nobody, sys.executable, "-c", CONNECT, str(socket)]
        done = subprocess.run(order, check=False, capture_output=True, text=True)
        assert "PermissionError" in done.stderr
    assert not socket.exists()


CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
