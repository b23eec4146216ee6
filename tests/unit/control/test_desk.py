"""Every request, on a phone and a memory that are real."""

import itertools
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from agent.control.requests import (
    AddContacts,
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Resume,
    Status,
    Unverify,
)
from agent.control.words import CONDITIONS, LINE, NOTICES, OBJECTIONS, SECURITY
from agent.phone.actions import ConfirmSas
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    Encrypted,
    RemoteRinging,
)
from agent.phone.remote import Objection
from agent.phone.report import Doing
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.store import Contact, Meeting
from hw.types import Device, DeviceMissing, HookLifted
from support.desks import CAROL, Office
from support.phone_driver import OUT, SAS, association, incoming
from support.stores import ZID


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.store.close()


def test_a_phone_at_rest(office: Office) -> None:
    office.driver.happens(
        AccountChanged("home", AccountCondition.READY),
        AccountChanged("work", AccountCondition.REFUSED, "Server refused: wrong password"),
        DeviceMissing(Device.DISPLAY, "no display at I2C address 0x3c"),
    )
    zid = office.store.zid.hex()
    assert office.ask(Status()) == {
        "name": "Alice",
        "version": "0.1.0",
        "zid": " ".join(zid[at : at + 4] for at in range(0, 24, 4)),
        "uptime_s": 3700,
        "configuration": "",
        "line": "on-hook",
        "handset": "down",
        "calls": [],
        "accounts": [
            {"account": "home", "condition": "ready", "reason": ""},
            {
                "account": "work",
                "condition": "refused",
                "reason": "Server refused: wrong password",
            },
        ],
        "missing": [{"device": "display", "reason": "no display at I2C address 0x3c"}],
        "missed": 0,
        "restored": False,
        "configuration_refused": "",
    }


def test_a_call_from_the_shell_to_its_end(office: Office) -> None:
    (call,) = office.ask(Call("1002"))["calls"]
    assert (call["call"], call["name"], call["awaits_handset"]) == ("out-1", "Bob", True)
    office.driver.happens(RemoteRinging(OUT), Answered(OUT), Encrypted(OUT, association()))
    assert "Lift the handset first" in office.refusal(Confirm(SAS))
    office.driver.happens(HookLifted())
    office.driver.wait(2)
    (call,) = office.ask(Status())["calls"]
    assert call["words"] == list(SAS)
    assert (call["security"], call["secure"]) == ("signalling-not-verified", False)
    office.driver.actions()
    assert "These are not the words" in office.refusal(Confirm(("adult", "amulet")))
    assert office.driver.actions() == ()
    (call,) = office.ask(Confirm(SAS))["calls"]
    assert call["secure"]
    assert ConfirmSas(OUT) in office.driver.actions()
    (call,) = office.ask(Differ())["calls"]
    assert call["security"] == "sas-mismatch"
    assert office.ask(HangUp())["calls"] == []


def test_a_call_that_rings_is_answered(office: Office) -> None:
    assert office.refusal(Answer()) == "No call rings here."
    office.driver.happens(incoming())
    (call,) = office.ask(Answer())["calls"]
    assert (call["direction"], call["state"]) == ("incoming", "talking")


def test_a_call_is_held_and_resumed(office: Office) -> None:
    assert office.refusal(Hold()) == "No call is up that could be held."
    office.driver.talk_to_bob(association(verified=True))
    assert office.refusal(Resume()) == "The call is not on hold."
    (call,) = office.ask(Hold())["calls"]
    assert (call["state"], call["security"]) == ("on-hold", "green-secure")
    assert "on hold already" in office.refusal(Hold())
    (call,) = office.ask(Resume())["calls"]
    assert call["state"] == "talking"


def test_what_was_due_counts_before_an_order(office: Office) -> None:
    office.driver.happens(HookLifted())
    office.driver.dial("1002")
    office.driver.now += 60  # the timer was not served yet
    assert "There is a call already" in office.refusal(Call("7"))


def test_what_cannot_be_done_is_told_in_a_sentence(office: Office) -> None:
    assert office.refusal(HangUp()) == "There is no call to end."
    assert "none is encrypted yet" in office.refusal(Differ())


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (OBJECTIONS, Objection),
        (SECURITY, SecurityState),
        (NOTICES, Notice),
        (LINE, Doing),
        (CONDITIONS, AccountCondition),
    ],
)
def test_there_is_a_sentence_for_each(table: dict[Enum, str], members: type[Enum]) -> None:
    assert set(table) == set(members)


def test_peers(office: Office) -> None:
    office.store.confirm(Meeting(ZID, "sip:bob@192.0.2.7"))
    office.store.name_peer(ZID, "Bob")
    (peer,) = office.items(Peers())
    assert (peer["name"], peer["verified"]) == ("Bob", True)
    assert office.ask(Peers()) == {"restored": ""}
    assert "words are asked for" in office.ask(Unverify("bob"))["done"]
    assert not office.items(Peers())[0]["verified"]
    assert office.ask(Forget(ZID.hex()))["name"] == "Bob"
    assert 'no phone is called "Bob"' in office.refusal(Forget("Bob"))
    kinds = [each["kind"] for each in office.items(Log(security=True))]
    assert kinds == ["forgotten-by-hand", "unverified-by-hand"]


def test_a_peer_with_addresses_without_end_can_be_told(office: Office) -> None:
    for number in range(60):
        office.store.met(Meeting(ZID, f"sip:{number}@192.0.2.7"), proven=False)
    (peer,) = office.items(Peers())
    assert len(peer["addresses"]) == 50
    assert len(json.dumps(peer)) < 32_000


def test_contacts_are_dialled_at_once(office: Office) -> None:
    outcomes = office.items(
        AddContacts(
            (
                Contact("Dave", "55", "sip:dave@192.0.2.9"),
                Contact("Carla", "77", "sip:carla@192.0.2.9"),
                Contact("Erin", "0301234", ""),
                Contact("", "1", "sip:x@192.0.2.9"),
                Contact("Frank", "x", "sip:x@192.0.2.9"),
                Contact("Mal\u202ery", "1", "sip:x@192.0.2.9"),
                Contact("Grace", "", ""),
                Contact("Heidi", "", "tel:1"),
            )
        )
    )
    assert [each["why"] for each in outcomes] == [
        "",
        "the number 77 is that of Carol in the configuration",
        "",
        "a name has 1 to 64 printable characters",
        "a number holds digits, * and # alone, 32 at most",
        "a name has 1 to 64 printable characters",
        "it has no SIP address, nor a number",
        'its SIP address will not do: it must begin with "sip:" or "sips:"',
    ]
    kept = [
        Contact("Dave", "55", "sip:dave@192.0.2.9"),
        Contact("Erin", "0301234", "sip:0301234@example.org"),
    ]
    assert office.told_contacts == kept
    assert [each["name"] for each in office.items(Contacts())] == [CAROL.name, "Dave", "Erin"]


def test_one_at_a_known_address_takes_its_place(office: Office) -> None:
    office.items(AddContacts((Contact("Dave", "55", "sip:dave@192.0.2.9"),)))
    moved = Contact("David", "56", "sip:dave@192.0.2.9:5061")
    assert office.items(AddContacts((moved,)))[0]["taken"]
    assert office.store.contacts() == [moved]


def test_the_log_is_empty_at_first(office: Office) -> None:
    assert office.items(Log()) == []


def test_whoever_wants_to_follow_is_told_that_it_may(office: Office) -> None:
    assert office.ask(Events()) == {}


def test_what_happens_is_told_without_the_words(office: Office) -> None:
    reports = [office.desk.report()]
    office.driver.happens(HookLifted())
    office.ask(Call("1002"))
    reports.append(office.desk.report())
    office.driver.happens(Answered(OUT), Encrypted(OUT, association()))
    reports.append(office.desk.report())
    office.driver.wait(5)
    reports.append(office.desk.report())
    office.driver.happens(
        AccountChanged("home", AccountCondition.READY), DeviceMissing(Device.HANDSET, "unplugged")
    )
    office.ask(HangUp())
    reports.append(office.desk.report())
    told = [office.desk.happened(*pair) for pair in itertools.pairwise(reports)]
    kinds = [[each["event"] for each in some] for some in told]
    assert kinds == [["call"], ["call"], [], ["call-ended", "account", "device-missing"]]
    assert told[0][0]["at"] == "2026-05-03T03:09:37+00:00"
    assert not any(word in json.dumps(told) for word in SAS)
