"""The emergency erase, from the person's order to the same program running as a new phone.

The mark that it has begun goes to the disk first. Then calls and registrations end, the database
is emptied and closed, its files are destroyed, and this process starts itself anew: nothing of
what it held in its memory is left either, and whoever watches it sees one process go on.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Final, NoReturn

from agent.config import Config
from agent.phone.menu.answers import Erased
from agent.store import Erasure, erasure

log = logging.getLogger(__name__)

VARIABLE: Final = "SOTTO_ERASED"
"""Tells the new phone how well it went."""
_HIGHEST_DESCRIPTOR: Final = 4096


class Eraser:
    """What the menu's order sets going.

    Attributes:
        wanted: Whether everything is to be erased once the phone has ended.
    """

    def __init__(self, folder: Path, stop: Callable[[], None]) -> None:
        """Waits for the order.

        Args:
            folder: The state folder.
            stop: Ends the phone.
        """
        self._folder = folder
        self._stop = stop
        self.wanted = False

    def __call__(self) -> None:
        """Marks it on the disk, and ends the phone."""
        self.wanted = True
        try:
            erasure.begin(self._folder)
        except OSError as error:
            # The mark only matters if the plug is pulled meanwhile.
            log.error("no mark of the erasing can be written: %s", error)  # noqa: TRY400
        self._stop()


def finish(config: Config) -> Erased | None:
    """Goes on with an erasing that was broken off; None: none was."""
    folder = config.phone.state_dir
    if not erasure.has_begun(folder):
        return None
    log.warning("an emergency erase was broken off and is finished now")
    return _told(erasure.erase(folder, _passwords(config)))


def told(environment: MutableMapping[str, str]) -> Erased | None:
    """What the process before this one says of its erasing; takes it out of the environment."""
    words = environment.pop(VARIABLE, None)
    return None if words is None else Erased("complete" in words, "trimmed" in words)


def begin_anew(config: Config, environment: Mapping[str, str]) -> NoReturn:
    """Destroys the files and becomes the same program from its beginning.

    Args:
        config: Where they lie.
        environment: That of the start, with what the service manager said.
    """
    done = _told(erasure.erase(config.phone.state_dir, _passwords(config)))
    words = [name for name in ("complete", "trimmed") if getattr(done, name)]
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


def _told(done: Erasure) -> Erased:
    level = logging.INFO if done.complete else logging.ERROR
    whole = "everything was overwritten" if done.complete else "some files could not be overwritten"
    trim = "the disk was told" if done.trimmed else "the disk could not be told"
    log.log(level, "erased: %s; %s to drop old cells", whole, trim)
    return Erased(done.complete, done.trimmed)
