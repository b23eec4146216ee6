"""The torture messages of RFC 4475, to a phone that runs: at its own door, and from its server."""

import re

import pytest
from bench.processes import memory_mib, pid_of

from support.couple import CALLEE
from torture.compose import LONGEST, RINGS, Line, Trap, message, sdp
from torture.line import door
from torture.rig import Rig
from torture.table import TRAPS

pytestmark = pytest.mark.live

ROUNDS = 20
WARM = 4
"""After so many rounds everything that is kept once is there."""
MORE_MIB = 8.0


def judge(trap: Trap, said: str, *, closed: bool) -> None:
    wanted = trap.answer
    if wanted.status:
        assert re.search(rf"^SIP/2\.0 {wanted.status} ", said, re.MULTILINE), said
    for line in wanted.says:
        assert re.search(rf"^{re.escape(line)}", said, re.MULTILINE), said
    assert closed == wanted.closes


@pytest.mark.parametrize("trap", TRAPS.values(), ids=lambda trap: trap.name)
def test_at_the_door(torture: Rig, trap: Trap) -> None:
    with door(CALLEE.sip_port) as line:
        said = torture.put(trap, line)
        closed = trap.answer.closes and line.next() == ""
    judge(trap, said, closed=closed)
    torture.lives()
    torture.is_at_rest()


@pytest.mark.parametrize("trap", TRAPS.values(), ids=lambda trap: trap.name)
def test_from_the_server(torture: Rig, trap: Trap) -> None:
    known, line = torture.server.registered, torture.server_line()
    said = torture.put(trap, line)
    if trap.answer.closes:
        torture.server.is_registered_again(known)
    judge(trap, said, closed=trap.answer.closes)
    torture.lives()
    torture.is_at_rest()


def long_call(size: int, word: str) -> bytes:
    """A call over many servers, by a phone of many codecs and addresses: half head, half body."""
    body = sdp() + b"".join(
        f"a=candidate:{n} 1 UDP {n} 192.0.2.{n % 250} {4000 + n} typ host\r\n".encode()
        for n in range(size // 100)
    )
    ways: list[Line] = []
    while True:
        octets = message(
            "INVITE sip:user@example.com SIP/2.0",
            f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{word}",
            *ways,
            *("Max-Forwards: 70", f"From: <sip:caller@example.com>;tag={word}"),
            *("To: <sip:user@example.com>", f"Call-ID: {word}", "CSeq: 1 INVITE"),
            *("Contact: <sip:caller@192.0.2.1>", "Content-Type: application/sdp"),
            "Content-Length: {length}",
            body=body,
        )
        if len(octets) > size:
            return octets
        via = f"Via: SIP/2.0/TLS 192.0.2.{len(ways)};branch=z9hG4bK{word}.{len(ways)}"
        ways += [via, f"Record-Route: <sip:192.0.2.{len(ways)};transport=tls;lr>"]


@pytest.mark.parametrize("size", [8000, LONGEST - 1000])
def test_long_call_rings(torture: Rig, size: int) -> None:
    """However many servers it came over: the answer goes back by all of them."""
    trap = Trap("long", "", "", lambda word: long_call(size, word), RINGS)
    with door(CALLEE.sip_port) as own:
        for line in (own, torture.server_line()):
            ringing = torture.put(trap, line).partition("SIP/2.0 487 ")[0]
            for way in ("Via", "Record-Route"):
                assert ringing.count(f"\r\n{way}: ") > size // 300
            torture.lives()
            torture.is_at_rest()


def test_twenty_rounds_leave_nothing_behind(torture: Rig) -> None:
    pid = pid_of(torture.phone.home.config)
    sizes = []
    for _ in range(ROUNDS):
        for trap in TRAPS.values():
            with door(CALLEE.sip_port) as line:
                torture.put(trap, line)
        torture.lives()
        torture.is_at_rest()  # and whoever looks at the panel has seen what was on it
        sizes.append(memory_mib(pid)[0])
    print(" ".join(f"{size:.1f}" for size in sizes))  # noqa: T201 - the figure
    assert sizes[-1] - sizes[WARM - 1] < MORE_MIB
