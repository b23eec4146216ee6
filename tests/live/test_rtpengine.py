"""rtpengine in the path as a plain relay: ZRTP passes it, and what the SDP says of ZRTP, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.phone.events import ZrtpHash
from agent.sip.settings import NatSettings
from support import stun
from support.conversations import assert_unreadable, media, talk
from support.internet import SERVER, Home
from support.neighbours import STUN, Town, ring, town

pytestmark = [pytest.mark.live, pytest.mark.peer, pytest.mark.timeout(240)]


@dataclass(frozen=True)
class Place:
    """The town, and two homes behind the worst of routers."""

    town: Town
    here: Home
    there: Home


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with town(tmp_path_factory.mktemp("town"), relays_media=True) as made:
        yield Place(made, made.net.home("symmetric"), made.net.home("symmetric"))


@pytest.mark.parametrize("nat", [None, NatSettings(stun=STUN)], ids=["plain", "with ice"])
def test_calls_through_the_relay_are_secure_both_ways(
    place: Place, tmp_path: Path, nat: NatSettings | None
) -> None:
    with (
        place.town.phone("alice", place.here.host, nat) as alice,
        place.town.phone("bob", place.there.host, nat) as bob,
        place.town.net.watching(place.here, tmp_path) as seen,
    ):
        for caller, callee, user in ((alice, bob, "bob"), (bob, alice, "alice")):
            call = ring(caller, callee, user)
            call.answer()
            hers, his = call.secure()
            assert hers.association.sas == his.association.sas
            assert {each.association.zrtp_hash for each in (hers, his)} == {ZrtpHash.MATCHED}
            talk(call)
            call.hang_up()
    packets = media(seen[0])
    assert {frozenset(each.addresses) for each in packets} == {
        frozenset((place.here.outside, SERVER))
    }
    assert not any(stun.is_answered_check(each.payload) for each in seen[0].datagrams)
    assert_unreadable(packets)
