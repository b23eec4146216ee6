"""What all three modes of key agreement come to (RFC 6189 section 4.6): keys that wait for proof.

Diffie-Hellman mode gets there by `dh_mode`, Preshared and Multistream mode by `non_dh`.
"""

from collections.abc import Callable
from enum import Enum

from agent.frozen import frozen
from agent.zrtp.confirm import Assertions, open_confirm, seal_confirm
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.key_schedule import SessionKeys, StreamKeys
from agent.zrtp.messages import CONFIRM_IV_LENGTH, Hello, MessageType
from agent.zrtp.negotiation import Choice
from agent.zrtp.retained_secrets import FOREVER, RetainedSecrets, SharedSecrets
from agent.zrtp.state import Role

__all__ = ["Agreement", "Mode", "OurSide", "PeerSide", "Proven"]


class Mode(Enum):
    """How the keys came about (section 4.4)."""

    DIFFIE_HELLMAN = "DH"
    PRESHARED = "Prsh"
    MULTISTREAM = "Mult"


@frozen
class OurSide:
    """What we bring into an exchange.

    Attributes:
        zid: 12 octets.
        hello: our whole Hello, as it was sent.
        chain: our hash chain.
        randbytes: source of randomness.
        cache_seconds: how long we want the new secret retained.
    """

    zid: bytes
    hello: bytes
    chain: HashChain
    randbytes: Callable[[int], bytes]
    cache_seconds: int


@frozen
class PeerSide:
    """What we know of the peer.

    Attributes:
        hello: its Hello, read.
        raw_hello: the same, whole, as it came.
        secrets: what we have retained for its ZID.
    """

    hello: Hello
    raw_hello: bytes
    secrets: RetainedSecrets


@frozen
class Proven:
    """Which of our secrets the peer holds as well: s1, s2 or s3 is not null (section 4.3)."""

    retained: bool = False
    auxsecret: bool = False
    pbxsecret: bool = False

    @classmethod
    def by(cls, shared: SharedSecrets) -> "Proven":
        """What is left to know of the secrets when they are forgotten (section 4.4.1.4)."""
        return cls(shared.s1 is not None, shared.s2 is not None, shared.s3 is not None)


class Agreement:
    """All keys exist, and wait for the proof of the Confirms.

    Args:
        role: who we are.
        ours: our side.
        peer: the peer.
        mode: how the keys came about.
        choice: the negotiated algorithms.
        keys: those of the stream alone in Multistream mode, else those of the call as well.
        proven: the secrets that went into them.
        check_chain: checks the H0 of the peer's Confirm, and with it the messages whose MACs
            become checkable thereby (sections 8.1.1 and 9); it raises.

    Attributes:
        role: as given; likewise mode, choice, keys, proven.
        secrets: what was retained for the peer before this exchange.
        our_zid: 12 octets.
        our_cache_seconds: how long we want the new secret retained.
        confirm: our whole Confirm1 or Confirm2.
    """

    def __init__(
        self,
        role: Role,
        ours: OurSide,
        peer: PeerSide,
        *,
        mode: Mode,
        choice: Choice,
        keys: StreamKeys,
        proven: Proven,
        check_chain: Callable[[bytes], None],
    ) -> None:
        self.role = role
        self.mode = mode
        self.choice = choice
        self.keys = keys
        self.proven = proven
        self.secrets = peer.secrets
        self.our_zid = ours.zid
        # Section 4.9: Multistream mode stores nothing, and says "forever".
        self.our_cache_seconds = FOREVER if mode is Mode.MULTISTREAM else ours.cache_seconds
        self._check_chain = check_chain
        self.confirm = seal_confirm(
            MessageType.CONFIRM2 if role is Role.INITIATOR else MessageType.CONFIRM1,
            Assertions(
                ours.chain.h0,
                self.our_cache_seconds,
                # V speaks of the session that the retained secret descends from (section 7.1);
                # who keeps no secrets must not set it (section 4.9.1).
                verified=self.verified_before and ours.cache_seconds > 0,
            ),
            ours.randbytes(CONFIRM_IV_LENGTH),
            keys.of_role(role),
            choice.hash,
        )

    @property
    def call_keys(self) -> SessionKeys | None:
        """What only the first stream of a call has: ZRTPSess, the SAS, rs1."""
        return self.keys if isinstance(self.keys, SessionKeys) else None

    @property
    def verified_before(self) -> bool:
        """Our user compared the SAS of a session from which the matching secret descends."""
        return self.secrets.verified and self.proven.retained

    def receive_confirm(self, message: bytes) -> Assertions:
        """Take in the peer's Confirm.

        Raises:
            NotUsedError: its form or its H0 is wrong.
            RefusalError: confirm_mac is wrong, or an earlier message was altered.
        """
        theirs = open_confirm(message, self.keys.of_role(self.role.other), self.choice.hash)
        self._check_chain(theirs.h0)
        return theirs
