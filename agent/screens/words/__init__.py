"""Every sentence that a person reads on the panel, in each language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent.screens.words.english import ENGLISH
from agent.screens.words.french import FRENCH
from agent.screens.words.german import GERMAN
from agent.screens.words.spanish import SPANISH
from agent.screens.words.words import Alert, Words

__all__ = ["ENGLISH", "LANGUAGES", "Alert", "Words", "words_in"]

LANGUAGES: Final[Mapping[str, Words]] = MappingProxyType(
    {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
)
"""By their codes in ISO 639-1."""


def words_in(language: str) -> Words:
    """The words of a language.

    Args:
        language: One of `LANGUAGES`.

    Raises:
        KeyError: The phone does not speak it.
    """
    return LANGUAGES[language]
