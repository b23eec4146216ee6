"""`sotto update`: looks for newer firmware, installs it, and restarts into it."""

import sys
from pathlib import Path

from agent.arguments import UpdateOptions
from agent.config import load_updates
from agent.errors import ReportedError
from agent.update.backend import slots_of
from agent.update.rauc import Rauc
from agent.update.slots import SlotError
from agent.update.worker import UpdateError, Worker


class CommandError(ReportedError):
    """It was not done; the message is a sentence."""


def run(options: UpdateOptions) -> int:
    """Does it; returns the exit status.

    Raises:
        ConfigError: The configuration will not do.
        CommandError: It was not done.
    """
    try:
        return _run(options, Worker(Path("/"), Rauc(), slots_of(Path("/"))))
    except (OSError, SlotError, UpdateError) as error:
        raise CommandError(str(error)) from None


def _run(options: UpdateOptions, worker: Worker) -> int:
    match options.order:
        case "look":
            return _look(options, worker)
        case "install" if options.source:
            worker.install(Path(options.source))
            sys.stdout.write("It is installed; the next restart tries it: sotto update restart\n")
        case "install":
            raise UpdateError("which bundle? sotto update install FILE.raucb")
        case "restart":
            worker.restart()
        case _:
            worker.take_order()
    return 0


def _look(options: UpdateOptions, worker: Worker) -> int:
    if options.source:
        found = worker.look_on_stick(Path(options.source))
    else:
        url = load_updates(options.config)
        found = worker.look_on_net(url) if url else None
    sys.stdout.write(f"{found} can be installed.\n" if found else "Nothing newer.\n")
    return 0
