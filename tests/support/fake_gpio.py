"""GPIO lines without a Pi: an implementation of `hw.gpio.Gpio` with a circuit behind it.

The rules are the real ones: a pulled-up input reads high, a line that floats reads
nothing one can count on, two outputs driven against each other are a short circuit,
a line that is taken cannot be taken again. Contacts join lines to each other and to
ground; a level finds its way through as many of them as there are.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hw.gpio import GpioError, Pull

GROUND = 0
"""The node of the circuit that is always low; no line of the header has this number."""


class WiringFaultError(AssertionError):
    """The driver did something that would have broken the board or told it nothing."""


@dataclass
class Lead:
    """What the chip does at one pin."""

    taken: bool = False
    output: bool = False
    high: bool = False
    pull: Pull = Pull.NONE
    frequency: int = 0
    duty: float = 0.0


class FakeGpio:
    """A board's lines and the contacts between them."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.writes = 0
        self._leads: dict[int, Lead] = {}
        self._contacts: set[frozenset[int]] = set()
        self._there = True
        self._lock = threading.RLock()

    # --- what the driver does ---

    def take(self, pin: int) -> "FakeLine":
        with self._lock:
            self._check_there()
            lead = self._leads.setdefault(pin, Lead())
            if lead.taken:
                raise GpioError(f"GPIO{pin} is taken already")
            lead.taken = True
            return FakeLine(self, pin)

    # --- what the world does ---

    def join(self, one: int, other: int = GROUND) -> None:
        """Closes a contact between two lines, or between a line and ground."""
        with self._lock:
            self._contacts.add(frozenset((one, other)))
            self._check_shorts()

    def part(self, one: int, other: int = GROUND) -> None:
        """Opens a contact."""
        with self._lock:
            self._contacts.discard(frozenset((one, other)))

    def unplug(self) -> None:
        """Lets every call of a driver fail from now on."""
        self._there = False

    def plug(self) -> None:
        self._there = True

    # --- what can be measured ---

    def level(self, pin: int) -> bool:
        """The level at a pin, as a meter would show it."""
        with self._lock:
            return self._level(pin)

    def is_lit(self, pin: int) -> bool:
        """Whether a lamp between the pin and ground is lit."""
        with self._lock:
            lead = self._leads.get(pin, Lead())
            return lead.output and lead.high

    def frequency(self, pin: int) -> int:
        """What a buzzer between the pin and ground plays, in hertz."""
        with self._lock:
            return self._leads.get(pin, Lead()).frequency

    def loudness(self, pin: int) -> float:
        """How loud the buzzer's fundamental is, 1 being the loudest that it can be."""
        with self._lock:
            lead = self._leads.get(pin, Lead())
            return math.sin(math.pi * lead.duty) if lead.frequency else 0.0

    def taken(self) -> set[int]:
        with self._lock:
            return {pin for pin, lead in self._leads.items() if lead.taken}

    # --- the circuit ---

    def _net(self, pin: int) -> set[int]:
        net, edge = {pin}, {pin}
        while edge:
            edge = {node for contact in self._contacts if contact & edge for node in contact} - net
            net |= edge
        return net

    def _driven(self, net: set[int]) -> set[bool]:
        levels = {lead.high for pin, lead in self._leads.items() if pin in net and lead.output}
        return levels | ({False} if GROUND in net else set())

    def _level(self, pin: int) -> bool:
        net = self._net(pin)
        driven = self._driven(net)
        if driven:
            return driven == {True}
        pulls = {lead.pull for at, lead in self._leads.items() if at in net} - {Pull.NONE}
        if len(pulls) != 1:
            self._fault(f"GPIO{pin} floats" if not pulls else f"GPIO{pin} is pulled both ways")
        return pulls == {Pull.UP}

    def _check_shorts(self) -> None:
        for pin, lead in self._leads.items():
            if lead.output and len(self._driven(self._net(pin))) > 1:
                self._fault(f"GPIO{pin} is shorted")

    def _check_there(self) -> None:
        if not self._there:
            raise GpioError("no GPIO: it was unplugged")

    def _fault(self, what: str) -> None:
        self.faults.append(what)
        raise WiringFaultError(what)


class FakeLine:
    """A line that was taken."""

    def __init__(self, gpio: FakeGpio, pin: int) -> None:
        self._gpio = gpio
        self._pin = pin
        self._lead = gpio._leads[pin]

    def listen(self, pull: Pull) -> None:
        with self._use():
            self._lead.output = False
            self._lead.pull = pull

    def drive(self, *, high: bool) -> None:
        with self._use():
            self._gpio.writes += 1
            self._lead.output = True
            self._lead.high = high
            self._lead.pull = Pull.NONE
            self._gpio._check_shorts()

    def read(self) -> bool:
        with self._use():
            return self._gpio._level(self._pin)

    def pulse(self, frequency: int, duty: float = 0.5) -> None:
        self.drive(high=False)
        if not 0 < duty < 1 and frequency:
            self._gpio._fault(f"GPIO{self._pin}: a duty of {duty} makes no sound")
        self._lead.frequency, self._lead.duty = frequency, duty

    def release(self) -> None:
        with self._gpio._lock:
            self._gpio._leads[self._pin] = Lead()

    @contextmanager
    def _use(self) -> Iterator[None]:
        with self._gpio._lock:
            self._gpio._check_there()
            if self._gpio._leads.get(self._pin) is not self._lead:
                self._gpio._fault(f"GPIO{self._pin} is used after it was released")
            yield
