"""The phone's whole line within a test's process: pump, ZRTP, store and gate, but nobody at it.

What the pump would tell the phone goes to the test, and the test gives SIP its orders itself:
for what happens between two phones, whatever their people press.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

from agent.associations import Associations
from agent.clock import SystemClock
from agent.media import gate
from agent.phone.actions import Action
from agent.phone.events import ClockTicked, PhoneEvent
from agent.phone.menu.answers import MenuAnswer
from agent.phone.menu.care import Glow
from agent.phone.preferences import Language
from agent.phone.station import Station
from agent.phone.views import Idle, View
from agent.ports import Parts, Sip
from agent.pump import Event, GateWoken, Pump, TimerFired
from agent.settings import tones
from agent.store import Store
from agent.zrtp import Identity, Roster, Session
from hw.board import Board, Handset, HandsetDevices
from hw.types import Leds, Output, Picture, RingTone

_DARK = Picture(bytes(1024))


class _Nobody:
    """Stands where the phone stands: hears everything, and does nothing."""

    language = Language.ENGLISH

    def __init__(self, tell: Callable[[object], None]) -> None:
        self._tell = tell

    def handle(self, event: PhoneEvent | MenuAnswer, now: float) -> tuple[Action, ...]:
        del now
        if not isinstance(event, ClockTicked | MenuAnswer):
            self._tell(event)
        return ()

    def handle_timer(self, now: float) -> tuple[Action, ...]:
        del now
        return ()

    def next_timer(self) -> None:
        return None

    def view(self) -> View:
        return Idle("nobody")

    def glow(self) -> Glow:
        return Glow(100)

    def leds(self) -> Leds:
        return Leds()


class _Handset:
    devices = HandsetDevices()

    def set_volume(self, percent: int) -> bool:
        raise AssertionError(f"nobody is here to set the volume ({percent})")


class _Board:
    handset: Handset = _Handset()
    headset: Handset | None = None

    def start(self, emit: Callable[[object], None]) -> None:
        raise AssertionError(f"nobody presses keys for {emit}")

    def show(self, picture: Picture) -> None:
        del picture

    def set_contrast(self, percent: int) -> None:
        del percent

    def set_leds(self, leds: Leds) -> None:
        del leds

    def ring(self, tone: RingTone | None) -> None:
        del tone

    def set_volume(self, output: Output, percent: int) -> bool:
        raise AssertionError(f"nobody is here to set the {output.value}'s volume ({percent})")

    def close(self) -> None:
        return


class KeyedLine:
    """The pump and what it needs, for one endpoint, on the running loop.

    Args:
        sip: The endpoint.
        database: Where the phone's memory goes.
        tell: Takes the phone's events.
    """

    def __init__(self, sip: Sip, database: Path, tell: Callable[[object], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        clock = SystemClock()
        self._store = Store.open(database, clock.wall, os.urandom)
        self._associations = Associations(gate, self._session)
        self._clock = clock
        self._orders: set[asyncio.Task[None]] = set()
        self._passed: dict[int, gate.Counters] = {}
        parts = Parts(
            clock=clock,
            phone=cast("Station", _Nobody(tell)),
            store=self._store,
            sip=sip,
            gate=gate,
            board=cast("Board", _Board()),
            render=lambda _view, _words: _DARK,
            tones=lambda country: tones(country or "eu"),
            ring_tone="classic",
            spawn=self._spawn,
            arm_timer=self._arm,
        )
        self._pump = Pump(parts, self._associations)

    def begin(self) -> None:
        """Once the endpoint runs."""
        self._associations.fill_stock()
        self._loop.add_reader(gate.fileno(), lambda: self._pump.post(GateWoken()))
        self._pump.post(TimerFired())

    def post(self, event: Event) -> None:
        """Takes an event of the endpoint's, on the loop."""
        self._pump.post(event)

    def passed(self, call: str) -> gate.Counters:
        """The counters of a call's gate; those of before, while its transport is made anew.

        Raises:
            LookupError: It has none.
        """
        numbers = [each.gate for each in self._associations if each.call == call]
        if not numbers:
            raise LookupError(f"{call} has no gate")
        number = max(numbers)
        with contextlib.suppress(LookupError):
            self._passed[number] = gate.counters(number)
        return self._passed[number]

    def close(self) -> None:
        """When the endpoint is gone."""
        self._loop.remove_reader(gate.fileno())
        if self._timer is not None:
            self._timer.cancel()
        self._store.close()

    def _session(self, *, roster: Roster) -> Session:
        return Session(
            identity=Identity(self._store.zid, "Sotto"),
            store=self._store,
            randbytes=os.urandom,
            wall_clock=self._clock.wall,
            roster=roster,
        )

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, lambda: self._pump.post(TimerFired()))

    def _spawn(self, order: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(order)
        self._orders.add(task)
        task.add_done_callback(self._orders.discard)
