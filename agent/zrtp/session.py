"""One ZRTP session, as the host sees it (being built)."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.zrtp.algorithms import DEFAULT_OFFER, Offer
from agent.zrtp.events import Event
from agent.zrtp.retained_secrets import FOREVER, SecretStore
from agent.zrtp.state import Role, State

__all__ = ["Counters", "Identity", "Session"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Hello messages.

    Attributes:
        zid: 12 octets, random, made once when the phone was installed (section 4.9).
        client_id: the software's name; ASCII, at most 16 characters are sent.
    """

    zid: bytes
    client_id: str


@dataclass(frozen=True, slots=True)
class Counters:
    """Packets that were not used, by reason."""

    bad_crc: int = 0
    malformed: int = 0
    unknown_type: int = 0
    unsupported_version: int = 0
    wrong_source: int = 0
    bad_hash_image: int = 0
    bad_hello_hash: int = 0
    bad_mac: int = 0
    out_of_state: int = 0
    duplicates: int = 0
    commits_discarded: int = 0
    errors_ignored: int = 0


class Session:
    """One ZRTP exchange for one media stream."""

    def __init__(
        self,
        *,
        identity: Identity,
        store: SecretStore,
        randbytes: Callable[[int], bytes],
        wall_clock: Callable[[], float],
        offer: Offer = DEFAULT_OFFER,
        cache_seconds: int = FOREVER,
    ) -> None:
        """Draw the hash chain and build the Hello; nothing is sent yet."""
        raise NotImplementedError

    @property
    def hello_hashes(self) -> tuple[str, ...]:
        """Values for `a=zrtp-hash`, one per version that we offer: "1.10 <64 hex digits>"."""
        raise NotImplementedError

    @property
    def state(self) -> State:
        """How far the exchange got."""
        raise NotImplementedError

    @property
    def role(self) -> Role | None:
        """Initiator or responder; None before a Commit."""
        raise NotImplementedError

    @property
    def counters(self) -> Counters:
        """What was not used so far."""
        raise NotImplementedError

    def start(self, now: float, *, ssrc: int, peer_hello_hashes: tuple[str, ...] = ()) -> None:
        """Begin to look for a ZRTP peer."""
        raise NotImplementedError

    def update_peer_hello_hashes(self, values: tuple[str, ...]) -> None:
        """Take in the `a=zrtp-hash` values of an SDP that came after `start`."""
        raise NotImplementedError

    def receive(self, packet: bytes, now: float) -> None:
        """Take in a packet, whatever it contains; never raises."""
        raise NotImplementedError

    def srtp_received(self, now: float) -> None:
        """The first authentic SRTP packet arrived: it counts as Conf2ACK."""
        raise NotImplementedError

    def handle_timer(self, now: float) -> None:
        """The time that `next_timer` named has come."""
        raise NotImplementedError

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None: not at all."""
        raise NotImplementedError

    def packets_to_send(self) -> list[bytes]:
        """Take the packets that are to be sent now."""
        raise NotImplementedError

    def next_event(self) -> Event | None:
        """Take the next event, oldest first; None when there is none."""
        raise NotImplementedError

    def sas_verified(self) -> None:
        """The user compared the SAS and it is the same."""
        raise NotImplementedError

    def sas_mismatch(self) -> None:
        """The user compared the SAS and it differs."""
        raise NotImplementedError

    def close(self, now: float) -> None:
        """The call is over: drop all keys; nothing is sent any more."""
        raise NotImplementedError
