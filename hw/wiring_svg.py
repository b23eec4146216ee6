"""How a board is wired, as a drawing in SVG. Pure: text out, the same for the same profile."""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from hw.profile import BoardProfile
from hw.wiring_layout import (
    HEADER_WIDTH,
    PIN_RADIUS,
    PITCH,
    ROWS,
    TITLE_HEIGHT,
    TOP,
    Box,
    Layout,
    Run,
    lay_out,
    pin_place,
)
from hw.wiring_plan import EEPROM, FIVE_VOLTS, GROUND, HEADER, POWER, Wire, plan

WIRES: Final = (
    *("#0b6e99", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be185d"),
    *("#0f766e", "#4338ca", "#4d7c0f", "#9f1239", "#1d4ed8", "#57534e"),
)
"""Colours of the lines, in turns; all of them have a contrast of 4.5 and more with white."""
RED: Final = "#dc2626"
BLACK: Final = "#111827"
GREY: Final = "#9ca3af"
_BCM_OF: Final = {pin: bcm for bcm, pin in HEADER.items()}
_RADIUS: Final = 5.0

_STYLE: Final = """
    text { font-family: "DejaVu Sans", Verdana, Arial, sans-serif; fill: #111827; }
    .title { font-size: 19px; font-weight: bold; }
    .note, .pin, .remark { font-size: 12px; }
    .name { font-size: 14px; }
    .part { font-size: 15px; font-weight: bold; }
    .remark, .note { fill: #4b5563; }
    .number { font-size: 11px; fill: #ffffff; text-anchor: middle; }
    .box { fill: #f9fafb; stroke: #6b7280; stroke-width: 1.5; }
    .header { fill: #1f2937; }
    .wire { fill: none; stroke-width: 3.5; stroke-linejoin: round; }
    .edge { fill: none; stroke: #ffffff; stroke-width: 7; stroke-linejoin: round; }
"""


def draw(profile: BoardProfile) -> str:
    """Returns the drawing, with a title and a description for who cannot see it."""
    layout = lay_out(plan(profile))
    colours = _colours(layout)
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title desc">'
    )
    lines = [
        opening,
        f'<title id="title">{escape(f"Wiring of the board {profile.name}")}</title>',
        f'<desc id="desc">{escape(_description(profile, layout))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_heading(profile, layout),
        *_header(profile, layout, colours),
        *(line for run in layout.runs for line in _wire(run, colours[run])),
        *(line for box in layout.boxes for line in _box(box, layout, colours)),
        *_numbers(layout),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _colours(layout: Layout) -> dict[Run, str]:
    colours: dict[Run, str] = {}
    turn = 0
    for run in sorted(layout.runs, key=lambda run: run.pin):
        if run.terminal.wire is Wire.LINE:
            colours[run] = WIRES[turn % len(WIRES)]
            turn += 1
        else:
            colours[run] = RED if run.terminal.wire is Wire.POWER else BLACK
    return colours


def _description(profile: BoardProfile, layout: Layout) -> str:
    wires = [
        f"Pin {run.pin} ({_pin_name(run.pin)}) goes to the {run.part.name}, {run.terminal.name}"
        + (f": {run.terminal.remark}." if run.terminal.remark else ".")
        for run in sorted(layout.runs, key=lambda run: (run.pin, run.part.name))
    ]
    return " ".join((f"{profile.description}.", *wires, *_notes(profile)))


def _notes(profile: BoardProfile) -> Iterator[str]:
    yield f"For Raspberry Pi {', '.join(profile.models)}; the header seen from above."
    if profile.hat is not None:
        yield f"The {profile.hat.name} covers the header and takes the hatched pins for itself."


def _heading(profile: BoardProfile, layout: Layout) -> Iterator[str]:
    middle, header = layout.width / 2, layout.header[0] + HEADER_WIDTH / 2
    lines = [("title", f"{profile.description}."), *(("note", note) for note in _notes(profile))]
    for (style, text), y in zip(lines, (30, 52, 69), strict=False):
        yield (
            f'<text class="{style}" x="{middle:.0f}" y="{y}" text-anchor="middle">'
            f"{escape(text)}</text>"
        )
    yield (
        f'<text class="remark" x="{header:.0f}" y="{TOP - 12:.0f}" text-anchor="middle">'
        "edge of the Pi with the card</text>"
    )


def _header(profile: BoardProfile, layout: Layout, colours: dict[Run, str]) -> Iterator[str]:
    left, top = layout.header
    yield (
        '<defs><pattern id="hat" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#6b7280"/>'
        '<rect width="3" height="6" fill="#374151"/></pattern></defs>'
    )
    yield (
        f'<rect class="header" x="{left - 3:.0f}" y="{top - 3:.0f}" rx="4" '
        f'width="{HEADER_WIDTH + 6:.0f}" height="{ROWS * PITCH + 6:.0f}"/>'
    )
    used = {run.pin: colours[run] for run in layout.runs}
    hat = {} if profile.hat is None else profile.hat.pins
    for pin in range(1, 2 * ROWS + 1):
        x, y = pin_place(layout.header, pin)
        fill = used.get(pin) or ("url(#hat)" if _BCM_OF.get(pin, 0) in hat else _unused(pin))
        yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{PIN_RADIUS:.0f}" fill="{fill}"/>'


def _unused(pin: int) -> str:
    if pin in POWER or pin in FIVE_VOLTS:
        return "#7f1d1d"
    return "#000000" if pin in GROUND else "#4b5563"


def _numbers(layout: Layout) -> Iterator[str]:
    """The numbers and names of the pins, above the wires."""
    used = {run.pin for run in layout.runs}
    for pin in range(1, 2 * ROWS + 1):
        x, y = pin_place(layout.header, pin)
        yield f'<text class="number" x="{x:.0f}" y="{y + 4:.0f}">{pin}</text>'
        is_left = pin % 2 == 1
        edge = layout.header[0] - 10 if is_left else layout.header[0] + HEADER_WIDTH + 10
        anchor = "end" if is_left else "start"
        colour = BLACK if pin in used else GREY
        yield (
            f'<text class="pin" x="{edge:.0f}" y="{y - 4:.0f}" text-anchor="{anchor}" '
            f'style="fill:{colour}">{_pin_name(pin)}</text>'
        )


def _pin_name(pin: int) -> str:
    if pin in POWER:
        return "3.3 V"
    if pin in FIVE_VOLTS:
        return "5 V"
    if pin in GROUND:
        return "ground"
    return "EEPROM" if pin in EEPROM else f"GPIO{_BCM_OF[pin]}"


def _wire(run: Run, colour: str) -> Iterator[str]:
    """A wire with a white edge, so that one sees which of two passes over the other."""
    path = _rounded(run.path)
    yield f'<path class="edge" d="{path}"/>'
    yield f'<path class="wire" d="{path}" stroke="{colour}"/>'


def _rounded(points: tuple[tuple[float, float], ...]) -> str:
    """The path along the corners, each of them rounded."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _towards(corner, before), _towards(corner, after)
        path.append(
            f"L{enter[0]:.1f} {enter[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} "
            f"{leave[0]:.1f} {leave[1]:.1f}"
        )
    path.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(path)


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """A point near the corner, on the way to the other one, at most half of that way."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)  # all ways are level or upright
    share = min(_RADIUS, length / 2) / length if length else 0.0
    return corner[0] + dx * share, corner[1] + dy * share


def _box(box: Box, layout: Layout, colours: dict[Run, str]) -> Iterator[str]:
    yield (
        f'<rect class="box" x="{box.left:.0f}" y="{box.top:.1f}" rx="6" '
        f'width="{box.width:.0f}" height="{box.height:.1f}"/>'
    )
    is_left = box.left < layout.header[0]
    edge = box.left + (box.width if is_left else 0.0)
    inwards, anchor = (-12.0, "end") if is_left else (12.0, "start")
    yield (
        f'<text class="part" x="{edge + inwards:.0f}" y="{box.top + TITLE_HEIGHT - 9:.1f}" '
        f'text-anchor="{anchor}">{escape(box.part.title)}</text>'
    )
    for run in layout.runs:
        if run.part is not box.part:
            continue
        y = box.y_of(run.terminal)
        yield f'<circle cx="{edge:.0f}" cy="{y:.1f}" r="5" fill="{colours[run]}"/>'
        remark = (
            f'  <tspan class="remark">{escape(run.terminal.remark)}</tspan>'
            if run.terminal.remark
            else ""
        )
        yield (
            f'<text class="name" x="{edge + inwards:.0f}" y="{y + 5:.1f}" '
            f'text-anchor="{anchor}" xml:space="preserve">{escape(run.terminal.name)}{remark}</text>'
        )
