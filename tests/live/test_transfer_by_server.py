"""Putting calls through, and sending them elsewhere, by way of a server that nobody here wrote."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import (
    Answered,
    Dialled,
    Ended,
    IncomingCall,
    Progress,
    Registration,
    RegistrationChanged,
    TransferProgress,
    TransferRequested,
)
from support.certificates import Authority
from support.kamailio import Kamailio
from support.party import Guest, guest
from support.sip_phone import account_at

pytestmark = [pytest.mark.live, pytest.mark.peer]

USERS = ("alice", "bob", "carol")


@dataclass
class Office:
    """Three people with accounts at one server, each with a call's name for each other."""

    guests: list[Guest]

    def call(self, caller: int, callee: int, name: str) -> str:
        """An encrypted call; returns the callee's name for it."""
        mine, theirs = self.guests[caller].phone, self.guests[callee].phone
        mine.order("dial", name, f"sip:{USERS[callee]}@localhost", "work")
        assert mine.wait_for(Dialled).signalling_verified
        incoming = theirs.wait_for(IncomingCall).call
        theirs.order("answer", incoming)
        for each in (mine, theirs):
            each.wait_for(Answered)
            each.wait_for(phone.Encrypted)
        return incoming


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    authority = Authority(tmp_path)
    with Kamailio(tmp_path, authority.issue("localhost")) as server, ExitStack() as stack:
        guests = []
        for place, user in enumerate(USERS):
            account = account_at(server.port, authority.file, user=user)
            guests.append(guest(stack, tmp_path, place, accounts=(account,)))
            guests[-1].phone.wait_for(
                RegistrationChanged, lambda each: each.state is Registration.REGISTERED
            )
        yield Office(guests)


def test_blind(office: Office) -> None:
    alice, bob, carol = (each.phone for each in office.guests)
    his = office.call(0, 1, "first")
    alice.order("transfer", "first", "sip:carol@localhost")
    asked = bob.wait_for(TransferRequested)
    assert (asked.uri, asked.attended) == ("sip:carol@localhost", False)
    bob.order("accept_transfer", his, "put-through")
    assert bob.wait_for(Dialled).signalling_verified
    hers = carol.wait_for(IncomingCall)
    assert hers.uri == "sip:bob@localhost"
    carol.order("answer", hers.call)
    assert bob.wait_for(phone.Encrypted).call == "put-through"
    alice.wait_for(TransferProgress, lambda each: each.progress is Progress.DONE)


def test_attended(office: Office) -> None:
    alice, bob, carol = (each.phone for each in office.guests)
    his = office.call(0, 1, "first")
    hers = office.call(0, 2, "second")
    alice.order("transfer_to", "first", "second")
    assert bob.wait_for(TransferRequested).attended
    bob.order("accept_transfer", his, "put-through")
    incoming = carol.wait_for(IncomingCall)
    assert incoming.replaces == hers
    carol.order("answer", incoming.call)
    assert carol.wait_for(Ended).call == hers
    assert carol.wait_for(phone.Encrypted).call == incoming.call
    assert bob.wait_for(phone.Encrypted).call == "put-through"
    alice.wait_for(TransferProgress, lambda each: each.progress is Progress.DONE)


def test_sent_elsewhere(office: Office) -> None:
    alice, bob, carol = (each.phone for each in office.guests)
    alice.order("dial", "mine", "sip:bob@localhost", "work")
    bob.order("redirect", bob.wait_for(IncomingCall).call, "sip:carol@localhost")
    assert bob.wait_for(Ended).code == 302
    incoming = carol.wait_for(IncomingCall)
    carol.order("answer", incoming.call)
    assert alice.wait_for(Answered).call == "mine"
    assert alice.wait_for(phone.Encrypted).call == "mine"
