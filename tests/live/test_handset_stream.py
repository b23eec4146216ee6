"""A handset that is a stream: what goes in is sent, what comes is heard, and nothing waits."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.media.countries import EUROPE
from agent.sip.events import Ended
from hw.board import SOUND_HZ, HandsetDevices
from support import handset_files as sound
from support.handset_socket import Listener, frames_while_python_is_busy
from support.sip_phone import SipPhone, settings_for, talk
from support.waiting import until

pytestmark = pytest.mark.live


def share_of(samples: sound.Sound, hertz: float) -> float:
    """The share of a tone in sound of a stream's rate."""
    return sound.share_of(samples, hertz, SOUND_HZ)


class Call:
    """From a phone whose handset is a stream to one whose handset is files."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.listener = stack.enter_context(Listener(folder))
        self.ear = folder / "ear.wav"
        speech = str(sound.write_tone(folder / "stand-in.wav", 1300))
        handsets = (
            HandsetDevices(stream=self.listener.stream, microphone_file=speech),
            HandsetDevices(
                microphone_file=str(sound.write_tone(folder / "b.wav", 1900)),
                earpiece_file=str(self.ear),
            ),
        )
        self.phones = [
            stack.enter_context(SipPhone(settings_for(folder, port, codecs=("G722",)), handset))
            for port, handset in zip((5061, 5062), handsets, strict=True)
        ]
        caller, callee = self.phones
        talk(caller, callee)

    def arrives(self, hertz: float) -> bool:
        """Whether the last half second at the other end is this tone."""
        last = sound.heard(self.ear)[-sound.RATE // 2 :]
        return len(last) == sound.RATE // 2 and sound.share_of(last, hertz) > 0.95

    def is_silent(self) -> bool:
        """Whether nothing was heard at the other end for a quarter of a second."""
        return float(abs(sound.heard(self.ear)[-sound.RATE // 4 :]).max()) < 10

    def hang_up(self) -> None:
        self.phones[0].order("hang_up", "call")
        for phone in self.phones:
            phone.wait_for(Ended)


def test_tone_in_the_earpiece(tmp_path: Path) -> None:
    with Listener(tmp_path) as listener:
        handset = HandsetDevices(stream=listener.stream)
        with SipPhone(settings_for(tmp_path, 5061), handset) as phone:
            phone.order("play_tone", EUROPE.dial)
            until(lambda: len(listener.heard) > SOUND_HZ)
            phone.order("play_tone", None)
    assert share_of(listener.heard[SOUND_HZ // 10 :], 425) > 0.98


def test_both_hear_each_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        call = Call(stack, tmp_path)
        call.listener.come()
        call.listener.hum(700)
        until(lambda: call.arrives(700))
        until(lambda: share_of(call.listener.heard[-SOUND_HZ // 2 :], 1900) > 0.95)
        call.hang_up()


def test_a_file_speaks_until_somebody_comes(tmp_path: Path) -> None:
    with ExitStack() as stack:
        call = Call(stack, tmp_path)
        until(lambda: call.arrives(1300))
        call.listener.come()
        until(call.is_silent)
        call.listener.hum(700)
        until(lambda: call.arrives(700))
        call.hang_up()


def test_a_muted_microphone_is_silent(tmp_path: Path) -> None:
    with ExitStack() as stack:
        call = Call(stack, tmp_path)
        call.listener.come()
        call.listener.hum(700)
        until(lambda: call.arrives(700))
        call.phones[0].order("set_microphone_muted", True)  # noqa: FBT003 - what it sets
        until(call.is_silent)
        call.hang_up()


def test_python_keeps_no_sound_waiting() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as process:
        busy, frames = process.submit(frames_while_python_is_busy).result()
    assert busy > 0.2
    assert frames > busy / 0.02 / 2
