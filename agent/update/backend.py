"""`sotto update-slot`: what RAUC asks of a boot loader (custom backend), answered for the Pi's firmware.

RAUC calls it with get-primary, set-primary SLOT, get-state SLOT, set-state SLOT good|bad, and
get-current; the card's own units call it with begin.
"""

import re
import sys
from pathlib import Path
from typing import Final

from agent.arguments import UpdateSlotOptions
from agent.errors import ReportedError
from agent.update.autoboot import SLOTS
from agent.update.slots import BootSlots, SlotError, booted_slot

LAYOUT: Final = "usr/lib/sotto/card/layout.sh"
CARD: Final = "boot/firmware"
NOTES: Final = "var/lib/sotto-update/slots.json"
COMMAND_LINE: Final = "proc/cmdline"
MAILBOX: Final = "dev/vcio"
"""Raspberry Pi's own kernel has it; that one hands "tryboot" to the firmware, Linux' does not."""
_NUMBER: Final = re.compile(r"(?m)^PARTITION_BOOT_([AB])=(\d+)$")


class BackendError(ReportedError):
    """It was not done; the message is a sentence."""


def run(options: UpdateSlotOptions) -> int:
    """Does one of them; returns the exit status.

    Raises:
        BackendError: It cannot be done.
    """
    try:
        return _run(options, slots_of(options.root))
    except (OSError, SlotError) as error:
        raise BackendError(str(error)) from None


def slots_of(root: Path) -> BootSlots:
    """The slots of this machine.

    Args:
        root: Where its files are.

    Raises:
        OSError: A file is missing.
        SlotError: What is in one cannot be used.
    """
    numbers = {slot: int(n) for slot, n in _NUMBER.findall((root / LAYOUT).read_text("utf-8"))}
    if set(numbers) != set(SLOTS):
        raise SlotError(f"{root / LAYOUT} does not name the boot partitions")
    booted = booted_slot((root / COMMAND_LINE).read_text("utf-8"))
    tries = (root / MAILBOX).exists()
    return BootSlots(root / CARD, root / NOTES, booted, numbers, tries=tries)


def _run(options: UpdateSlotOptions, slots: BootSlots) -> int:
    match options.order, options.slot, options.state:
        case "get-primary", "", "":
            sys.stdout.write(f"{slots.primary}\n")
        case "get-current", "", "":
            sys.stdout.write(f"{slots.booted}\n")
        case "set-primary", ("A" | "B") as slot, "":
            slots.set_primary(slot)
        case "get-state", ("A" | "B") as slot, "":
            sys.stdout.write("good\n" if slots.is_good(slot) else "bad\n")
        case "set-state", ("A" | "B") as slot, "good":
            slots.set_good(slot)
        case "set-state", ("A" | "B") as slot, "bad":
            slots.set_bad(slot)
        case "begin", "", "":
            notes = slots.begin()
            if notes.failed:
                sys.stderr.write(f"The new software in slot {notes.failed} did not prove itself.\n")
        case _:
            raise SlotError("that is nothing that RAUC asks for")
    return 0
