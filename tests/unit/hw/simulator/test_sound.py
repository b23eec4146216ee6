"""The sound of a simulated handset, from its socket to where PJSIP would take it up."""

import array
import asyncio
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hw.board import FRAME_OCTETS, HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.client import SimulatorClient
from hw.simulator.sound import SoundSocket, louder
from hw.simulator.unix_server import SocketInUseError
from hw.types import HookLifted, Output
from support.board_rigs import until


def frame(number: int) -> bytes:
    return number.to_bytes(2, "little") * (FRAME_OCTETS // 2)


class Phone:
    """A board with its sound, and the end that PJSIP would have."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "phone.sound"
        self.sound = SoundSocket(self.path)
        self.board = SimulatorBoard(
            folder / "phone.sock", HandsetDevices(stream=self.sound), sound=self.sound
        )
        self.hook: list[object] = []
        self.pjsip = socket.socket(fileno=self.sound.fileno())
        self.pjsip.settimeout(0)

    async def lift(self) -> SimulatorClient:
        hand = await SimulatorClient.connect(self.path.with_suffix(".sock"))
        await hand.lift()
        await until(lambda: self.hook == [HookLifted()])
        return hand

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        await until(lambda: self.sound.attended)
        return reader, writer

    async def spoken(self) -> bytes:
        """The next message that PJSIP would get."""
        return await asyncio.get_running_loop().sock_recv(self.pjsip, 2 * FRAME_OCTETS)

    def waiting(self) -> int:
        """How many frames nobody has taken up."""
        found = 0
        try:
            while self.pjsip.recv(2 * FRAME_OCTETS):
                found += 1
        except BlockingIOError:
            return found
        return found


def run(folder: Path, story: Callable[[Phone], Awaitable[None]]) -> None:
    async def main() -> None:
        phone = Phone(folder)
        phone.board.start(phone.hook.append)
        try:
            async with asyncio.timeout(20):
                await story(phone)
        finally:
            phone.board.close()
            phone.board.close()
            phone.pjsip.detach()
        assert not phone.path.exists()

    asyncio.run(main())


def test_the_socket_is_for_its_owner_alone(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        mode = phone.path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        second = SoundSocket(phone.path)
        with pytest.raises(SocketInUseError):
            second.start()
        second.close()
        assert phone.path.exists()

    run(tmp_path, story)


def test_what_is_spoken_arrives_in_frames_however_it_was_cut(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        hand = await phone.lift()
        _, writer = await phone.connect()
        everything = frame(1) + frame(2) + frame(3)
        for start in range(0, len(everything), 500):
            writer.write(everything[start : start + 500])
            await writer.drain()
        assert [await phone.spoken() for _ in range(3)] == [frame(1), frame(2), frame(3)]
        writer.close()
        await hand.close()

    run(tmp_path, story)


def test_a_handset_in_its_cradle_hears_nothing(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        _, writer = await phone.connect()
        writer.write(frame(1))
        hand = await phone.lift()
        writer.write(frame(2))
        assert await phone.spoken() == frame(2)
        await hand.replace()
        await until(lambda: not phone.sound.lifted)
        writer.write(frame(3))
        writer.close()
        await until(lambda: not phone.sound.attended)
        assert phone.waiting() == 0
        await hand.close()

    run(tmp_path, story)


def test_what_is_played_is_heard(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        reader, writer = await phone.connect()
        phone.pjsip.send(frame(2))
        assert await reader.readexactly(FRAME_OCTETS) == frame(2)
        phone.board.set_volume(Output.EARPIECE, 50)
        phone.pjsip.send(frame(1000))
        assert await reader.readexactly(FRAME_OCTETS) == frame(500)
        writer.close()

    run(tmp_path, story)


def test_the_last_one_to_come_has_the_handset(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        hand = await phone.lift()
        first, first_writer = await phone.connect()
        second, second_writer = await phone.connect()
        assert await first.read() == b""
        assert phone.sound.attended
        first_writer.write(frame(1))
        second_writer.write(frame(2))
        assert await phone.spoken() == frame(2)
        phone.pjsip.send(frame(3))
        assert await second.readexactly(FRAME_OCTETS) == frame(3)
        second_writer.close()
        await until(lambda: not phone.sound.attended)
        first_writer.close()
        await hand.close()

    run(tmp_path, story)


def test_a_phone_that_does_not_listen_holds_nobody_up(tmp_path: Path) -> None:
    """Its audio throws 64 frames away at once when it wakes up: no more may be left for later."""

    async def story(phone: Phone) -> None:
        hand = await phone.lift()
        _, writer = await phone.connect()
        for number in range(500):
            writer.write(frame(number))
            await writer.drain()
        writer.close()
        await until(lambda: not phone.sound.attended)
        assert 5 < phone.waiting() < 64
        await hand.close()

    run(tmp_path, story)


def test_a_listener_that_is_slow_misses_some(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        reader, writer = await phone.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's has it
        for number in range(1000):
            phone.pjsip.send(frame(number))
            await asyncio.sleep(0)
        phone.board.close()
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        heard = len(await reader.read())
        assert 0 < heard < 1000 * FRAME_OCTETS
        assert heard % FRAME_OCTETS == 0
        writer.close()

    run(tmp_path, story)


@pytest.mark.parametrize(("percent", "expected"), [(100, -30000), (50, -15000), (1, -300), (0, 0)])
def test_volume(percent: int, expected: int) -> None:
    loud = array.array("h", [-30000, 0, 100] * 100).tobytes()
    samples = array.array("h", louder(loud, percent))
    assert samples[:3].tolist() == [expected, 0, percent]
