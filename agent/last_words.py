"""What the display says when the phone cannot start for its configuration. It stays there.

There is no configuration to go by: the board and the language are taken from the wrong one, or from
the one on the card, if they can be read there; else the board that most phones are, and English.
"""

import logging
import tomllib
from pathlib import Path
from typing import Any, Final

from agent.arguments import CARD
from agent.config import SIMULATOR, ConfigError, Problem
from agent.config.loader import decoded
from agent.fleet.inbox import REFUSED
from agent.phone.menu.labels import Label
from agent.phone.menu.views import Fact, MenuDetail
from agent.phone.preferences import Language
from agent.screens.render import render
from agent.screens.words import words_in
from hw.display import leave_picture
from hw.part import PartError
from hw.profile import BoardProfile, load_profile
from hw.profile_table import ProfileError
from hw.types import Picture

log = logging.getLogger(__name__)

USUAL_BOARD: Final = "pi-usb-handset"


def say(error: ConfigError, card: Path = CARD) -> None:
    """Shows it on the display, if there is one.

    Args:
        error: What is wrong.
        card: The configuration on the card, which was refused if there is no other.
    """
    phone = _phone_section(error.file) or _phone_section(card)
    error = _cause(error)
    board = phone.get("board", USUAL_BOARD)
    if board == SIMULATOR:
        return
    try:
        leave_picture(_profile(board).display, picture_of(error, phone.get("language")))
    except PartError as trouble:
        log.warning("the display cannot tell what is wrong here: %s", trouble)


def picture_of(error: ConfigError, language: object = None) -> Picture:
    """The first mistake, and how many more there are.

    Args:
        error: What is wrong.
        language: What the configuration wants the display to speak.
    """
    known = {each.value: each for each in Language}
    words = words_in(
        known.get(language, Language.ENGLISH) if isinstance(language, str) else Language.ENGLISH
    )
    first, *others = error.problems
    place = error.file.name if first.line is None else f"{error.file.name}, line {first.line}"
    more = words.and_more.format(count=len(others)) if others else ""
    return render(
        MenuDetail(
            Label.CONFIGURATION, (Fact(place, " ".join(filter(None, (first.message, more)))),)
        ),
        words,
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
    except (OSError, ValueError):  # no file, no UTF-8, no TOML
        return {}
    return section if isinstance(section, dict) else {}
