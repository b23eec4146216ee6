"""The story book: one page with every screen in every language, from what the phone itself draws.

python tests/screens/gallery.py            writes build/screens/index.html
python tests/screens/gallery.py --accept   takes the new pictures as the accepted ones

Where a picture is not the accepted one, both stand there, and where they differ.
"""

import argparse
import base64
import html
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).parents[1]))

from screens import golden
from screens.cases import CASES, STORIES
from screens.golden import Name, pictured

from agent.phone.preferences import Language
from agent.screens.render import render
from agent.screens.words import words_in
from hw.types import Picture

_ROOT: Final = Path(__file__).parents[2]
_SCALE: Final = 2
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screens of the phone</title>
<style>
body {{ font: 15px system-ui, sans-serif; margin: 2em; background: #1b1d20; color: #e8e8e8 }}
img {{ width: {width}px; height: {height}px; image-rendering: pixelated; background: #333 }}
nav a {{ color: #8fc7ff; margin-right: 1em }}
section {{ display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 1.4em }}
figure {{ margin: 0; width: {width}px }}
h2 {{ margin: 2em 0 .6em; border-bottom: 1px solid #555 }}
h3 {{ font-size: 1em; margin: 0 0 .4em; font-weight: normal }}
.changed {{ outline: 2px solid #ffb347; padding: 4px }}
figcaption {{ color: #aaa; margin: .3em 0; font-size: 12px }}
</style>
<h1>{title}</h1>
<nav>{contents}</nav>
{body}
</html>
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture as it was accepted and as it is now; `old` or `new` is None where there is none.

    `pictured` is False where the language of a case is measured, and has no accepted picture.
    """

    name: Name
    old: bytes | None
    new: Picture | None
    pictured: bool

    @property
    def is_changed(self) -> bool:
        """Whether a person must say yes to it."""
        if self.new is None:
            return True
        return self.pictured and self.old != self.new.bits


def screens() -> list[Screen]:
    """All cases in all languages, in the order of the book; then pictures that no case uses."""
    accepted, wanted = golden.names(), set(pictured())
    book = [Name(case, language) for case in CASES for language in Language]
    return [
        *(
            Screen(
                name,
                golden.load(name) if name in accepted else None,
                render(CASES[name.case], words_in(name.language)),
                name in wanted,
            )
            for name in book
        ),
        *(
            Screen(name, golden.load(name), None, pictured=False)
            for name in sorted(accepted - wanted, key=str)
        ),
    ]


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
    stories = [("Changed", [screen for screen in found if screen.is_changed])] if changed else []
    stories += [(title, _of_cases(found, cases)) for title, cases in STORIES.items()]
    return _PAGE.format(
        title=f"{len(CASES)} screens in {len(Language)} languages, {changed} pictures changed",
        contents="".join(f'<a href="#{_anchor(title)}">{title}</a>' for title, _ in stories),
        body="\n".join(_story(title, shown) for title, shown in stories),
        width=golden.SIZE[0] * _SCALE,
        height=golden.SIZE[1] * _SCALE,
    )


def _of_cases(found: list[Screen], cases: tuple[str, ...]) -> list[Screen]:
    wanted = set(cases)
    return [screen for screen in found if screen.name.case in wanted and screen.new]


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _story(title: str, shown: list[Screen]) -> str:
    rows = groupby(shown, key=lambda screen: screen.name.case)
    body = "\n".join(_row(case, list(group)) for case, group in rows)
    return f'<h2 id="{_anchor(title)}">{html.escape(title)}</h2>\n{body}'


def _row(case: str, shown: list[Screen]) -> str:
    figures = "".join(figure for screen in shown for figure in _figures(screen))
    return f"<h3>{html.escape(case)}</h3><section>{figures}</section>"


def _figures(screen: Screen) -> Iterator[str]:
    said = " / ".join(screen.new.text) if screen.new else "no case draws this any more"
    language = screen.name.language.value
    if not screen.is_changed:
        if screen.new:
            yield _figure(f"{language}: {said}", screen.new.bits)
        return
    if screen.old:
        yield _figure(f"{language}, accepted", screen.old, changed=True)
    if screen.new:
        yield _figure(f"{language}, new: {said}", screen.new.bits, changed=True)
    if screen.old and screen.new:
        difference = _difference(screen.old, screen.new.bits)
        yield _figure(f"{language}, difference", difference, changed=True)


def _figure(caption: str, bits: bytes, *, changed: bool = False) -> str:
    file = io.BytesIO()
    Image.frombytes("1", golden.SIZE, bits).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    kind = ' class="changed"' if changed else ""
    return (
        f'<figure{kind}><img alt="" src="data:image/png;base64,{data}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
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
