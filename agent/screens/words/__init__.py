"""Every sentence that a person reads on the panel, in each language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent.phone.preferences import Language
from agent.screens.words.english import ENGLISH
from agent.screens.words.french import FRENCH
from agent.screens.words.german import GERMAN
from agent.screens.words.spanish import SPANISH
from agent.screens.words.words import Alert, CallsWords, Words

__all__ = ["ENGLISH", "LANGUAGES", "Alert", "CallsWords", "Words", "words_in"]

LANGUAGES: Final[Mapping[Language, Words]] = MappingProxyType(
    {
        Language.ENGLISH: ENGLISH,
        Language.GERMAN: GERMAN,
        Language.FRENCH: FRENCH,
        Language.SPANISH: SPANISH,
    }
)


def words_in(language: Language) -> Words:
    """The words of a language."""
    return LANGUAGES[language]
