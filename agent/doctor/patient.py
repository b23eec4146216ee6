"""Who is examined: a configuration, and what the phone says of itself if it runs. Pure."""

from collections.abc import Mapping
from typing import Any

from agent.config import AccountConfig, Config
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.doctor.judges.server import AccountFacts
from agent.doctor.judges.software import PhoneFacts
from agent.frozen import frozen


@frozen
class Missing:
    """A part that the running phone misses, and why, in a sentence without a full stop."""

    part: str
    reason: str


@frozen
class SelfReport:
    """What the running phone says of itself.

    Attributes:
        phone: Its software, and for how long it runs.
        accounts: How each account stands, by its name.
        missing: The parts that it misses.
    """

    phone: PhoneFacts
    accounts: Mapping[str, AccountFacts]
    missing: tuple[Missing, ...] = ()


@frozen
class Patient:
    """Who is examined.

    Attributes:
        file: What is known of the configuration file.
        config: The configuration; None: it cannot be used.
        report: What the phone says of itself; None: it could not be asked.
        silent: Why it could not, as the rest of a sentence; empty where it could.
        runs: Whether a phone runs, even if it could not be asked.
        start: How a phone that does not run is started.
        names: Whether accounts are called by their names, or by numbers.
    """

    file: ConfigurationFacts
    config: Config | None
    report: SelfReport | None = None
    silent: str = ""
    runs: bool = False
    start: str = "systemctl start sotto"
    names: bool = True

    def called(self, account: AccountConfig) -> str:
        """What an account is called in a sentence, at its beginning."""
        accounts = self.config.accounts if self.config else ()
        number = next((n for n, each in enumerate(accounts, 1) if each.name == account.name), 0)
        return f'Account "{account.name}"' if self.names else f"Account {number}"


def report_of(status: Mapping[str, Any], called: Mapping[str, str]) -> SelfReport:
    """Reads the answer to `agent.control.requests.Status`.

    Args:
        status: The answer.
        called: What each account is called in a sentence, by its name.
    """
    return SelfReport(
        PhoneFacts(status["version"], status["uptime_s"], bool(status["restored"])),
        {
            each["account"]: AccountFacts(
                called.get(each["account"], "An account"), each["condition"], each["reason"]
            )
            for each in status["accounts"]
        },
        tuple(Missing(each["device"], each["reason"]) for each in status["missing"]),
    )
