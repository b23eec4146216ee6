from pathlib import Path

import pytest

from agent.store import Address, Level, Meeting, Peer, Store
from support.stores import OTHER_ZID, ZID, Wall, opened

BOB = "sip:bob@example.org"
HERE = "sip:192.0.2.7"
HYBRID, CLASSICAL = Level("X3M3", post_quantum=True), Level("X255", post_quantum=False)


def level(store: Store) -> Level | None:
    peer = store.peer(ZID)
    return peer.level if peer else None


def announced(store: Store, uri: str = BOB) -> bool:
    peer = store.peer(ZID)
    address = peer.address(uri) if peer else None
    return address is not None and address.announced


def test_a_phone_is_remembered_with_its_dates_and_addresses(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    path = tmp_path / "sotto.db"
    with opened(path, wall) as store:
        assert store.peer(ZID) is None
        store.met(Meeting(ZID, BOB), proven=False)
        wall.now = 2000.0
        store.met(Meeting(ZID, f'"Bob" <{HERE}>', HYBRID, announced=True), proven=True)
        store.name_peer(ZID, "Bob")
        wall.now = 3000.0
        store.met(Meeting(OTHER_ZID, BOB), proven=False)
    with opened(path) as store:
        peer = store.peer(ZID)
        assert peer == Peer(
            zid=ZID,
            name="Bob",
            first_seen=1000.0,
            last_seen=2000.0,
            verified=False,
            last_verified=None,
            last_uri=f'"Bob" <{HERE}>',
            level=HYBRID,
            addresses=(
                Address(HERE, 2000.0, 2000.0, 2000.0, announced=True),
                Address(BOB, 1000.0, 1000.0, None, announced=False),
            ),
        )
        assert peer.address("sip:bob@EXAMPLE.org:5061;transport=tls") == peer.addresses[1]
        assert peer.address("sip:carol@example.org") is None


def test_the_phone_met_last_comes_first(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    with opened(tmp_path / "sotto.db", wall) as store:
        store.met(Meeting(ZID, BOB), proven=False)
        wall.now = 2000.0
        store.met(Meeting(OTHER_ZID, BOB), proven=False)
        assert [peer.zid for peer in store.peers()] == [OTHER_ZID, ZID]


@pytest.mark.parametrize(
    "uri", ["sip:bob@example.org:5061", "sip:bob@EXAMPLE.org;transport=tls", f"<{BOB}>;tag=7"]
)
def test_xa21_the_verified_phone_of_an_address_is_found(tmp_path: Path, uri: str) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.met(Meeting(OTHER_ZID, BOB), proven=False)
        store.met(Meeting(ZID, BOB), proven=False)
        assert store.verified_at_uri(uri) == []
        store.confirm(Meeting(ZID, BOB))
        (peer,) = store.verified_at_uri(uri)
        assert (peer.zid, peer.last_verified) == (ZID, 1000.0)
        assert store.verified_at_uri("sip:bobby@example.org") == []


def test_xa21_a_verified_phone_known_again_elsewhere_is_found_there_too(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.confirm(Meeting(ZID, BOB))
        store.met(Meeting(ZID, HERE), proven=True)
        assert [len(store.verified_at_uri(uri)) for uri in (BOB, f"{HERE}:5061")] == [1, 1]


def test_xa20_a_verified_phone_is_not_at_home_where_it_only_claimed_to_be(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.confirm(Meeting(OTHER_ZID, BOB))
        store.confirm(Meeting(ZID, "sip:mallory@example.org"))
        store.met(Meeting(ZID, BOB), proven=False)
        assert [peer.zid for peer in store.verified_at_uri(BOB)] == [OTHER_ZID]


def test_xa20_to_have_called_before_the_right_one_does_not_make_it_the_right_one(
    tmp_path: Path,
) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.met(Meeting(ZID, BOB), proven=False)
        store.confirm(Meeting(OTHER_ZID, BOB))
        store.confirm(Meeting(ZID, "sip:mallory@example.org"))
        assert [peer.zid for peer in store.verified_at_uri(BOB)] == [OTHER_ZID]


def test_xa24_losing_the_flag_does_not_lose_the_memory(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.confirm(Meeting(ZID, BOB))
        store.unverify(ZID)
        (peer,) = store.verified_at_uri(BOB)
        assert (peer.verified, peer.last_verified) == (False, 1000.0)


def test_the_latest_verified_phone_of_an_address_comes_first(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    with opened(tmp_path / "sotto.db", wall) as store:
        for zid in (ZID, OTHER_ZID):
            wall.now += 1
            store.confirm(Meeting(zid, BOB))
        assert [peer.zid for peer in store.verified_at_uri(BOB)] == [OTHER_ZID, ZID]


def test_no_address_is_no_address_to_remember(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.met(Meeting(ZID, ""), proven=False)
        store.confirm(Meeting(ZID, ""))
        assert store.verified_at_uri("") == []
        peer = store.peer(ZID)
        assert peer is not None
        assert (peer.last_uri, peer.addresses) == (None, ())


def test_a_forgotten_phone_is_a_stranger_at_its_address(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.confirm(Meeting(ZID, BOB))
        store.forget(ZID)
        assert store.peer(ZID) is None
        assert store.verified_at_uri(BOB) == []


def test_xa12_a_level_rises_by_itself_and_falls_only_when_it_is_confirmed(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        for given, kept in (
            (None, None),
            (CLASSICAL, CLASSICAL),
            (Level("EC25", post_quantum=False), Level("EC25", post_quantum=False)),
            (HYBRID, HYBRID),
            (None, HYBRID),
            (CLASSICAL, HYBRID),
        ):
            store.met(Meeting(ZID, BOB, given), proven=True)
            assert level(store) == kept
        store.confirm(Meeting(ZID, BOB))
        assert level(store) == HYBRID
        store.confirm(Meeting(ZID, BOB, CLASSICAL))
        assert level(store) == CLASSICAL


def test_xs02_an_announced_phone_stays_so_until_the_person_has_confirmed_otherwise(
    tmp_path: Path,
) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.met(Meeting(ZID, BOB, announced=True), proven=False)
        store.met(Meeting(ZID, BOB), proven=True)
        store.met(Meeting(ZID, HERE), proven=True)
        assert announced(store)
        assert not announced(store, HERE)
        store.confirm(Meeting(ZID, BOB))
        assert not announced(store)
