"""What stands on the idle screen."""

from datetime import date

from agent.phone.dial_plan import Account
from agent.phone.events import AccountChanged, AccountCondition, ClockTicked
from agent.phone.status import Status
from agent.phone.views import AccountLine, Fault, Idle
from hw.types import Device, DeviceBack, DeviceMissing


def test_at_the_start_accounts_are_on_their_way() -> None:
    line = AccountLine("home", AccountCondition.STARTING)
    status = Status("alice", (Account("home", "example.org"),))
    assert status.view() == Idle("alice", accounts=(line,))


def test_what_an_account_says_of_itself_is_cleaned() -> None:
    status = Status("alice", (Account("home", "example.org"), Account("work", "example.com")))
    status.take(AccountChanged("home", AccountCondition.REFUSED, "wrong\r\n password"))
    assert status.view().accounts == (
        AccountLine("home", AccountCondition.REFUSED, "wrong password"),
        AccountLine("work", AccountCondition.STARTING),
    )


def test_the_clock() -> None:
    status = Status("alice", ())
    status.take(ClockTicked(date(2026, 5, 3), 23, 59))
    assert (status.view().hour, status.view().minute) == (23, 59)


def test_faults_come_and_go() -> None:
    status = Status("alice", ())
    status.take(DeviceMissing(Device.HANDSET, "no card called Handset"))
    status.take(DeviceMissing(Device.RINGER, "busy"))
    status.take(DeviceBack(Device.RINGER))
    status.take(DeviceBack(Device.LEDS))
    assert status.faults == (Fault(Device.HANDSET, "no card called Handset"),)
    assert status.view().faults == status.faults


def test_xa22_a_memory_that_was_restored_is_told_as_long_as_the_phone_runs() -> None:
    status = Status("Alice", (), restored=True)
    assert status.view().restored
    assert not Status("Alice", ()).view().restored
