"""autoboot.txt, from which a Raspberry Pi's firmware learns which boot partition it starts. Pure.

Above [tryboot] stands what an ordinary start takes, below it what one takes that was asked to try
(https://www.raspberrypi.com/documentation/computers/config_txt.html, "autoboot.txt").
"""

import re
from collections.abc import Mapping
from typing import Final

A, B = "A", "B"
SLOTS: Final = (A, B)
LIMIT: Final = 512
"""The firmware reads no more of it."""
_PARTITION: Final = re.compile(r"(?m)^boot_partition=(\d+)\s*$")


def other(slot: str) -> str:
    """The slot that this one is not."""
    return B if slot == A else A


def autoboot(usual: str, partitions: Mapping[str, int]) -> bytes:
    """What is to be in the file.

    Args:
        usual: The slot of an ordinary start; a try takes the other one.
        partitions: The boot partition of each slot.
    """
    return (
        f"[all]\ntryboot_a_b=1\nboot_partition={partitions[usual]}\n"
        f"[tryboot]\nboot_partition={partitions[other(usual)]}\n"
    ).encode()


def usual_slot(content: bytes, partitions: Mapping[str, int]) -> str | None:
    """The slot of an ordinary start; None: the file says nothing that can be used."""
    before_try = content.decode("ascii", "replace").partition("[tryboot]")[0]
    numbers = [int(each) for each in _PARTITION.findall(before_try)]
    found = [slot for slot, number in partitions.items() if numbers[-1:] == [number]]
    return found[0] if found else None
