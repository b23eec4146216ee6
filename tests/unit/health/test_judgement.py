import pytest

from agent.health.judgement import COOL_C, HOT_C, LOW_FOR_S, MachineJudgement
from agent.health.look import MachineFacts
from agent.phone.machine import MachineChanged

WELL = MachineFacts(50.0, 0)


def test_a_machine_that_is_well_is_not_told() -> None:
    judgement = MachineJudgement()
    assert judgement.see(WELL, 0.0) is None
    assert judgement.see(MachineFacts(), 10.0) is None


def test_heat_is_told_once_and_until_it_has_cooled_down() -> None:
    judgement = MachineJudgement()
    assert judgement.see(MachineFacts(HOT_C - 0.1), 0.0) is None
    assert judgement.see(MachineFacts(HOT_C), 10.0) == MachineChanged(hot=True)
    assert judgement.see(MachineFacts(HOT_C + 3), 20.0) is None
    assert judgement.see(MachineFacts(COOL_C), 30.0) is None
    assert judgement.see(MachineFacts(COOL_C - 0.1), 40.0) == MachineChanged()


def test_a_sensor_that_says_nothing_takes_nothing_back() -> None:
    judgement = MachineJudgement()
    judgement.see(MachineFacts(HOT_C), 0.0)
    assert judgement.see(MachineFacts(), 10.0) is None


@pytest.mark.parametrize("weak", [MachineFacts(low_voltage=True), MachineFacts(throttled=0x1)])
def test_a_moment_of_low_voltage_is_told_for_ten_minutes(weak: MachineFacts) -> None:
    judgement = MachineJudgement()
    assert judgement.see(weak, 100.0) == MachineChanged(low_voltage=True)
    assert judgement.see(WELL, 110.0) is None
    assert judgement.see(weak, 400.0) is None
    assert judgement.see(WELL, 399.9 + LOW_FOR_S) is None
    assert judgement.see(WELL, 400.0 + LOW_FOR_S) == MachineChanged()


def test_low_voltage_that_is_over_since_the_start_is_the_doctors() -> None:
    assert MachineJudgement().see(MachineFacts(throttled=0x50000), 0.0) is None
