"""What the phone knows besides calls: accounts, faults, the time, missed calls."""

from typing import assert_never

from agent.phone.dial_plan import Account
from agent.phone.events import AccountChanged, AccountCondition, ClockTicked
from agent.phone.names import SENTENCE_LIMIT, clean
from agent.phone.views import AccountLine, Fault, Idle
from hw.types import Device, DeviceBack, DeviceMissing

StatusEvent = AccountChanged | ClockTicked | DeviceMissing | DeviceBack


class Status:
    """What stands on the idle screen.

    Attributes:
        missed: Calls that nobody answered since the phone was last used.
    """

    def __init__(self, name: str, accounts: tuple[Account, ...], *, restored: bool = False) -> None:
        """Begins with every account on its way to its server.

        Args:
            name: The phone's own name.
            accounts: The accounts of the configuration.
            restored: Whether the phone's memory is not the one that was left in it.
        """
        self.missed = 0
        self._restored = restored
        self._name = name
        self._hour: int | None = None
        self._minute = 0
        self._accounts = {a.name: AccountLine(a.name, AccountCondition.STARTING) for a in accounts}
        self._faults: dict[Device, Fault] = {}

    def take(self, event: StatusEvent) -> None:
        """Notes what changed."""
        match event:
            case AccountChanged(account, condition, reason):
                sentence = clean(reason, SENTENCE_LIMIT)
                self._accounts[account] = AccountLine(account, condition, sentence)
            case ClockTicked(_, hour, minute):
                self._hour, self._minute = hour, minute
            case DeviceMissing(device, reason):
                self._faults[device] = Fault(device, reason)
            case DeviceBack(device):
                self._faults.pop(device, None)
            case _ as never:
                assert_never(never)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Parts that are missing, the first to go first."""
        return tuple(self._faults.values())

    def view(self) -> Idle:
        """The idle screen."""
        return Idle(
            name=self._name,
            hour=self._hour,
            minute=self._minute,
            accounts=tuple(self._accounts.values()),
            missed=self.missed,
            faults=self.faults,
            restored=self._restored,
        )
