"""A whole phone whose configuration names a language, and its menu, which may name another."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from hw.types import Key
from support.couple import CALLEE, CALLER, furnish, living_at

pytestmark = pytest.mark.live


async def _speaks(folder: Path) -> None:
    home = furnish(folder, CALLER, CALLEE)
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace("[phone]", '[phone]\nlanguage = "fr"'), encoding="utf-8")
    async with living_at(home) as side:
        await side.sees("Appels directs seulement")
        await side.person.phone.lift()
        await side.sees("Composez")
        await side.person.phone.replace()
        await side.sees("Appels directs seulement")
        await side.person.phone.press(Key.MENU)
        await side.sees("Réglages")


def test_the_display_speaks_the_language_of_the_configuration() -> None:
    with tempfile.TemporaryDirectory(prefix="sotto-") as folder:
        asyncio.run(_speaks(Path(folder)))
