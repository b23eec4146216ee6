"""Who is let through the door, and who is not: in doubt nobody."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from agent.media.handshakes import Handshake
from agent.sip.clock import is_synchronised
from agent.sip.guard import refusing
from agent.sip.reasons import NOTHING_SHOWN
from agent.sip.settings import ServerTrust
from agent.sip.trust import Doorkeeper
from agent.trust.objections import Flaw, Objection
from support.certificates import Authority, load, write_lists

DIRECT, GUARDED, UNKNOWN = 0, 1, 2
HOST = "sip.example.org"


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(name="made")
def _made(authority: Authority) -> Handshake:
    """With a server that has proved its name."""
    own = load(authority.issue(HOST).certificate).public_bytes(Encoding.DER)
    return Handshake(
        handle=7,
        transport=GUARDED,
        incoming=False,
        is_up=True,
        name=HOST,
        port=5061,
        faults=0,
        result=0,
        asked=False,
        sent=(own,),
        verified=(own, authority.certificate.public_bytes(Encoding.DER)),
    )


def doorkeeper(trust: ServerTrust) -> Doorkeeper:
    keeper = Doorkeeper(0.0, lambda: True)
    keeper.leave_open(DIRECT)
    keeper.guard(GUARDED, trust)
    return keeper


def test_who_has_proved_the_name_is_let_through(authority: Authority, made: Handshake) -> None:
    keeper = doorkeeper(ServerTrust(authority.file))
    assert keeper.admit(made)
    shown = keeper.shown(made.handle)
    assert (shown.name, shown.port, shown.objections) == (HOST, 5061, ())
    assert keeper.shown(made.handle) == NOTHING_SHOWN


def test_who_has_not_is_not_and_the_reason_is_kept(authority: Authority, made: Handshake) -> None:
    keeper = doorkeeper(ServerTrust(authority.file))
    assert not keeper.admit(replace(made, name="a.example"))
    assert keeper.shown(made.handle).objections == (Objection(Flaw.NAME, names=(HOST,)),)


def test_nobody_comes_in_where_servers_are_spoken_to(authority: Authority, made: Handshake) -> None:
    keeper = doorkeeper(ServerTrust(authority.file))
    assert not keeper.admit(replace(made, incoming=True))


def test_the_door_for_everybody_is_open_and_no_other(made: Handshake) -> None:
    keeper = doorkeeper(ServerTrust())
    assert keeper.admit(replace(made, transport=DIRECT, incoming=True, sent=(), verified=()))
    assert not keeper.admit(replace(made, transport=UNKNOWN))
    assert not keeper.admit(replace(made, transport=-1))


def test_a_list_that_cannot_be_read_lets_nobody_through(
    authority: Authority, made: Handshake, tmp_path: Path
) -> None:
    file = tmp_path / "list.crl"
    keeper = doorkeeper(ServerTrust(authority.file, crl_file=file))
    assert not keeper.admit(made)
    assert keeper.shown(made.handle).objections == (Objection(Flaw.LIST_UNREADABLE),)
    write_lists(file, authority.revokes())
    assert keeper.admit(made)


def test_one_that_was_up_is_not_judged_again_when_it_ends(
    authority: Authority, made: Handshake, tmp_path: Path
) -> None:
    keeper = doorkeeper(ServerTrust(authority.file, crl_file=tmp_path / "nowhere.crl"))
    keeper.admit(replace(made, is_up=False))
    assert keeper.shown(made.handle).objections == ()


def test_a_decision_that_breaks_is_a_no() -> None:
    def broken(_: object) -> bool:
        raise RuntimeError("out of order")

    assert not refusing(broken)(None)
    assert refusing(bool)(1)


def test_the_clock_was_set_if_systemd_says_so(tmp_path: Path) -> None:
    assert is_synchronised(tmp_path) is True
    assert is_synchronised(tmp_path / "nowhere") in (True, False, None)
