"""The phone's version, as in pyproject.toml; its package's metadata cost as much as a megabyte."""

from typing import Final

VERSION: Final = "0.1.0"
