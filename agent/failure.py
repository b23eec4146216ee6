"""`sotto tell-failure`: what the display says when the phone's service has failed.

A process of its own, which systemd starts after the phone has ended badly. It loads neither PJSIP
nor any cryptography: what broke the phone must not break the word that it is broken.
"""

import os
from collections.abc import Mapping
from typing import Final

from agent.arguments import TellFailureOptions
from agent.config import ConfigError, load_config
from agent.frozen import frozen
from agent.last_words import TOLD, say, say_out_of_order
from agent.phone.menu.labels import Label
from agent.phone.menu.views import Fact

CONFIGURATION_WRONG: Final = 2
"""Exit status of a phone whose configuration will not do."""
_OF_SYSTEMD: Final = 200
"""From here on, exit statuses are systemd's: the program did not even begin (systemd.exec(5))."""

_RESULTS: Final[Mapping[str, Label]] = {
    "timeout": Label.STOOD_STILL,
    "watchdog": Label.STOOD_STILL,
    "oom-kill": Label.MEMORY_SHORT,
    "start-limit-hit": Label.GAVE_UP,
    "protocol": Label.CANNOT_START,
    "resources": Label.CANNOT_START,
    "card": Label.CARD_UNREADABLE,
}
"""What systemd calls the end of a service, where that alone says what to say of it; and "card", which
the emergency of the card's own system says: no file system, no phone."""


@frozen
class Failure:
    """How the service ended, in systemd's words (systemd.exec(5), $MONITOR_SERVICE_RESULT).

    Attributes:
        result: E.g. "exit-code" or "watchdog"; empty: nobody says.
        status: An exit status, or the name of a signal; empty: it did not get that far.
    """

    result: str = ""
    status: str = ""

    @classmethod
    def told(cls, environment: Mapping[str, str]) -> "Failure":
        """What systemd tells the unit that it starts for another one that failed."""
        return cls(
            environment.get("MONITOR_SERVICE_RESULT", ""),
            environment.get("MONITOR_EXIT_STATUS", ""),
        )

    @property
    def exit_status(self) -> int | None:
        """With which status the phone ended by itself; None: it did not."""
        ended = self.result == "exit-code" and self.status.isascii() and self.status.isdigit()
        return int(self.status) if ended else None


def fact_of(failure: Failure) -> Fact:
    """What the display says of a failure that the phone itself could not tell."""
    label = _RESULTS.get(failure.result, Label.BROKE_DOWN)
    if (failure.exit_status or 0) >= _OF_SYSTEMD:
        label = Label.CANNOT_START
    place = " ".join(filter(None, (failure.result, failure.status))) or "sotto"
    return Fact(label, place) if label is Label.CANNOT_START else Fact(place, label)


def run(options: TellFailureOptions) -> int:
    """Says it on the display, if there is one; returns the exit status."""
    failure = Failure.told(os.environ)
    if failure.exit_status == TOLD:
        return 0
    if failure.exit_status == CONFIGURATION_WRONG:
        try:
            load_config(options.config)
        except ConfigError as error:
            say(error)
        # Otherwise it was what a server sent, and the phone has said it.
        return 0
    say_out_of_order(fact_of(failure), options.config)
    return 0
