"""What can be asked for over the control socket. Frozen; how each is written says `protocol`."""

from dataclasses import field

from agent.contact import Contact
from agent.frozen import frozen


@frozen
class Status:
    """How the phone is: its line, calls, accounts, what is missing."""


@frozen
class Call:
    """Call a number, as if it were dialled.

    Attributes:
        number: Digits, * and #; 1 to 32 of them.
    """

    number: str


@frozen
class Answer:
    """Take the call that rings."""


@frozen
class HangUp:
    """End whatever there is."""


@frozen
class Hold:
    """Put the call on the line on hold; its keys stay."""


@frozen
class Resume:
    """Take it off hold again."""


@frozen
class Confirm:
    """The words match.

    Attributes:
        words: Those of the call, repeated: two words, or one of four characters.
    """

    words: tuple[str, ...] = field(repr=False)


@frozen
class Differ:
    """The words differ."""


@frozen
class Peers:
    """The phones that were met."""


@frozen
class Unverify:
    """Ask for a phone's words again; `who` is a name or a ZID in hex."""

    who: str


@frozen
class Forget:
    """Remove a phone with its secrets; `who` is a name or a ZID in hex."""

    who: str


@frozen
class Contacts:
    """Everybody who has a number or an address here."""


@frozen
class AddContacts:
    """Take contacts over, each one that can be."""

    contacts: tuple[Contact, ...]


@frozen
class Log:
    """The calls that are over, or what concerned their security; the newest first.

    Attributes:
        security: The latter.
        limit: How many at the most.
    """

    security: bool = False
    limit: int = 20


@frozen
class Events:
    """Whatever happens from now on."""


Memory = Peers | Unverify | Forget | Contacts | AddContacts | Log
"""What concerns the phone's memory: that is there while the phone is off, too."""

Order = Call | Answer | HangUp | Hold | Resume | Confirm | Differ
"""What is done to a call, as if somebody stood at the keys."""

Request = Status | Order | Events | Memory
