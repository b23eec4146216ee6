"""docs/conformance.md says what is so, and nothing is left out without a reason."""

import pytest
from conformance import report

REQUIREMENTS = report.requirements()


def test_the_page_is_up_to_date() -> None:
    assert report.PAGE.read_text(encoding="utf-8") == report.page(), (
        "write it anew: python tests/conformance/report.py"
    )


@pytest.mark.parametrize("row", REQUIREMENTS, ids=lambda row: row.name)
def test_every_demand_has_a_test_or_a_reason(row: report.Requirement) -> None:
    assert row.tests or row.remark
    assert row.text
    assert row.level in {
        *("M", "M NOT", "S", "S NOT", "m", "i", "S/M", "M NOT / M", "S NOT / M NOT", "attack")
    }
    assert bool(row.expected) is (row.level == "attack")


def test_tests_that_are_named_exist() -> None:
    known = {f"{place}::{name}" for place, name in report.test_names()}
    assert {test for row in REQUIREMENTS for test in row.tests} <= known


def test_the_checklist_is_whole() -> None:
    demands = [row for row in REQUIREMENTS if row.level != "attack"]
    assert len(demands) == 134
    assert sum(row.obligatory for row in demands) == 78
    assert len(REQUIREMENTS) - len(demands) == 73


def test_an_id_is_a_part_of_a_name() -> None:
    assert report.ids_in("test_d05_xa01_another_value_in_b32") == ["D05", "XA01", "B32"]
