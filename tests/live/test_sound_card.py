"""A call on a sound card, by way of ALSA: found by name, opened when wanted, heard both ways."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from agent.media.countries import EUROPE
from agent.sip.events import Ended
from hw.board import HandsetDevices
from support import handset_files as sound
from support import pulse
from support.pulse import HANDSET, PulseCard, heard, pulse_card
from support.sip_phone import SipPhone, settings_for, talk
from support.waiting import until

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not pulse.is_here(), reason="needs pulseaudio and libasound2-plugins"),
]
_SERVICE = Path(__file__).parents[2] / "systemd" / "sotto.service"
CARD = HandsetDevices(capture=HANDSET, playback=HANDSET)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[PulseCard]:
    with pulse_card(tmp_path) as made:
        yield made


def sine(hertz: float) -> sound.Sound:
    return 8000 * np.sin(2 * np.pi * hertz * np.arange(2 * sound.RATE) / sound.RATE)


def test_a_call_is_heard_both_ways_on_a_card(card: PulseCard, tmp_path: Path) -> None:
    far_ear = tmp_path / "far.wav"
    far = HandsetDevices(
        microphone_file=str(sound.write_tone(tmp_path / "far-mouth.wav", 1900)),
        earpiece_file=str(far_ear),
    )
    with ExitStack() as stack:
        near_ear = stack.enter_context(card.listening())
        stack.enter_context(card.speaking(sine(1100)))
        near = stack.enter_context(SipPhone(settings_for(tmp_path, 5061), CARD))
        other = stack.enter_context(SipPhone(settings_for(tmp_path, 5062), far))
        talk(near, other)
        until(lambda: len(sound.heard(far_ear)) > 4 * sound.RATE)
        until(lambda: np.abs(heard(near_ear)[-sound.RATE :]).max(initial=0) > 1000)
        near.order("hang_up", "call")
        other.wait_for(Ended)
        last = heard(near_ear)[-sound.RATE :]
    assert sound.share_of(sound.heard(far_ear)[-sound.RATE :], 1100) > 0.8
    assert sound.share_of(last, 1900) > 0.8


def priorities(process: int) -> dict[str, int]:
    """Those of the threads that run in real time, by the threads' names."""
    threads = [int(each.name) for each in Path(f"/proc/{process}/task").iterdir()]
    return {
        Path(f"/proc/{process}/task/{thread}/comm").read_text().strip(): priority
        for thread in threads
        if (priority := os.sched_getparam(thread).sched_priority)
    }


def test_sound_comes_before_other_programs_as_far_as_the_service_allows_it(
    card: PulseCard, tmp_path: Path
) -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pytest.skip("this machine lets nobody run in real time")
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    limit = re.search(r"^LimitRTPRIO=(\d+)$", _SERVICE.read_text(), re.MULTILINE)
    assert limit is not None
    with card.speaking(sine(1100)), SipPhone(settings_for(tmp_path, 5061), CARD) as phone:
        phone.order("play_tone", EUROPE.dial)
        names = {"alsasound_playb", "alsasound_captu"}
        until(lambda: names <= priorities(phone.pid).keys())
        found = priorities(phone.pid)
        phone.order("play_tone", None)
    assert all(priority <= int(limit[1]) for priority in found.values()), found
    assert found.keys() == names, "nothing but the card's own sound, which no timer hands on"


def test_a_tone_is_heard_on_a_card_and_the_card_rests_afterwards(
    card: PulseCard, tmp_path: Path
) -> None:
    with card.listening() as ear, SipPhone(settings_for(tmp_path, 5061), CARD) as phone:
        phone.order("play_tone", EUROPE.dial)
        until(lambda: np.abs(heard(ear)[-sound.RATE // 2 :]).max(initial=0) > 1000)
        until(lambda: sound.share_of(heard(ear)[-sound.RATE // 2 :] + 1e-3, 425) > 0.9)
        phone.order("play_tone", None)
        until(lambda: not heard(ear)[-sound.RATE :].any())
