"""What people do with a phone of ours and a linphonec: compare the words, and talk."""

from typing import Final

from agent.demo.household import Home
from agent.demo.person import Person
from hw.types import Key
from support import daemon
from support.linphone import Linphone, Setup

_LIKE: Final = 0.8


async def read_the_same(alice: Person, lin: Linphone) -> str:
    """What both phones show as the SAS, in linphonec's spelling."""
    hers, theirs = await daemon.reads_sas(alice), await lin.sas()
    assert hers == theirs.lower()
    return theirs


async def compare(alice: Person, lin: Linphone, state: str) -> None:
    """Both read the SAS and confirm it; the panel tells the state that follows."""
    await read_the_same(alice, lin)
    await lin.confirms()
    await alice.confirms()
    await alice.sees("who is it")
    await alice.phone.press(Key.CONFIRM)
    await daemon.sees_line(alice, state)


def check_speech(home: Home, lins: Setup) -> None:
    assert lins.speech is not None
    assert daemon.heard(lins.speech, home.earpiece) > _LIKE
    assert daemon.heard(home.microphone, lins.earpiece) > _LIKE
