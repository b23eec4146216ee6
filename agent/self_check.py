"""The menu's look at everything: `sotto doctor --quick`, and what it says in the menu's words.

A process of its own, for it loads what a phone has no need of, waits for name servers that are
dead, and shakes hands with servers: none of that may come near a call.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from agent.phone.menu.answers import PhoneChecked, Trouble

log = logging.getLogger(__name__)

PATIENCE_S: Final = 60.0
"""A small board needs some seconds to begin with, and each server that is dead some more."""
MOST: Final = 8
"""Nobody turns more pages than these."""
_STATES: Final = ("wrong", "watch")


class SelfCheck:
    """Looks when it is called; not twice at once.

    Args:
        config: The phone's configuration file.
        spawn: Starts what takes its time.
        tell: Hears what came of it.
    """

    def __init__(
        self,
        config: Path,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        tell: Callable[[PhoneChecked], None],
    ) -> None:
        self._order = (
            *(sys.executable, "-m", "agent", "doctor", "--quick", "--json", "--names"),
            *("--config", str(config)),
        )
        self._spawn = spawn
        self._tell = tell
        self._looking = False

    def __call__(self) -> None:
        """Begins; the answer to one that has begun is the answer to this one, too."""
        if not self._looking:
            self._looking = True
            self._spawn(self._look())

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                checked = read(await _output(self._order))
        except TimeoutError:
            log.warning("sotto doctor did not come to an end within %.0f s", PATIENCE_S)
            checked = PhoneChecked(failed=True)
        except (OSError, ValueError) as error:
            log.warning("sotto doctor: %s", error)
            checked = PhoneChecked(failed=True)
        finally:
            self._looking = False
        self._tell(checked)


def read(output: bytes) -> PhoneChecked:
    """What is wrong first, then what is to be watched, as `sotto doctor --json` tells it.

    Raises:
        ValueError: This is none of it.
    """
    try:
        findings = [
            (_STATES.index(each["state"]), str(each["sentence"]), str(each["advice"]))
            for each in json.loads(output)["findings"]
            if each["state"] in _STATES
        ]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"its answer is none: {error!r}") from error
    findings.sort(key=lambda each: each[0])
    return PhoneChecked(
        tuple(Trouble(said, advice, wrong=not rank) for rank, said, advice in findings[:MOST])
    )


async def _output(order: tuple[str, ...]) -> bytes:
    """Runs it to its end, or ends it."""
    process = await asyncio.create_subprocess_exec(
        *order, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output
