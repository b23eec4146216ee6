"""Our ZRTP against libbzrtp, which Linphone uses, in one process and without sockets."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from agent.zrtp import (
    DEFAULT_OFFER,
    CacheState,
    HelloHash,
    Offer,
    PeerFound,
    RetainedSecrets,
    Role,
    Secured,
    SharedSecret,
    StreamSecured,
)
from agent.zrtp.messages import MessageType
from support.bzrtp import CODES, BzrtpSide, Cache, Secrets, available
from support.zrtp_pair import CLASSICAL, Endpoint, Line, MemoryStore, Wire, is_type

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not available(), reason="Debian's libbzrtp is not installed"),
]

Algorithms = dict[str, tuple[str, ...]]

KINDS = ("hash", "cipher", "auth_tag", "key_agreement", "sas")


def only(*names: str) -> tuple[Offer, Algorithms]:
    """One algorithm of each kind, in the order of `KINDS`: for us and for libbzrtp."""
    lists = [(name,) for name in names]
    return Offer(*lists), dict(zip(KINDS, lists, strict=True))


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
    same_keys(secured, secrets)
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
@pytest.mark.parametrize("key_agreement", ["X255", "X448", "DH3k"])
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
    offer, algorithms = only(hash_, cipher, auth_tag, key_agreement, sas)
    secured = exchange(Endpoint("alice", offer=offer), sides(algorithms), role)
    agreed = secured.algorithms
    assert (agreed.hash, agreed.cipher, agreed.auth_tag, agreed.key_agreement, agreed.sas) == (
        hash_,
        cipher,
        auth_tag,
        key_agreement,
        sas,
    )
    assert secured.hello_hash is HelloHash.MATCHED


@pytest.mark.skipif("GCM" not in CODES, reason="this libbzrtp has none of these: Debian 13's does")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sas", ["B32", "B256"])
@pytest.mark.parametrize("auth_tag", ["GCM", "HS80"])
@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
@pytest.mark.parametrize("hash_", ["S256", "S384", "S512"])
@pytest.mark.parametrize("key_agreement", ["X255", "X448", "DH3k"])
def test_a04_gcm_and_s512_with_who_has_them(
    *,
    sides: Callable[..., BzrtpSide],
    key_agreement: str,
    hash_: str,
    cipher: str,
    auth_tag: str,
    sas: str,
    role: Role,
) -> None:
    offer, algorithms = only(hash_, cipher, auth_tag, key_agreement, sas)
    agreed = exchange(Endpoint("alice", offer=offer), sides(algorithms), role).algorithms
    assert agreed.key_agreement == key_agreement
    assert agreed.auth_tag == auth_tag


@pytest.mark.parametrize("hash_", ["S256", "S384"])
@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
@pytest.mark.parametrize("auth_tag", ["HS32", "HS80"])
@pytest.mark.parametrize("sas", ["B32", "B256"])
def test_a14_dh2k_where_it_is_configured_and_the_peer_wants_it(
    sides: Callable[..., BzrtpSide], hash_: str, cipher: str, auth_tag: str, sas: str
) -> None:
    offer, algorithms = only(hash_, cipher, auth_tag, "DH2k", sas)
    secured = exchange(Endpoint("alice", offer=offer), sides(algorithms), Role.RESPONDER)
    assert secured.algorithms.key_agreement == "DH2k"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("ours", "theirs", "chosen"),
    [
        (("X255", "X448"), ("X448", "X255"), "X255"),
        (("X448", "DH3k"), ("X448", "X255"), "X448"),
        (("DH3k", "X448"), ("X448", "DH3k"), "X448"),
        (("X3M3", "X448"), ("DH3k", "X448"), "X448"),
        (("EC25", "E255"), ("X255",), "DH3k"),
        # The peer has no names for these, and must not stumble over them.
        (("X3M3", "MLK3", "MLK2", "K448", "K255", "EC38"), ("X255",), "DH3k"),
    ],
)
def test_n12_both_choose_the_same(
    sides: Callable[..., BzrtpSide],
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    chosen: str,
    role: Role,
) -> None:
    alice = Endpoint("alice", offer=Offer(key_agreements=ours))
    secured = exchange(alice, sides({"key_agreement": theirs}), role)
    assert secured.algorithms.key_agreement == chosen


@pytest.mark.parametrize("role", Role)
def test_with_what_both_offer_by_default(sides: Callable[..., BzrtpSide], role: Role) -> None:
    ours = Endpoint("alice", offer=DEFAULT_OFFER)
    secured = exchange(ours, sides({}), role)
    assert ours.only(PeerFound).version == "1.10"
    assert secured.algorithms.key_agreement == "X255"


class OneForAll(MemoryStore):
    """A store that has the same for every peer: without a cache the library draws new ZIDs."""

    def __init__(self, secrets: RetainedSecrets) -> None:
        super().__init__()
        self._secrets = secrets

    def retained_secrets(self, zid: bytes) -> RetainedSecrets:
        del zid
        return self._secrets


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("same", [True, False])
def test_d10_auxsecret_is_mixed_in_where_both_have_it(
    *, sides: Callable[..., BzrtpSide], same: bool, role: Role
) -> None:
    secrets = RetainedSecrets(None, None, verified=False, auxsecret=b"a" * 32)
    ours, theirs = Endpoint("alice", store=OneForAll(secrets)), sides({})
    theirs.set_auxsecret(b"a" * 32 if same else b"b" * 32)
    exchange(ours, theirs, role)
    assert theirs.auxsecret_matched == same
    expected = SharedSecret.MATCHED if same else SharedSecret.MISMATCH
    assert ours.only(Secured).auxsecret is expected


def same_keys(secured: Secured | StreamSecured, secrets: Secrets) -> None:
    """What we send is what they receive, and the other way round."""
    sent, received = secured.send, secured.receive
    assert (sent.master_key, sent.master_salt) == (secrets.receive_key, secrets.receive_salt)
    assert (received.master_key, received.master_salt) == (secrets.send_key, secrets.send_salt)


@pytest.mark.parametrize("first_role", Role)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("key_agreement", ["X255", "X448", "DH3k"])
def test_x05_a_further_stream_has_keys_from_the_first(
    sides: Callable[..., BzrtpSide], key_agreement: str, role: Role, first_role: Role
) -> None:
    ours = Endpoint("alice", offer=Offer(key_agreements=(key_agreement,)))
    theirs = sides({"key_agreement": (key_agreement,)})
    first = exchange(ours, theirs, first_role)
    # One is all that the library has room for.
    further = Endpoint("alice", seed=1, first=ours, offer=CLASSICAL)
    stream = theirs.another_stream(0x0BAD_D00D)
    unheard = further.name if role is Role.INITIATOR else stream.name
    wire = Wire(further, stream, tamper=without_hello_ack_of(unheard))
    wire.start()
    wire.run(until=wire.now + 30)
    secured, secrets = further.only(StreamSecured), stream.secrets
    assert secrets is not None
    assert secured.role is role
    same_keys(secured, secrets)
    assert secured.algorithms.key_agreement == secrets.key_agreement == "Mult"
    assert secured.send.master_key != first.send.master_key
    assert not secrets.sas
    stream.close()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("seed", range(10))
def test_four_calls_with_one_cache_keep_continuity(
    sides: Callable[..., BzrtpSide], cache: Cache, seed: int, role: Role
) -> None:
    store = MemoryStore()
    for call in range(4):
        theirs = sides({}, cache)
        ours = Endpoint("alice", seed=100 * seed + call, store=store, offer=DEFAULT_OFFER)
        secured = exchange(ours, theirs, role if call % 2 else role.other)
        assert secured.cache is (CacheState.MATCHED if call else CacheState.NEW)
        assert theirs.secrets is not None
        assert not theirs.secrets.cache_mismatch


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


def test_we_keep_continuity_wherever_two_of_the_library_do(
    sides: Callable[..., BzrtpSide], cache: Cache
) -> None:
    """Of 5.1 two do not, if the hash of the Commit is not the one that the responder prefers."""
    calls: list[Algorithms] = [{"hash": ("S256",)}, {"hash": ("S384", "S256")}]
    store = MemoryStore()
    with contextlib.closing(Cache()) as another, contextlib.closing(Cache()) as third:
        for seed, preferred in enumerate(calls):
            initiator = sides({"hash": ("S256", "S384")}, another)
            initiator.name = "another"
            among_them = follows(initiator, sides(preferred, third))
            theirs = sides(preferred, cache)
            secured = exchange(
                Endpoint("alice", seed=seed, store=store, offer=CLASSICAL), theirs, Role.INITIATOR
            )
            with_us = theirs.secrets
            assert secured.algorithms.hash == among_them.hash == "S256"
    assert with_us is not None
    assert with_us.cache_mismatch == among_them.cache_mismatch
    expected = CacheState.MISMATCH if among_them.cache_mismatch else CacheState.MATCHED
    assert secured.cache is expected


def follows(initiator: BzrtpSide, responder: BzrtpSide) -> Secrets:
    """A call between two of the library; what the one that did not commit has of it."""
    wire = Wire(initiator, responder, tamper=without_hello_ack_of(initiator.name))
    wire.start()
    wire.run(until=wire.now + 30)
    assert responder.secrets is not None
    return responder.secrets


class Misled(BzrtpSide):
    """A side that is told another `a=zrtp-hash` than ours."""

    def start(self, now: float, *, ssrc: int, peer_hello_hashes: tuple[str, ...] = ()) -> None:
        altered = tuple(f"{each[:-1]}{int(each[-1], 16) ^ 1:x}" for each in peer_hello_hashes)
        super().start(now, ssrc=ssrc, peer_hello_hashes=altered)


@pytest.mark.parametrize("made", [BzrtpSide, Misled])
def test_the_library_takes_our_hash_and_no_other(made: type[BzrtpSide]) -> None:
    ours = Endpoint("alice", offer=CLASSICAL)
    with contextlib.closing(made(0x0BAD_CAFE, {})) as theirs:
        wire = Wire(ours, theirs)
        wire.start()
        wire.run(until=wire.now + 30)
    agreed = made is BzrtpSide
    assert (theirs.secrets is not None) == agreed
    assert len(ours.all(Secured)) == agreed


@pytest.mark.parametrize("role", Role)
def test_a_cache_that_we_lost_is_a_mismatch_for_the_peer_only(
    sides: Callable[..., BzrtpSide], cache: Cache, role: Role
) -> None:
    exchange(Endpoint("alice"), sides({}, cache), role)
    theirs = sides({}, cache)
    assert exchange(Endpoint("alice", seed=1), theirs, role).cache is CacheState.NEW
    assert theirs.secrets is not None
    assert theirs.secrets.cache_mismatch


@pytest.mark.parametrize("role", Role)
def test_a_cache_that_the_peer_lost_is_a_mismatch_for_us(
    sides: Callable[..., BzrtpSide], role: Role
) -> None:
    stale = OneForAll(RetainedSecrets(bytes(32), None, verified=True))
    secured = exchange(Endpoint("alice", store=stale), sides({}), role)
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
