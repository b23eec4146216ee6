from dataclasses import replace

import pytest

from agent.zrtp import HelloHash
from agent.zrtp.discovery import FoundPeer
from agent.zrtp.established import Confirmed, Established, srtp_key
from agent.zrtp.state import Role
from support.zrtp_pair import Endpoint, Pair


def established(endpoint: Endpoint) -> Established:
    held = endpoint.session._exchange._progress
    assert isinstance(held, Established)
    return held


@pytest.fixture
def known() -> tuple[Established, Confirmed, FoundPeer]:
    """What Alice holds after a call, and of what it was made."""
    pair = Pair()
    pair.call()
    held = established(pair.alice)
    return held, Confirmed(held._agreement, held._theirs), held._peer


def test_k05_the_initiator_encrypts_with_the_initiators_keys(
    known: tuple[Established, Confirmed, FoundPeer],
) -> None:
    held, confirmed, _ = known
    agreement = confirmed.agreement
    for role, keys in (
        (Role.INITIATOR, agreement.keys.initiator),
        (Role.RESPONDER, agreement.keys.responder),
    ):
        key = srtp_key(agreement, role)
        assert (key.master_key, key.master_salt) == (keys.srtp_key, keys.srtp_salt)
    assert held.event.send == srtp_key(agreement, agreement.role)
    assert held.event.receive == srtp_key(agreement, agreement.role.other)


@pytest.mark.parametrize("flag", ["verified", "disclosure"])
def test_l02_what_the_peer_asserted_is_told(
    known: tuple[Established, Confirmed, FoundPeer], flag: str
) -> None:
    _, confirmed, peer = known
    theirs = replace(confirmed.theirs, verified=flag == "verified", disclosure=flag == "disclosure")
    event = Established(Confirmed(confirmed.agreement, theirs), peer, 0).event
    assert event.verified_there is (flag == "verified")
    assert event.disclosure is (flag == "disclosure")


def test_a_pbx_is_told(known: tuple[Established, Confirmed, FoundPeer]) -> None:
    _, confirmed, peer = known
    pbx = replace(peer, hello=replace(peer.hello, mitm=True), hello_hash=HelloHash.DIFFERS)
    event = Established(confirmed, pbx, 0).event
    assert event.mitm
    assert event.hello_hash is HelloHash.DIFFERS
