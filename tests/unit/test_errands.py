"""What the menu asks of the memory, carried out on a real one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errands import Errands, Told
from agent.phone.dial_plan import Contact as DialledContact
from agent.phone.events import ContactsChanged, SettingsChanged
from agent.phone.menu import answers, orders
from agent.phone.menu.answers import CallKind, CallSecurity, ContactEntry, ContactProblem
from agent.phone.preferences import Language, Preferences
from agent.ports import Household
from agent.store import CallRecord, Contact, Level, Meeting, Store, StoreError
from hw.types import Output
from support.stores import OTHER_ZID, ZID, Wall, opened

BOB = ContactEntry("Bob", "102", "sip:bob@example.org")
OFFICE = Contact("Office", "9", "sip:desk@192.0.2.9")
MISSED = CallRecord(
    "incoming",
    "Bobby <sip:bob@EXAMPLE.org;transport=tls>",
    "Bobby",
    None,
    started=1_777_777_000.0,
    answered=None,
    ended=1_777_777_010.0,
    outcome="cancelled",
    security="",
)


class House:
    """Errands of one phone, and what they did beside answering."""

    def __init__(
        self, store: Store, preferences: Preferences | None = None, domain: str = ""
    ) -> None:
        self.store = store
        self.rung: list[str | None] = []
        self.volumes: list[tuple[Output, int]] = []
        self.countries: list[str] = []
        self.erased = self.checked = 0
        self.resets: list[bool] = [False, True]
        self.errands = Errands(
            store,
            Household(
                preferences=preferences or Preferences(),
                configured=(OFFICE,),
                domain=domain,
                dial_contacts=lambda kept: tuple(
                    DialledContact(each.name, each.number, each.uri) for each in kept
                ),
                addresses=lambda: ("192.0.2.7",),
                fingerprint="ab" * 32,
                version="0.1.0",
                started=100.0,
                check=self.check,
                erase=self.erase,
                reset=self.resets.pop,
            ),
            monotonic=lambda: 160.5,
            ring=self.rung.append,
            set_volume=lambda output, percent: self.volumes.append((output, percent)),
            set_country=self.countries.append,
        )

    def check(self) -> None:
        self.checked += 1

    def erase(self) -> None:
        self.erased += 1

    def __call__(self, order: orders.MenuOrder) -> list[Told]:
        return self.errands.carry_out(order)

    def contacts(self) -> tuple[ContactEntry, ...]:
        (listed,) = self(orders.FetchContacts())
        assert isinstance(listed, answers.ContactsListed)
        return listed.contacts

    def calls(self) -> tuple[answers.CallEntry, ...]:
        (listed,) = self(orders.FetchCalls())
        assert isinstance(listed, answers.CallsListed)
        return listed.calls

    def peers(self) -> tuple[answers.PeerEntry, ...]:
        (listed,) = self(orders.FetchPeers())
        assert isinstance(listed, answers.PeersListed)
        return listed.peers


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "sotto.db") as store:
        yield House(store)


# Contacts


def test_a_contact_is_kept_and_can_be_dialled(house: House) -> None:
    changed = ContactsChanged((DialledContact("Bob", "102", "sip:bob@example.org"),))
    told = house(orders.SaveContact(replace(BOB, ring_tone="gong")))
    assert told[:2] == [answers.ContactKept(), changed]
    assert [(each.name, each.ring_tone, each.configured) for each in house.contacts()] == [
        ("Bob", "gong", False),
        ("Office", "", True),
    ]


def test_who_has_a_number_and_no_address_is_called_through_the_first_account(
    tmp_path: Path,
) -> None:
    with opened(tmp_path / "sotto.db") as store:
        house = House(store, domain="example.org")
        house(orders.SaveContact(ContactEntry("Bob", "102", answers.NO_ADDRESS)))
        assert [each.uri for each in store.contacts()] == ["sip:102@example.org"]
        told = house(orders.SaveContact(ContactEntry("Carol", "", answers.NO_ADDRESS)))
        assert told == [answers.ContactRefused(ContactProblem.ADDRESS)]


def test_without_an_account_a_number_alone_leads_nowhere(house: House) -> None:
    told = house(orders.SaveContact(ContactEntry("Bob", "102", answers.NO_ADDRESS)))
    assert told == [answers.ContactRefused(ContactProblem.ADDRESS)]


def test_a_changed_contact_takes_the_place_of_the_old_one(house: House) -> None:
    house(orders.SaveContact(BOB))
    house(orders.SaveContact(ContactEntry("Rob", "103", "sip:rob@example.org"), BOB.uri))
    assert [each.uri for each in house.store.contacts()] == ["sip:rob@example.org"]


@pytest.mark.parametrize(
    ("contact", "problem", "holder"),
    [
        (replace(BOB, name=" "), ContactProblem.NAME, ""),
        (ContactEntry("", "", answers.NO_ADDRESS), ContactProblem.NAME, ""),
        (replace(BOB, name="Bo\x1bb"), ContactProblem.NAME, ""),
        (replace(BOB, number="1x"), ContactProblem.NUMBER, ""),
        (replace(BOB, uri="sip:"), ContactProblem.ADDRESS, ""),
        (replace(BOB, uri="sip:b b@example.org"), ContactProblem.ADDRESS, ""),
        (replace(BOB, number="9"), ContactProblem.NUMBER_TAKEN, "Office"),
        (replace(BOB, uri="sip:desk@192.0.2.9:5061"), ContactProblem.ADDRESS_TAKEN, "Office"),
        (replace(BOB, uri="sip:carol@example.org"), ContactProblem.ADDRESS_TAKEN, "Carol"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_with_the_reason(
    house: House, contact: ContactEntry, problem: ContactProblem, holder: str
) -> None:
    house(orders.SaveContact(ContactEntry("Carol", "", "sip:carol@example.org")))
    before = house.store.contacts()
    assert house(orders.SaveContact(contact)) == [answers.ContactRefused(problem, holder)]
    assert house.store.contacts() == before


def test_a_contact_is_deleted_and_no_longer_rings_through(house: House) -> None:
    house(orders.SaveContact(replace(BOB, rings_through=True)))
    told = house(orders.DeleteContact(BOB.uri))
    assert told[0] == SettingsChanged(Preferences())
    assert house.store.contacts() == []


def test_who_rings_through_is_a_choice_like_others(house: House) -> None:
    told = house(orders.SaveContact(replace(BOB, rings_through=True)))
    chosen = Preferences(ring_through=(BOB.uri,))
    assert told[0] == SettingsChanged(chosen)
    assert house.contacts()[0].rings_through
    again = house(orders.SaveContact(replace(BOB, rings_through=True, name="Rob"), BOB.uri))
    assert again[0] == answers.ContactKept()
    house(orders.SaveContact(replace(BOB, rings_through=False), BOB.uri))
    assert not house.contacts()[0].rings_through


def test_a_contact_shows_the_phones_that_were_proven_at_the_address(house: House) -> None:
    house(orders.SaveContact(BOB))
    house.store.confirm(Meeting(ZID, "sip:bob@example.org"))
    house.store.name_peer(ZID, "Bobby")
    house.store.met(Meeting(OTHER_ZID, "sip:bob@example.org"), proven=False)
    (phone,) = house.contacts()[0].phones
    assert (phone.zid, phone.name, phone.verified) == (ZID.hex(), "Bobby", True)
    assert phone.verified_on is not None


# Calls


def call(**changes: object) -> CallRecord:
    return replace(MISSED, **changes)  # type: ignore[arg-type]


def test_a_missed_call_is_counted_until_it_was_seen_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        store.log_call(MISSED)
        store.log_call(MISSED)
    with opened(path) as store:
        house = House(store)
        assert answers.MissedCounted(2) in house.errands.begin()
        assert house(orders.MarkCallsSeen()) == [answers.MissedCounted(0)]
    with opened(path) as store:
        assert answers.MissedCounted(0) in House(store).errands.begin()


def test_calls_are_listed_with_the_name_that_the_contacts_have_now(house: House) -> None:
    house.store.log_call(MISSED)
    assert [(each.name, each.uri, each.kind) for each in house.calls()] == [
        ("Bobby", "sip:bob@example.org", CallKind.MISSED)
    ]
    house(orders.SaveContact(BOB))
    assert house.calls()[0].name == "Bob"


@pytest.mark.parametrize(
    ("record", "kind", "security", "talked_s"),
    [
        (MISSED, CallKind.MISSED, None, 0),
        (call(outcome="declined"), CallKind.RECEIVED, None, 0),
        (
            call(answered=1_777_777_002.5, security="matched"),
            CallKind.RECEIVED,
            CallSecurity.KNOWN,
            7,
        ),
        (call(direction="outgoing", security="new"), CallKind.DIALLED, CallSecurity.FIRST, 0),
        (call(security="mismatch"), CallKind.MISSED, CallSecurity.CHANGED, 0),
        (call(security="no ZRTP"), CallKind.MISSED, CallSecurity.ABSENT, 0),
        (call(security="attack"), CallKind.MISSED, CallSecurity.FAILED, 0),
        (call(outcome="broken_off"), CallKind.MISSED, None, 0),
        (call(outcome="broken_off", answered=1_777_777_002.5), CallKind.RECEIVED, None, None),
        (call(outcome="broken_off", direction="outgoing"), CallKind.DIALLED, None, None),
    ],
)
def test_what_became_of_a_call(
    house: House,
    record: CallRecord,
    kind: CallKind,
    security: CallSecurity | None,
    talked_s: int | None,
) -> None:
    house.store.log_call(record)
    (entry,) = house.calls()
    assert (entry.kind, entry.security, entry.talked_s) == (kind, security, talked_s)


def test_a_call_from_nobody_in_particular_is_named_by_its_address(house: House) -> None:
    house.store.log_call(call(uri="sip:x@192.0.2.1", name=""))
    assert house.calls()[0].name == "x@192.0.2.1"


def test_calls_are_deleted_one_by_one_or_all_and_count_no_longer(house: House) -> None:
    for _ in range(3):
        house.store.log_call(MISSED)
    told = house(orders.DeleteCall(house.calls()[1].id))
    assert told[1:] == [answers.MissedCounted(2)]
    assert len(house.calls()) == 2
    assert house(orders.ClearCalls()) == [answers.CallsListed(()), answers.MissedCounted(0)]


# Peers


def test_a_phone_that_was_met_is_told_whole(house: House) -> None:
    house.store.confirm(Meeting(ZID, "sip:bob@example.org", Level("X3M3", post_quantum=True)))
    house.store.log_call(call(zid=ZID))
    house.store.log_call(call(zid=ZID))
    house.store.met(Meeting(OTHER_ZID, ""), proven=False)
    first, second = sorted(house.peers(), key=lambda peer: peer.zid)
    assert (first.key_agreement, first.post_quantum, first.calls) == ("X3M3", True, 2)
    assert first.addresses == ("sip:bob@example.org",)
    assert first.verified
    assert (second.verified_on, second.calls, second.key_agreement) == (None, 0, "")


def test_another_name_asks_for_the_words_again_and_is_written_down(house: House) -> None:
    house.store.confirm(Meeting(ZID, "sip:bob@example.org"))
    (listed,) = house(orders.RenamePeer(ZID.hex(), "Mallory"))
    assert isinstance(listed, answers.PeersListed)
    assert [(each.name, each.verified) for each in listed.peers] == [("Mallory", False)]
    assert house.store.security_events(1)[0].kind == "renamed-by-hand"


def test_a_phone_is_not_trusted_any_longer_or_forgotten(house: House) -> None:
    house.store.confirm(Meeting(ZID, "sip:bob@example.org"))
    house(orders.UnverifyPeer(ZID.hex()))
    assert not house.peers()[0].verified
    assert house(orders.ForgetPeer(ZID.hex())) == [answers.PeersListed(())]
    kinds = [event.kind for event in house.store.security_events(2)]
    assert kinds == ["forgotten-by-hand", "unverified-by-hand"]


# Choices


def test_a_choice_is_on_the_disk_before_the_phone_hears_of_it(house: House) -> None:
    chosen = Preferences(language=Language.GERMAN, brightness=50)
    assert house(orders.SavePreferences(chosen)) == [SettingsChanged(chosen)]
    assert house.store.preferences() == {"language": '"de"', "brightness": "50"}


def test_volumes_and_tones_follow_a_choice(house: House) -> None:
    chosen = Preferences(earpiece_volume=50, ringer_volume=70, country="de")
    house(orders.SavePreferences(chosen))
    house(orders.SavePreferences(replace(chosen, headset_volume=10, country="")))
    assert house.volumes == [(Output.EARPIECE, 50), (Output.RINGER, 70), (Output.HEADSET, 10)]
    assert house.countries == ["de", ""]


def test_what_was_chosen_before_counts_from_the_start(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        house = House(store, Preferences(headset_volume=30, country="us"))
        house.errands.begin()
        assert house.volumes == [(Output.HEADSET, 30)]
        assert house.countries == ["us"]


@pytest.mark.parametrize(
    "chosen",
    [
        Preferences(forward_always="sip:"),
        Preferences(hot_line="bob"),
        Preferences(speed_dial=(("1", "sip:b b@example.org"),)),
    ],
)
def test_whom_nobody_can_call_is_no_target(house: House, chosen: Preferences) -> None:
    refused = answers.ContactRefused(ContactProblem.ADDRESS)
    assert house(orders.SavePreferences(chosen)) == [refused]
    assert house.store.preferences() == {}


def test_what_is_tried_out_is_not_kept(house: House) -> None:
    assert house(orders.SetVolume(Output.RINGER, 20)) == []
    assert house(orders.PreviewRingTone("gong")) == []
    assert house(orders.PreviewRingTone(None)) == []
    assert house.volumes == [(Output.RINGER, 20)]
    assert house.rung == ["gong", None]
    assert house.store.preferences() == {}


# The PIN, the phone, and a memory that fails


def test_the_pin(house: House, caplog: pytest.LogCaptureFixture) -> None:
    assert house.errands.begin()[0] == answers.PinKnown(is_set=False, starting=True)
    set_now = [answers.PinKnown(is_set=True), answers.Done()]
    assert house(orders.SetPin("2580")) == set_now
    assert house(orders.CheckPin("1111")) == [answers.PinChecked(correct=False, failures=1)]
    known = answers.PinKnown(is_set=True, failures=1, starting=True)
    assert house.errands.begin()[0] == known
    assert house(orders.CheckPin("2580")) == [answers.PinChecked(correct=True, failures=0)]
    events = [(each.kind, each.detail) for each in house.store.security_events(9)]
    assert events == [("wrong-pin", "number 1 in a row")]
    assert "1111" not in caplog.text
    assert "2580" not in repr(orders.SetPin("2580")) + repr(orders.CheckPin("2580"))


def test_what_the_phone_is(house: House) -> None:
    about = answers.AboutTold("0.1.0", house.store.zid.hex(), 60)
    assert house(orders.FetchAbout()) == [about]
    assert house(orders.FetchNetwork()) == [answers.NetworkTold(("192.0.2.7",), "ab" * 32)]


def test_a_look_at_everything_only_begins_here(house: House) -> None:
    assert house(orders.CheckPhone()) == []
    assert house.checked == 1


def test_everything_is_erased_when_the_person_wants_it(house: House) -> None:
    assert house(orders.EraseEverything()) == []
    assert house.erased == 1


def test_a_factory_reset_begins_or_is_told_not_to(house: House) -> None:
    assert house(orders.ResetPhone()) == []
    assert house(orders.ResetPhone()) == [answers.MemoryFailed()]


def test_a_new_phone_is_told_that_the_old_one_was_erased(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        erased = answers.Erased(complete=True, trimmed=False)
        errands = Errands(
            store,
            Household(erased=erased),
            monotonic=lambda: 0.0,
            ring=lambda _: None,
            set_volume=lambda *_: None,
            set_country=lambda _: None,
        )
        assert errands.begin()[-1] == erased


def test_a_memory_that_fails_is_told_and_locks(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db", Wall()) as store:
        house = House(store, Preferences(earpiece_volume=40, country="de"))
    assert house(orders.FetchContacts()) == [answers.MemoryFailed()]
    assert house.errands.missed() == []
    # Not to be read is not to be opened.
    assert house.errands.begin() == [answers.PinKnown(is_set=True, starting=True)]
    # What was chosen is known all the same.
    assert (house.volumes, house.countries) == ([(Output.EARPIECE, 40)], ["de"])
    with pytest.raises(StoreError):
        store.contacts()
