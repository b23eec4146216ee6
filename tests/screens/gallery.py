"""A page with every screen: as it is accepted, as it is drawn now, and where they differ.

python tests/screens/gallery.py            writes build/screens/index.html
python tests/screens/gallery.py --accept   takes the new pictures as the accepted ones
"""

import argparse
import base64
import html
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).parents[1]))

from screens import golden
from screens.cases import CASES

from agent.screens.render import render
from hw.types import Picture

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screens of the phone</title>
<style>
body {{ font: 15px system-ui, sans-serif; margin: 2em; background: #1b1d20; color: #e8e8e8 }}
img {{ width: 384px; height: 192px; image-rendering: pixelated; background: #333 }}
section {{ display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 2em }}
figure {{ margin: 0 }}
h2 {{ font-size: 1em; margin: 0 0 .4em }}
.changed h2 {{ color: #ffb347 }}
figcaption, p {{ color: #aaa; margin: .3em 0 }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A case as it was accepted and as it is now; `old` or `new` is None where there is none."""

    name: str
    old: bytes | None
    new: Picture | None

    @property
    def is_changed(self) -> bool:
        """Whether a person must say yes to it."""
        return self.new is None or self.old != self.new.bits


def screens() -> list[Screen]:
    """All cases and all golden pictures, the changed ones first."""
    accepted = golden.names()
    found = [
        Screen(
            name,
            golden.load(name) if name in accepted else None,
            render(CASES[name]) if name in CASES else None,
        )
        for name in [*CASES, *sorted(accepted - CASES.keys())]
    ]
    return sorted(found, key=lambda screen: not screen.is_changed)


def accept(found: list[Screen]) -> None:
    """Makes the new pictures the golden ones and removes those that no case uses."""
    for screen in found:
        if screen.new is None:
            golden.path_of(screen.name).unlink()
        elif screen.is_changed:
            golden.save(screen.name, screen.new.bits)


def page(found: list[Screen]) -> str:
    """The whole page, its pictures inside it."""
    changed = sum(screen.is_changed for screen in found)
    title = f"{len(found)} screens, {changed} changed"
    return _PAGE.format(title=title, body="\n".join(_section(screen) for screen in found))


def _section(screen: Screen) -> str:
    figures = [_figure("accepted", screen.old)] if screen.old else []
    if screen.new and screen.is_changed:
        figures.append(_figure("new", screen.new.bits))
    if screen.old and screen.new and screen.is_changed:
        figures.append(_figure("difference", _difference(screen.old, screen.new.bits)))
    said = " / ".join(screen.new.text) if screen.new else "no case draws this any more"
    kind = "changed" if screen.is_changed else "same"
    return (
        f'<div class="{kind}"><h2>{html.escape(screen.name)}</h2>'
        f"<section>{''.join(figures)}</section><p>{html.escape(said)}</p></div>"
    )


def _figure(caption: str, bits: bytes) -> str:
    file = io.BytesIO()
    Image.frombytes("1", golden.SIZE, bits).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<figure><img alt="" src="data:image/png;base64,{data}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _difference(old: bytes, new: bytes) -> bytes:
    pictures = [Image.frombytes("1", golden.SIZE, bits) for bits in (old, new)]
    return ImageChops.logical_xor(*pictures).tobytes()


def main(arguments: list[str]) -> int:
    """Writes the page; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--accept", action="store_true", help="take the new pictures")
    options = parser.parse_args(arguments)
    found = screens()
    target = _ROOT / "build" / "screens" / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(found), encoding="utf-8")
    changed = [screen.name for screen in found if screen.is_changed]
    if options.accept:
        accept(found)
    for name in changed:
        print("accepted" if options.accept else "changed", name)  # noqa: T201 - its output
    print(f"{len(found)} screens, {len(changed)} changed: {target.relative_to(_ROOT)}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
