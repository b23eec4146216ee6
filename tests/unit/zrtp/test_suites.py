"""Whole exchanges with every algorithm that is not among the defaults."""

import pytest

from agent.zrtp import ErrorCode, Failed, Offer, Secured
from agent.zrtp.algorithms import CIPHERS, HASHES, KEY_AGREEMENTS
from agent.zrtp.messages import Commit, MessageType
from support.zrtp_pair import Endpoint, Pair, altering, chained, initiated_by


def call(offer: Offer, initiator: str = "alice") -> Secured:
    """Two phones with the same offer; the view of Alice."""
    alice, bob = (Endpoint(name, offer=offer) for name in ("alice", "bob"))
    return Pair(alice, bob, tamper=initiated_by(initiator)).call()[0]


@pytest.mark.parametrize("initiator", ["alice", "bob"])
@pytest.mark.parametrize("name", [name for name in KEY_AGREEMENTS if name != "DH2k"])
def test_every_key_agreement(name: str, initiator: str) -> None:
    offer = Offer(hashes=("S256", "S384", "S512"), key_agreements=(name,))
    agreed = call(offer, initiator).algorithms
    assert agreed.key_agreement == name
    kind = KEY_AGREEMENTS[name]
    assert agreed.hash == (kind.only_hash or ("S512" if kind.strong else "S256"))


@pytest.mark.parametrize("hash_", HASHES)
@pytest.mark.parametrize("cipher", CIPHERS)
def test_a01_to_a03_every_hash_with_every_cipher(hash_: str, cipher: str) -> None:
    secured = call(Offer((hash_,), (cipher,), key_agreements=("X255",)))
    assert (secured.algorithms.hash, secured.algorithms.cipher) == (hash_, cipher)
    assert len(secured.send.master_key) == CIPHERS[cipher].key_length


@pytest.mark.parametrize(
    ("tag", "bits", "salt"), [("HS32", 32, 14), ("HS80", 80, 14), ("GCM", 128, 12)]
)
@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
def test_a04_xc03_every_tag_has_its_salt(cipher: str, tag: str, bits: int, salt: int) -> None:
    secured = call(Offer(ciphers=(cipher,), auth_tags=(tag,), key_agreements=("X255",)))
    for key in (secured.send, secured.receive):
        assert (key.auth_tag_bits, len(key.master_salt)) == (bits, salt)
        assert key.is_gcm == (tag == "GCM")


def test_a14_a_peer_that_commits_to_dh2k_is_answered_where_that_is_configured() -> None:
    # Nobody here commits to it, so that Alice's Commit is made to say so; what she has sent as
    # DHPart2 then has the wrong length. Bob accepts the Commit, and refuses it unconfigured.
    def to_dh2k(message: bytes) -> bytes:
        commit = Commit.parse(message)
        at = message.index(commit.key_agreement + commit.sas)
        return message[:at] + b"DH2k" + message[at + 4 :]

    def answered(kinds: tuple[str, ...]) -> Pair:
        bob = Endpoint("bob", offer=Offer(key_agreements=kinds))
        tamper = chained(initiated_by("alice"), altering(MessageType.COMMIT, to_dh2k))
        pair = Pair(Endpoint("alice"), bob, tamper=tamper)
        pair.start(hashes=False)
        pair.run()
        return pair

    assert len(answered(("DH2k", "X255")).bob.sent_message(MessageType.DHPART1)) == 85 * 4
    refused = answered(("X255",)).bob.only(Failed)
    assert refused.code is ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED


def test_a13_xa14_a_commit_of_ec38_with_s256_ends_the_exchange() -> None:
    def to_s256(message: bytes) -> bytes:
        return message.replace(b"S384", b"S256", 1)

    offer = Offer(hashes=("S256", "S384"), key_agreements=("EC38",))
    alice, bob = (Endpoint(name, offer=offer) for name in ("alice", "bob"))
    tamper = chained(initiated_by("alice"), altering(MessageType.COMMIT, to_s256))
    pair = Pair(alice, bob, tamper=tamper)
    pair.start(hashes=False)
    pair.run()
    assert bob.only(Failed).code is ErrorCode.HASH_NOT_SUPPORTED
    assert not alice.all(Secured)
