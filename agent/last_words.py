"""What the display says when the phone cannot start, for its configuration above all. It stays there.

There is no configuration to go by: the board and the language are taken from the wrong one, or from
the one on the card, if they can be read there; else the board that most phones are, and English.
"""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from agent.arguments import CARD
from agent.config import SIMULATOR, ConfigError, Problem
from agent.config.loader import decoded
from agent.fleet.inbox import REFUSED
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Sentence
from agent.phone.menu.views import Fact, MenuDetail
from agent.phone.preferences import Language
from agent.screens.render import render
from agent.screens.words import Words, words_in
from hw.display import leave_picture
from hw.part import PartError
from hw.profile import BoardProfile, load_profile
from hw.profile_table import ProfileError
from hw.types import Picture

log = logging.getLogger(__name__)

USUAL_BOARD: Final = "pi-usb-handset"
TOLD: Final = 3
"""Exit status of a phone that cannot start and said why on its display; 2 is that of argparse and of
a wrong configuration, 1 that of a Python that broke down."""


def say(error: ConfigError, card: Path = CARD) -> None:
    """Shows what is wrong with the configuration on the display, if there is one.

    Args:
        error: What is wrong.
        card: The configuration on the card, which was refused if there is no other.
    """
    phone = _phone_section(error.file) or _phone_section(card)
    _leave(phone, picture_of(_cause(error), phone.get("language")))


def say_cannot_start(reason: str, file: Path) -> None:
    """Shows why the phone cannot start, though its configuration is right.

    Args:
        reason: A sentence in English.
        file: The configuration.
    """
    say_out_of_order(Fact(Label.CANNOT_START, Sentence(reason)), file)


def say_out_of_order(fact: Fact, file: Path, card: Path = CARD) -> None:
    """Shows that the phone is out of order, and what is known of it.

    Args:
        fact: What is known.
        file: The configuration, which may be missing or wrong.
        card: The configuration on the card, in its place.
    """
    phone = _phone_section(file) or _phone_section(card)
    words = _words(phone.get("language"))
    _leave(phone, render(MenuDetail(Label.OUT_OF_ORDER, (fact,)), words))


def _leave(phone: Mapping[str, Any], picture: Picture) -> None:
    board = phone.get("board", USUAL_BOARD)
    if board == SIMULATOR:
        return
    try:
        leave_picture(_profile(board).display, picture)
    except PartError as trouble:
        log.warning("the display cannot tell what is wrong here: %s", trouble)


def picture_of(error: ConfigError, language: object = None) -> Picture:
    """The first mistake, and how many more there are.

    Args:
        error: What is wrong.
        language: What the configuration wants the display to speak.
    """
    words = _words(language)
    first, *others = error.problems
    place = error.file.name if first.line is None else f"{error.file.name}, line {first.line}"
    more = words.and_more.format(count=len(others)) if others else ""
    return render(
        MenuDetail(
            Label.CONFIGURATION, (Fact(place, " ".join(filter(None, (first.message, more)))),)
        ),
        words,
    )


def _words(language: object) -> Words:
    known = {each.value: each for each in Language}
    return words_in(
        known.get(language, Language.ENGLISH) if isinstance(language, str) else Language.ENGLISH
    )


def _cause(error: ConfigError) -> ConfigError:
    """A phone without any configuration has none because that of the card was refused."""
    if error.file.exists():
        return error
    try:
        note = error.file.with_name(REFUSED).read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return error
    place, _, message = note.partition(": ")
    return ConfigError(Path(place), (Problem(message or note),))


def _profile(board: object) -> BoardProfile:
    try:
        return load_profile(board if isinstance(board, str) else USUAL_BOARD)
    except ProfileError:
        return load_profile(USUAL_BOARD)


def _phone_section(file: Path) -> dict[str, Any]:
    """As much of [phone] as can be read."""
    try:
        section = tomllib.loads(decoded(file.read_bytes())).get("phone")
    except (OSError, ValueError, RecursionError):  # no file, no UTF-8, no TOML
        return {}
    return section if isinstance(section, dict) else {}
