"""What only the kernel's simulations can show, besides the contract (tests/contract)."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hw import mixer
from hw.board import HandsetDevices
from hw.gpio import GpioError, Pull, RpiGpio
from hw.handset import AlsaHandset
from hw.headset import Headset
from hw.part import PartError
from hw.pi import PiBoard
from hw.profile import HeadsetProfile, SoundProfile, SpeakerProfile
from hw.profile_table import Setting
from hw.ring_voice import SAMPLE_RATE
from hw.ringer import Speaker
from hw.sound_cards import cards, find_card, library
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HardwareEvent,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    Picture,
    RingTone,
)
from support.board_rigs import until
from support.kernel_rig import REASON, is_here, kernel_rig

pytestmark = [
    pytest.mark.hardware,
    pytest.mark.skipif(not is_here(), reason=REASON),
    pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning"),
]
LIT = Picture(b"\xff" * 1024, ("lit",))


def test_off_hook_is_told_and_after_how_long(tmp_path: Path) -> None:
    """The figure is for whoever reads it (pytest -s): this machine is emulated, and slow."""
    heard: list[float] = []

    async def main() -> None:
        async with kernel_rig(tmp_path) as rig:
            rig.board.start(lambda _: heard.append(time.monotonic()))
            await asyncio.sleep(1.0)
            lifted = time.monotonic()
            rig.lines.part(rig.profile.hook.pin)
            await until(lambda: bool(heard))
            print(f"off-hook told after {1000 * (heard[0] - lifted):.0f} ms")  # noqa: T201
            assert len(heard) == 1

    asyncio.run(main())


def test_a_display_that_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with kernel_rig(tmp_path) as rig:
            rig.board.start(rig.events.append)
            rig.board.show(LIT)
            await until(lambda: rig.panel() == LIT.bits, 20)
            rig.display.say("unplug")
            rig.board.show(Picture(bytes(1024)))
            await until(lambda: bool(rig.events), 20)
            rig.board.show(LIT)
            rig.display.say("plug")
            await until(lambda: rig.panel() == LIT.bits, 20)
            [missing, back] = rig.events
            assert isinstance(missing, DeviceMissing)
            assert missing.device is Device.DISPLAY
            assert back == DeviceBack(Device.DISPLAY)

    asyncio.run(main())


def test_a_bus_without_a_display_is_named_by_its_address(tmp_path: Path) -> None:
    async def main() -> None:
        async with kernel_rig(tmp_path) as rig:
            rig.display.say("unplug")
            rig.board.start(rig.events.append)
            await until(lambda: bool(rig.events), 20)
            [event] = [event for event in rig.events if isinstance(event, DeviceMissing)]
            assert event.reason.startswith("no display at I2C address 0x3c on bus 9")

    asyncio.run(main())


def test_lines_by_way_of_rpi_gpio(tmp_path: Path) -> None:
    async def main() -> None:
        async with kernel_rig(tmp_path) as rig:
            gpio = RpiGpio()
            line = gpio.take(20)
            with pytest.raises(GpioError, match="GPIO20 is taken already"):
                gpio.take(20)
            line.listen(Pull.UP)
            assert line.read()
            line.listen(Pull.DOWN)
            assert not line.read()
            line.drive(high=True)
            assert rig.lines.is_high(20)
            line.drive(high=False)
            assert not rig.lines.is_high(20)
            for frequency in (50, 100, 0):
                line.pulse(frequency)
            levels = [rig.lines.is_high(20) for _ in range(50)]
            assert levels == [False] * 50
            line.release()
            gpio.take(20).release()
            with pytest.raises(GpioError, match="GPIO99"):
                gpio.take(99).listen(Pull.UP)
            gpio.module.cleanup()

    asyncio.run(main())


def volume_of(control: str) -> list[int]:
    """What the dummy card's mixer shows, in percent."""
    opened = library().Mixer(control, device="hw:CARD=Dummy")
    volume: list[int] = opened.getvolume()
    opened.close()
    return volume


@pytest.fixture
def dummy_card() -> Iterator[None]:
    yield
    subprocess.run(["modprobe", "-d", "build/hardware", "snd-dummy"], check=True)


@pytest.mark.usefixtures("dummy_card")
def test_a_handset_is_found_by_name_and_noticed_when_it_goes() -> None:
    handset = AlsaHandset(SoundProfile(card="dummy"), lambda: None)
    handset.open()
    assert handset.devices == HandsetDevices("plughw:CARD=Dummy", "plughw:CARD=Dummy")
    for percent in (0, 100, 40):
        handset.set_volume(percent)
        handset.step(0.0, print)
        assert volume_of("Master") == pytest.approx([percent, percent], abs=2)
    subprocess.run(["rmmod", "snd_dummy"], check=True)
    with pytest.raises(PartError, match='the sound card "Dummy" went away'):
        handset.step(0.0, print)
    handset.close()
    assert not handset.devices.is_card
    with pytest.raises(PartError, match=r'no sound card called "dummy"; there are Loopback \('):
        handset.open()


@pytest.mark.usefixtures("dummy_card")
def test_a_usb_headset_is_plugged_in_while_its_card_is_there() -> None:
    events: list[HardwareEvent] = []
    headset = Headset(RpiGpio, HeadsetProfile(SoundProfile(card="dummy")), lambda: None)
    headset.open()
    headset.step(0.0, events.append)
    headset.step(1.0, events.append)
    assert events == [HeadsetPlugged()]
    assert headset.devices == HandsetDevices("plughw:CARD=Dummy", "plughw:CARD=Dummy")
    assert headset.set_volume(35)  # its mixer does it
    headset.step(2.0, events.append)
    assert volume_of("Master") == pytest.approx([35, 35], abs=2)
    subprocess.run(["rmmod", "snd_dummy"], check=True)
    headset.step(3.0, events.append)
    headset.step(4.0, events.append)
    assert events == [HeadsetPlugged(), HeadsetUnplugged()]
    assert not headset.set_volume(40)
    subprocess.run(["modprobe", "-d", "build/hardware", "snd-dummy"], check=True)
    headset.step(5.0, events.append)
    assert events[2:] == [HeadsetPlugged()]
    assert volume_of("Master") == pytest.approx([40, 40], abs=2)
    headset.close()


def test_mixer_controls_are_set_as_the_profile_has_them() -> None:
    card = find_card("Dummy", cards())
    assert card is not None
    settings: dict[str, Setting] = {"Mic": True, "Line": False, "CD": 60, "Synth": "loud", "Up": 1}
    problems = mixer.apply(card, settings)
    assert problems == [
        "the mixer control \"Synth\" does not take 'loud': it has no choices",
        'the sound card "Dummy" has no mixer control "Up"',
    ]
    switches = {}
    for name in ("Mic", "Line"):
        control = library().Mixer(name, device="hw:CARD=Dummy")
        switches[name] = control.getrec()
        control.close()
    assert switches == {"Mic": [1, 1], "Line": [0, 0]}
    assert volume_of("CD") == pytest.approx([60, 60], abs=2)
    assert mixer.volume_control(card, ("Headphone", "Line", "Master")) == "Line"
    assert mixer.volume_control(card, ("Headphone",)) == ""


def test_the_loudspeaker_is_heard_at_the_other_end_of_the_loop() -> None:
    alsaaudio = library()
    speaker = Speaker(SpeakerProfile("plughw:CARD=Loopback,DEV=0"))
    speaker.open()
    ear = alsaaudio.PCM(
        alsaaudio.PCM_CAPTURE,
        device="hw:CARD=Loopback,DEV=1",
        rate=SAMPLE_RATE,
        channels=1,
        format=alsaaudio.PCM_FORMAT_S16_LE,
        periodsize=320,
    )
    speaker.ring(RingTone((800,), 40, (2000, 1000)))
    heard = b""
    while len(heard) < SAMPLE_RATE:
        assert speaker.step(0.0, print) == 0.0
        heard += ear.read()[1]
    ear.close()
    speaker.close()
    sound = np.frombuffer(heard, "<i2")[-SAMPLE_RATE // 4 :].astype(float)
    loudest = int(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))) * 4
    assert loudest == pytest.approx(800, abs=12)  # an emulated machine misses some samples


def test_the_hook_is_told_while_the_handset_is_missing(tmp_path: Path) -> None:
    async def main() -> None:
        async with kernel_rig(tmp_path, lifted=True) as rig:
            handset = SoundProfile(card="nowhere")
            board = PiBoard(replace(rig.profile, handset=handset), RpiGpio, retry=0.1)
            board.start(rig.events.append)
            await until(lambda: HookLifted() in rig.events)
            await until(lambda: any(isinstance(event, DeviceMissing) for event in rig.events))
            board.close()
            RpiGpio().module.cleanup()

    asyncio.run(main())
