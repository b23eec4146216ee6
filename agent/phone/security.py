"""How secure a call is: one pure function from facts to a state.

The states and their order are those of the "User Interface Guidelines for a ZRTP Secure
Phone" (v0.7) and RFC 6189 sections 4.3.2, 7 and 8.1.
"""

from enum import Enum, IntEnum, auto

from agent.frozen import frozen
from agent.phone.events import Cache, ZrtpHash


class SecurityState(IntEnum):
    """From the worst to the best; compare with < and >."""

    SAS_MISMATCH = auto()
    """The person said that the words differ."""
    NOT_ENCRYPTED = auto()
    """No ZRTP there: no audio passes."""
    CACHE_MISMATCH = auto()
    """We hold a retained secret for this ZID and the other side did not prove it."""
    ANOTHER_PHONE = auto()
    """A verified phone was met under this address before, and this is not it."""
    HASH_DIFFERS = auto()
    """The Hello is not the one that the signalling announced."""
    SECURING = auto()
    """Looking for ZRTP, or agreeing on keys: no audio yet."""
    SIGNALLING_NOT_VERIFIED = auto()
    """Encrypted, the SAS not confirmed, and nobody vouches for the signalling either."""
    SERVER_CAN_LISTEN = auto()
    """Keys from the signalling (SDES): whoever runs the server has them, too."""
    HASH_MISSING = auto()
    """Encrypted, not confirmed, and the signalling announced no hash."""
    NOT_VERIFIED = auto()
    """Encrypted, not confirmed yet."""
    ZRTP_SECURE = auto()
    """Confirmed in this call, or retained secrets match and both verified flags are set."""
    GREEN_SECURE = auto()
    """ZRTP secure, verified TLS, the hash matched, and nobody said that others can listen."""

    @property
    def is_secure(self) -> bool:
        """Whether a person may speak freely."""
        return self >= SecurityState.ZRTP_SECURE

    @property
    def is_alarm(self) -> bool:
        """Whether the whole screen warns, with a sound."""
        return self in _ALARMS


_ALARMS = frozenset(
    {
        SecurityState.SAS_MISMATCH,
        SecurityState.CACHE_MISMATCH,
        SecurityState.ANOTHER_PHONE,
        SecurityState.HASH_DIFFERS,
    }
)


class Keys(Enum):
    """Where the SRTP keys of a call come from."""

    ABSENT = auto()
    """The other side has no encryption that we accept."""
    PENDING = auto()
    SDES = auto()
    """From the signalling (RFC 4568), where the account allows that."""
    ZRTP = auto()

    @property
    def are_there(self) -> bool:
        """Whether sound can pass."""
        return self in {Keys.SDES, Keys.ZRTP}


@frozen
class Facts:
    """All that the security state of a call depends on.

    Attributes:
        keys: Where the SRTP keys come from.
        signalling_verified: Verified TLS on the path of the signalling.
        zrtp_hash: What the signalled hash says of the Hello.
        cache: What the retained secrets say.
        verified_here: Our verified flag for this ZID, from an earlier call.
        verified_there: The other phone's verified flag.
        confirmed: The SAS was confirmed in this call.
        denied: The person said in this call that the words differ.
        another_phone: Another phone was verified under this address before.
        disclosure: The other phone says that it can disclose this call (D flag).
        mitm: The other side says that it is a trusted MiTM (M flag).
        weaker: The last keys with this phone withstood a quantum computer; these do not.
        weak: An algorithm was agreed on that only the configuration allows.
    """

    keys: Keys
    signalling_verified: bool = False
    zrtp_hash: ZrtpHash = ZrtpHash.MISSING
    cache: Cache = Cache.NEW
    verified_here: bool = False
    verified_there: bool = False
    confirmed: bool = False
    denied: bool = False
    another_phone: bool = False
    disclosure: bool = False
    mitm: bool = False
    weaker: bool = False
    weak: bool = False


def classify(facts: Facts) -> SecurityState:
    """The security state that these facts give.

    The first line that holds decides, from the worst to the best: a fact that warns can
    never be outweighed by one that reassures, except by the person's own confirmation.
    """
    known_again = facts.cache is Cache.MATCHED and facts.verified_here and facts.verified_there
    # Whoever made two phones agree on less than last time must not do so unasked.
    proven = known_again and not facts.weaker
    vouched = facts.signalling_verified and facts.zrtp_hash is ZrtpHash.MATCHED
    # Keys that signalling carries which nobody vouches for are anybody's: as good as none.
    server = SecurityState.SERVER_CAN_LISTEN
    keyed_by_server = server if facts.signalling_verified else SecurityState.NOT_ENCRYPTED
    # The green lamp knows no "but": who says that others can listen gets the words alone.
    but = facts.disclosure or facts.mitm or facts.weak
    best = SecurityState.GREEN_SECURE if vouched and not but else SecurityState.ZRTP_SECURE
    lines = (
        (facts.denied, SecurityState.SAS_MISMATCH),
        (facts.keys is Keys.ABSENT, SecurityState.NOT_ENCRYPTED),
        (facts.keys is Keys.PENDING, SecurityState.SECURING),
        (facts.keys is Keys.SDES, keyed_by_server),
        (facts.confirmed, best),
        (facts.cache is Cache.MISMATCHED, SecurityState.CACHE_MISMATCH),
        (facts.another_phone, SecurityState.ANOTHER_PHONE),
        (facts.zrtp_hash is ZrtpHash.DIFFERS, SecurityState.HASH_DIFFERS),
        (proven, best),
        (not facts.signalling_verified, SecurityState.SIGNALLING_NOT_VERIFIED),
        (facts.zrtp_hash is ZrtpHash.MISSING, SecurityState.HASH_MISSING),
        (True, SecurityState.NOT_VERIFIED),
    )
    return next(state for holds, state in lines if holds)
