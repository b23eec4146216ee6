"""The simulator's own rules; what it shares with real boards is in tests/contract."""

import asyncio
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hw.board import HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.client import LinkClosedError, PhoneState, SimulatorClient
from hw.simulator.link import LINE_LIMIT, encode
from hw.simulator.unix_server import SocketInUseError
from hw.types import (
    Device,
    DeviceMissing,
    HardwareEvent,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Output,
    Picture,
    RingTone,
)

LIT = Picture(b"\xff" * 1024, ("all", "lit"), 250)
TONE = RingTone((425,), 50, (1000, 4000))


class Phone:
    """A board on a socket, what it told, and hands to use it."""

    def __init__(self, path: Path, devices: HandsetDevices, *, lifted: bool) -> None:
        self.path = path
        self.events: list[HardwareEvent] = []
        self.told = asyncio.Event()
        self.board = SimulatorBoard(path, devices, lifted=lifted)

    def emit(self, event: HardwareEvent) -> None:
        self.events.append(event)
        self.told.set()

    async def until(self, *events: HardwareEvent) -> None:
        """Waits until the board has told exactly these events, in this order."""
        while len(self.events) < len(events):
            self.told.clear()
            await self.told.wait()
        assert self.events == list(events)


def run(
    tmp_path: Path,
    story: Callable[[Phone], Awaitable[None]],
    *,
    devices: HandsetDevices | None = None,
    lifted: bool = False,
) -> None:
    async def main() -> None:
        phone = Phone(tmp_path / "run" / "phone.sock", devices or HandsetDevices(), lifted=lifted)
        phone.board.start(phone.emit)
        try:
            async with asyncio.timeout(10):
                await story(phone)
        finally:
            phone.board.close()
        assert not phone.path.exists()

    asyncio.run(main())


def shows(word: str) -> Callable[[PhoneState], bool]:
    return lambda state: state.picture.text == (word,)


def test_the_socket_is_for_its_owner_alone(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        mode = phone.path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert stat.S_IMODE(phone.path.parent.stat().st_mode) == 0o700

    run(tmp_path, story)


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run" / "phone.sock"
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(path))

    async def story(phone: Phone) -> None:
        client = await SimulatorClient.connect(phone.path)
        await client.close()

    run(tmp_path, story)


def test_a_living_phone_is_not_pushed_aside(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        second = SimulatorBoard(phone.path, HandsetDevices())
        with pytest.raises(SocketInUseError, match=r"another phone listens on .*phone\.sock"):
            second.start(phone.emit)
        second.close()
        assert phone.path.exists()

    run(tmp_path, story)


def test_a_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("keep")

    async def main() -> None:
        with pytest.raises(OSError, match="in use"):
            SimulatorBoard(path, HandsetDevices()).start(print)

    asyncio.run(main())
    assert path.read_text() == "keep"


def test_each_client_sees_the_present_state(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        phone.board.show(LIT)
        phone.board.set_leds(Leds(green=True))
        phone.board.ring(TONE)
        for _ in range(2):
            client = await SimulatorClient.connect(phone.path)
            state = await client.until(lambda state: state.lifted)
            assert (state.picture, state.leds, state.tone) == (LIT, Leds(green=True), TONE)
            await client.close()

    run(tmp_path, story, lifted=True)


def test_what_one_hand_does_the_others_see(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        one, two = [await SimulatorClient.connect(phone.path) for _ in range(2)]
        await one.lift()
        await two.until(lambda state: state.lifted)
        await two.replace()
        await one.until(lambda state: not state.lifted)
        await phone.until(HookLifted(), HookReplaced())
        await one.close()
        await two.close()

    run(tmp_path, story)


def test_a_key_under_two_fingers_comes_up_with_the_last(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        one, two = [await SimulatorClient.connect(phone.path) for _ in range(2)]
        five = Key.DIGIT_5
        await one.send(KeyPressed(five), KeyPressed(five))
        await phone.until(KeyPressed(five))
        await two.send(KeyPressed(five), KeyPressed(Key.STAR))
        await phone.until(KeyPressed(five), KeyPressed(Key.STAR))
        await one.send(KeyReleased(five), KeyReleased(five))
        await one.press(Key.HASH)
        before = (KeyPressed(five), KeyPressed(Key.STAR))
        await phone.until(*before, KeyPressed(Key.HASH), KeyReleased(Key.HASH))
        await two.send(KeyReleased(five))
        await phone.until(*before, KeyPressed(Key.HASH), KeyReleased(Key.HASH), KeyReleased(five))
        await one.close()
        await two.close()

    run(tmp_path, story)


def test_keys_come_up_when_their_hand_goes_away(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        client = await SimulatorClient.connect(phone.path)
        await client.send(KeyPressed(Key.CONFIRM))
        await phone.until(KeyPressed(Key.CONFIRM))
        await client.close()
        await phone.until(KeyPressed(Key.CONFIRM), KeyReleased(Key.CONFIRM))

    run(tmp_path, story)


def test_a_number_is_dialled_in_order(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        client = await SimulatorClient.connect(phone.path)
        await client.dial("*#")
        star, fence = Key.STAR, Key.HASH
        await phone.until(
            KeyPressed(star), KeyReleased(star), KeyPressed(fence), KeyReleased(fence)
        )
        with pytest.raises(ValueError, match="x"):
            await client.dial("x")
        await client.close()

    run(tmp_path, story)


def test_a_bad_line_is_answered_and_ignored(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        reader, writer = await asyncio.open_unix_connection(phone.path)
        writer.writelines([b"ring ring\n", encode(KeyPressed(Key.MENU))])
        lines = [await reader.readline() for _ in range(5)]
        assert lines[-1].startswith(b'{"error":')
        await phone.until(KeyPressed(Key.MENU))
        writer.close()
        await writer.wait_closed()

    run(tmp_path, story)


def test_a_line_without_end_ends_the_link(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        reader, writer = await asyncio.open_unix_connection(phone.path)
        writer.write(b"x" * (3 * LINE_LIMIT))
        answer = await reader.read()
        assert answer.splitlines()[-1].startswith(b'{"error":"a line has')
        writer.close()
        assert phone.events == []

    run(tmp_path, story)


def test_who_does_not_read_is_let_go(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        lazy = socket.socket(socket.AF_UNIX)
        lazy.connect(str(phone.path))
        eye = await SimulatorClient.connect(phone.path)
        for round_ in range(600):
            phone.board.show(Picture(bytes(1024), (str(round_),)))
            await eye.until(shows(str(round_)))
        lazy.settimeout(5)
        with lazy:
            size = sum(iter(lambda: len(lazy.recv(1 << 16)), 0))
        assert size < 600 * len(encode(Picture(bytes(1024))))
        await eye.close()

    run(tmp_path, story)


def test_a_client_notices_that_the_phone_went_away(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        client = await SimulatorClient.connect(phone.path)
        await client.until(lambda state: not state.lifted)
        phone.board.close()
        with pytest.raises(LinkClosedError):
            await client.until(lambda state: state.lifted)
        assert not client.is_open
        await client.close()

    run(tmp_path, story)


def test_a_missing_microphone_file_is_told(tmp_path: Path) -> None:
    speech = str(tmp_path / "speech.wav")

    async def story(phone: Phone) -> None:
        reason = f"no microphone file {speech}"
        assert phone.events == [DeviceMissing(Device.HANDSET, reason)]

    run(tmp_path, story, devices=HandsetDevices(microphone_file=speech))


def test_a_headset_that_is_in_stays_in_for_the_next_eye(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        one = await SimulatorClient.connect(phone.path)
        await one.send(HeadsetPlugged(), HeadsetPlugged())
        await phone.until(HeadsetPlugged())
        two = await SimulatorClient.connect(phone.path)
        await two.until(lambda state: state.headset)
        await two.send(HeadsetUnplugged())
        await one.until(lambda state: not state.headset)
        await phone.until(HeadsetPlugged(), HeadsetUnplugged())
        await one.close()
        await two.close()

    run(tmp_path, story)


def test_a_volume_is_a_percentage() -> None:
    board = SimulatorBoard(Path("unused"), HandsetDevices(earpiece_file="ear.wav"))
    assert not board.set_volume(Output.EARPIECE, 40)  # a file has no mixer
    assert not board.set_volume(Output.HEADSET, 60)
    assert (board.handset.volume, board.headset.volume) == (40, 60)
    with pytest.raises(ValueError, match="101"):
        board.handset.set_volume(101)
    assert board.handset.devices.earpiece_file == "ear.wav"
