from pathlib import Path

import pytest

from agent.store import Peer
from support.stores import OTHER_ZID, ZID, Wall, opened

BOB = "sip:bob@example.org"


def test_a_phone_is_remembered_with_its_dates_and_address(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    path = tmp_path / "sotto.db"
    with opened(path, wall) as store:
        assert store.peer(ZID) is None
        store.seen(ZID, BOB)
        wall.now = 2000.0
        store.seen(ZID, '"Bob" <sip:bob@192.0.2.7>')
        store.name_peer(ZID, "Bob")
    with opened(path) as store:
        assert store.peer(ZID) == Peer(
            zid=ZID,
            name="Bob",
            first_seen=1000.0,
            last_seen=2000.0,
            verified=False,
            last_verified=None,
            last_uri='"Bob" <sip:bob@192.0.2.7>',
        )


def test_the_phone_met_last_comes_first(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    with opened(tmp_path / "sotto.db", wall) as store:
        store.seen(ZID, BOB)
        wall.now = 2000.0
        store.seen(OTHER_ZID, BOB)
        assert [peer.zid for peer in store.peers()] == [OTHER_ZID, ZID]


@pytest.mark.parametrize(
    "uri", ["sip:bob@example.org:5061", "sip:bob@EXAMPLE.org;transport=tls", f"<{BOB}>;tag=7"]
)
def test_xa21_the_verified_phone_of_an_address_is_found(tmp_path: Path, uri: str) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.seen(ZID, BOB)
        store.seen(OTHER_ZID, BOB)
        assert store.verified_at_uri(uri) == []
        store.set_verified(ZID, verified=True)
        (peer,) = store.verified_at_uri(uri)
        assert (peer.zid, peer.last_verified) == (ZID, 1000.0)
        assert store.verified_at_uri("sip:bobby@example.org") == []


def test_xa21_a_phone_is_found_under_each_address_it_had(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.seen(ZID, BOB)
        store.seen(ZID, "sip:192.0.2.7")
        store.set_verified(ZID, verified=True)
        assert [len(store.verified_at_uri(uri)) for uri in (BOB, "sip:192.0.2.7:5061")] == [1, 1]


def test_xa24_losing_the_flag_does_not_lose_the_memory(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.seen(ZID, BOB)
        store.set_verified(ZID, verified=True)
        store.set_verified(ZID, verified=False)
        (peer,) = store.verified_at_uri(BOB)
        assert (peer.verified, peer.last_verified) == (False, 1000.0)


def test_the_latest_verified_phone_of_an_address_comes_first(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    with opened(tmp_path / "sotto.db", wall) as store:
        for zid in (ZID, OTHER_ZID):
            wall.now += 1
            store.seen(zid, BOB)
            store.set_verified(zid, verified=True)
        assert [peer.zid for peer in store.verified_at_uri(BOB)] == [OTHER_ZID, ZID]


def test_no_address_is_no_address_to_remember(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.seen(ZID, "")
        store.set_verified(ZID, verified=True)
        assert store.verified_at_uri("") == []
        peer = store.peer(ZID)
        assert peer is not None
        assert peer.last_uri is None


def test_a_forgotten_phone_is_a_stranger_at_its_address(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.seen(ZID, BOB)
        store.set_verified(ZID, verified=True)
        store.forget(ZID)
        assert store.peer(ZID) is None
        assert store.verified_at_uri(BOB) == []
