"""RAUC by its command line: what a bundle is, and how it gets into the other slot.

The command line and not the message bus: it says the same, and wants no library for it.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.frozen import frozen

COMPATIBLE: Final = "sotto-arm64"
_PERCENT: Final = re.compile(r"\s*(\d{1,3})% ")
_LAST_ERROR: Final = "LastError: "


class RaucError(Exception):
    """It was not done; the message is a sentence."""


@frozen
class Bundle:
    """What a bundle says of itself, once its signature was found good.

    Attributes:
        version: Of the software in it.
        compatible: For which kind of machine it is.
    """

    version: str
    compatible: str


class Rauc:
    """The program.

    Args:
        config: The card's configuration of RAUC.
    """

    def __init__(self, config: Path = Path("/etc/rauc/system.conf")) -> None:
        self._command = ("rauc", f"--conf={config}")

    def look_into(self, bundle: Path) -> Bundle:
        """Checks the signature, and reads what the bundle is.

        Raises:
            RaucError: The signature is not one that this phone trusts, or this is no bundle.
        """
        done = self._run((*self._command, "info", "--output-format=json", str(bundle)))
        try:
            told = json.loads(done)
            return Bundle(str(told["version"]), str(told["compatible"]))
        except (ValueError, KeyError, TypeError):
            raise RaucError("the bundle does not say what it is") from None

    def install(self, bundle: Path, progress: Callable[[int], None]) -> None:
        """Writes the other slot, and has it tried at the next start.

        Args:
            bundle: What is installed.
            progress: Hears how many percent are done.

        Raises:
            RaucError: It did not go to its end.
        """
        problem = ""
        with subprocess.Popen(  # noqa: S603 - the program is RAUC's
            (self._command[0], "install", str(bundle)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                if found := _PERCENT.match(line):
                    progress(int(found.group(1)))
                problem = line.partition(_LAST_ERROR)[2].strip() or problem
        if process.returncode:
            raise RaucError(problem or f"rauc ended with status {process.returncode}")

    @staticmethod
    def _run(order: tuple[str, ...]) -> str:
        done = subprocess.run(order, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise RaucError(lines[-1] if lines else f"status {done.returncode}")
        return done.stdout
