"""The emergency erase, from the person's order to the same program running as a new phone.

The mark that it has begun goes to the disk first. Then calls and registrations end, the database
is emptied and closed, its files are destroyed, and this process starts itself anew: nothing of
what it held in its memory is left either, and whoever watches it sees one process go on.

A factory reset begins in the same way. Where the phone is the machine's own service it then ends instead,
and `sotto-reset.service` empties all before the service begins again. Where there is no such unit, or it
could not do all, the phone erases its own, and says that the configuration is still there.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from agent.config import Config
from agent.factory import mark
from agent.fleet.disk import Disk
from agent.phone.menu.answers import Erased
from agent.shell.options import INSTALLED
from agent.store import Erasure, erasure

log = logging.getLogger(__name__)

VARIABLE: Final = "SOTTO_ERASED"
"""Tells the new phone how well it went."""
_HIGHEST_DESCRIPTOR: Final = 4096


class Eraser:
    """What the menu's order sets going.

    Attributes:
        wanted: Whether everything is to be erased once the phone has ended.
        by_unit: Whether another one does that, so that this process has only to end.
    """

    def __init__(self, folder: Path, stop: Callable[[], None], *, has_unit: bool = False) -> None:
        """Waits for the order.

        Args:
            folder: The state folder.
            stop: Ends the phone.
            has_unit: Whether the machine does a factory reset before it starts the phone again.
        """
        self._folder = folder
        self._stop = stop
        self._has_unit = has_unit
        self.wanted = self.by_unit = False

    def __call__(self) -> None:
        """Marks it on the disk, and ends the phone."""
        self.wanted = True
        try:
            erasure.begin(self._folder)
        except OSError as error:
            # The mark only matters if the plug is pulled meanwhile.
            log.error("no mark of the erasing can be written: %s", error)  # noqa: TRY400
        self._stop()

    def reset(self) -> bool:
        """Marks a factory reset on the disk, and ends the phone; returns whether it is marked.

        Without a mark nothing happens: nobody would know of it who may empty the rest.
        """
        try:
            mark.want(Disk(), self._folder)
        except OSError as error:
            log.error("no mark of the factory reset can be written: %s", error)  # noqa: TRY400
            return False
        self.wanted, self.by_unit = True, self._has_unit
        self._stop()
        return True


def has_unit(config: Config, environment: Mapping[str, str]) -> bool:
    """Whether this is the machine's own phone, which systemd starts again with what belongs to it."""
    return config.file == INSTALLED and bool(environment.get("NOTIFY_SOCKET"))


def finish(config: Config) -> Erased | None:
    """Goes on with an erasing that was broken off; None: none was.

    With a factory reset that is still marked: whoever had to empty the rest could not, or is not there.
    """
    folder = config.phone.state_dir
    if not (erasure.has_begun(folder) or mark.is_wanted(folder)):
        return None
    log.warning("an erasing was broken off and is finished now")
    return _erase(config)


def told(environment: MutableMapping[str, str]) -> Erased | None:
    """What the process before this one says of its erasing; takes it out of the environment."""
    words = environment.pop(VARIABLE, None)
    if words is None:
        return None
    return Erased("complete" in words, "trimmed" in words, "configured" in words)


def begin_anew(config: Config, environment: Mapping[str, str]) -> NoReturn:
    """Destroys the files and becomes the same program from its beginning.

    Args:
        config: Where they lie.
        environment: That of the start, with what the service manager said.
    """
    done = _erase(config)
    words = [name for name in ("complete", "trimmed", "configured") if getattr(done, name)]
    begin_again({**environment, VARIABLE: " ".join(words)})


def begin_again(environment: Mapping[str, str]) -> NoReturn:
    """Becomes the same program from its beginning, which reads its configuration anew.

    Args:
        environment: That of the start, with what the service manager said.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # A socket that a library left open must not keep its port from the new phone.
    os.closerange(3, _HIGHEST_DESCRIPTOR)
    os.execve(sys.executable, sys.orig_argv, dict(environment))  # noqa: S606 - ourselves


def _passwords(config: Config) -> Iterable[Path]:
    return [each.password_file for each in config.accounts if each.password_file is not None]


def _erase(config: Config) -> Erased:
    """What the phone itself may do; the mark of a factory reset goes last."""
    folder = config.phone.state_dir
    reset = mark.is_wanted(folder)
    done = _told(erasure.erase(folder, _passwords(config)))
    if not reset:
        return done
    log.warning("a factory reset leaves %s, which this phone may not write", config.file)
    try:
        mark.done(Disk(), folder)
    except OSError as error:
        log.error("the mark of the factory reset cannot be taken away: %s", error)  # noqa: TRY400
    return replace(done, configured=True)


def _told(done: Erasure) -> Erased:
    level = logging.INFO if done.complete else logging.ERROR
    whole = "everything was overwritten" if done.complete else "some files could not be overwritten"
    trim = "the disk was told" if done.trimmed else "the disk could not be told"
    log.log(level, "erased: %s; %s to drop old cells", whole, trim)
    return Erased(done.complete, done.trimmed)
