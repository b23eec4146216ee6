"""Two whole phones on machines of their own, whose people change networks while they talk."""

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from agent.demo.household import Home, Resident
from support import sound
from support.couple import AT_REST, CALLEE, CALLER, Couple, Side, furnish, living_at
from support.hosts import Cable, Host, router

PORT: Final = 5061
TALK_S: Final = 6.0
SAME_VOICE: Final = 0.45
"""Likeness of the waveform, in the median of the half seconds: another voice reaches 0.31. Jitter
buffers that have just begun anew stretch some of them; see test_speech.py."""
_CLOCK: Final = re.compile(r"\b\d+:\d\d\b")
CUT: Final = "No network: the line is cut"
SILENT: Final = "No sound from there"
ACCOUNT: Final = """
[[account]]
name = "office"
uri = "sip:{user}@{domain}"
user = "{user}"
password = "secret of {user}"
registrar = "sip:{domain}:{port}"
ca_file = "{ca_file}"
"""


@dataclass(frozen=True)
class Server:
    """A server that both phones have an account at.

    Attributes:
        domain: Its name.
        port: Its port.
        ca_file: Who vouches for it.
        begin: Starts it on the router.
    """

    domain: str
    port: int
    ca_file: Path
    begin: Callable[[Host], None]


@dataclass
class Travellers:
    """Made by `travellers`.

    Attributes:
        both: The phones and their people.
        home: The caller's cable, plugged in.
        elsewhere: Another cable of the caller's, not plugged in.
        away: The callee's, plugged in.
        away_too: Another one of the callee's, not plugged in.
        router: Between them all.
    """

    both: Couple
    home: Cable
    elsewhere: Cable
    away: Cable
    away_too: Cable
    router: Host

    def caller_moved(self) -> None:
        """The caller is in the other network now, and the first one is elsewhere."""
        self.home, self.elsewhere = self.elsewhere, self.home

    def callee_moved(self) -> None:
        """So is the callee."""
        self.away, self.away_too = self.away_too, self.away

    def settle(self) -> None:
        """Both are in the networks that they are said to be in, whatever has become of a test."""
        for cable in (self.elsewhere, self.away_too):
            cable.pull()
            cable.take_addresses()
        for cable in (self.home, self.away):
            cable.plug_in()
        self.both.run(self.both.rest())

    @property
    def caller(self) -> Side:
        return self.both.caller

    @property
    def callee(self) -> Side:
        return self.both.callee


@contextlib.contextmanager
def travellers(
    homes: str = "4", elsewhere: str = "4", server: Server | None = None
) -> Iterator[Travellers]:
    """Starts both phones, each on its machine, and ends them.

    Args:
        homes: The families of addresses in the networks that they start in: "4", "6", "46".
        elsewhere: In those that they go to.
        server: Where both have an account; None: they call each other directly.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sotto-")))
        runner = stack.enter_context(asyncio.Runner())
        middle = stack.enter_context(router())
        if server is not None:
            server.begin(middle)
        machines = [stack.enter_context(Host()) for _ in range(2)]
        home, away = (
            Cable.between(machines[n], middle, f"home{n}", 1 + n, homes) for n in range(2)
        )
        cafe, inn = (
            Cable.between(machines[n], middle, f"cafe{n}", 5 + n, elsewhere) for n in range(2)
        )
        for cable in (home, away):
            cable.plug_in()
        living = contextlib.AsyncExitStack()
        sides: list[Side] = []
        try:
            for me, other, own, there in (
                (CALLER, CALLEE, home, away),
                (CALLEE, CALLER, away, home),
            ):
                house = _furnish(folder, me, other, there, server)
                with own.host.inside():
                    sides.append(runner.run(living.enter_async_context(living_at(house))))
            at_rest = "Ready" if server else AT_REST
            for side in sides:
                runner.run(side.sees(at_rest))
            both = Couple(sides[0], sides[1], runner, (0, 0), at_rest, at_rest)
            yield Travellers(both, home, cafe, away, inn, middle)
        finally:
            runner.run(living.aclose())


def _furnish(
    folder: Path, me: Resident, other: Resident, there: Cable, server: Server | None
) -> Home:
    account = ""
    if server is not None:
        account = ACCOUNT.format(
            user=me.name, domain=server.domain, port=server.port, ca_file=server.ca_file
        )
    home = furnish(folder, me, other, account)
    text = home.config.read_text(encoding="utf-8")
    families = ":" in there.addresses[0]
    listen = "[::]" if families else "0.0.0.0"  # noqa: S104 - on a machine of its own
    text = text.replace(f'"127.0.0.1:{me.sip_port}"', f'"{listen}:{PORT}"')
    host = f"[{there.addresses[0]}]" if families else there.addresses[0]
    uri = f"sip:{other.name}@{server.domain}" if server else f"sip:{other.name}@{host}:{PORT}"
    text = text.replace(f"sip:{other.name}@127.0.0.1:{other.sip_port}", uri)
    home.config.write_text(text, encoding="utf-8")
    return home


async def meet(found: Travellers) -> None:
    """The first call: they compare the words, and need not do so again."""
    await found.both.dial()
    await found.both.secure()
    await found.both.acquaint()
    await talking(found)
    await found.both.hang_up()


async def call(found: Travellers) -> None:
    """A call between the two that have met."""
    await found.both.dial()
    await talking(found)


async def talking(found: Travellers) -> None:
    """Waits until both are in an encrypted call, and neither panel complains of the line."""
    for side in found.both.sides:
        await side.until(partial(_is_calm, side), "a call")


def _is_calm(side: Side) -> bool:
    panel = side.reads
    talks = "Verified" in panel and _CLOCK.search(panel) is not None
    return talks and CUT not in panel and SILENT not in panel


async def is_cut(side: Side) -> None:
    """Waits until the panel says so, and still says whom the call is with."""
    await side.sees(CUT)
    assert "Verified" in side.reads


async def go_on_elsewhere(found: Travellers) -> None:
    """The caller of a call that is up goes into another network, and they talk on there."""
    found.home.pull()
    await is_cut(found.caller)
    found.home.take_addresses()
    found.elsewhere.plug_in()
    await talk_and_part(found)


async def talk_and_part(found: Travellers) -> None:
    """They are in a call, hear each other, and hang up."""
    await talking(found)
    await hear_each_other(found)
    await found.both.hang_up()


async def hear_each_other(found: Travellers) -> None:
    """What is spoken into one handset comes out of the other one.

    Raises:
        AssertionError: Something else does.
    """
    stretches = await found.both.talk(TALK_S)
    for ear, stretch in enumerate(stretches):
        speech = sound.spoken(found.both.sides[1 - ear].home.microphone)
        assert sound.waveform_likeness(speech, sound.played(stretch)) > SAME_VOICE
