"""`sotto factory-reset`: root's part of it, for `sotto-reset.service`."""

import sys

from agent.arguments import FactoryResetOptions
from agent.errors import ReportedError
from agent.factory import mark
from agent.factory.emptying import STATE, Emptying
from agent.fleet.disk import Disk, owner_named


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
    problems = Emptying(options.root, Disk(owner_named(options.owner, ResetError))).run()
    if problems:
        raise ResetError("\n".join(problems))
    sys.stdout.write("This is a new phone now.\n")
    return 0
