"""A whole phone that is called by nobody but the test, its server, and a friend's phone."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from support.certificates import Authority
from support.couple import CALLEE, Couple, Side, couple
from support.netns import network_namespace
from support.waiting import PATIENCE_S
from torture.compose import Answer, Trap
from torture.line import Door, Line, Registrar, ServerLine, ack, cancel, missing, options

SERVER_PORT: Final = 5070
_AT_REST: Final = "Ready"


@dataclass(slots=True)
class Rig:
    """Made by `rig`.

    Attributes:
        both: The phone, as the callee, and its friend's.
        server: Where the phone is registered.
        standing: A connection to the phone's door by which it is asked whether it lives.
    """

    both: Couple
    server: Registrar
    standing: Door
    _words: Iterator[int] = field(default_factory=itertools.count)

    @property
    def phone(self) -> Side:
        return self.both.callee

    def word(self) -> str:
        """One that no message had before."""
        return f"w{next(self._words)}"

    def lives(self) -> None:
        """It answers."""
        self.standing.send(options(self.word()))
        assert self.standing.next().startswith("SIP/2.0 200 ")

    def knocks_again(self) -> None:
        """Makes another standing connection: the phone has closed the one that was there."""
        self.standing.close()
        self.standing = Door(CALLEE.sip_port)

    def server_line(self) -> Line:
        return ServerLine(self.server)

    def waits_for(self, text: str) -> None:
        """Until the phone shows this."""
        self.both.run(self.phone.sees(text))

    def is_at_rest(self) -> None:
        """It neither rings nor shows anything of a call."""
        self.both.run(self._is_at_rest())

    async def _is_at_rest(self) -> None:
        phone = self.phone.person.phone
        async with asyncio.timeout(PATIENCE_S):
            await self.phone.until(lambda: phone.state.tone is None, "silence")
            await self.phone.sees(_AT_REST)

    def put(self, trap: Trap, line: Line) -> str:
        """Sends a message and takes what comes; a call is taken back.

        Returns:
            All answers, one after the other.
        """
        octets = trap.build(self.word())
        line.send(octets)
        return self._take(octets, trap.answer, line)

    def _take(self, octets: bytes, wanted: Answer, line: Line) -> str:
        if not wanted.status:  # what came before this answer would have been read
            line.send(options(self.word()))
            said = line.next()
            assert "\r\nCall-ID: alive." in said, said
            return ""
        if wanted.waits:
            self._keeps_waiting(octets, line)
        if wanted.rings:
            told = final(line, until_ringing=True)
            assert told.startswith("SIP/2.0 180 "), told
            line.send(cancel(octets))
            refusal = final(line, of="INVITE")
            line.send(ack(octets, refusal))
            return told + refusal
        said = final(line)
        for _ in (each for each in wanted.says if each.startswith("SIP/2.0 ")):
            said += final(line)
        invite = octets.find(b"INVITE ")
        if invite >= 0 and "\r\nTo: " in said and not wanted.closes:
            line.send(ack(octets[invite:], said))
        return said

    def _keeps_waiting(self, octets: bytes, line: Line) -> None:
        """Others are served meanwhile; then comes the rest: one line of SDP that means nothing."""
        self.lives()
        self.standing.send(cancel(octets))
        assert final(self.standing).startswith("SIP/2.0 481 "), "nobody has called yet"
        line.send(b"a=x:".ljust(missing(octets) - 2, b"x") + b"\r\n")


def final(line: Line, *, until_ringing: bool = False, of: str = "") -> str:
    """The next final answer, or the first sign that it rings."""
    while True:
        said = line.next()
        assert said.startswith("SIP/2.0 "), f"no answer, but {said!r}"
        status = int(said.split(" ", 2)[1])
        if of and f" {of}\r\n" not in said:
            continue
        if status >= 200 or (until_ringing and status == 180):
            return said


@contextlib.contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """Starts all of them, in a network of their own.

    Args:
        folder: Where the server's certificate goes.
    """
    authority = Authority(folder)
    account = f"""
[[account]]
name = "Office"
uri = "sip:{CALLEE.name}@localhost"
password = "nobody asks for it"
registrar = "sip:localhost:{SERVER_PORT}"
ca_file = "{authority.file}"
"""
    with (
        network_namespace(),
        Registrar(authority.issue("localhost"), SERVER_PORT) as server,
        couple(callee=account, callee_at_rest=_AT_REST) as both,
    ):
        found = Rig(both, server, Door(CALLEE.sip_port))
        try:
            yield found
        finally:
            found.standing.close()
