"""Two phones that know each other from earlier calls, and may do without new keys."""

from collections.abc import Callable

from agent.zrtp import RetainedSecrets, Roster
from agent.zrtp.algorithms import HASHES
from agent.zrtp.preshared import own_source
from support.zrtp_pair import Endpoint, MemoryStore, Pair, Tamper, initiated_by
from support.zrtp_puppet import Puppet

RS1 = b"1" * 32
S256 = HASHES["S256"]
VERIFIED = RetainedSecrets(RS1, None, verified=True)
ALICE_INITIATES = initiated_by("alice")
LISTS_PRESHARED = (b"Prsh",)


class Phones:
    """Two phones that call each other again and again; Alice prefers Preshared mode."""

    def __init__(self, *, bob_prefers: bool = False) -> None:
        self.rosters = {"alice": Roster(), "bob": Roster()}
        self.stores = {"alice": MemoryStore(), "bob": MemoryStore()}
        self.prefers = {"alice": True, "bob": bob_prefers}
        self.calls = 0

    def pair(self, tamper: Tamper = ALICE_INITIATES) -> Pair:
        self.calls += 1
        sides = (
            Endpoint(
                name,
                seed=self.calls,
                store=self.stores[name],
                roster=self.rosters[name],
                prefer_preshared=self.prefers[name],
            )
            for name in ("alice", "bob")
        )
        return Pair(*sides, tamper=tamper)

    def call(self, tamper: Tamper = ALICE_INITIATES, *, verify: bool = True) -> Pair:
        pair = self.pair(tamper)
        pair.call()
        if verify:
            for side in (pair.alice, pair.bob):
                side.session.sas_verified()
                side.pump()
        return pair

    def zid(self, name: str) -> bytes:
        return Endpoint(name).zid

    def keep(self, owner: str, change: Callable[[RetainedSecrets], RetainedSecrets]) -> None:
        """Change what one of them has retained for the other."""
        other = self.zid("bob" if owner == "alice" else "alice")
        kept = self.stores[owner].kept
        kept[other] = change(kept[other])


def mode(pair: Pair) -> str:
    alice, bob = pair.secured()
    assert alice.algorithms == bob.algorithms
    return alice.algorithms.key_agreement


def acquainted_with(puppet: Puppet, *, prefers: bool = True) -> tuple[Endpoint, Puppet]:
    """Alice and a puppet that share a verified secret and have heard of each other."""
    roster = Roster()
    roster.made_afresh(puppet.zid)
    store = MemoryStore({puppet.zid: VERIFIED})
    alice = Endpoint("alice", store=store, roster=roster, prefer_preshared=prefers)
    puppet.greet(alice)
    return alice, puppet


def preshared_commit(
    puppet: Puppet,
    secrets: RetainedSecrets = VERIFIED,
    nonce: bytes = bytes(16),
) -> bytes:
    return puppet.commit(b"Prsh", nonce + own_source(S256, secrets).key_id)
