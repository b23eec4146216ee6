"""Where things stand in the drawing of a board, and which way its wires go. Pure.

The header stands upright in the middle, pin 1 at the top left. Each part stands on the side
of its pins, its terminals towards the header in the order of the pins, so that few wires
cross. Between parts and header every wire has a lane of its own; a wire from the other
side of the header comes round below it, in a channel of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from agent.frozen import frozen
from hw.wiring_plan import GROUND, POWER, Terminal, Wire, WiredPart

PITCH: Final = 26.0
"""From one pin of the header to the next, and from one terminal to the next."""
LANE: Final = 9.0
"""From one wire to the next where they run beside each other."""
LETTER: Final = 8.4
SMALL_LETTER: Final = 6.9
"""About the widths of the letters of a terminal's name and remark, with room to spare."""
TITLE_HEIGHT: Final = 30.0
BOX_PAD: Final = 6.0
BOX_GAP: Final = 2 * PITCH - TITLE_HEIGHT - BOX_PAD
"""Between two boxes: so that all terminals stay in the middle between two pins, and no wire
runs along another."""
MARGIN: Final = 16.0
HEADER_WIDTH: Final = 2 * PITCH
PIN_RADIUS: Final = 11.0
LABELS: Final = 62.0
"""Room beside the header for the names of its pins."""
TOP: Final = 108.0
ROWS: Final = 20

Point = tuple[float, float]


@frozen
class Run:
    """One wire.

    Attributes:
        part: The part that it goes to.
        terminal: The terminal there.
        pin: The pin of the header that it comes from.
        path: Its corners, from the pin to the terminal.
    """

    part: WiredPart
    terminal: Terminal
    pin: int
    path: tuple[Point, ...]


@frozen
class Box:
    """A part in the drawing: its upper left corner, its size, and its terminals in order."""

    part: WiredPart
    left: float
    top: float
    width: float
    height: float
    terminals: tuple[Terminal, ...]

    def y_of(self, terminal: Terminal) -> float:
        """The height at which a terminal's wire ends."""
        return self.top + TITLE_HEIGHT + PITCH * (self.terminals.index(terminal) + 0.5)


@frozen
class Layout:
    """The whole drawing.

    Attributes:
        header: The upper left corner of the header.
    """

    width: float
    height: float
    header: Point
    boxes: tuple[Box, ...]
    runs: tuple[Run, ...]


@frozen
class _End:
    """A terminal of a part, with the pin that was chosen for it."""

    part: WiredPart
    terminal: Terminal
    pin: int
    is_left: bool


def lay_out(parts: Sequence[WiredPart]) -> Layout:
    """Finds a place for everything."""
    ends = _choose_pins(parts)
    left, right = ([end for end in ends if end.is_left is side] for side in (True, False))
    across = sum(map(_crosses, ends))
    lanes = max(sum(not _crosses(end) for end in side) for side in (left, right)) + across
    gap = LABELS + LANE * (lanes + 2)
    header = (MARGIN + _box_width(left) + gap, TOP)
    right_edge = header[0] + HEADER_WIDTH + gap
    boxes = [*_stack(left, MARGIN), *_stack(right, right_edge)]
    bottom = max(box.top + box.height for box in boxes)
    floor = max(TOP + ROWS * PITCH, *(_lowest(box, ends) for box in boxes)) + LANE
    runs = tuple(_route(ends, boxes, header, floor))
    height = max(bottom, floor + LANE * (across + 1)) + MARGIN
    width = right_edge + (_box_width(right) + MARGIN if right else 0.0)
    return Layout(width, height, header, tuple(boxes), runs)


def pin_place(header: Point, pin: int) -> Point:
    """The middle of a pin."""
    row, column = divmod(pin - 1, 2)
    return header[0] + PITCH * (column + 0.5), header[1] + PITCH * (row + 0.5)


def _edge_of(header: Point, pin: int) -> Point:
    """Where a wire leaves the pin: outwards."""
    x, y = pin_place(header, pin)
    return x + (-PIN_RADIUS if _is_left(pin) else PIN_RADIUS), y


def _box_width(ends: Sequence[_End]) -> float:
    """Wide enough for the longest line of text in the boxes of a side."""
    lines = [(f"{end.terminal.name}  ", end.terminal.remark) for end in ends]
    lines += [(f"{end.part.title}   ", "") for end in ends]
    widths = (LETTER * len(name) + SMALL_LETTER * len(remark) for name, remark in lines)
    return max(widths, default=0.0) + 24.0


def _lowest(box: Box, ends: Sequence[_End]) -> float:
    """Below all terminals of the box whose wires come round the header."""
    across = [end.terminal for end in ends if end.part is box.part and _crosses(end)]
    return max((box.y_of(terminal) for terminal in across), default=0.0)


def _is_left(pin: int) -> bool:
    return pin % 2 == 1


def _crosses(end: _End) -> bool:
    return end.is_left is not _is_left(end.pin)


def _choose_pins(parts: Sequence[WiredPart]) -> list[_End]:
    """Gives each part its side, and power and ground the nearest pin there that is free."""
    ends: list[_End] = []
    taken: set[int] = set()
    for part in parts:
        pins = [terminal.pin for terminal in part.terminals if terminal.pin]
        is_left = 2 * sum(map(_is_left, pins)) >= len(pins)
        middle = sum(pins) / len(pins)
        for terminal in part.terminals:
            pin = terminal.pin or _supply(terminal.wire, middle, taken, is_left=is_left)
            taken.add(pin)
            ends.append(_End(part, terminal, pin, is_left))
    return ends


def _supply(wire: Wire, middle: float, taken: set[int], *, is_left: bool) -> int:
    pins = POWER if wire is Wire.POWER else GROUND
    return min(
        pins, key=lambda pin: (_is_left(pin) is not is_left, pin in taken, abs(pin - middle))
    )


def _stack(ends: Sequence[_End], left: float) -> Iterator[Box]:
    """The boxes of one side, those of the upper pins first."""
    parts = list(dict.fromkeys(end.part for end in ends))
    own = {part: [end for end in ends if end.part is part] for part in parts}
    heights = {part: sum(end.pin for end in own[part]) / len(own[part]) for part in parts}
    rows = sum(len(own[part]) + 2 for part in parts)
    top = TOP + 2 * PITCH - TITLE_HEIGHT - PITCH / 2 + PITCH * max(0, (ROWS - rows) // 2)
    for part in sorted(parts, key=heights.__getitem__):
        # What comes from the other side comes from below: its lowest pin is met first.
        straight = sorted((end for end in own[part] if not _crosses(end)), key=lambda end: end.pin)
        across = sorted((end for end in own[part] if _crosses(end)), key=lambda end: -end.pin)
        terminals = tuple(end.terminal for end in (*straight, *across))
        height = TITLE_HEIGHT + PITCH * len(terminals) + BOX_PAD
        yield Box(part, left, top, _box_width(ends), height, terminals)
        top += height + BOX_GAP


def _route(
    ends: Sequence[_End], boxes: Sequence[Box], header: Point, floor: float
) -> Iterator[Run]:
    """Each side's lanes, outwards: its own wires, those that leave it, those that arrive.

    Below the header, those that go to the left have the upper channels.
    """
    box_of = {box.part: box for box in boxes}
    channel = 0
    straight, across = {}, {}
    for is_left in (True, False):
        near = [end for end in ends if end.is_left is is_left]
        straight[is_left] = _lanes([end for end in near if not _crosses(end)], box_of, header)
        # The lowest pin turns first, and has the upper channel.
        across[is_left] = sorted(filter(_crosses, near), key=lambda end: -end.pin)

    def lane(number: int, *, is_left: bool) -> float:
        """The x of a lane, counted from 1."""
        edge = header[0] - LABELS if is_left else header[0] + HEADER_WIDTH + LABELS
        return edge - LANE * number if is_left else edge + LANE * number

    for is_left in (True, False):
        for number, end in enumerate(straight[is_left], 1):
            start = _edge_of(header, end.pin)
            corner = (lane(number, is_left=is_left), start[1])
            yield _run(end, box_of[end.part], (start, corner), is_left=is_left)
        arriving, leaving = across[is_left], across[not is_left]
        for number, end in enumerate(arriving, 1):
            channel += 1
            start = _edge_of(header, end.pin)
            out = lane(len(straight[not is_left]) + number, is_left=not is_left)
            back = lane(len(straight[is_left]) + len(leaving) + number, is_left=is_left)
            below = floor + LANE * channel
            corners = (start, (out, start[1]), (out, below), (back, below))
            yield _run(end, box_of[end.part], corners, is_left=is_left)


def _lanes(ends: Sequence[_End], box_of: dict[WiredPart, Box], header: Point) -> list[_End]:
    """The wires in the order of their lanes, from the header outwards, so that few cross.

    Of wires that go down the lower one turns first, of wires that go up the upper one.
    """

    def fall(end: _End) -> float:
        return box_of[end.part].y_of(end.terminal) - pin_place(header, end.pin)[1]

    rising = sorted((end for end in ends if fall(end) <= 0), key=lambda end: end.pin)
    falling = sorted((end for end in ends if fall(end) > 0), key=lambda end: -end.pin)
    return [*rising, *falling]


def _run(end: _End, box: Box, corners: tuple[Point, ...], *, is_left: bool) -> Run:
    y = box.y_of(end.terminal)
    x = box.left + (box.width if is_left else 0.0)
    return Run(end.part, end.terminal, end.pin, (*corners, (corners[-1][0], y), (x, y)))
