"""The two roles of the Diffie-Hellman exchange, message by message and without a session."""

from dataclasses import dataclass, replace
from hashlib import sha256, sha384
from random import Random

import pytest

from agent.zrtp import Role
from agent.zrtp.agreement import Agreement, OurSide, PeerSide
from agent.zrtp.algorithms import CIPHERS, HASHES, KEY_AGREEMENTS
from agent.zrtp.confirm import Assertions
from agent.zrtp.dh_mode import Initiator, Responder, check_commit
from agent.zrtp.errors import NotUsedError, RefusalError
from agent.zrtp.hash_chain import HashChain, check_mac
from agent.zrtp.messages import Commit, DHPart1, DHPart2, Hello
from agent.zrtp.negotiation import Choice, accept, choose, type_blocks
from agent.zrtp.retained_secrets import FOREVER, NO_SECRETS, RetainedSecrets
from support.zrtp_pair import CLASSICAL


def side(name: str) -> tuple[OurSide, Hello]:
    chance = Random(name)
    chain = HashChain.from_seed(chance.randbytes(32))
    hello = Hello(
        b"1.10",
        name.encode().ljust(16),
        chain.h3,
        chance.randbytes(12),
        type_blocks(CLASSICAL.hashes),
        type_blocks(CLASSICAL.ciphers),
        type_blocks(CLASSICAL.auth_tags),
        type_blocks(CLASSICAL.key_agreements),
        type_blocks(CLASSICAL.sas_types),
    )
    return OurSide(hello.zid, hello.serialize(chain.h2), chain, chance.randbytes, FOREVER), hello


@dataclass
class Both:
    """An initiator and a responder that know each other's Hello."""

    initiator: Initiator
    responder: Responder
    ours_i: OurSide
    ours_r: OurSide
    choice: Choice

    @classmethod
    def meet(
        cls,
        secrets: RetainedSecrets = NO_SECRETS,
        hash_: str = "S256",
        cache_seconds: int = FOREVER,
    ) -> "Both":
        ours_i, hello_i = side("initiator")
        ours_r, hello_r = side("responder")
        ours_i = replace(ours_i, cache_seconds=cache_seconds)
        choice = replace(choose(CLASSICAL, hello_r), hash=HASHES[hash_])
        initiator = Initiator(ours_i, PeerSide(hello_r, ours_r.hello, secrets), choice)
        peer = PeerSide(hello_i, ours_i.hello, secrets)
        commit = Commit.parse(initiator.commit)
        check_commit(commit, peer)
        responder = Responder(ours_r, peer, accept(CLASSICAL, commit), initiator.commit)
        return cls(initiator, responder, ours_i, ours_r, choice)

    def agree(self) -> tuple[Agreement, Agreement]:
        return (
            self.initiator.receive_dhpart1(self.responder.dhpart1),
            self.responder.receive_dhpart2(self.initiator.dhpart2),
        )


def test_both_agree_and_confirm() -> None:
    initiator, responder = Both.meet().agree()
    assert initiator.keys == responder.keys
    assert initiator.role is Role.INITIATOR
    assert responder.role is Role.RESPONDER
    assert initiator.receive_confirm(responder.confirm).cache_seconds == FOREVER
    assert responder.receive_confirm(initiator.confirm).cache_seconds == FOREVER


def test_d02_hvi_covers_dhpart2_and_the_responders_hello() -> None:
    both = Both.meet()
    expected = sha256(both.initiator.dhpart2 + both.ours_r.hello).digest()
    assert both.initiator.hvi == expected
    assert Commit.parse(both.initiator.commit).commitment == expected


def test_d02_hvi_is_cut_to_256_bits() -> None:
    both = Both.meet(hash_="S384")
    whole = sha384(both.initiator.dhpart2 + both.ours_r.hello).digest()
    assert both.initiator.hvi == whole[:32]
    initiator, responder = both.agree()
    assert initiator.keys == responder.keys


def test_h01_which_image_stands_in_which_message() -> None:
    both = Both.meet()
    for ours, raw, kind in (
        (both.ours_i, both.initiator.dhpart2, DHPart2),
        (both.ours_r, both.responder.dhpart1, DHPart1),
    ):
        assert kind.parse(raw, 32).h1 == ours.chain.h1
        check_mac(raw, ours.chain.h0, "DHPart")
    assert Commit.parse(both.initiator.commit).h2 == both.ours_i.chain.h2
    check_mac(both.initiator.commit, both.ours_i.chain.h1, "Commit")
    check_mac(both.ours_i.hello, both.ours_i.chain.h2, "Hello")


def test_confirms_of_the_wrong_role_are_refused() -> None:
    initiator, responder = Both.meet().agree()
    for agreement in (initiator, responder):
        with pytest.raises(RefusalError):
            agreement.receive_confirm(agreement.confirm)


def test_a_dhpart_of_another_exchange_is_not_used() -> None:
    both = Both.meet()
    chain = HashChain.from_seed(b"o" * 32)
    ids = DHPart1.parse(both.responder.dhpart1, 32).ids
    with pytest.raises(NotUsedError):
        both.initiator.receive_dhpart1(DHPart1(chain.h1, ids, b"\x09" * 32).serialize(chain.h0))
    with pytest.raises(NotUsedError):
        both.responder.receive_dhpart2(DHPart2(chain.h1, ids, b"\x09" * 32).serialize(chain.h0))


def test_a_dhpart_whose_mac_is_wrong_is_found_out_by_the_confirm() -> None:
    both = Both.meet()
    tampered = both.responder.dhpart1[:-1] + bytes([both.responder.dhpart1[-1] ^ 1])
    agreement = both.initiator.receive_dhpart1(tampered)
    # The keys differ already, because total_hash covers the MAC as well.
    with pytest.raises(RefusalError, match="same keys"):
        agreement.receive_confirm(both.agree()[1].confirm)


def test_h04_the_mac_of_a_dhpart_is_checked_with_h0() -> None:
    both = Both.meet()
    _, hello_r = side("responder")
    part = DHPart1.parse(both.responder.dhpart1, 32)
    # A responder that is inconsistent in itself: its DHPart1 carries a MAC of another key.
    both.responder.dhpart1 = part.serialize(b"another key")
    initiator, responder = both.agree()
    assert initiator.keys == responder.keys
    assert hello_r.h3 == both.ours_r.chain.h3
    with pytest.raises(RefusalError, match="the DHPart message was altered"):
        initiator.receive_confirm(responder.confirm)


@pytest.mark.parametrize(
    ("verified", "cache_seconds", "told"),
    [(True, FOREVER, True), (True, 1, True), (True, 0, False), (False, FOREVER, False)],
)
def test_f12_s02_the_v_flag(*, verified: bool, cache_seconds: int, told: bool) -> None:
    secrets = RetainedSecrets(b"s" * 32, None, verified=verified)
    initiator, responder = Both.meet(secrets, cache_seconds=cache_seconds).agree()
    assert initiator.proven.retained
    assert responder.proven.retained
    theirs = responder.receive_confirm(initiator.confirm)
    assert theirs == Assertions(theirs.h0, cache_seconds, verified=told)


@pytest.mark.parametrize(("cipher", "octets"), [("AES1", 32), ("AES3", 64)])
def test_an_exponent_is_twice_as_long_as_the_aes_key(cipher: str, octets: int) -> None:
    (ours, _), (responder, hello) = side("initiator"), side("responder")
    drawn: list[int] = []

    def randbytes(length: int) -> bytes:
        drawn.append(length)
        return bytes(range(1, length + 1))

    choice = replace(
        choose(CLASSICAL, hello), key_agreement=KEY_AGREEMENTS["DH3k"], cipher=CIPHERS[cipher]
    )
    peer = PeerSide(hello, responder.hello, NO_SECRETS)
    Initiator(replace(ours, randbytes=randbytes), peer, choice)
    assert drawn[0] == octets
