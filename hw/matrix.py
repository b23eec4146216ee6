"""From the closed crossings of a key matrix to keys. Pure.

A matrix without diodes cannot tell every three keys apart: with three corners of a
rectangle pressed, current finds its way round through them and the fourth corner looks
pressed too. While a rectangle is closed nothing new is believed; the keys that were
held before it stay held.
"""

from collections.abc import Collection
from itertools import combinations

from agent.frozen import frozen
from hw.types import Key

Crossing = tuple[int, int]
"""Row and column, from 0 at the top left."""


@frozen
class Matrix:
    """Which key lies on which crossing.

    Attributes:
        keys: Rows of keys, from the top; all rows are equally long.
    """

    keys: tuple[tuple[Key, ...], ...]

    def __post_init__(self) -> None:
        """Refuses rows of different lengths and keys that appear twice."""
        if len({len(row) for row in self.keys}) != 1:
            raise ValueError("the rows of a matrix are equally long")
        flat = [key for row in self.keys for key in row]
        twice = sorted({key.value for key in flat if flat.count(key) > 1})
        if twice:
            raise ValueError(f"twice in the matrix: {' '.join(twice)}")

    def decode(self, closed: Collection[Crossing], held: Collection[Key]) -> frozenset[Key]:
        """Returns the keys that are down.

        Args:
            closed: The crossings that look closed.
            held: The keys that were down before.

        Raises:
            IndexError: A crossing lies outside the matrix.
        """
        down = frozenset(self.keys[row][column] for row, column in closed)
        return down & frozenset(held) if is_ambiguous(closed) else down


def is_ambiguous(closed: Collection[Crossing]) -> bool:
    """Tells whether the closed crossings hold a rectangle, of which one may be a ghost."""
    columns: dict[int, set[int]] = {}
    for row, column in closed:
        columns.setdefault(row, set()).add(column)
    return any(len(one & other) > 1 for one, other in combinations(columns.values(), 2))
