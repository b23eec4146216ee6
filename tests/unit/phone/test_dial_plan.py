"""From what was dialled to whom to call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.dial_plan import Account, Contact, Destination, DialPlan, Rule

BOB = Contact("Bob", "1002", "sip:bob@example.org", "home")
ODD = Contact("Odd", "192*0*2*1", "sip:odd@example.org")
HOME = Account("home", "example.org")
PLAN = DialPlan((BOB, ODD), (HOME, Account("work", "example.com")))


@pytest.mark.parametrize(
    ("dialled", "destination"),
    [
        ("1002", Destination("Bob", "sip:bob@example.org", "home")),
        ("192*0*2*1", Destination("Odd", "sip:odd@example.org", "")),
        ("192*0*2*7", Destination("192.0.2.7", "sip:192.0.2.7", "")),
        ("100", Destination("100", "sip:100@example.org", "home")),
        ("*98", Destination("*98", "sip:*98@example.org", "home")),
        ("192*0*2", Destination("192*0*2", "sip:192*0*2@example.org", "home")),
        ("192*0*2*256", Destination("192*0*2*256", "sip:192*0*2*256@example.org", "home")),
        ("192*0*2*07", Destination("192*0*2*07", "sip:192*0*2*07@example.org", "home")),
        ("", None),
    ],
)
def test_resolve(dialled: str, destination: Destination | None) -> None:
    assert PLAN.resolve(dialled) == destination


def test_without_direct_calls_an_address_is_a_number() -> None:
    plan = DialPlan((), (HOME,), direct_calls=False)
    expected = Destination("192*0*2*7", "sip:192*0*2*7@example.org", "home")
    assert plan.resolve("192*0*2*7") == expected
    assert DialPlan(direct_calls=False).resolve("192*0*2*7") is None


def test_without_an_account_a_number_is_nobodys() -> None:
    assert DialPlan().resolve("1002") is None


def test_a_contact_without_a_number_only_calls() -> None:
    plan = DialPlan((Contact("Eve", "", "sip:eve@example.org"),), (HOME,))
    assert plan.name_of("") == ""
    assert plan.resolve("") is None
    assert plan.name_at("sip:eve@example.org") == "Eve"


def test_name_of_a_number() -> None:
    assert PLAN.name_of("1002") == "Bob"
    assert PLAN.name_of("100") == ""


def test_name_at_an_address_ignores_parameters_and_case() -> None:
    assert PLAN.name_at("SIP:Bob@Example.org;transport=tls") == "Bob"
    assert PLAN.name_at("sip:bob@example.net") == ""
    assert DialPlan((Contact("None", "1", ""),)).name_at("sip:x") == ""


@given(st.text("0123456789*", max_size=32))
def test_whatever_is_dialled_gives_a_uri_of_one_line(dialled: str) -> None:
    found = PLAN.resolve(dialled)
    assert (found is None) is (dialled == "")
    assert found is None or found.uri.startswith("sip:")


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("112", ("112",), ("11", "1122", "211")),
        ("2xx", ("200", "299"), ("2*0", "20", "2000", "300")),
        ("0.", ("0", "030123", "0*"), ("", "1", "10")),
        ("*x.", ("*1", "*12#"), ("*", "**", "1")),
        (".", ("", "1", "*"), ()),
    ],
)
def test_which_numbers_a_pattern_fits(
    pattern: str, fits: tuple[str, ...], fits_not: tuple[str, ...]
) -> None:
    rule = Rule(pattern, "home")
    assert [number for number in fits if not rule.fits(number)] == []
    assert [number for number in fits_not if rule.fits(number)] == []


def test_the_first_rule_that_fits_decides() -> None:
    home, work = Account("home", "example.org"), Account("work", "example.com")
    plan = DialPlan(
        contacts=(Contact("Bob", "0301", "sip:bob@example.org"),),
        accounts=(home, work),
        rules=(Rule("00.", "gone"), Rule("00.", "work", 2, "+"), Rule("0.", "work", 1, "+49")),
    )
    assert plan.resolve("0044123") == Destination("0044123", "sip:+44123@example.com", "work")
    assert plan.resolve("030123") == Destination("030123", "sip:+4930123@example.com", "work")
    assert plan.resolve("123") == Destination("123", "sip:123@example.org", "home")
    assert plan.resolve("0301") == Destination("Bob", "sip:bob@example.org", "")


def test_an_emergency_number_comes_before_a_contact_and_a_rule() -> None:
    home, work = Account("home", "example.org"), Account("work", "example.com")
    plan = DialPlan(
        contacts=(Contact("Joker", "112", "sip:joker@example.org"),),
        accounts=(home, work),
        rules=(Rule("1.", "home", 1, "9"),),
        emergency=("112",),
        emergency_only=True,
    )
    assert plan.resolve("112", lambda name: name == "work") == Destination(
        "112", "sip:112@example.com", "work"
    )
    assert plan.resolve("112") == Destination("112", "sip:112@example.org", "home")
    assert plan.resolve("110") is None


def test_whose_address_an_entry_means() -> None:
    plan = DialPlan(contacts=(Contact("Bob", "1002", "sip:bob@example.org", "home"),))
    assert plan.is_at("1002", "sip:BOB@example.org;transport=tls")
    assert plan.is_at("sip:carol@example.org", "sip:carol@example.org")
    assert not plan.is_at("1002", "sip:carol@example.org")
    assert not plan.is_at("1003", "sip:carol@example.org")
