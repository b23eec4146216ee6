"""Every sentence that a person reads on the panel, in each language.

A phone speaks one at a time: the words of another are loaded when somebody wants to read them.
"""

from functools import cache

from agent.late import late
from agent.phone.preferences import Language
from agent.screens.words.english import ENGLISH
from agent.screens.words.words import Alert, CallsWords, Words

__all__ = ["ENGLISH", "Alert", "CallsWords", "Words", "words_in"]


@cache
def words_in(language: Language) -> Words:
    """The words of a language."""
    words: Words = ENGLISH if language is Language.ENGLISH else late(language.name.lower())()
    return words
