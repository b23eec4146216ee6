"""How a board is wired, as a table or as a drawing.

    python -m hw.wiring PROFILE           the table, in Markdown
    python -m hw.wiring --svg PROFILE     the drawing, in SVG

PROFILE is a file or the name of a profile that comes with the phone.
"""

import sys
from collections.abc import Iterator
from typing import Final

from hw.profile import BoardProfile, load_profile
from hw.profile_table import ProfileError
from hw.wiring_plan import GROUND, POWER, Wire, WiredPart, plan
from hw.wiring_svg import draw

USAGE: Final = "usage: python -m hw.wiring [--svg] PROFILE\n"


def wiring_table(profile: BoardProfile) -> str:
    """Returns the table: pin of the header, BCM number, what it goes to."""
    parts = plan(profile)
    lines = ["| pin | BCM | goes to |", "| --- | --- | --- |"]
    lines += [f"| {pin} | GPIO{bcm} | {goal} |" for pin, bcm, goal in sorted(_lines(parts))]
    for wire, pins in ((Wire.POWER, POWER), (Wire.GROUND, GROUND)):
        *first, last = map(str, pins)
        goals = ", ".join(_goals(parts, wire))
        lines += [f"| {', '.join(first)} or {last} | {wire.value} | {goals} |"]
    return "\n".join(lines) + "\n"


def needs(profile: BoardProfile) -> str:
    """Says in a few lines what the board is for and what the Pi must be told."""
    lines = [
        f"{profile.description}.",
        f"For Raspberry Pi {', '.join(profile.models)}.",
        f"config.txt: {', '.join(profile.boot_settings)}",
    ]
    if profile.hat is not None:
        taken = ", ".join(f"GPIO{pin}" for pin in sorted(profile.hat.pins))
        lines.append(f"The {profile.hat.name} takes {taken} for itself.")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Prints the table or the drawing of a profile and returns the exit status."""
    as_drawing = arguments[:1] == ["--svg"]
    names = arguments[1:] if as_drawing else arguments
    if len(names) != 1 or names[0].startswith("-"):
        sys.stderr.write(USAGE)
        return 2
    try:
        profile = load_profile(names[0])
    except ProfileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if as_drawing:
        sys.stdout.write(draw(profile))
    else:
        sys.stdout.write(f"{needs(profile)}\n{wiring_table(profile)}")
    return 0


def _lines(parts: tuple[WiredPart, ...]) -> Iterator[tuple[int, int, str]]:
    for part in parts:
        for terminal in part.terminals:
            if terminal.wire is Wire.LINE:
                remark = f" ({terminal.remark})" if terminal.remark else ""
                yield terminal.pin, terminal.bcm, f"{part.name} {terminal.name}{remark}"


def _goals(parts: tuple[WiredPart, ...], wire: Wire) -> Iterator[str]:
    for part in parts:
        for terminal in part.terminals:
            if terminal.wire is wire:
                yield f"{part.name} {terminal.name}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
