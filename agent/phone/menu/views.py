"""What a page of the menu shows, without a pixel. Kinds of pages, not pages."""

from datetime import date

from agent.frozen import frozen
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Caption, Value

WINDOW = 5
"""Lines of a list that the panel holds."""


@frozen
class Line:
    """A line of a list: what it is, and at the right what it is set to."""

    caption: Caption
    value: Value = ""


@frozen
class MenuList:
    """A list to choose from. Star or 2: up, hash or 8: down, confirm: this one.

    Attributes:
        title: Above it.
        lines: Those that are seen, `WINDOW` at the most.
        chosen: Which of them the cursor is on; None: there is nothing to choose.
        above: Whether there are more above.
        below: Whether there are more below.
        typed: What is searched for.
        pending: Whether its last character can still change.
    """

    title: Caption
    lines: tuple[Line, ...]
    chosen: int | None
    above: bool = False
    below: bool = False
    typed: str = ""
    pending: bool = False


@frozen
class Fact:
    """Something that is so: "Last met: 3 May"."""

    label: Caption
    value: Value


@frozen
class MenuDetail:
    """All about one thing; as many facts as the panel holds.

    Attributes:
        title: What it is.
        facts: From the first one that is seen on.
        above: Whether there are more above.
        offer: What confirm does; None: nothing.
    """

    title: Caption
    facts: tuple[Fact, ...]
    above: bool = False
    offer: Label | None = None


@frozen
class MenuText:
    """A line of text. Star: mode, menu: delete, call: cursor to the left, confirm: done.

    Attributes:
        title: What is asked for.
        text: What stands there.
        cursor: Before which character the next one comes.
        pending: The character before the cursor can still change by the same key.
        upper: Whether the next letter is a capital.
        digits: Whether keys give digits.
        number: Whether star and hash are typed, too, and there are no modes.
    """

    title: Label
    text: str
    cursor: int
    pending: bool = False
    upper: bool = False
    digits: bool = False
    number: bool = False


@frozen
class MenuQuestion:
    """Confirm: yes; every other key: no.

    Attributes:
        question: What is asked, with `{name}` in it.
        name: Of whom or what.
        no: What a no is called.
    """

    question: Label
    name: str = ""
    no: Label = Label.NO


@frozen
class MenuNumber:
    """A number between two others. Star or 2: less, hash or 8: more, confirm: keep it."""

    title: Label
    value: int
    low: int
    high: int
    unit: str


@frozen
class MenuPin:
    """A PIN is typed. Menu or star: delete, confirm or hash: done.

    Attributes:
        title: Which one.
        digits: How many of them were typed.
        wrong: Whether the last one was wrong.
        wait_s: For how many seconds none is taken.
    """

    title: Label
    digits: int
    wrong: bool = False
    wait_s: int = 0


@frozen
class MenuNotice:
    """A sentence; any key goes on. `{name}` of it is the name."""

    sentence: Label
    name: str = ""


@frozen
class MenuErase:
    """What will be gone, and that it is confirm, held, that does it.

    Attributes:
        holding: Whether it is held.
        erasing: Whether it was held long enough.
        reset: Whether the configuration goes as well.
    """

    holding: bool = False
    erasing: bool = False
    reset: bool = False


@frozen
class Locked:
    """The phone is locked and at rest: no more than the time and how many calls were missed.

    Attributes:
        hour: Of the wall clock; None: not known, or the clock is not set.
        minute: Of the wall clock.
        today: The day; None: not known.
        missed: Calls that nobody answered.
    """

    hour: int | None = None
    minute: int = 0
    today: date | None = None
    missed: int = 0


@frozen
class LockedLine:
    """The handset is up and the phone is locked: emergency numbers only."""

    digits: str = ""


MenuView = (
    MenuList
    | MenuDetail
    | MenuText
    | MenuQuestion
    | MenuNumber
    | MenuPin
    | MenuNotice
    | MenuErase
    | Locked
    | LockedLine
)
