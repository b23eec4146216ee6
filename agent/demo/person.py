"""A person at a simulated phone: sees the panel, presses the keys, keeps what was shown."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from agent.demo.household import DemoError
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from hw.simulator.client import PhoneState, SimulatorClient
from hw.types import Key, Picture

PATIENCE_S: Final = 10.0
"""How long a person waits for something that should happen at once."""
READING_S: Final = 1.8
"""How long a person looks at the words before pressing; sooner, the phone ignores it."""
HOLD_S: Final = 0.7
"""How long a person holds a key that wants to be held for half a second."""

Onlooker = Callable[[str, Picture], None]
"""Hears of every changed panel: whose, and the picture."""


class Person:
    """Made by `Person.at`."""

    def __init__(self, name: str, onlooker: Onlooker) -> None:
        self.name = name
        self.seen: list[Picture] = []
        self._onlooker = onlooker
        self._client: SimulatorClient | None = None

    @classmethod
    async def at(cls, name: str, socket: Path, onlooker: Onlooker) -> Self:
        """Sits down at the phone whose board is at this socket."""
        person = cls(name, onlooker)
        person._client = await SimulatorClient.connect(socket, person._look)
        return person

    @property
    def phone(self) -> SimulatorClient:
        """The phone's keys and hook."""
        if self._client is None:
            raise DemoError(f"{self.name} sits at no phone")
        return self._client

    def _look(self, state: PhoneState) -> None:
        if not self.seen or self.seen[-1] != state.picture:
            self.seen.append(state.picture)
            self._onlooker(self.name, state.picture)

    async def sees(self, *words: str, patience: float = PATIENCE_S) -> Picture:
        """Waits until each of these stands on the panel, in whatever case.

        Raises:
            DemoError: It does not come; the message says what stands there instead.
        """

        def shown(state: PhoneState) -> bool:
            text = " ".join(state.picture.text).lower()
            return all(word.lower() in text for word in words)

        wanted = " and ".join(f'"{word}"' for word in words)
        return await self._until(shown, f"to show {wanted}", patience)

    async def sees_verified(self, name: str) -> Picture:
        """Waits until the panel says whose verified phone it is.

        "Signalling not verified" says something else: the line has to begin with the word.

        Raises:
            DemoError: It does not say so.
        """

        def shown(state: PhoneState) -> bool:
            lines = state.picture.text
            return name in lines and any(line.startswith("Verified") for line in lines)

        return await self._until(shown, f"to say that {name} is verified")

    async def reads_sas(self) -> tuple[str, str]:
        """Waits for the two words of the SAS, and reads them.

        Raises:
            DemoError: They do not come.
        """
        picture = await self._until(
            lambda state: sas_words(state.picture) is not None, "to show the two words"
        )
        words = sas_words(picture)
        if words is None:
            raise DemoError(f"{self.name}'s words went away while they were read")
        return words

    async def _until(
        self, condition: Callable[[PhoneState], bool], wish: str, patience: float = PATIENCE_S
    ) -> Picture:
        try:
            async with asyncio.timeout(patience):
                return (await self.phone.until(condition)).picture
        except TimeoutError:
            there = " / ".join(self.phone.state.picture.text) or "nothing"
            raise DemoError(
                f"{self.name} waited {patience:.0f} s for the phone {wish}; it shows: {there}"
            ) from None

    async def confirms(self) -> None:
        """Takes the time to read, then holds the key that says "it matches"."""
        await asyncio.sleep(READING_S)
        await self.phone.press(Key.CONFIRM, HOLD_S)

    async def leaves(self) -> None:
        """Gets up."""
        await self.phone.close()


def sas_words(picture: Picture) -> tuple[str, str] | None:
    """The two words of a B256 SAS that stand in a picture, if they do."""
    words = [word.strip(".,:;!?").lower() for line in picture.text for word in line.split()]
    even, odd = _lower(EVEN_WORDS), _lower(ODD_WORDS)
    first = next((word for word in words if word in even), None)
    second = next((word for word in words if word in odd), None)
    return None if first is None or second is None else (first, second)


def _lower(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)
