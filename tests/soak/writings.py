"""The plug is pulled while settings, the PIN or a configuration are written.

What was written last before the plug must be there after it, or what was just being written:
one of the two, whole.
"""

import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from soak import writer
from soak.rows import Row

from agent.config import ConfigError, load_config

PART: Final = "writing"
KINDS: Final = ("settings", "pin", "config")
_WRITING_S: Final = {"settings": 0.05, "pin": 0.2, "config": 0.05}
"""Within so long the plug is pulled: each time some writings are done, and one is under way."""
_HUSH: Final = re.compile(r"hush-\d+")


def pulled(kills: int, seed: int) -> Iterator[Row]:
    """Kills writers at random moments; tells what was found after each."""
    chance = random.Random(seed)
    killed, written, halves = Counter[str](), Counter[str](), Counter[str]()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sotto-soak-") as name:
        folder = Path(name)
        (folder / "boot").mkdir()
        (folder / "etc").mkdir()
        first = dict.fromkeys(KINDS, 1)
        for turn in range(kills):
            kind = KINDS[turn % len(KINDS)]
            last = _killed(kind, folder, first[kind], chance.uniform(0, _WRITING_S[kind]))
            found = _found(kind, folder, last)
            if found not in {last, last + 1}:
                wrong.append(f"{kind}: {last} was written, and {found} was found")
            killed[kind] += 1
            written[kind] += last - first[kind] + 1
            halves[kind] += found == last + 1
            first[kind] = last + 1
    kinds = ", ".join(f"{count} {kind}" for kind, count in killed.items())
    yield Row(PART, "plug pulled in writing", f"{sum(killed.values())}: {kinds}", data={**killed})
    counts = ", ".join(f"{written[kind]} {kind} ({halves[kind]} more)" for kind in KINDS)
    yield Row(
        PART,
        "written before it (and in the same moment)",
        counts,
        data={"written": dict(written), "in_the_same_moment": dict(halves)},
    )
    yield Row(
        PART,
        "the last one there, whole; no password on the card",
        f"{len(wrong)} faults",
        not wrong,
        {"wrong": wrong},
    )
    if wrong:
        yield Row(PART, "the first fault", wrong[0])


def _killed(kind: str, folder: Path, first: int, seconds: float) -> int:
    """Lets a writer live so long; returns the last number that it said."""
    command = (sys.executable, writer.__file__, kind, str(folder), str(first))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it begins
        last = int(process.stdout.readline())
        time.sleep(seconds)
        process.kill()
        return max([last, *(int(line) for line in process.stdout if line.endswith("\n"))])


def _found(kind: str, folder: Path, last: int) -> int | str:
    """Which number is there now; or what is wrong, in words."""
    if kind == "config":
        return _configured(folder, last)
    store = writer.open_store(folder)
    try:
        if store.restored or store.set_aside:
            return f"another memory: {store.restored or store.set_aside}"
        if kind == "pin":
            tries = [n for n in (last, last + 1) if n and store.check_pin(f"{n:06}")[0]]
            return tries[0] if tries else 0 if store.pin_state() == (False, 0) else "no such PIN"
        chosen = store.preferences()
        values = {chosen.get(name, '"0"') for name in writer.NAMES}
        return int(values.pop().strip('"')) if len(values) == 1 else f"half: {chosen}"
    finally:
        store.close()


def _configured(folder: Path, last: int) -> int | str:
    """What is in force, and once the next start has taken the card, no secret lies on that."""
    target, card = folder / writer.TARGET, folder / writer.CARD
    try:
        found = _number(target) if target.exists() else 0
        if card.exists():
            if _is_whole(card):
                writer.inbox(folder).take()
            else:
                card.unlink()  # the plug was pulled out of the computer that wrote it
    except (ConfigError, OSError, AssertionError) as error:
        return str(error)
    if card.exists() and _HUSH.search(card.read_text()):
        return f"a password on the card: {card.read_text()}"
    if target.exists() and _number(target) not in {last, last + 1}:
        return f"the card was taken after it, and {_number(target)} is in force"
    return found


def _is_whole(card: Path) -> bool:
    """Somebody else puts the file onto the card: that this one tears is no fault of the phone."""
    return card.read_text(encoding="utf-8").count("\n") == writer.text(0).count("\n")


def _number(target: Path) -> int:
    config = load_config(target)
    number = config.phone.name.removeprefix("Desk ")
    assert config.accounts[0].password == f"hush-{number}", "another configuration's password"
    return int(number)
