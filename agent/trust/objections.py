"""What speaks against a server's certificate, as values. Pure."""

from enum import Enum, auto

from agent.frozen import frozen


class Flaw(Enum):
    """One thing that is wrong."""

    CLOCK = auto()
    """Not the certificate is wrong but this phone's idea of the time."""
    EXPIRED = auto()
    NOT_YET_VALID = auto()
    NAME = auto()
    """It is for somebody else."""
    WILDCARD = auto()
    """It would be the right one if SIP allowed wildcards (RFC 5922 section 7.2)."""
    SELF_SIGNED = auto()
    UNKNOWN_ISSUER = auto()
    INCOMPLETE = auto()
    """The server ought to have sent the certificate of whoever signed its own, too."""
    PURPOSE = auto()
    """It is not meant for servers (RFC 5280 section 4.2.1.12)."""
    WEAK = auto()
    """The key is too short, or the signature is by an algorithm that is broken."""
    NOT_PINNED = auto()
    REVOKED = auto()
    LIST_UNREADABLE = auto()
    """The file of revocation lists cannot be used."""
    LIST_MISSING = auto()
    """There is no revocation list of whoever signed it."""
    LIST_FORGED = auto()
    """The revocation list was not signed by whoever signed the certificate."""
    LIST_EXPIRED = auto()
    LIST_NOT_YET_VALID = auto()
    OTHER = auto()
    """OpenSSL does not like it, for a reason that nobody here has heard of."""


@frozen
class Objection:
    """One thing that is wrong, with what a sentence about it needs.

    Attributes:
        flaw: What.
        names: Whom the certificate is for instead; of a key that is not pinned, the chain's pins.
        who: Whose certificate is meant where it is not the server's own, or who signed it.
        day: Seconds since 1970: when it expired, becomes valid, was revoked.
    """

    flaw: Flaw
    names: tuple[str, ...] = ()
    who: str = ""
    day: float = 0.0
