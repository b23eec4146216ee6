"""The sound card and the panel are taken away and given back, in a call and at rest.

The card is PulseAudio's null sinks by way of ALSA, as PJSIP opens it; what tells the phone that it
is gone is said here, as the board's driver would say it. The panel is the real driver's, on a bus
that is none.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
from soak.holdings import Course
from soak.rows import Row

from agent.media.countries import EUROPE
from agent.sip.events import Answered, Ended, IncomingCall
from hw.board import HandsetDevices
from hw.types import Device, DeviceBack, DeviceMissing, Picture
from support import board_rigs, handset_files, pulse
from support.board_rigs import PiRig, pi_rig
from support.pulse import HANDSET, PulseCard, heard, pulse_card
from support.sip_phone import SipPhone, settings_for
from support.waiting import until

PART: Final = "devices"
SOUND_TIMES: Final = 10
"""Of each kind."""
PANEL_TIMES: Final = 100
_CARD: Final = HandsetDevices(capture=HANDSET, playback=HANDSET)
_OURS_HZ: Final = 1100
_THEIRS_HZ: Final = 1900
_LOUD: Final = 1000
_SHARE: Final = 0.6
_REASON: Final = "the sound card went away"


def taken_away() -> Iterator[Row]:
    """First the sound, then the panel."""
    if pulse.is_here():
        yield from _sound()
    else:
        yield Row(PART, "sound card", "left out: pulseaudio and libasound2-plugins are not here")
    yield from _panel()


def _sound() -> Iterator[Row]:
    course = Course(PART, "the phone with the card", "time")
    in_call = at_rest = 0
    trouble: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sotto-soak-") as name, ExitStack() as stack:
        folder = Path(name)
        card = stack.enter_context(pulse_card(folder))
        far_ear = folder / "far.wav"
        mouth = handset_files.write_tone(folder / "far-mouth.wav", _THEIRS_HZ)
        far_devices = HandsetDevices(microphone_file=str(mouth), earpiece_file=str(far_ear))
        near = stack.enter_context(SipPhone(settings_for(folder, 5061), _CARD))
        far = stack.enter_context(SipPhone(settings_for(folder, 5062), far_devices))
        for number in range(SOUND_TIMES):
            try:
                _at_rest(card, near)
                at_rest += 1
                _in_a_call(card, near, far, far_ear, f"call{number}")
                in_call += 1
            except AssertionError as error:
                trouble.append(str(error))
                break
            course.look(number, near.pid)
    right = not trouble
    yield Row(PART, "sound card out and back at rest", f"{at_rest} of {SOUND_TIMES}: a tone", right)
    told = f"{in_call} of {SOUND_TIMES}: it stood, both were heard"
    yield Row(PART, "sound card out and back in a call", told, right, {"trouble": trouble})
    if trouble:
        yield Row(PART, "what went wrong", trouble[0])
    yield from course.rows()


def _at_rest(card: PulseCard, near: SipPhone) -> None:
    """The card comes back, and the next tone is heard."""
    card.take_away()
    near.order("lose_handset", _REASON)
    card.give_back()
    near.order("use_devices", _CARD)
    with card.listening() as ear:
        near.order("play_tone", EUROPE.dial)
        until(lambda: _hears(ear, 425), "no dial tone from the card that came back")
        near.order("play_tone", None)


def _in_a_call(card: PulseCard, near: SipPhone, far: SipPhone, far_ear: Path, call: str) -> None:
    """The call stands while the card is away; each hears the other before, and after it is back."""
    near.order("dial", call, "sip:127.0.0.1:5062", None)
    theirs = far.wait_for(IncomingCall).call
    far.order("answer", theirs)
    for phone, name in ((near, call), (far, theirs)):
        phone.wait_for(Answered)
        phone.order("connect_audio", name)
    _both_heard(card, far_ear, "before the card went away")
    card.take_away()
    near.order("lose_handset", _REASON)
    until(lambda: _is_still(far_ear), "the far end hears a card that is away")
    card.give_back()
    near.order("use_devices", _CARD)
    _both_heard(card, far_ear, "after the card came back")
    near.order("hang_up", call)
    far.wait_for(Ended)
    near.wait_for(Ended)


def _both_heard(card: PulseCard, far_ear: Path, when: str) -> None:
    with card.listening() as ear, card.speaking(_sine(_OURS_HZ)):
        until(lambda: _hears(ear, _THEIRS_HZ), f"the card plays nothing {when}")
        until(
            lambda: _is_tone(handset_files.heard(far_ear)[-_HALF:], _OURS_HZ),
            f"the far end hears nothing {when}",
        )


_HALF: Final = handset_files.RATE // 2


def _hears(ear: Path, hertz: float) -> bool:
    return _is_tone(heard(ear)[-_HALF:], hertz)


def _is_tone(sound: handset_files.Sound, hertz: float) -> bool:
    return (
        len(sound) == _HALF
        and np.abs(sound).max(initial=0) > _LOUD
        and handset_files.share_of(sound, hertz) > _SHARE
    )


def _is_still(far_ear: Path) -> bool:
    return bool(np.abs(handset_files.heard(far_ear)[-_HALF:]).max(initial=0) < _LOUD)


def _sine(hertz: float) -> handset_files.Sound:
    return 8000 * np.sin(2 * np.pi * hertz * np.arange(2 * handset_files.RATE) / handset_files.RATE)


def _panel() -> Iterator[Row]:
    course = Course(PART, "the panel's driver", "time")
    with tempfile.TemporaryDirectory(prefix="sotto-soak-") as name:
        for what, changes in (("still picture", False), ("new picture each time", True)):
            back = asyncio.run(_pulled(Path(name), course, changes=changes))
            yield Row(
                PART,
                f"panel's bus fails and works again, {what}",
                f"{back} of {PANEL_TIMES}: told, and drawn again",
                back == PANEL_TIMES,
            )
    yield from course.rows()


async def _pulled(folder: Path, course: Course, *, changes: bool) -> int:
    """Returns how often the panel showed what it should, and was told gone and back once."""
    back = 0
    async with pi_rig(folder) as rig:
        rig.board.start(rig.events.append)
        for number in range(PANEL_TIMES):
            picture = Picture(bytes([number % 255 + 1 if changes else 255]) * 1024)
            await _once(rig, picture)
            back += [type(each) for each in _of_the_panel(rig)] == [DeviceMissing, DeviceBack]
            rig.events.clear()
            if number % 10 == 9:
                course.look(len(course.samples) * 10, os.getpid())
    return back


async def _once(rig: PiRig, picture: Picture) -> None:
    rig.board.show(Picture(bytes(1024)))
    await board_rigs.until(lambda: rig.oled.picture() == bytes(1024))
    rig.i2c.unplug()
    rig.board.show(picture)
    await board_rigs.until(_counts(rig, 1))
    rig.i2c.plug()
    await board_rigs.until(lambda: rig.oled.picture() == picture.bits)
    await board_rigs.until(_counts(rig, 2))


def _counts(rig: PiRig, count: int) -> Callable[[], bool]:
    return lambda: len(_of_the_panel(rig)) == count


def _of_the_panel(rig: PiRig) -> list[DeviceMissing | DeviceBack]:
    return [
        each
        for each in rig.events
        if isinstance(each, DeviceMissing | DeviceBack) and each.device is Device.DISPLAY
    ]
