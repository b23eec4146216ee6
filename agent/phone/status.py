"""What the phone knows besides calls: accounts, faults, the time."""

from typing import assert_never

from agent.phone.configuration import ConfigurationRefused
from agent.phone.dial_plan import Account
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    ClockTicked,
    MessagesWaiting,
    NetworkChanged,
)
from agent.phone.machine import MachineChanged, UpdateChanged
from agent.phone.names import SENTENCE_LIMIT, clean
from agent.phone.views import AccountLine, Fault, Idle
from hw.types import Device, DeviceBack, DeviceMissing, HeadsetPlugged, HeadsetUnplugged

StatusEvent = (
    AccountChanged
    | NetworkChanged
    | ClockTicked
    | ConfigurationRefused
    | MachineChanged
    | UpdateChanged
    | MessagesWaiting
    | DeviceMissing
    | DeviceBack
    | HeadsetPlugged
    | HeadsetUnplugged
)


class Status:
    """What stands on the idle screen.

    Attributes:
        headset: Whether a headset is plugged in.
        network: Whether there is a network at all.
    """

    def __init__(self, name: str, accounts: tuple[Account, ...], *, restored: bool = False) -> None:
        """Begins with every account on its way to its server.

        Args:
            name: The phone's own name.
            accounts: The accounts of the configuration.
            restored: Whether the phone's memory is not the one that was left in it.
        """
        self.headset = False
        self.network = True
        self._restored = restored
        self._refused = ""
        self._machine = MachineChanged()
        self._update = UpdateChanged()
        self._name = name
        self._hour: int | None = None
        self._minute = 0
        self._accounts = {a.name: AccountLine(a.name, AccountCondition.STARTING) for a in accounts}
        self._faults: dict[Device, Fault] = {}
        self._voice_mail = {a.name: a.voice_mail for a in accounts if a.voice_mail}
        self._messages: dict[str, int] = {}

    def take(self, event: StatusEvent) -> None:
        """Notes what changed."""
        match event:
            case AccountChanged(account, condition, reason):
                sentence = clean(reason, SENTENCE_LIMIT)
                self._accounts[account] = AccountLine(account, condition, sentence)
            case NetworkChanged(up):
                self.network = up
            case ClockTicked(_, hour, minute):
                self._hour, self._minute = hour, minute
            case ConfigurationRefused(reason):
                self._refused = clean(reason, SENTENCE_LIMIT)
            case MachineChanged():
                self._machine = event
            case UpdateChanged():
                self._update = event
            case MessagesWaiting(account, waiting, new):
                others = {a: n for a, n in self._messages.items() if a != account}
                self._messages = {**others, account: new} if waiting else others
            case DeviceMissing(device, reason):
                self._faults[device] = Fault(device, reason)
            case DeviceBack(device):
                self._faults.pop(device, None)
            case HeadsetPlugged() | HeadsetUnplugged():
                self.headset = isinstance(event, HeadsetPlugged)
            case _ as never:
                assert_never(never)

    def lacks(self, device: Device) -> bool:
        """Whether a part is missing."""
        return device in self._faults

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Parts that are missing, the first to go first."""
        return tuple(self._faults.values())

    def is_ready(self, account: str) -> bool:
        """Whether its server knows where this phone is."""
        line = self._accounts.get(account)
        return line is not None and line.condition is AccountCondition.READY

    @property
    def messages_waiting(self) -> bool:
        """Whether anybody's voice mail has something new."""
        return bool(self._messages)

    @property
    def voice_mail(self) -> str:
        """The number of the voice mail that has something new, else of the first; or empty."""
        news = [number for name, number in self._voice_mail.items() if name in self._messages]
        return next(iter((*news, *self._voice_mail.values())), "")

    def view(self, *, do_not_disturb: bool = False, forwarded_to: str = "") -> Idle:
        """The idle screen."""
        return Idle(
            name=self._name,
            hour=self._hour,
            minute=self._minute,
            accounts=tuple(self._accounts.values()),
            faults=self.faults,
            restored=self._restored,
            refused=self._refused,
            messages=sum(self._messages.values()),
            messages_waiting=self.messages_waiting,
            do_not_disturb=do_not_disturb,
            forwarded_to=forwarded_to,
            network=self.network,
            hot=self._machine.hot,
            low_voltage=self._machine.low_voltage,
            installing=self._update.percent,
            update_problem=self._update.problem,
        )
