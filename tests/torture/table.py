"""All messages of RFC 4475, by name."""

from typing import Final

from torture.compose import Trap
from torture.invalid import INVALID
from torture.meaning import MEANING
from torture.valid import VALID

TRAPS: Final[dict[str, Trap]] = {each.name: each for each in (*VALID, *INVALID, *MEANING)}
