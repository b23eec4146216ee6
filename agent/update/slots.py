"""Which slot is started: the home that is known to be good, or the other one on trial.

What holds at every moment, whenever the plug is pulled:
  - autoboot.txt is whole, and names a slot that was written to its end;
  - a slot on trial becomes the home only by being said to be good while it runs;
  - the home is never said to be bad, so nothing is written into it but from the other one.

A firmware that can be asked to try (`reboot "0 tryboot"`) starts the other slot once. It is asked by
the kernel, and Linux' own kernel cannot do that yet (Raspberry Pi's can). There the other slot is
made the usual one for the moment of the restart, and the first thing that it does when it runs, is to
make the home the usual one again. What that does not catch is a kernel that does not come up at all.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from agent.fleet import disk as disks
from agent.fleet.disk import Disk
from agent.frozen import frozen
from agent.update.autoboot import LIMIT, SLOTS, autoboot, usual_slot

AUTOBOOT: Final = "autoboot.txt"
_NOTE_LIMIT: Final = 4096


class SlotError(Exception):
    """It cannot be done; the message is a sentence."""


@frozen
class Notes:
    """What is remembered besides autoboot.txt.

    Attributes:
        home: The slot that is known to be good.
        trial: The slot that is to prove itself at the next start, or in this one; empty: none.
        bad: The slot whose content is not whole; empty: none.
        failed: The slot that was on trial and did not prove itself; empty: none, or it was told.
    """

    home: str
    trial: str = ""
    bad: str = ""
    failed: str = ""


class BootSlots:
    """The two slots of a card.

    Attributes:
        booted: The slot that runs.
        tries: Whether the firmware can be asked to try the other slot once.
    """

    def __init__(
        self,
        card: Path,
        notes: Path,
        booted: str,
        partitions: Mapping[str, int],
        *,
        tries: bool,
        disk: Disk | None = None,
    ) -> None:
        """Writes nothing yet.

        Args:
            card: The folder of autoboot.txt.
            notes: The file with what is remembered.
            booted: The slot that runs.
            partitions: The boot partition of each slot.
            tries: Whether the firmware can be asked to try the other slot once.
            disk: Where it is written.
        """
        self._autoboot = card / AUTOBOOT
        self._file = notes
        self.booted = booted
        self._partitions = partitions
        self.tries = tries
        self._disk = disk or Disk()

    @property
    def notes(self) -> Notes:
        """What is remembered; where that is lost, the home is what autoboot.txt names."""
        content = _read(self._disk, self._file, _NOTE_LIMIT)
        try:
            found = Notes(**json.loads(content or b""))
        except (ValueError, TypeError):
            found = Notes("")
        known = {*SLOTS, ""}
        if found.home not in SLOTS or not {found.trial, found.bad, found.failed} <= known:
            usual = _read(self._disk, self._autoboot, LIMIT) or b""
            return Notes(usual_slot(usual, self._partitions) or self.booted)
        return found

    @property
    def primary(self) -> str:
        """The slot that is to be started next."""
        notes = self.notes
        return notes.trial or notes.home

    def is_good(self, slot: str) -> bool:
        """Whether a slot can be started, as far as one knows."""
        return slot != self.notes.bad

    def set_primary(self, slot: str) -> None:
        """Has this slot started next: for good if it is the home, else on trial."""
        before = self.notes
        trial = "" if slot == before.home else slot
        bad = "" if before.bad == slot else before.bad
        self._note(replace(before, trial=trial, bad=bad, failed=""))
        self._start(before.home if self.tries or not trial else trial)

    def set_good(self, slot: str) -> None:
        """This slot works: if it runs, it is the home from now on."""
        before = self.notes
        bad = "" if before.bad == slot else before.bad
        if slot != self.booted:
            self._note(replace(before, bad=bad))
            return
        # autoboot.txt goes first: cut here, the slot is on trial again at the next start.
        self._start(slot)
        self._note(Notes(slot, bad=bad))

    def set_bad(self, slot: str) -> None:
        """This slot is about to be written, or broken.

        Raises:
            SlotError: It is the one that the phone falls back on.
        """
        before = self.notes
        if slot == before.home:
            raise SlotError(f"slot {slot} is the one that this phone falls back on")
        # From now on nothing may start it, so that comes first.
        self._start(before.home)
        self._note(replace(before, trial="", bad=slot))

    def begin(self) -> Notes:
        """What is done first at each start; returns what is remembered from then on.

        A trial that runs is from now on the last one, unless it proves itself. A trial that does not
        run although it was its turn, has failed.
        """
        before = self.notes
        if before.trial == self.booted:
            self._start(before.home)
            return before
        if self.booted != before.home:
            # Somebody chose the slot by hand, or a cut came between file and note: it may prove itself.
            after = replace(before, trial=self.booted, failed="")
        elif before.trial:
            after = replace(before, trial="", failed=before.trial)
        else:
            after = before
        self._start(after.home)
        self._note(after)
        return after

    def _start(self, slot: str) -> None:
        wanted = autoboot(slot, self._partitions)
        if _read(self._disk, self._autoboot, LIMIT) != wanted:
            disks.replace(self._disk, self._autoboot, wanted, 0o644)

    def _note(self, notes: Notes) -> None:
        content = json.dumps(asdict(notes)).encode()
        if _read(self._disk, self._file, _NOTE_LIMIT) == content:
            return
        self._disk.make_folder(self._file.parent, 0o755)
        disks.replace(self._disk, self._file, content, 0o644)


def _read(disk: Disk, path: Path, limit: int) -> bytes | None:
    try:
        return disk.read(path, limit)
    except ValueError:  # longer than it ever is: not ours
        return b""


def booted_slot(command_line: str) -> str:
    """The slot that runs, by the kernel's command line.

    Raises:
        SlotError: It does not say.
    """
    said = [word for word in command_line.split() if word.startswith("sotto.slot=")]
    slot = said[-1].partition("=")[2] if said else ""
    if slot not in SLOTS:
        raise SlotError("the kernel's command line names no slot (sotto.slot=A)")
    return slot
