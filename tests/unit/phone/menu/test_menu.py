"""The menu as a person uses it: keys, and what stands on the panel then."""

from dataclasses import replace

import pytest

from agent.phone.actions import Dial
from agent.phone.menu import answers, orders
from agent.phone.menu.answers import ContactProblem
from agent.phone.menu.asking import NoticePage
from agent.phone.menu.labels import Label
from agent.phone.menu.page import STAY
from agent.phone.menu.views import MenuList, MenuNumber, MenuText
from agent.phone.preferences import Language, Preferences
from agent.phone.settings import PhoneSettings
from agent.phone.views import Idle, OffHook, Ringing
from hw.types import HookLifted, HookReplaced, Key, Output
from support.phone_driver import incoming
from support.station_driver import BOB, BOB_ZID, CAROL, Memory, StationDriver


@pytest.fixture
def person() -> StationDriver:
    return StationDriver()


def title(driver: StationDriver) -> str:
    return driver.text.partition(" / ")[0]


@pytest.mark.parametrize(
    ("keys", "reads"),
    [
        ("", "alice / 28 November / 9:05 / home: Connecting / work: Connecting / 1 missed call"),
        ("m", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("m8", "Menu / Contacts / > Calls / People you verified / Settings / Network"),
        ("m#", "Menu / Contacts / > Calls / People you verified / Settings / Network"),
        ("m2", "Menu / People you verified / Settings / Network / Check the phone / > About"),
        ("m*8", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("m5", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("m!", "Contacts / > New contact / Bob Fischer: 102 / Carol / Office: 9"),
        ("mc", "Contacts / > New contact / Bob Fischer: 102 / Carol / Office: 9"),
        ("m!h", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("m!m", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("mm", "alice / 28 November / 9:05 / home: Connecting / work: Connecting / 1 missed call"),
        ("mh", "alice / 28 November / 9:05 / home: Connecting / work: Connecting / 1 missed call"),
    ],
)
def test_keys_and_what_stands_there(person: StationDriver, keys: str, reads: str) -> None:
    person.keys(keys)
    assert person.text == reads


# Contacts


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("22", "Contacts / B_ / > Bob Fischer: 102"),
        ("22 ", "Contacts / B| / > Bob Fischer: 102"),
        ("333", "Contacts / F_ / > Bob Fischer: 102"),
        ("222 2 ", "Contacts / Ca| / > Carol"),
        ("222 2 m", "Contacts / C| / > Carol"),
        ("222 mm", "Menu / > Contacts / Calls / People you verified / Settings / Network"),
        ("9", "Contacts / W_ / Nothing here"),
        ("9!", "Contacts / W_ / Nothing here"),
    ],
)
def test_contacts_are_found_by_the_letters_that_a_word_begins_with(
    person: StationDriver, typed: str, reads: str
) -> None:
    person.keys("m!" + typed)
    assert person.text == reads


def test_all_about_a_contact(person: StationDriver) -> None:
    person.keys("m!#!")
    assert "Number: 102 / Address: bob@example.org / Ring tone: gong" in person.text
    person.keys("8888")
    assert "Verified: 3 May 2026 / ZID: b0b0 b0b0 b0b0 b0b0 b0b0 b0b0" in person.text
    person.keys("8888882")
    assert "Verified: 3 May 2026 / ZID" in person.text


def test_the_first_page_of_a_detail_is_the_first_one(person: StationDriver) -> None:
    person.keys("m!#!*")
    assert "Number: 102" in person.text


@pytest.mark.parametrize("keys", ["m!#c", "m!#!c", "m!#!!!"])
def test_a_contact_is_called(person: StationDriver, keys: str) -> None:
    person.memory.contacts[0] = replace(BOB, number="1002")
    person.keys(keys)
    dialled = [order for order in person.actions() if isinstance(order, Dial)]
    assert [each.uri for each in dialled] == ["sip:bob@example.org"]
    assert not isinstance(person.view, Idle)


def test_a_contact_without_a_number_is_called_at_the_address(person: StationDriver) -> None:
    person.keys("m!##c")
    assert Dial in {type(order) for order in person.actions()}


def test_a_call_key_where_nobody_is_to_be_called_does_nothing(person: StationDriver) -> None:
    person.keys("m888888!")
    before = person.text
    person.keys("c")
    assert person.text == before
    person.keys("!")
    assert title(person) == "Menu"


def test_a_contact_is_added(person: StationDriver) -> None:
    person.keys("m!!!")
    person.keys("3 666 777 2 !")
    assert person.text == "New contact / > Name: Dora / Number / Address / Save"
    person.keys("8!*77#!8!")
    person.keys("3!")
    assert person.text == "New contact / Name: Dora / Number: *77# / > Address: d / Save"
    person.keys("8!")
    assert person.text == "Dora is kept."
    assert person.memory.contacts[-1] == answers.ContactEntry("Dora", "*77#", "sip:d")
    person.keys("5")
    assert title(person) == "Contacts"


def test_a_contact_is_changed(person: StationDriver) -> None:
    person.keys("m!#!!8!!mmmmmmmm!888!")
    assert person.text == "Bob is kept."
    assert person.orders() == (
        orders.FetchContacts(),
        orders.SaveContact(replace(BOB, name="Bob"), BOB.uri),
    )
    person.keys("!")
    assert person.text.startswith("Contacts / New contact / > Bob: 102")


def test_a_name_that_came_from_elsewhere_is_not_cut_by_being_looked_at(
    person: StationDriver,
) -> None:
    long = "Bundesbeauftragte für den Datenschutz"
    person.memory.contacts = [replace(BOB, name=long)]
    person.keys("m!#!!8!!888!")
    assert [each.name for each in person.memory.contacts] == [long]


def test_an_address_with_its_scheme_stays_as_it_is(person: StationDriver) -> None:
    person.memory.contacts = [replace(BOB, uri="sips:bob@example.org")]
    person.keys("m!#!!8!88!")
    assert person.shown(MenuText).text == "sips:bob@example.org"
    person.keys("!888!")
    assert person.memory.contacts[0].uri == "sips:bob@example.org"


@pytest.mark.parametrize("problem", ContactProblem)
def test_what_is_wrong_with_a_contact_is_said_and_nothing_that_was_typed_is_lost(
    person: StationDriver, problem: ContactProblem
) -> None:
    person.memory.problem = problem
    person.keys("m!#!!8!888!")
    assert not person.text.startswith("Edit")
    person.keys("5")
    assert person.text.startswith("Edit / Name: Bob Fischer")


def test_a_contact_of_the_configuration_can_only_be_called(person: StationDriver) -> None:
    person.keys("m!###!")
    assert "From the configuration: not changed here" in person.text
    person.keys("!")
    assert person.text == "Office / > Call"


def test_a_contact_is_deleted_when_the_person_says_yes(person: StationDriver) -> None:
    person.keys("m!#!!*!")
    assert person.text.startswith("Delete Bob Fischer?")
    person.keys("5")
    assert person.text.startswith("Bob Fischer / Call")
    person.keys("!!")
    assert person.text == "Contacts / New contact / > Carol / Office: 9"


def test_a_contact_has_a_ring_tone_that_is_heard_while_it_is_chosen(person: StationDriver) -> None:
    person.keys("m!#!!88!*")
    heard = [person.memory.rings]
    person.keys("!")
    assert [*heard, person.memory.rings] == ["bell", None]
    assert {each.ring_tone for each in person.memory.contacts if each.name == BOB.name} == {"bell"}


def test_a_contact_rings_through_or_no_longer(person: StationDriver) -> None:
    person.keys("m!#!!888!")
    assert title(person) == "Contacts"
    changed = next(each for each in person.memory.contacts if each.name == BOB.name)
    assert not changed.rings_through


# Calls


def test_missed_calls_are_seen_once_somebody_looked_at_them(person: StationDriver) -> None:
    person.keys("m8!")
    assert person.text == "Calls / > Missed: 1 / Received: 1 / Dialled: 1 / Clear all"
    person.keys("!")
    assert person.text == "Missed / > Carol: 28.11. 9:05"
    assert person.memory.missed == 0
    person.keys("mmm")
    assert "missed" not in person.text


def test_lifting_the_handset_does_not_make_missed_calls_seen(person: StationDriver) -> None:
    person.happens(HookLifted(), HookReplaced())
    assert "1 missed call" in person.text


def test_all_about_a_call(person: StationDriver) -> None:
    person.keys("m8!88!!")
    assert "Dialled: 27 November, 18:30 / Talked: 2:05" in person.text
    assert "Security: encrypted, known phone" in person.text


@pytest.mark.parametrize("keys", ["m8!!c", "m8!!!c", "m8!!!!!"])
def test_a_call_is_returned(person: StationDriver, keys: str) -> None:
    person.keys(keys)
    assert Dial in {type(order) for order in person.actions()}


def test_a_call_is_deleted(person: StationDriver) -> None:
    person.keys("m8!88!!!8!")
    assert person.text == "Dialled / Nothing here"


def test_the_call_log_is_cleared_when_the_person_says_yes(person: StationDriver) -> None:
    person.keys("m8!888!")
    assert person.text.startswith("Clear the whole call log?")
    person.keys("m")
    assert "Clear all" in person.text
    person.keys("!!")
    assert person.text == "Calls / Missed: 0 / Received: 0 / > Dialled: 0"


# Peers


def test_all_about_a_phone_that_was_met(person: StationDriver) -> None:
    person.keys("m88!!")
    assert "Verified: 3 May 2026 / Last met: 27 November 2026" in person.text
    person.keys("8888")
    assert "ZID: b0b0 b0b0 b0b0 b0b0 b0b0 b0b0 / Keys: X3M3" in person.text
    person.keys("88")
    assert "withstand a quantum computer / Address: bob@example.org" in person.text


def test_who_was_only_met_is_not_among_those_who_were_verified(person: StationDriver) -> None:
    person.keys("m88!")
    assert person.text == "People you verified / > Bob: Verified / Others you met: 1"
    person.keys("8!")
    assert person.text == "Others you met / > No name: not verified"


def test_where_everybody_is_verified_there_are_no_others(person: StationDriver) -> None:
    person.memory.peers = person.memory.peers[:1]
    person.keys("m88!")
    assert person.text == "People you verified / > Bob: Verified"


def test_a_phone_that_may_listen_in_is_told_as_one(person: StationDriver) -> None:
    person.keys("m88!8!!")
    assert "Telephone system: may listen in" in person.text
    assert "No name / Not verified; last was: never" in person.text


def test_a_phone_whose_keys_are_not_known(person: StationDriver) -> None:
    person.memory.peers = [replace(person.memory.peers[0], key_agreement="")]
    person.keys("m88!!88888")
    assert "Keys" not in person.text


def test_another_name_takes_the_verified_flag(person: StationDriver) -> None:
    person.keys("m88!!!!mmm222!")
    assert person.text == "C from now on. The words are asked for again."
    person.keys("!")
    assert person.text == "People you verified / > Others you met: 2"


@pytest.mark.parametrize("keys", ["!", "mmm!"])
def test_the_same_name_or_none_changes_nothing(person: StationDriver, keys: str) -> None:
    person.keys("m88!!!!" + keys)
    assert person.text == "Bob / > Rename / Ask the words again / Forget"
    assert person.memory.peers[0].verified


def test_a_phone_is_not_trusted_any_longer(person: StationDriver) -> None:
    person.keys("m88!!!8!")
    assert person.text.startswith("Trust Bob no longer")
    person.keys("!")
    assert not person.memory.peers[0].verified


def test_a_phone_is_forgotten(person: StationDriver) -> None:
    person.keys("m88!8!!!8!")
    assert person.text.startswith("Forget ca70 ca70 ca70 ca70 ca70 ca70 and all")
    person.keys("!")
    assert [peer.zid for peer in person.memory.peers] == [BOB_ZID]


# Settings


@pytest.mark.parametrize(
    ("keys", "change"),
    [
        ("!!*!", {"earpiece_volume": 75}),
        ("!8!#!", {"ringer_volume": 85}),
        ("!88!c", {"headset_volume": 80}),
        ("8!8!", {"ring_tone": "classic"}),
        ("88!", {"do_not_disturb": True}),
        ("888!", {"call_waiting": False}),
        ("8888!!!12!", {"forward_always": "12"}),
        ("8888!8!8!2 1 2 !", {"forward_busy": "sip:a@a"}),
        ("8888!88!!9!", {"forward_no_answer": "9"}),
        ("8888!888!8!", {"forward_after_s": 25.0}),
        ("88888!!!7!", {"hot_line": "7"}),
        ("88888!8!*!", {"hot_line_after_s": 4.0}),
        ("888888!8!!102!", {"speed_dial": (("2", "102"),)}),
        ("8888888!8!", {"language": Language.GERMAN}),
        ("****!!*!", {"brightness": 95}),
        ("****!8!*!", {"screen_off_after_s": 300}),
        ("**!8!", {"country": "eu"}),
    ],
)
def test_a_choice_is_kept(person: StationDriver, keys: str, change: dict[str, object]) -> None:
    person.keys("m888!" + keys)
    assert person.memory.preferences == replace(Preferences(), **change)  # type: ignore[arg-type]
    person.sees(MenuList)


def test_the_panel_speaks_the_language_that_was_chosen(person: StationDriver) -> None:
    person.keys("m888!8888888!8!")
    assert person.station.language is Language.GERMAN


@pytest.mark.parametrize("keys", ["!8!!", "8!!!"])
def test_an_unchanged_target_stays_as_it_was(keys: str) -> None:
    before = Preferences(forward_always="sip:a@a.a", forward_busy="7")
    driver = StationDriver(PhoneSettings("alice", preferences=before), Memory(preferences=before))
    driver.keys("m888!8888!" + keys)
    assert orders.SavePreferences not in {type(order) for order in driver.orders()}
    assert "Number" in driver.text


def test_a_target_is_switched_off(person: StationDriver) -> None:
    person.keys("m888!8888!!!12!!88!")
    assert person.memory.preferences == Preferences()
    assert "> Always: off" in person.text


def test_an_address_that_is_taken_away_is_no_target(person: StationDriver) -> None:
    person.keys("m888!8888!!8!2!!8!m!")
    assert person.memory.preferences == Preferences()


def test_a_speed_dial_is_taken_back(person: StationDriver) -> None:
    person.keys("m888!888888!8!!102!8!!7!")
    assert person.memory.preferences.speed_number("3") == "7"
    person.keys("2!88!")
    assert person.memory.preferences == Preferences(speed_dial=(("3", "7"),))


def test_a_volume_is_heard_at_once_and_taken_back_if_it_is_not_kept(person: StationDriver) -> None:
    person.keys("m888!!!**")
    assert person.memory.volumes == {Output.EARPIECE: 70}
    person.keys("h")
    assert person.memory.volumes == {Output.EARPIECE: 80}
    assert person.memory.preferences.earpiece_volume is None


def test_a_number_stops_at_its_ends(person: StationDriver) -> None:
    person.keys("m888!!!" + "8" * 30)
    assert person.shown(MenuNumber).value == 100
    person.keys("5" + "2" * 30)
    assert person.shown(MenuNumber).value == 0


def test_a_ring_tone_falls_silent_when_a_call_comes(person: StationDriver) -> None:
    person.keys("m888!8!8")
    heard = [person.memory.rings]
    person.happens(incoming())
    assert [*heard, person.memory.rings] == ["classic", None]
    person.sees(Ringing)


def test_a_ring_tone_that_the_phone_does_not_have_counts_as_none_chosen() -> None:
    before = Preferences(ring_tone="gone", country="xx", screen_off_after_s=7)
    driver = StationDriver(PhoneSettings("alice", preferences=before), Memory(preferences=before))
    driver.keys("m888!8!")
    assert driver.text.startswith("Ring tone / > as configured: chosen")
    driver.keys("m***!")
    assert driver.text.startswith("Tones of / > as configured: chosen")
    driver.keys("m**!8!")
    assert driver.text.startswith("Dark after / > 1 minute: chosen")


def test_what_cannot_be_written_is_said(person: StationDriver) -> None:
    person.keys("m888!88")
    person.memory.fails = True
    person.keys("!")
    assert person.text == "The memory could not be written or read."
    person.keys("!")
    assert "> Do not disturb: off" in person.text


# How the phone stands


def test_the_network_page_tells_accounts_addresses_and_the_fingerprint(
    person: StationDriver,
) -> None:
    person.keys("m8888!")
    assert "home: Connecting / work: Connecting / Own address: 192.0.2.7" in person.text
    person.keys("888")
    assert person.text.startswith("Network / Certificate (SHA-256): 0123 4567 89ab")


def test_a_phone_without_accounts_and_network() -> None:
    driver = StationDriver(PhoneSettings("alice"))
    driver.keys("m8888!")
    driver.told(answers.NetworkTold((), ""))
    assert "Account: none / Own address: none" in driver.text


def test_about(person: StationDriver) -> None:
    person.keys("m888888!")
    assert person.text.startswith("About / Version: 0.1.0 / ZID: b0b0")
    assert "Running for: 1:02:03 / Licence: GPL-3.0-or-later" in person.text


# Closing


def test_after_a_minute_without_a_key_the_menu_closes(person: StationDriver) -> None:
    person.keys("m8!")
    person.wait(59.9)
    assert title(person) == "Calls"
    person.wait(0.2)
    person.sees(Idle)


@pytest.mark.parametrize("keys", ["m", "m!!!22", "m8!!!!", "m888!!!*", "m888!***!!12"])
def test_lifting_the_handset_closes_it_at_once(person: StationDriver, keys: str) -> None:
    person.keys(keys)
    person.happens(HookLifted())
    person.sees(OffHook)
    person.happens(HookReplaced())
    person.sees(Idle)


def test_an_answer_that_comes_too_late_does_nothing(person: StationDriver) -> None:
    person.told(answers.ContactsListed((CAROL,)))
    person.sees(Idle)
    person.keys("m888888!")
    person.told(answers.ContactsListed((CAROL,)))
    person.told(answers.Done())
    assert title(person) == "About"


def test_time_alone_changes_nothing_on_a_page_that_waits_for_a_key() -> None:
    assert NoticePage(Label.KEPT).elapse(1.0) == STAY


def test_keys_that_a_list_has_no_use_for(person: StationDriver) -> None:
    person.keys("m")
    person.press(Key.DIGIT_0)
    assert title(person) == "Menu"


@pytest.mark.parametrize(
    "keys", ["m8888!", "m88!", "m8!", "m!!", "m!!!", "m!#!", "m888!***!!1234!"]
)
def test_a_page_does_not_mind_answers_that_are_for_others(person: StationDriver, keys: str) -> None:
    person.keys(keys)
    before = person.text
    person.told(answers.AboutTold("1", BOB_ZID, 1))
    assert person.text == before
