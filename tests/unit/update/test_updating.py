from typing import Final

import pytest

from agent.phone.machine import UpdateProblem
from agent.update.updating import (
    LATER_S,
    QUIET_S,
    UNANSWERED_S,
    Ask,
    Order,
    Phase,
    Show,
    Told,
    Updating,
)

OFFERED: Final = Told(Phase.OFFERED, "1.2.0")
INSTALLED: Final = Told(Phase.INSTALLED, "1.2.0")


@pytest.fixture
def updating() -> Updating:
    """Of a phone that nobody has used for a while."""
    updating = Updating()
    assert updating.turn(Told(Phase.INSTALLING, "1.1.0"), idle=True, now=0.0) == (Show(0),)
    assert updating.turn(Told(Phase.FAILED, "1.1.0"), idle=True, now=0.0) == (Show(),)
    return updating


def test_the_person_is_asked_when_nobody_uses_the_phone(updating: Updating) -> None:
    assert updating.turn(OFFERED, idle=False, now=100.0) == ()
    assert updating.turn(OFFERED, idle=True, now=101.0) == ()
    assert updating.turn(OFFERED, idle=True, now=100.0 + QUIET_S) == (Ask("1.2.0"),)
    assert updating.turn(OFFERED, idle=True, now=102.0 + QUIET_S) == ()


def test_it_is_installed_once_the_person_agrees_and_not_asked_again(updating: Updating) -> None:
    updating.turn(OFFERED, idle=True, now=100.0)
    assert updating.agreed() == (Order.INSTALL,)
    assert updating.agreed() == ()
    assert updating.turn(OFFERED, idle=True, now=100.0 + 2 * LATER_S) == ()


def test_a_yes_to_nothing_installs_nothing(updating: Updating) -> None:
    assert updating.agreed() == ()
    updating.turn(INSTALLED, idle=False, now=1.0)
    assert updating.agreed() == ()


@pytest.mark.parametrize(("answered", "after"), [(False, UNANSWERED_S), (True, LATER_S)])
def test_it_is_asked_again_later(updating: Updating, *, answered: bool, after: float) -> None:
    assert updating.turn(OFFERED, idle=True, now=100.0) == (Ask("1.2.0"),)
    if answered:
        updating.postponed(100.0)
    assert updating.turn(OFFERED, idle=True, now=99.0 + after) == ()
    assert updating.turn(OFFERED, idle=True, now=100.0 + after) == (Ask("1.2.0"),)


def test_newer_software_is_asked_about_at_once(updating: Updating) -> None:
    updating.turn(OFFERED, idle=True, now=100.0)
    updating.postponed(100.0)
    newer = Told(Phase.OFFERED, "1.3.0")
    assert updating.turn(newer, idle=True, now=101.0) == (Ask("1.3.0"),)


def test_how_far_it_is_and_what_went_wrong_is_shown_once_each(updating: Updating) -> None:
    half = Told(Phase.INSTALLING, "1.2.0", 50)
    assert updating.turn(half, idle=False, now=1.0) == (Show(50),)
    assert updating.turn(half, idle=True, now=2.0) == ()
    failed = Told(Phase.FAILED, "1.2.0", problem=UpdateProblem.NOT_TRUSTED)
    assert updating.turn(failed, idle=True, now=3.0) == (Show(None, failed.problem),)
    assert updating.turn(Told(), idle=True, now=4.0) == (Show(),)


def test_it_restarts_once_and_never_in_a_call(updating: Updating) -> None:
    assert updating.turn(INSTALLED, idle=False, now=1000.0) == ()
    assert updating.turn(INSTALLED, idle=True, now=1001.0) == ()
    assert updating.turn(INSTALLED, idle=True, now=1000.0 + QUIET_S) == (Order.RESTART,)
    assert updating.turn(INSTALLED, idle=True, now=2000.0) == ()


def test_a_phone_that_has_just_started_is_not_at_rest_yet() -> None:
    updating = Updating()
    assert updating.turn(OFFERED, idle=True, now=5000.0) == ()
    assert updating.turn(OFFERED, idle=True, now=5000.0 + QUIET_S) == (Ask("1.2.0"),)


def test_from_the_first_word_of_it_on_the_phone_must_have_been_quiet() -> None:
    updating = Updating()
    assert updating.turn(Told(), idle=True, now=0.0) == ()
    assert updating.turn(OFFERED, idle=True, now=100.0) == ()
    assert updating.turn(OFFERED, idle=True, now=100.0 + QUIET_S) == (Ask("1.2.0"),)
