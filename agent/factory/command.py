"""`sotto factory-reset`: root's part of it, for `sotto-reset.service`."""

import pwd
import sys

from agent.arguments import FactoryResetOptions
from agent.errors import ReportedError
from agent.factory import mark
from agent.factory.emptying import STATE, Emptying
from agent.fleet.disk import Disk


class ResetError(ReportedError):
    """Something is left; the message has a line for each thing."""


def run(options: FactoryResetOptions) -> int:
    """Does it, if it is wanted; returns the exit status.

    Raises:
        ResetError: It was not done whole; the phone tells the person.
    """
    if not mark.is_wanted(options.root / STATE):
        sys.stdout.write(
            "No factory reset is wanted: that is asked for at the phone, in its settings.\n"
        )
        return 0
    problems = Emptying(options.root, Disk(_owner(options.owner))).run()
    if problems:
        raise ResetError("\n".join(problems))
    sys.stdout.write("This is a new phone now.\n")
    return 0


def _owner(name: str) -> tuple[int, int] | None:
    if not name:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ResetError(f"there is no user {name} on this machine") from None
    return entry.pw_uid, entry.pw_gid
