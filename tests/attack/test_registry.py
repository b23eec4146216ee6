"""The list of attacks is whole: each has its test, or its reason."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from attack.registry import Attack, attacks
from attack.rows import row_of

ATTACKS = attacks()
FINE = {"outcome": "passed", "phones": []}


def test_every_id_of_the_list_is_there() -> None:
    counts = (("XA", 28), ("XB", 22), ("XC", 11), ("XS", 12))
    wanted = [f"{group}{number:02}" for group, last in counts for number in range(1, last + 1)]
    assert [each.name for each in ATTACKS] == wanted
    sent = tomllib.loads(Path(__file__).with_name("sent.toml").read_text(encoding="utf-8"))
    assert list(sent) == wanted


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_each_has_a_test_or_a_reason(attack: Attack) -> None:
    assert attack.text
    assert attack.sent
    assert attack.tests or attack.reason
    assert (attack.level == "not tried") is not bool(attack.tests)


def test_an_attack_holds_only_when_all_its_tests_ran_and_passed() -> None:
    attack = Attack("XA01", "text", "sent", "refused", ("a.py::one", "a.py::two"), "")
    one, two = {"test": "a.py::one[first]", **FINE}, {"test": "a.py::two", **FINE}
    assert row_of(attack, [one, two]).holds is True
    assert row_of(attack, [one]).holds is False
    assert row_of(attack, [one, two | {"outcome": "skipped"}]).holds is False
    assert row_of(attack, [one, two | {"outcome": "failed"}]).holds is False


def test_a_row_says_what_stood_on_the_panel_or_that_there_was_none() -> None:
    seen = {"showed": ["Ready"], "alarms": [], "peers": 1, "trust_changed": False}
    attack = Attack("XS09", "text", "sent", "held", ("tests/torture/a.py::one",), "")
    one = {"test": "tests/torture/a.py::one", **FINE}
    assert row_of(attack, [one | {"phones": [seen]}]).showed == "Ready"
    assert row_of(attack, [one]).showed == "no phone with a panel took part"
    alone = replace(attack, tests=("tests/unit/a.py::one",))
    assert row_of(alone, [one | {"test": alone.tests[0]}]).showed == ""


def test_what_was_not_tried_is_said_with_its_reason() -> None:
    row = row_of(Attack("XS11", "text", "sent", "expected", (), "because"), [])
    assert row.holds is None
    assert row.did == "because"
    assert any("not tried" in line for line in row.lines)
