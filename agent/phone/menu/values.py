"""What stands in a line of a page, before anybody puts it into a language."""

from dataclasses import dataclass
from datetime import date

from agent.phone.events import AccountCondition
from agent.phone.menu.labels import Label


@dataclass(frozen=True, slots=True)
class Moment:
    """A minute of the wall clock, where the phone stands."""

    day: date
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Span:
    """How long something took, in whole seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a part of the phone says in English; the display may have it in its language."""

    text: str


Caption = Label | str
"""A word of the phone's own, or a name."""

Value = Caption | Sentence | Moment | Span | date | AccountCondition
