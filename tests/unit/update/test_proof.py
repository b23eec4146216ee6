from collections.abc import Mapping
from typing import Any, Final

import pytest

from agent.update.proof import PATIENCE_S, Trial, Verdict, lacking

WELL: Final[Mapping[str, Any]] = {"accounts": [], "missing": []}


def account(condition: str) -> Mapping[str, Any]:
    return {**WELL, "accounts": [{"account": "office", "condition": condition, "reason": ""}]}


def missing(device: str) -> Mapping[str, Any]:
    return {**WELL, "missing": [{"device": device, "reason": "not found"}]}


@pytest.mark.parametrize("status", [WELL, account("ready"), missing("ringer"), missing("lamps")])
def test_a_phone_that_works_is_kept(status: Mapping[str, Any]) -> None:
    assert Trial(0.0).hear(status, 1.0) is Verdict.KEEP


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "the phone does not answer"),
        (account("starting"), "the account office is not registered: starting"),
        (missing("display"), "the display does not answer: not found"),
        (missing("handset"), "the handset does not answer: not found"),
    ],
)
def test_a_phone_that_does_not_is_waited_for_and_then_left(
    status: Mapping[str, Any] | None, said: str
) -> None:
    trial = Trial(100.0)
    assert trial.hear(status, 101.0) is Verdict.WAIT
    assert trial.hear(status, 99.9 + PATIENCE_S) is Verdict.WAIT
    assert trial.hear(status, 100.0 + PATIENCE_S) is Verdict.LEAVE
    assert trial.lacks == said


def test_it_may_work_at_the_last_moment() -> None:
    trial = Trial(0.0)
    trial.hear(None, 1.0)
    assert trial.hear(WELL, PATIENCE_S + 5) is Verdict.KEEP


def test_each_account_counts() -> None:
    accounts = [*account("ready")["accounts"], *account("unreachable")["accounts"]]
    assert "unreachable" in lacking({**WELL, "accounts": accounts})
