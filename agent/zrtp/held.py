"""What one ZRTP exchange holds, shared by all who carry out its steps."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from agent.frozen import frozen
from agent.zrtp.agreement import Agreement, OurSide, PeerSide
from agent.zrtp.algorithms import Offer
from agent.zrtp.dh_mode import Initiator, Responder
from agent.zrtp.discovery import Discovery, FoundPeer
from agent.zrtp.errors import LocalError
from agent.zrtp.established import Confirmed, EstablishedStream
from agent.zrtp.events import Event, Negotiating
from agent.zrtp.fragments import Reassembly, largest_message
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.messages import VERSION, Hello
from agent.zrtp.multistream import CallKeys
from agent.zrtp.negotiation import key_agreement_blocks, type_blocks
from agent.zrtp.non_dh import Proposal
from agent.zrtp.retained_secrets import NO_SECRETS, RetainedSecrets, SecretStore
from agent.zrtp.state import Role
from agent.zrtp.stream import Stream

__all__ = ["Held", "Identity", "Progress"]

_T = TypeVar("_T")

_ZID_LENGTH: Final = 12
_CLIENT_ID_LENGTH: Final = 16
_SEED_LENGTH: Final = 32

Progress = Initiator | Responder | Proposal | Agreement | Confirmed | EstablishedStream
"""What the steps so far have brought; each turns into the next one."""


@frozen
class Identity:
    """Who we are in Hello messages.

    Attributes:
        zid: 12 octets, random, made once when the phone was installed (section 4.9).
        client_id: the software's name; ASCII, at most 16 characters are sent.

    Raises:
        LocalError: the ZID has another length.
    """

    zid: bytes
    client_id: str

    def __post_init__(self) -> None:
        if len(self.zid) != _ZID_LENGTH:
            raise LocalError(f"a ZID has {_ZID_LENGTH} octets, not {len(self.zid)}")


class Held:
    """What we hold in one exchange.

    Args:
        identity: who we are.
        store: where retained secrets are looked up.
        randbytes: source of randomness.
        wall_clock: seconds since 1970.
        offer: the algorithms of our Hello.
        cache_seconds: how long we want the secret retained.
        mtu: octets of the largest packet that we send.
        call: what the streams of this call share.
        is_first: this is the stream that the others are keyed from.

    Raises:
        LocalError: an MTU that is too small.

    Attributes:
        ours: our side.
        offer: as given; likewise wall_clock, call, is_first.
        stream: what goes out.
        reassembly: what comes in in pieces.
        discovery: the Hellos that came in.
        events: what the host has to be told.
        role: who we are, once there was a Commit.
        peer: with whom we negotiate, from the Commit on.
        progress: what the steps so far have brought.
        acknowledged: the SSRC of whoever acknowledged our Hello before any came; None: nobody.
        acquainted: the SSRC of whoever acknowledged our Hello and sent one.
        begun_at: monotonic seconds when the Commit that counts was sent or accepted.
        confirmed_at: seconds since 1970 when Confirm1 was sent or received.
        now: monotonic seconds; set by the session before each step.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        store: SecretStore,
        randbytes: Callable[[int], bytes],
        wall_clock: Callable[[], float],
        offer: Offer,
        cache_seconds: int,
        mtu: int,
        call: CallKeys,
        is_first: bool,
    ) -> None:
        chain = HashChain.from_seed(randbytes(_SEED_LENGTH))
        hello = _hello(identity, offer, chain)
        self.ours = OurSide(identity.zid, hello, chain, randbytes, cache_seconds)
        self.offer = offer
        self.wall_clock = wall_clock
        self.call = call
        self.is_first = is_first
        self.stream = Stream(randbytes, mtu)
        self.reassembly = Reassembly(largest_message(offer.key_agreements))
        self.discovery = Discovery(identity.zid)
        self.events: deque[Event] = deque()
        self.role: Role | None = None
        self.peer: FoundPeer | None = None
        self.progress: Progress | None = None
        self.acknowledged: int | None = None
        self.acquainted = 0
        self.begun_at = 0.0
        self.confirmed_at = 0
        self.now = 0.0
        self._store: SecretStore | None = store

    def progress_as(self, kind: type[_T]) -> _T:
        """What the steps so far have brought; that it is of this kind the table guarantees."""
        if not isinstance(self.progress, kind):
            raise LocalError(f"this step needs {kind.__name__}, not {self.progress!r}")
        return self.progress

    def side_of(self, peer: FoundPeer) -> PeerSide:
        """A peer, with what is retained for it now."""
        return PeerSide(peer.hello, peer.raw, self.kept_for(peer))

    def kept_for(self, peer: FoundPeer) -> RetainedSecrets:
        """What is retained for a peer now."""
        return (self._store and self._store.retained_secrets(peer.hello.zid)) or NO_SECRETS

    def begin(self, role: Role, peer: FoundPeer, progress: Progress) -> None:
        """There is a Commit that counts, ours or the peer's."""
        self.withdraw()
        self.role, self.peer, self.progress = role, self.discovery.settle(peer.ssrc), progress
        self.begun_at = self.now
        self.events.append(Negotiating(role))

    def withdraw(self) -> None:
        """Our Commit, if there was one, does not count any more."""
        if isinstance(self.progress, Proposal):
            self.progress.agreement.keys.wipe()
        self.role, self.peer, self.progress = None, None, None

    def forget(self) -> None:
        """Forget all secrets, repeat nothing and answer nothing again (section 4.7.3)."""
        match self.progress:
            case Proposal(agreement=agreement) | Confirmed(agreement=agreement):
                agreement.keys.wipe()
            case Agreement() as agreement:
                agreement.keys.wipe()
            case EstablishedStream() as established:
                established.wipe()
            case _:
                pass  # key pairs lose their last reference here
        self.progress = None
        self.ours = replace(self.ours, chain=HashChain(b"", b"", b"", self.ours.chain.h3))
        self._store = None
        self.stream.fall_silent()


def _hello(identity: Identity, offer: Offer, chain: HashChain) -> bytes:
    """Our Hello, which stays the same for the whole session."""
    client_id = identity.client_id.encode("ascii", "replace")[:_CLIENT_ID_LENGTH]
    return Hello(
        VERSION,
        client_id.ljust(_CLIENT_ID_LENGTH),
        chain.h3,
        identity.zid,
        type_blocks(offer.hashes),
        type_blocks(offer.ciphers),
        type_blocks(offer.auth_tags),
        key_agreement_blocks(offer),
        type_blocks(offer.sas_types),
    ).serialize(chain.h2)
