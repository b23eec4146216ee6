"""What stands in a line of a page, before anybody puts it into a language."""

from datetime import date

from agent.frozen import frozen
from agent.phone.events import AccountCondition
from agent.phone.menu.labels import Label


@frozen
class Moment:
    """A minute of the wall clock, where the phone stands."""

    day: date
    hour: int
    minute: int


@frozen
class Span:
    """How long something took, in whole seconds."""

    seconds: int


@frozen
class Sentence:
    """What a part of the phone says in English; the display may have it in its language."""

    text: str


Caption = Label | str
"""A word of the phone's own, or a name."""

Value = Caption | Sentence | Moment | Span | date | AccountCondition
