"""`sotto take-config`: takes a configuration over from a card's boot partition."""

import pwd
import sys
from typing import Final

from agent.arguments import TakeConfigOptions
from agent.boards import check_board
from agent.config import ConfigError
from agent.errors import ReportedError
from agent.fleet.disk import Disk
from agent.fleet.inbox import ClearingError, Inbox

_NOTHING: Final = "Nothing new on the card.\n"


class TakingError(ReportedError):
    """It was not done, or not to the end, for a reason that no change of the file would mend."""


def run(options: TakeConfigOptions) -> int:
    """Takes it over, or leaves everything as it is; returns the exit status.

    Raises:
        ConfigError: What is on the card will not do. Its mistakes are on the card by now, too.
        TakingError: A disk cannot be written, or there is no such user.
    """
    inbox = Inbox(options.card, options.config, Disk(_owner(options.owner)), check_board)
    try:
        return _take(inbox, options)
    except OSError as error:
        raise TakingError(f"{error.filename or options.config}: {error.strerror}") from None


def _take(inbox: Inbox, options: TakeConfigOptions) -> int:
    try:
        taken = inbox.take()
    except ConfigError as error:
        inbox.refuse(error)
        raise
    except ClearingError as error:
        inbox.forgive()
        raise TakingError(str(error)) from None
    inbox.forgive()
    if taken is None:
        sys.stdout.write(_NOTHING)
        return 0
    said = [f"{options.card} is the configuration now, as {options.config}."]
    if taken.secrets:
        said.append(f"{taken.secrets} secrets or files went to the phone's own.")
    if taken.cleared:
        said.append("What stays on the card holds no secret; its old cells may still do.")
    sys.stdout.write("\n".join(said) + "\n")
    return 0


def _owner(name: str | None) -> tuple[int, int] | None:
    """Whose the secrets will be; None: this user's own."""
    if name is None:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise TakingError(f"there is no user {name} on this machine") from None
    return entry.pw_uid, entry.pw_gid
