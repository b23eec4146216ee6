"""Whatever the phone says, there is a picture of it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.events import AccountCondition, EncryptionFault, EndReason
from agent.phone.security import SecurityState
from agent.phone.views import (
    AccountLine,
    Alarm,
    Calling,
    CallOver,
    ChooseSas,
    CompareSas,
    Dialling,
    EnterName,
    Fault,
    Half,
    Idle,
    InCall,
    Insecure,
    LiftHandset,
    NotEncrypted,
    Notice,
    OffHook,
    Ringing,
    Securing,
    Unknown,
)
from agent.screens.render import render
from agent.screens.words import ENGLISH
from hw.types import Device

_ANY_VIEW = (
    st.from_type(Idle)
    | st.from_type(OffHook)
    | st.from_type(Dialling)
    | st.from_type(Calling)
    | st.from_type(LiftHandset)
    | st.from_type(Ringing)
    | st.from_type(Securing)
    | st.from_type(EnterName)
    | st.from_type(NotEncrypted)
    | st.from_type(Insecure)
    | st.from_type(CallOver)
    | st.from_type(Unknown)
    | st.builds(Alarm, state=st.sampled_from([state for state in SecurityState if state.is_alarm]))
    | st.builds(
        ChooseSas, candidates=st.tuples(*[st.text()] * 4), held=st.none() | st.integers(0, 3)
    )
    | st.builds(CompareSas, sas=st.tuples(st.text(), st.text()) | st.tuples(st.text(max_size=4)))
    | st.builds(
        InCall,
        duration_s=st.integers(0, 10**6),
        notices=st.lists(st.sampled_from(Notice), unique=True).map(tuple),
    )
)


@given(_ANY_VIEW)
def test_whatever_a_name_or_reason_holds_there_is_a_picture(view: Idle) -> None:
    picture = render(view)
    assert picture == render(view)
    assert all(line.isprintable() for line in picture.text)


_SHOWN = CompareSas(
    "Bob",
    ("topmost", "Istanbul"),
    Half.FIRST,
    SecurityState.NOT_VERIFIED,
    confirmable=True,
    holding=False,
    asked=True,
    signalling_verified=True,
)


def test_the_half_that_our_person_reads_is_marked_on_both_sides() -> None:
    callee = render(_SHOWN).text
    caller = render(replace(_SHOWN, reads=Half.SECOND)).text
    assert callee[1:3] == ("You read: topmost", "They read: Istanbul")
    assert caller[1:3] == ("They read: topmost", "You read: Istanbul")


def test_four_characters_are_shown_together_and_spelled_by_halves() -> None:
    text = render(replace(_SHOWN, sas=("q7zn",), reads=Half.SECOND)).text
    assert text[1:4] == ("q7zn", "They read: quebec seven", "You read: zulu november")


@pytest.mark.parametrize(
    ("view", "keys"),
    [
        (_SHOWN, ("confirm: match", "*: differ", "menu: later")),
        (replace(_SHOWN, confirmable=False), ("Read the words to each other",)),
        (replace(_SHOWN, holding=True), ("Keep holding: they match",)),
        (replace(_SHOWN, differing=True), ("Keep holding: they differ",)),
        (replace(_SHOWN, asked=False), ("confirm: back", "*: differ")),
    ],
)
def test_the_words_say_what_the_keys_do_now(view: CompareSas, keys: tuple[str, ...]) -> None:
    assert render(view).text[3:] == keys


_CHOICE = ChooseSas(
    "Bob",
    "topmost",
    ("Istanbul", "headwaters", "paperweight", "unravel"),
    SecurityState.NOT_VERIFIED,
    choosable=True,
    asked=True,
    signalling_verified=True,
)
_CANDIDATES = ("1: Istanbul", "2: headwaters", "3: paperweight", "4: unravel")


def test_the_candidates_stand_beside_their_keys_below_what_is_read_aloud() -> None:
    assert render(_CHOICE).text == (
        "What does Bob read?",
        "You read: topmost",
        *_CANDIDATES,
        "*: none",
        "menu: later",
    )


def test_where_something_else_stands_above_the_question_has_a_line_of_its_own() -> None:
    direct = replace(
        _CHOICE, state=SecurityState.SIGNALLING_NOT_VERIFIED, signalling_verified=False
    )
    for view in (direct, replace(_CHOICE, weaker=True), replace(_CHOICE, name="W" * 30)):
        text = render(view).text
        assert text[1:] == (
            "You read: topmost",
            "They read: hold 1, 2, 3 or 4",
            *_CANDIDATES,
            "*: none",
            "menu: later",
        )


@pytest.mark.parametrize(
    ("view", "keys"),
    [
        (replace(_CHOICE, choosable=False), ("Hold the key of what you hear",)),
        (replace(_CHOICE, held=2), ("Keep holding: paperweight",)),
        (replace(_CHOICE, differing=True), ("Keep holding: they differ",)),
        (replace(_CHOICE, asked=False), ("confirm: back", "*: none")),
    ],
)
def test_the_choice_says_what_the_keys_do_now(view: ChooseSas, keys: tuple[str, ...]) -> None:
    assert render(view).text[6:] == keys


def test_of_four_characters_two_are_spelled_and_two_are_chosen() -> None:
    view = replace(_CHOICE, half="q7", candidates=("zn", "ab", "mw", "1y"))
    text = render(view).text
    assert text[1:6] == ("You read: quebec seven", "1: zn", "2: ab", "3: mw", "4: 1y")


@pytest.mark.parametrize("state", SecurityState)
def test_unverified_signalling_is_said_beside_the_words_in_any_state(state: SecurityState) -> None:
    view = replace(_SHOWN, state=state, signalling_verified=False)
    assert ENGLISH.signalling_not_verified in render(view).text


@pytest.mark.parametrize("state", SecurityState)
def test_only_a_secure_state_says_verified(state: SecurityState) -> None:
    text = render(InCall("Bob", state, 5)).text
    assert any(line.startswith("Verified") for line in text) == state.is_secure
    assert ("Verified, green" in text) == (state is SecurityState.GREEN_SECURE)


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_stands_in_full_when_it_is_alone(notice: Notice) -> None:
    view = InCall("Bob", SecurityState.NOT_VERIFIED, 5, notices=(notice,), exchange="Office")
    assert ENGLISH.notices[notice].format(exchange="Office") in render(view).text


def test_all_notices_that_can_hold_at_once_stand_on_the_screen_in_turns() -> None:
    view = InCall("Bob", SecurityState.NOT_VERIFIED, 0, "Robert", tuple(Notice))
    turns = [render(replace(view, duration_s=second)).text for second in range(12)]
    assert turns[0] == (*turns[3][:1], "0:00", *turns[3][2:])
    for notice in set(Notice) - {Notice.HASH_MISSING}:
        told = ENGLISH.notices_short[notice].format(exchange="No name")
        assert sum(told in text for text in turns) == 4


def test_four_notices_stand_all_the_time() -> None:
    notices = (Notice.MITM, Notice.WEAKER, Notice.HASH_STRIPPED, Notice.SAS_NOT_COMPARED)
    for second in range(9):
        text = render(InCall("Bob", SecurityState.NOT_VERIFIED, second, "", notices)).text
        assert text[3:] == tuple(ENGLISH.notices_short[notice] for notice in notices)


def test_a_name_that_differs_from_the_claimed_one_is_the_large_one() -> None:
    text = render(InCall("Bob", SecurityState.GREEN_SECURE, 65, "Robert Fischer")).text
    assert text == ("Verified, green", "1:05", "Bob", "calls itself Robert Fischer")


def test_mute_is_said_in_place_of_the_time() -> None:
    text = render(InCall("Bob", SecurityState.GREEN_SECURE, 65, muted=True)).text
    assert text == ("Verified, green", "Muted", "Bob")


@pytest.mark.parametrize(
    ("view", "flashes"),
    [
        (Alarm(SecurityState.SAS_MISMATCH, "Bob"), True),
        (Alarm(SecurityState.CACHE_MISMATCH, "Bob"), False),
        (Insecure("Bob", EncryptionFault.ATTACK), True),
        (Insecure("Bob", EncryptionFault.TIMED_OUT), False),
    ],
)
def test_an_attack_flashes(view: Alarm | Insecure, *, flashes: bool) -> None:
    assert render(view).invert_every_ms == (500 if flashes else 0)


def test_another_phone_names_the_day_if_it_is_known() -> None:
    alarm = Alarm(SecurityState.ANOTHER_PHONE, "Bob", date(2026, 5, 3))
    sentence = "This is NOT the phone you verified on 3 May. Compare the words."
    assert sentence in render(alarm).text
    undated = "This is NOT the phone you verified before. Compare the words."
    assert undated in render(replace(alarm, verified_on=None)).text


@pytest.mark.parametrize(
    ("remembered_as", "known"),
    [("", "Verified 3 May"), ("Bob", "Verified 3 May"), ("Robert", "Robert, verified 3 May")],
)
def test_a_caller_met_before(remembered_as: str, known: str) -> None:
    view = Ringing(
        "Bob",
        "office",
        signalling_verified=True,
        remembered_as=remembered_as,
        verified_on=date(2026, 5, 3),
    )
    assert render(view).text == ("Call from", "Bob", known, "for office")


def test_trouble_of_one_account_among_several_names_it() -> None:
    ready = AccountLine("office", AccountCondition.READY)
    refused = AccountLine("home", AccountCondition.REFUSED, "Server refused: wrong password")
    assert (
        "home: Server refused: wrong password" in render(Idle("", accounts=(ready, refused))).text
    )
    assert "Server refused: wrong password" in render(Idle("", accounts=(refused,))).text
    silent = replace(refused, reason="")
    assert "Server refused" in render(Idle("", accounts=(silent,))).text


def test_a_call_that_rings_there_says_so() -> None:
    assert render(Calling("Bob")).text == ("Calling", "Bob")
    assert render(Calling("Bob", ringing=True)).text == ("Calling", "Bob", "It rings there")


def test_a_direct_call_from_unverified_signalling_says_so() -> None:
    view = Ringing("192.0.2.7", "", signalling_verified=False)
    assert render(view).text == ("Call from", "192.0.2.7", "New here", "Signalling not verified")


def test_a_direct_call_names_no_account() -> None:
    view = Ringing("Bob", "", signalling_verified=True)
    assert render(view).text == ("Call from", "Bob", "New here")


def test_of_a_long_number_the_end_is_shown() -> None:
    text = render(Dialling("00493012345678901234567890")).text
    assert text[0].startswith("…")
    assert text[0].endswith("1234567890")


def test_the_worst_comes_first_and_the_rest_is_counted() -> None:
    faults = (Fault(Device.HANDSET, ""), Fault(Device.RINGER, "it is busy"))
    refused = AccountLine("home", AccountCondition.REFUSED)
    view = Idle("Alice", 9, 5, (refused,), missed=2, faults=faults)
    assert render(view).text == (
        "Alice",
        "9:05",
        "Handset missing",
        "Ringer missing: it is busy",
        "and 2 more",
    )


def test_before_the_first_tick_no_time_is_shown() -> None:
    assert render(Idle("Alice", missed=1)).text == ("Alice", "1 missed call", "Direct calls only")


def test_the_cursor_stands_behind_the_name_or_under_its_last_letter() -> None:
    behind, under = render(EnterName("Bob")), render(EnterName("Bob", pending=True))
    assert behind.text == under.text
    assert behind.bits != under.bits


@pytest.mark.parametrize(
    ("view", "mode"),
    [
        (EnterName("B"), "abc"),
        (EnterName("B", upper=True), "ABC"),
        (EnterName("B", upper=True, digits=True), "123"),
    ],
)
def test_what_the_next_key_writes(view: EnterName, mode: str) -> None:
    assert render(view).text[1] == mode


def test_the_end_of_a_call_says_why_what_the_network_said_and_how_long() -> None:
    busy = CallOver("Bob", EndReason.BUSY)
    assert render(busy).text == ("Bob", "Busy")
    assert render(replace(busy, detail="Busy")).text == ("Bob", "Busy")
    assert render(replace(busy, detail="try later", duration_s=65)).text == (
        "Bob",
        "Busy",
        "try later",
        "You talked for 1:05",
    )


def test_accounts_that_are_all_ready_need_no_names() -> None:
    accounts = tuple(AccountLine(name, AccountCondition.READY) for name in ("office", "home"))
    assert render(Idle("Alice", 9, 5, accounts)).text == ("Alice", "9:05", "Ready")


@pytest.mark.parametrize("verified", [True, False])
def test_securing_says_why_it_is_silent(*, verified: bool) -> None:
    text = render(Securing("Bob", signalling_verified=verified)).text
    assert text[-3:] == ("Bob", "Securing …", "No sound until it is secure")
    assert (ENGLISH.signalling_not_verified in text) == (not verified)


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (OffHook(), ("Dial a number",)),
        (
            OffHook((Fault(Device.RINGER, "it is busy"),)),
            ("Dial a number", "Ringer missing: it is busy"),
        ),
        (Unknown("0815"), ("0815", "Nobody has this number")),
        (NotEncrypted("Bob"), ("Bob?", "No encryption there. Call not connected.")),
        (NotEncrypted(""), ("No name?", "No encryption there. Call not connected.")),
    ],
)
def test_what_stands_there_word_for_word(view: OffHook, text: tuple[str, ...]) -> None:
    assert render(view).text == text
