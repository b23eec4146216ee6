"""Our ZRTP against libbzrtp, which Linphone uses, in one process and without sockets."""

from collections.abc import Callable, Iterator

import pytest

from agent.zrtp import CacheState, HelloHash, Offer, PeerFound, RetainedSecrets, Role, Secured
from agent.zrtp.messages import MessageType
from support.bzrtp import BzrtpSide, Cache, available
from support.zrtp_pair import Endpoint, Line, MemoryStore, Wire, is_type

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not available(), reason="Debian's libbzrtp0 is not installed"),
]

Algorithms = dict[str, tuple[str, ...]]


@pytest.fixture
def sides() -> Iterator[Callable[..., BzrtpSide]]:
    """Makes libbzrtp sides and frees them."""
    made: list[BzrtpSide] = []

    def make(algorithms: Algorithms, cache: Cache | None = None) -> BzrtpSide:
        made.append(BzrtpSide(0x0BAD_CAFE, algorithms, cache))
        return made[-1]

    yield make
    for side in made:
        side.close()


@pytest.fixture
def cache() -> Iterator[Cache]:
    """A cache of libbzrtp that lives for several calls."""
    kept = Cache()
    yield kept
    kept.close()


def without_hello_ack_of(name: str) -> Callable[[str, bytes], list[bytes]]:
    """A line that loses all HelloACKs of one side: the other one never commits."""

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        return [] if sender == name and is_type(packet, MessageType.HELLO_ACK) else [packet]

    return tamper


def exchange(ours: Endpoint, theirs: BzrtpSide, role: Role) -> Secured:
    """A call in which we have this role; both sides must hold the same keys and SAS."""
    unheard = ours.name if role is Role.INITIATOR else theirs.name
    wire = Wire(ours, theirs, tamper=without_hello_ack_of(unheard))
    wire.start()
    wire.run(until=wire.now + 30)
    secured, secrets = ours.only(Secured), theirs.secrets
    assert secrets is not None
    assert secured.role is role
    assert (secured.send.master_key, secured.send.master_salt) == (
        secrets.receive_key,
        secrets.receive_salt,
    )
    assert (secured.receive.master_key, secured.receive.master_salt) == (
        secrets.send_key,
        secrets.send_salt,
    )
    assert secrets.sas == ":".join(secured.sas.words)
    agreed = secured.algorithms
    assert (agreed.hash, agreed.cipher, agreed.auth_tag) == (
        secrets.hash,
        secrets.cipher,
        secrets.auth_tag,
    )
    assert (agreed.key_agreement, agreed.sas) == (secrets.key_agreement, secrets.sas_type)
    return secured


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sas", ["B32", "B256"])
@pytest.mark.parametrize("auth_tag", ["HS32", "HS80"])
@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
@pytest.mark.parametrize("hash_", ["S256", "S384"])
@pytest.mark.parametrize("key_agreement", ["X255", "DH3k"])
def test_every_algorithm_in_both_roles(
    *,
    sides: Callable[..., BzrtpSide],
    key_agreement: str,
    hash_: str,
    cipher: str,
    auth_tag: str,
    sas: str,
    role: Role,
) -> None:
    ours = Endpoint(
        "alice", offer=Offer((hash_,), (cipher,), (auth_tag,), (key_agreement,), (sas,))
    )
    theirs = sides(
        {
            "hash": (hash_,),
            "cipher": (cipher,),
            "auth_tag": (auth_tag,),
            "key_agreement": (key_agreement,),
            "sas": (sas,),
        }
    )
    secured = exchange(ours, theirs, role)
    agreed = secured.algorithms
    assert (agreed.hash, agreed.cipher, agreed.auth_tag, agreed.key_agreement, agreed.sas) == (
        hash_,
        cipher,
        auth_tag,
        key_agreement,
        sas,
    )
    assert secured.hello_hash is HelloHash.MATCHED


@pytest.mark.parametrize("role", Role)
def test_with_what_both_offer_by_default(sides: Callable[..., BzrtpSide], role: Role) -> None:
    ours = Endpoint("alice")
    exchange(ours, sides({}), role)
    assert ours.only(PeerFound).version == "1.10"


def test_the_second_call_matches_the_cache_and_carries_the_verified_flag(
    sides: Callable[..., BzrtpSide], cache: Cache
) -> None:
    store = MemoryStore()
    ours, theirs = Endpoint("alice", store=store), sides({}, cache)
    first = exchange(ours, theirs, Role.RESPONDER)
    assert first.cache is CacheState.NEW
    assert not first.verified_here
    ours.session.sas_verified()
    ours.pump()
    theirs.sas_verified()
    for seed, role in enumerate((Role.INITIATOR, Role.RESPONDER), 1):
        theirs = sides({}, cache)
        again = exchange(Endpoint("alice", seed=seed, store=store), theirs, role)
        assert again.cache is CacheState.MATCHED
        assert again.verified_here
        assert again.verified_there
        assert theirs.secrets is not None
        assert theirs.secrets.verified
        assert not theirs.secrets.cache_mismatch


def test_a_cache_that_we_lost_is_a_mismatch_for_the_peer_only(
    sides: Callable[..., BzrtpSide], cache: Cache
) -> None:
    exchange(Endpoint("alice"), sides({}, cache), Role.RESPONDER)
    theirs = sides({}, cache)
    assert exchange(Endpoint("alice", seed=1), theirs, Role.RESPONDER).cache is CacheState.NEW
    assert theirs.secrets is not None
    assert theirs.secrets.cache_mismatch


def test_a_cache_that_the_peer_lost_is_a_mismatch_for_us(
    sides: Callable[..., BzrtpSide],
) -> None:
    # Without a cache the library draws a new ZID for each call, so the secret is moved there.
    stale = RetainedSecrets(bytes(32), None, verified=True)

    class StaleStore(MemoryStore):
        def retained_secrets(self, zid: bytes) -> RetainedSecrets:
            del zid
            return stale

    secured = exchange(Endpoint("alice", store=StaleStore()), sides({}), Role.INITIATOR)
    assert secured.cache is CacheState.MISMATCH
    assert secured.update is None


@pytest.mark.parametrize("seed", range(10))
def test_on_a_bad_line(sides: Callable[..., BzrtpSide], seed: int) -> None:
    ours, theirs = Endpoint("alice", seed=seed), sides({})
    line = Line(seed=seed, loss=0.2, duplication=0.1, jitter=0.1)
    wire = Wire(ours, theirs, line)
    wire.start(right_after=0.1 * seed)
    wire.run(until=wire.now + 40)
    secured, secrets = ours.only(Secured), theirs.secrets
    assert secrets is not None
    assert secrets.send_key == secured.receive.master_key
    assert secrets.receive_key == secured.send.master_key
    assert secrets.sas == ":".join(secured.sas.words)
