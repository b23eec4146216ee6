"""Pulls the plug of the card as it is flashed, at random moments, and looks at what is left.

    PYTHONPATH=tests:. python -m image.cuts [--rounds 20] [--looks 200] [--seed SEED]
        [--only first|update] [--folder FOLDER]

`make test-cuts` runs it, after `make image`. Each round has a card of its own, which QEMU boots and
is killed with at a random moment of its first start, or of an update from a USB stick: what the
machine had handed to the card counts as written, and what was still in its memory is lost. The same
card must then come up with all that it had said or was given. Before the rounds, each story is
played once without a cut, for how long its parts take.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from image.first_cuts import FirstStart
from image.update_cuts import Update
from support.card import tools_missing
from support.card_cuts import Cut

_ROUNDS: Final = 20
_LOOKS: Final = 200


class Story(Protocol):
    """What is cut."""

    def looked(self, chance: random.Random, looks: int) -> Iterator[tuple[str, list[str]]]:
        """Looks at the card as it was at so many writes; which one, and what is wrong then."""

    def drawn(self, chance: random.Random) -> Cut:
        """A moment of it."""

    def play(self, cut: Cut) -> "tuple[str, list[str]]":
        """Plays it up to there, and once more; returns what was seen, and what is wrong."""


def main(arguments: list[str]) -> int:
    """Returns 1 if any round left something broken."""
    options = _options(arguments)
    if missing := tools_missing():
        sys.stderr.write(f"missing: {', '.join(missing)}\n")
        return 1
    image = Path(os.environ["SOTTO_IMAGE"]).resolve()
    chance = random.Random(options.seed)
    broken = 0
    with _folder(options.folder) as folder:
        stories = _stories(options.only, image, folder)
        for story in stories:
            broken += _look(story, chance, options.looks)
        for number in range(options.rounds):
            story = stories[number % len(stories)]
            cut = story.drawn(chance)
            seen, wrong = _played(story, cut)
            broken += bool(wrong)
            _say(f"round {number + 1}: cut {cut}; {seen}; {'; '.join(wrong) or 'whole'}")
    _say(
        f"{options.rounds} plugs pulled (seed {options.seed}); {broken} times something was broken"
    )
    return min(1, broken)


def _played(story: Story, cut: Cut) -> tuple[str, list[str]]:
    """A machine that does not come up is what is looked for: no reason to end."""
    try:
        return story.play(cut)
    except TimeoutError as error:
        return "it hangs", [str(error)]


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pulls the plug of a card.")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16))
    parser.add_argument("--only", choices=("first", "update"), default="")
    parser.add_argument("--looks", type=int, default=_LOOKS)
    parser.add_argument("--folder", type=Path, help="where cards and machines lie, and are kept")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="cuts-") as name:
        yield Path(name)


def _stories(only: str, image: Path, folder: Path) -> list[Story]:
    stories: list[Story] = []
    if only != "update":
        first = FirstStart(image, folder)
        _say(f"a first start, not cut: {first.rehearse()}")
        stories.append(first)
    if only != "first":
        update = Update(image, folder)
        _say(f"an update, not cut: {update.rehearse()}")
        stories.append(update)
    return stories


def _look(story: Story, chance: random.Random, looks: int) -> int:
    """Returns how many looks found something wrong."""
    count = broken = 0
    for seen, wrong in story.looked(chance, looks):
        count += 1
        broken += bool(wrong)
        if wrong:
            _say(f"look {count}: {seen}; {'; '.join(wrong)}")
    _say(f"{count} looks at what was written so far, {broken} times something was broken")
    return broken


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
