"""Whole phones with a PBX: Debian sid's Asterisk behind Kamailio, as docs/servers.md sets them up.

The keys of the voice travel in the signalling (SDES, RFC 4568): the server can listen, and the
screen says so all the call.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from agent.demo.household import Home, Resident
from agent.demo.person import Person
from agent.demo.story import Listening
from hw.types import Key, Picture
from support import asterisk, daemon, sound
from support.asterisk import Asterisk
from support.certificates import Authority
from support.kamailio import Kamailio, Office
from support.netns import network_namespace

pytestmark = [pytest.mark.peer, pytest.mark.live]

BOB: Final = Resident("bob", "102", 15062, 17400, "en-us+m3")
SERVER_CAN_LISTEN: Final = "Server can listen"
TALK_S: Final = 4.0
STRETCHES: Final = 4
"""So often: the sound of a call that has just begun, or of a busy machine, has gaps."""
LIKE: Final = 0.8
"""Of the loudness of each 20 ms; another voice has 0.65 at the most."""


@dataclass(frozen=True)
class House:
    """The servers of an office."""

    kamailio: Kamailio
    pbx: Asterisk
    ca_file: Path


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    asterisk.chroot()  # made from Debian's archive, before there is no network but our own
    folder = tmp_path_factory.mktemp("house")
    authority = Authority(folder)
    office = Office(pbx=f"{asterisk.ADDRESS}:{asterisk.PORT}", pbx_name=asterisk.ADDRESS)
    with (
        network_namespace(),
        Kamailio(folder, authority.issue("localhost"), office, authority.file) as kamailio,
        Asterisk(
            authority.issue("pbx"),
            authority.file,
            asterisk.Kamailio(office.address, office.port, office.domain),
        ) as pbx,
    ):
        yield House(kamailio, pbx, authority.file)


@dataclass(frozen=True)
class Side:
    """A phone and who sits at it."""

    home: Home
    person: Person

    @property
    def journal(self) -> str:
        return self.home.journal.read_text()

    async def calls(self, number: str) -> None:
        await daemon.dials(self.person, number)

    async def hears(self, whose: Home) -> float:
        """How well what the earpiece plays follows somebody's speech: as soon as it does."""
        best, speech = 0.0, sound.spoken(whose.microphone)
        for _ in range(STRETCHES):
            listening = Listening(self.home)
            await asyncio.sleep(TALK_S)
            alike = sound.loudness_likeness(speech, sound.played(listening.so_far()))
            best = max(best, alike)
            if best > LIKE:
                break
        return best

    async def holds(self) -> None:
        await self.person.phone.press(Key.MENU)
        await self.person.sees("Hold")
        await self.person.phone.press(Key.CONFIRM)
        await self.person.sees("On hold")

    async def goes_on(self) -> None:
        await self.person.phone.press(Key.CALL)
        await self.person.sees(SERVER_CAN_LISTEN)

    async def hangs_up(self) -> None:
        await daemon.hangs_up(self.person, "Ready")


async def is_red(side: Side) -> None:
    """The lamps follow the picture."""
    async with asyncio.timeout(TALK_S):
        lit = await side.person.phone.until(lambda state: state.leds.red)
    assert not lit.leds.green


def check_told(side: Side) -> None:
    """Every picture of a talk says that the server can listen; no key is in the journal."""
    talks = [each for each in side.person.seen if _is_talk(each)]
    assert talks
    for picture in talks:
        assert SERVER_CAN_LISTEN in picture.text
    assert "inline:" not in side.journal
    assert "Traceback" not in side.journal


def _is_talk(picture: Picture) -> bool:
    """It shows how long the call lasts; at rest the time of the day stands there."""
    text = picture.text
    at_rest = {"Ready", "Connecting"} & set(text)
    return any(_CLOCK.fullmatch(line) for line in text) and not at_rest


_CLOCK: Final = re.compile(r"[0-9]+:[0-5][0-9]")
_CONTACTS: Final = (("Echo", "600"), ("Keys", "601"), ("Transfer", "602"), ("By PBX", "70bob"))
_NUMBERS: Final = {"70bob": "702"}


def furnish(folder: Path, house: House, resident: Resident, policy: str) -> Home:
    contacts = [(name, _NUMBERS.get(user, user), user) for name, user in _CONTACTS]
    contacts += [("Bob", "102", "bob"), ("Alice", "101", "alice")]
    more = "".join(
        f'[[contact]]\nname = "{name}"\nnumber = "{number}"\nuri = "sip:{user}@localhost"\n\n'
        for name, number, user in contacts
    )
    return daemon.furnish(
        folder,
        f"""
[[account]]
name = "Office"
uri = "sip:{resident.name}@localhost"
password = "secret of {resident.name}"
registrar = "sip:localhost:{house.kamailio.port}"
ca_file = "{house.ca_file}"
policy = "{policy}"

{more}""",
        resident,
    )


@asynccontextmanager
async def living(home: Home) -> AsyncIterator[Side]:
    async with daemon.living_at(home) as person:
        await person.sees("Ready")
        yield Side(home, person)


def run(
    folder: Path,
    house: House,
    story: Any,
    *residents: Resident,
    policies: tuple[str, ...] = ("zrtp_or_sdes", "zrtp_or_sdes"),
) -> None:
    """Runs a story at phones that are registered."""

    async def tell() -> None:
        async with AsyncExitStack() as stack:
            sides = [
                await stack.enter_async_context(living(furnish(folder, house, each, policy)))
                for each, policy in zip(residents, policies, strict=False)
            ]
            await story(*sides)

    asyncio.run(tell())


async def answers(side: Side) -> None:
    await daemon.answers(side.person)


def test_what_is_said_to_the_echo_comes_back(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        await alice.calls("600")
        await alice.person.sees(SERVER_CAN_LISTEN)
        assert await alice.hears(alice.home) > LIKE
        # ZRTP has been looked for in vain by now, and nothing changes by that.
        await alice.person.sees(SERVER_CAN_LISTEN, "0:07")
        await is_red(alice)
        await alice.person.phone.press(Key.CONFIRM)
        await alice.person.sees(SERVER_CAN_LISTEN)
        await alice.hangs_up()
        check_told(alice)
        assert "no ZRTP there: the server can listen" in alice.journal

    run(tmp_path, house, story, daemon.ALICE)


def test_hold_and_resume_keep_the_keys(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        await alice.calls("600")
        await alice.person.sees(SERVER_CAN_LISTEN)
        for _ in range(2):
            await alice.holds()
            await alice.goes_on()
        assert await alice.hears(alice.home) > LIKE
        await alice.hangs_up()
        assert alice.journal.count("encrypted to the server") == 1

    run(tmp_path, house, story, daemon.ALICE)


def test_keys_of_the_keypad_reach_the_pbx(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        await alice.calls("601")
        await alice.person.sees(SERVER_CAN_LISTEN)
        await asyncio.sleep(1.0)  # the PBX's beep
        for digit in "42":
            await alice.person.phone.press(Key(digit), 0.2)
            await asyncio.sleep(0.2)
        await alice.person.sees("They hung up")

    run(tmp_path, house, story, daemon.ALICE)


def test_the_pbx_calls(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        house.pbx.calls("alice", "600")
        await answers(alice)
        await alice.person.sees(SERVER_CAN_LISTEN)
        assert await alice.hears(alice.home) > LIKE
        await alice.hangs_up()
        check_told(alice)

    run(tmp_path, house, story, daemon.ALICE)


def test_the_pbx_puts_the_phone_through(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        await alice.calls("602")
        await alice.person.sees("put you through")
        await alice.person.phone.press(Key.CALL)
        await alice.person.sees(SERVER_CAN_LISTEN, "Echo")
        assert await alice.hears(alice.home) > LIKE
        await alice.hangs_up()

    run(tmp_path, house, story, daemon.ALICE)


def test_two_phones_through_the_pbx(tmp_path: Path, house: House) -> None:
    """It decrypts and encrypts anew, and no ZRTP passes: both screens say so, and nobody compares."""

    async def story(alice: Side, bob: Side) -> None:
        await alice.calls("702")
        await answers(bob)
        for side in (alice, bob):
            await side.person.sees(SERVER_CAN_LISTEN)
        assert await alice.hears(bob.home) > LIKE
        assert await bob.hears(alice.home) > LIKE
        await bob.holds()
        await alice.person.sees("They put you on hold", SERVER_CAN_LISTEN)
        await bob.goes_on()
        assert await alice.hears(bob.home) > LIKE
        await alice.hangs_up()
        await bob.person.sees("They hung up")
        for side in (alice, bob):
            check_told(side)
            assert not any(daemon.shown_sas(picture) for picture in side.person.seen)

    run(tmp_path, house, story, daemon.ALICE, BOB)


@pytest.mark.parametrize("policy", ["zrtp_or_sdes", "zrtp"])
def test_two_phones_without_the_pbx_have_zrtp(tmp_path: Path, house: House, policy: str) -> None:
    """Whatever the other one's account allows: one that takes no keys is called again without."""

    async def story(alice: Side, bob: Side) -> None:
        await alice.calls("102")
        await answers(bob)
        assert await daemon.reads_sas(alice.person) == await daemon.reads_sas(bob.person)
        await asyncio.gather(alice.person.confirms(), bob.person.confirms())
        for side in (alice, bob):
            await side.person.sees("who is it")
            await side.person.phone.press(Key.CONFIRM)
            await daemon.sees_line(side.person, "Verified, green")
        assert await alice.hears(bob.home) > LIKE
        for side in (alice, bob):
            assert not any(SERVER_CAN_LISTEN in picture.text for picture in side.person.seen)
            assert "encrypted to the server" not in side.journal
        await alice.hangs_up()

    run(tmp_path, house, story, daemon.ALICE, BOB, policies=("zrtp_or_sdes", policy))


def test_without_the_policy_there_is_no_call(tmp_path: Path, house: House) -> None:
    async def story(alice: Side) -> None:
        await alice.calls("600")
        await alice.person.sees("no encryption that fits")
        await alice.hangs_up()
        # And none that the PBX begins.
        house.pbx.calls("alice", "600")
        await alice.person.sees("No encryption there", "Call not connected")
        await is_red(alice)
        await alice.person.sees("1 missed call")
        assert SERVER_CAN_LISTEN not in {line for each in alice.person.seen for line in each.text}

    run(tmp_path, house, story, daemon.ALICE, policies=("zrtp",))
    journal = (tmp_path / "alice" / "journal.log").read_text()
    assert set(re.findall(r"packets: (.*)", journal)) <= {"none"}


def test_voice_mail_lights_the_lamp(tmp_path: Path, house: House) -> None:
    house.pbx.leave_message("alice")

    async def story(alice: Side) -> None:
        await alice.person.sees("1 new message")

    run(tmp_path, house, story, daemon.ALICE)
