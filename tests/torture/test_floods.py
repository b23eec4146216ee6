"""Whoever asks more than one phone can want: the phone has room for others, and its memory is whole."""

import contextlib
import socket
import ssl

import pytest
from bench.processes import memory_mib, pid_of

from hw.types import Key
from support.couple import CALLEE, CALLER, Couple
from support.waiting import LARGER, PATIENCE_S, until
from torture.compose import message, sdp
from torture.crowd import crowd
from torture.line import Door, ack, cancel, door, options
from torture.rig import Rig, final

pytestmark = pytest.mark.live

CALLS = 50
MOST_OF_A_STRANGER = 8
"""As in gate_flood.c."""
QUESTIONS = 20_000
HALF_OPEN = 300
STRANGERS = [f"127.0.2.{at}" for at in range(1, 13)]
BROKEN_OFF = 4_000
BEGUN = bytes.fromhex("16030100f8010000f40303")
"""Of a ClientHello, and the rest never comes."""
IN_QUEUE = 4
"""PJSIP has its kernel keep five."""
MORE_MIB = 8.0 * LARGER


def invite(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{word}",
        *("Max-Forwards: 70", f"From: <sip:flood@example.com>;tag={word}"),
        *("To: <sip:user@example.com>", f"Call-ID: {word}", "CSeq: 1 INVITE"),
        *("Contact: <sip:flood@192.0.2.1>", "Content-Type: application/sdp"),
        "Content-Length: {length}",
        body=sdp(),
    )


def memory(rig_: Rig) -> float:
    return memory_mib(pid_of(rig_.phone.home.config))[0]


def calls(line: Door, word: str) -> str:
    """Calls, and acknowledges nothing; the status of the final answer."""
    line.send(invite(word))
    return final(line).split(" ", 2)[1]


def test_who_calls_and_acknowledges_nothing_has_few_calls(torture: Rig) -> None:
    """Each of them would stay in memory for 32 s, and a thousand would be all there can be."""
    with door(CALLEE.sip_port) as first, door(CALLEE.sip_port, "127.0.0.2") as other:
        octets = invite(torture.word())
        first.send(octets)
        assert final(first, until_ringing=True).startswith("SIP/2.0 180 ")
        torture.waits_for("Call from")
        with door(CALLEE.sip_port, "127.0.0.3") as line:
            before = memory(torture)
            found = [calls(line, torture.word()) for _ in range(CALLS)]
            assert memory(torture) - before < MORE_MIB
        assert found == ["486"] * MOST_OF_A_STRANGER + ["503"] * (CALLS - MOST_OF_A_STRANGER)
        assert calls(other, torture.word()) == "486", "nobody else waits for that"
        first.send(cancel(octets))
        first.send(ack(octets, final(first, of="INVITE")))
    torture.lives()
    torture.is_at_rest()


def test_who_reads_no_answers_gets_no_more_of_them(torture: Rig) -> None:
    """They would wait in memory."""
    before = memory(torture)
    with door(CALLEE.sip_port, "127.0.0.4") as line:
        line.channel.settimeout(1.0)
        # The phone reads no more, or has closed it.
        ends = (TimeoutError, ssl.SSLWantWriteError, ssl.SSLEOFError, ConnectionError)
        with contextlib.suppress(*ends):
            for _ in range(QUESTIONS):
                line.send(options(torture.word()))
        torture.lives()
        assert memory(torture) - before < MORE_MIB


def test_who_reads_no_answers_at_several_addresses_gets_no_more_of_them(torture: Rig) -> None:
    """Answers that nobody reads wait in memory, with 18 KiB each."""
    before = memory(torture)
    with contextlib.ExitStack() as stack:
        for address in STRANGERS[:4]:
            line = stack.enter_context(door(CALLEE.sip_port, address))
            line.channel.settimeout(1.0)
            with contextlib.suppress(TimeoutError, ssl.SSLWantWriteError):
                for _ in range(QUESTIONS // 2):
                    line.send(options(torture.word()))
        torture.lives()
        torture.both.run(torture.both.whole_call())
        assert memory(torture) - before < 2 * MORE_MIB


@pytest.mark.parametrize("addresses", [1, 10])
def test_connections_that_say_nothing_keep_no_call_out(torture: Rig, addresses: int) -> None:
    """PJSIP has places for some 250, and each would stay taken for 5 s."""
    before = memory(torture)
    with contextlib.ExitStack() as stack:
        for at in range(HALF_OPEN):
            source = (f"127.0.1.{1 + at % addresses}", 0)
            place = ("127.0.0.1", CALLEE.sip_port)
            stack.enter_context(socket.create_connection(place, PATIENCE_S, source))
            if at % IN_QUEUE == 0:
                torture.lives()  # it has taken them all: else the kernel makes the others wait
        torture.both.run(torture.both.whole_call())
        assert memory(torture) - before < MORE_MIB


def test_strangers_at_a_dozen_addresses_leave_room_for_whom_the_phone_knows(torture: Rig) -> None:
    """One of them rings, 96 connections say nothing, and INVITEs come on and on."""
    with crowd(CALLEE.sip_port, STRANGERS, invite) as strangers:
        torture.waits_for("Call from")
        until(lambda: strangers.has_all("127.0.2.13"), "there is room for strangers")
        torture.both.run(_calls_as_a_contact(torture.both))
    torture.both.run(_goes_on(torture.both))
    torture.is_at_rest()


async def _calls_as_a_contact(both: Couple) -> None:
    """Who rang gives way; whoever calls later may be shown in place of the words."""
    caller, callee = both.caller.person.phone, both.callee.person.phone
    both.calls_told = len(both.caller.passed()), len(both.callee.passed())
    await caller.lift()
    await caller.dial(CALLEE.number)
    await caller.press(Key.CALL)
    await both.callee.sees(CALLER.title)
    assert callee.state.tone is not None, "it does not ring"
    await callee.lift()
    await both.caller.person.reads_sas()


async def _goes_on(both: Couple) -> None:
    await both.secure()
    await both.hang_up()


def test_whose_connection_is_gone_calls_no_longer(torture: Rig) -> None:
    with door(CALLEE.sip_port) as line:
        line.send(invite(torture.word()))
        assert final(line, until_ringing=True).startswith("SIP/2.0 180 ")
        torture.waits_for("Call from")
        line.channel.shutdown(socket.SHUT_RDWR)
    torture.is_at_rest()


def test_handshakes_that_are_broken_off_leave_no_memory_behind(torture: Rig) -> None:
    """PJSIP gives it back half a second later, and thousands go by in that."""
    before = memory(torture)
    place = ("127.0.0.1", CALLEE.sip_port)
    for at in range(BROKEN_OFF):
        source = (f"127.0.4.{1 + at % 10}", 0)
        with (
            socket.create_connection(place, PATIENCE_S, source) as plain,
            contextlib.suppress(ConnectionError),
        ):
            plain.sendall(BEGUN)
        if at % IN_QUEUE == 0:
            torture.lives()
    assert memory(torture) - before < 2 * MORE_MIB  # 8.0 and 8.5 were seen, 114 before
    until(lambda: _is_let_in("127.0.4.1"), "there is room for it again")


def _is_let_in(source: str) -> bool:
    try:
        Door(CALLEE.sip_port, source).close()
    except OSError:
        return False
    return True
