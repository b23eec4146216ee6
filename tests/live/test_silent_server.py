"""A server that vanishes without a word, and what a person reads at the phone meanwhile."""

import asyncio
from pathlib import Path

import pytest

from hw.types import Key
from support.outpost import ADDRESS, PATIENCE_S, READY, outpost

pytestmark = [pytest.mark.live, pytest.mark.peer, pytest.mark.timeout(240)]

NO_ANSWER = f"{ADDRESS} does not answer"


def test_silence_is_told_and_so_is_its_end(tmp_path: Path) -> None:
    """The carrier is there, and no connection ends: packets are lost, that is all."""

    async def story() -> None:
        with place.kamailio(place.certificate()):
            async with place.person() as person:
                await person.sees(READY, patience=PATIENCE_S)
                place.fall_silent()
                await person.sees(NO_ANSWER, patience=PATIENCE_S)
                place.speak_again()
                await person.sees(READY, patience=PATIENCE_S)

    with outpost(tmp_path) as place, asyncio.Runner() as runner:
        runner.run(story())


def test_a_call_into_silence_ends_with_the_reason(tmp_path: Path) -> None:
    """Nobody was called: "No answer" would be a lie, and comes only after 32 s."""

    async def story() -> None:
        with place.kamailio(place.certificate()):
            async with place.person() as person:
                await person.sees(READY, patience=PATIENCE_S)
                place.fall_silent()
                await person.phone.lift()
                await person.sees("Dial a number")
                await person.phone.dial("55")
                await person.phone.press(Key.CALL)
                await person.sees("55", "Cannot be reached", NO_ANSWER, patience=PATIENCE_S)
                place.speak_again()
                await person.phone.replace()
                await person.sees(READY, patience=PATIENCE_S)

    with outpost(tmp_path) as place, asyncio.Runner() as runner:
        runner.run(story())
