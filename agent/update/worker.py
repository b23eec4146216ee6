"""What is done about updates as root: looking for one, writing the other slot, restarting into it.

The phone itself may do none of that. It reads how things stand in a file, and leaves an order in
another one; what stands there is one of two words, so whoever takes the phone over can at most have
installed what is signed and newer, or restart.
"""

import contextlib
import errno
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urljoin

from agent.fleet.disk import Disk, replace
from agent.phone.machine import UpdateProblem
from agent.update.download import DownloadError, fetch_bundle, fetch_list
from agent.update.rauc import COMPATIBLE, Rauc, RaucError
from agent.update.slots import BootSlots
from agent.update.updating import Order, Phase, Told
from agent.update.version import Version, is_update

VERSION: Final = "usr/lib/sotto/card/version"
STATE: Final = "run/sotto-update/state.json"
ORDER: Final = "run/sotto/update-order"
KEPT: Final = "var/lib/sotto-update/offered.raucb"
_ORDER_LIMIT: Final = 16


class UpdateError(Exception):
    """It was not done; the message is a sentence for the journal.

    Attributes:
        problem: The same for the person.
    """

    def __init__(self, message: str, problem: UpdateProblem = UpdateProblem.NOT_WRITTEN) -> None:
        super().__init__(message)
        self.problem = problem


class Worker:
    """The other process.

    Args:
        root: Where the machine's files are.
        rauc: RAUC.
        slots: The card's slots.
        ca_file: As for `agent.update.download`.
        execute: Runs a command of the machine's.
    """

    def __init__(
        self,
        root: Path,
        rauc: Rauc,
        slots: BootSlots,
        *,
        ca_file: Path | None = None,
        execute: Callable[[tuple[str, ...]], None] | None = None,
    ) -> None:
        self._root = root
        self._rauc = rauc
        self._slots = slots
        self._ca_file = ca_file
        self._execute = execute or _execute
        self._running = (root / VERSION).read_text("ascii").strip()
        self._kept = root / KEPT
        self._new = self._kept.with_suffix(".new")

    def look_on_stick(self, folder: Path) -> str | None:
        """Looks for the newest bundle in a folder; returns its version, or None: none is newer.

        Raises:
            UpdateError: There are bundles, and none of them can be used.
        """
        best, failure = "", None
        for bundle in sorted(folder.glob("*.raucb")):
            try:
                version = self._copied(bundle)
            except UpdateError as error:
                failure = UpdateError(f"{bundle.name}: {error}", error.problem)
                continue
            if not best or Version.parse(best) < Version.parse(version):
                best = version
                self._new.rename(self._kept)
            self._new.unlink(missing_ok=True)
        if best:
            self._tell(Told(Phase.OFFERED, best))
        elif failure is not None:
            self._fail(failure)
        return best or None

    def look_on_net(self, url: str) -> str | None:
        """The same for the list at an address: a version and where its bundle is, in one line.

        Raises:
            UpdateError: It cannot be had, or what is there cannot be used.
        """
        try:
            version, place = fetch_list(url, self._ca_file).split()
            if not is_update(version, self._running):
                return None
            self._new.parent.mkdir(parents=True, exist_ok=True)
            fetch_bundle(urljoin(url, place), self._new, lambda _: None, self._ca_file)
            version = self._version(self._new)
        except (DownloadError, ValueError) as error:
            self._new.unlink(missing_ok=True)
            raise UpdateError(str(error)) from None
        except UpdateError as error:
            self._new.unlink(missing_ok=True)
            self._fail(error)
        self._new.rename(self._kept)
        self._tell(Told(Phase.OFFERED, version))
        return version

    def take_order(self) -> None:
        """Does what the phone has ordered, if it has."""
        path = self._root / ORDER
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        with os.fdopen(descriptor, "rb") as stream:
            order = stream.read(_ORDER_LIMIT).decode("ascii", "replace").strip()
        path.unlink(missing_ok=True)
        if order == Order.INSTALL.value:
            self.install(self._kept)
        elif order == Order.RESTART.value:
            self.restart()

    def install(self, bundle: Path) -> None:
        """Writes the other slot.

        Raises:
            UpdateError: It was not done.
        """
        try:
            if bundle == self._kept:
                version = self._version(bundle)
            else:
                version = self._copied(bundle)
                self._new.rename(self._kept)
        except UpdateError as error:
            self._fail(error)
        self._tell(Told(Phase.INSTALLING, version))
        try:
            self._rauc.install(
                self._kept, lambda percent: self._tell(Told(Phase.INSTALLING, version, percent))
            )
        except RaucError as error:
            self._fail(UpdateError(str(error), UpdateProblem.NOT_WRITTEN), version)
        self._kept.unlink(missing_ok=True)
        self._tell(Told(Phase.INSTALLED, version))

    def restart(self) -> None:
        """Starts the slot that is on trial."""
        if not self._slots.notes.trial:
            return
        asked = ("--reboot-argument=0 tryboot",) if self._slots.tries else ()
        self._execute(("systemctl", "--no-block", "reboot", *asked))

    def _version(self, bundle: Path) -> str:
        """The version of a bundle that is signed, for this machine, and newer than what runs."""
        try:
            found = self._rauc.look_into(bundle)
            if found.compatible != COMPATIBLE:
                message = f"it is for another kind of machine ({found.compatible})"
                raise UpdateError(message, UpdateProblem.OTHER_MACHINE)
            if not is_update(found.version, self._running):
                message = f"{found.version} is not newer than {self._running}, which runs"
                raise UpdateError(message, UpdateProblem.NOT_NEWER)
        except (RaucError, ValueError) as error:
            raise UpdateError(str(error), UpdateProblem.NOT_TRUSTED) from None
        return found.version

    def _copied(self, bundle: Path) -> str:
        """Copies a bundle next to the one that is kept; returns its version.

        RAUC looks only into what nobody else can change meanwhile: a stick cannot promise that.
        """
        self._new.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(bundle, self._new)
            return self._version(self._new)
        except UpdateError:
            self._new.unlink(missing_ok=True)
            raise
        except OSError as error:
            self._new.unlink(missing_ok=True)
            full = error.errno == errno.ENOSPC
            problem = UpdateProblem.NO_ROOM if full else UpdateProblem.UNREADABLE
            raise UpdateError(str(error), problem) from None

    def _fail(self, error: UpdateError, version: str = "") -> NoReturn:
        self._tell(Told(Phase.FAILED, version, problem=error.problem))
        raise error from None

    def _tell(self, told: Told) -> None:
        path = self._root / STATE
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(mode=0o755)
        problem = told.problem.value if told.problem else ""
        content = json.dumps({**asdict(told), "phase": told.phase.value, "problem": problem})
        replace(Disk(), path, content.encode(), 0o644)


def _execute(order: tuple[str, ...]) -> None:
    subprocess.run(order, check=True)  # noqa: S603 - ours
