"""The card's partitions: read from layout.sh, put one behind the other, and told to sfdisk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LAYOUT: Final = Path(__file__).with_name("layout.sh")
SLOTS: Final = ("A", "B")

_LINE: Final = re.compile(r"(?m)^([A-Z_]+)=(\S+)$")
_ALIGNMENT_MIB: Final = 4
"""Cards erase in blocks of up to 4 MiB: a partition shares none with another."""
_SECTORS: Final = 2048
"""In a MiB."""
_EXTENDED: Final = 4
_FAT32: Final = "c"
_LINUX: Final = "83"


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of the card.

    Attributes:
        number: As the kernel counts: 1 to 3, and from 5 on inside of the extended one.
        start_mib: Where it begins.
        size_mib: How long it is.
        kind: Its type in the table.
    """

    number: int
    start_mib: int
    size_mib: int
    kind: str

    @property
    def end_mib(self) -> int:
        """The first MiB behind it."""
        return self.start_mib + self.size_mib


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies where.

    Attributes:
        names: Everything that layout.sh says.
        partitions: By their numbers, without the extended one.
    """

    names: Mapping[str, str]
    partitions: Mapping[int, Partition]

    def partition(self, name: str) -> Partition:
        """The one that layout.sh calls PARTITION_`name`."""
        return self.partitions[int(self.names[f"PARTITION_{name}"])]

    @property
    def size_mib(self) -> int:
        """Of the whole card, as it is flashed."""
        return max(each.end_mib for each in self.partitions.values()) + _ALIGNMENT_MIB

    def sfdisk_script(self) -> str:
        """What sfdisk reads to make the table."""
        rows = [f"label: dos\nlabel-id: 0x{self.names['CARD_ID']}"]
        inner = [each for each in self.partitions.values() if each.number > _EXTENDED]
        start = min(each.start_mib for each in inner) - _ALIGNMENT_MIB
        end = max(each.end_mib for each in inner)
        outer = Partition(_EXTENDED, start, end - start, "5")
        for each in sorted((*self.partitions.values(), outer), key=lambda each: each.number):
            bootable = ", bootable" if each.number == 1 else ""
            rows.append(
                f"{each.number}: start={each.start_mib * _SECTORS}, "
                f"size={each.size_mib * _SECTORS}, type={each.kind}{bootable}"
            )
        return "\n".join(rows) + "\n"


def read_layout(text: str) -> Layout:
    """Puts the partitions one behind the other.

    Args:
        text: What is in layout.sh.

    Raises:
        KeyError: A name is missing there.
    """
    names = dict(_LINE.findall(text))
    kinds = (
        *(("CONFIG", "CONFIG", _FAT32), ("BOOT_A", "BOOT", _FAT32), ("BOOT_B", "BOOT", _FAT32)),
        *(("ROOT_A", "ROOT", _LINUX), ("ROOT_B", "ROOT", _LINUX), ("DATA", "DATA", _LINUX)),
    )
    partitions: dict[int, Partition] = {}
    end = 0
    for name, size, kind in kinds:
        number = int(names[f"PARTITION_{name}"])
        # Inside of the extended one, a sector of its own table comes before each partition.
        gap = 2 if number == _EXTENDED + 1 else 1
        free = _ALIGNMENT_MIB * (gap if number > _EXTENDED or not end else 0)
        partitions[number] = Partition(number, end + free, int(names[f"SIZE_{size}"]), kind)
        end = partitions[number].end_mib
    return Layout(names, partitions)
