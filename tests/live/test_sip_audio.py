"""What the earpiece plays, what the microphone sends, and what the network can see of it."""

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from agent.media.countries import COUNTRIES, EUROPE
from agent.media.tones import ALARM, CONFIRMATION, ToneSpec
from agent.sip.events import Answered, AudioMissing, Ended, IncomingCall
from hw.board import HandsetDevices
from support import handset_files as sound
from support.sip_phone import SipPhone, settings_for
from support.waiting import until
from support.wire import Datagram, UdpTap

pytestmark = pytest.mark.live


class Pair:
    """Two phones in a call, with their handsets connected."""

    def __init__(
        self,
        stack: ExitStack,
        folder: Path,
        codec: str,
        *,
        microphone: str = "",
        gated: bool = False,
    ) -> None:
        self.ears = (folder / "ear-a.wav", folder / "ear-b.wav")
        mouths = (
            microphone or str(sound.write_tone(folder / "a.wav", 700)),
            str(sound.write_tone(folder / "b.wav", 1900)),
        )
        self.phones = [
            stack.enter_context(
                SipPhone(
                    settings_for(folder, port, codecs=(codec,)),
                    HandsetDevices(microphone_file=mouth, earpiece_file=str(ear)),
                    gated=gated,
                )
            )
            for port, mouth, ear in zip((5061, 5062), mouths, self.ears, strict=True)
        ]
        self.phones[0].order("dial", "call", "sip:127.0.0.1:5062", None)
        self.names = ["call", self.phones[1].wait_for(IncomingCall).call]
        self.phones[1].order("answer", self.names[1])
        for phone, name in zip(self.phones, self.names, strict=True):
            phone.wait_for(Answered)
            phone.order("connect_audio", name)

    def hang_up(self) -> None:
        self.phones[0].order("hang_up", "call")
        for phone in self.phones:
            phone.wait_for(Ended)


def from_first(datagrams: list[Datagram]) -> list[bytes]:
    """The RTP packets of the phone at port 5061 (its RTP ports begin at 22484)."""
    sent = [each.payload for each in datagrams if 22484 <= each.source < 22584]
    return [each for each in sent if not 192 <= each[1] <= 223]


def test_tone_in_the_earpiece(tmp_path: Path) -> None:
    ear = tmp_path / "ear.wav"
    with SipPhone(settings_for(tmp_path, 5061), HandsetDevices(earpiece_file=str(ear))) as phone:
        phone.order("play_tone", EUROPE.dial)
        until(lambda: len(sound.heard(ear)) > sound.RATE // 2)
        phone.order("play_tone", None)
    samples = sound.heard(ear)
    assert sound.share_of(samples, 425) > 0.98
    assert np.abs(samples).max() == pytest.approx(EUROPE.dial.amplitude, rel=0.02)
    assert sound.length_s(ear) == len(samples) / sound.RATE


def test_tone_follows_tone(tmp_path: Path) -> None:
    ear = tmp_path / "ear.wav"
    with SipPhone(settings_for(tmp_path, 5061), HandsetDevices(earpiece_file=str(ear))) as phone:
        for tone in (EUROPE.busy, ALARM, CONFIRMATION, EUROPE.error):
            phone.order("play_tone", tone)
        begun = len(sound.heard(ear))
        until(lambda: len(sound.heard(ear)) > begun + 2 * sound.RATE)
        phone.order("play_tone", None)
        assert phone.events(0.1) == []
    last = sound.heard(ear)[begun + sound.RATE // 10 : begun + 2 * sound.RATE]
    assert sum(sound.share_of(last, hertz) for hertz in (950, 1400, 1800)) > 0.9


# The tones that differ most: two frequencies, cadences, beats, one after the other.
AS_HEARD = [
    *(("uk", "dial"), ("uk", "ringback"), ("us", "busy"), ("us", "dial"), ("fr", "ringback")),
    *(("es", "congestion"), ("it", "dial"), ("it", "message_waiting"), ("jp", "ringback")),
    *(("de", "message_waiting"), ("at", "error")),
]


@pytest.mark.parametrize(("code", "name"), AS_HEARD)
def test_the_earpiece_plays_what_the_country_has(tmp_path: Path, code: str, name: str) -> None:
    tone: ToneSpec = getattr(COUNTRIES[code], name)
    round_s = sum(step.on_ms + step.off_ms for step in tone.steps) / 1000
    wanted = int(min(round_s, 3.0) * sound.RATE)
    ear = tmp_path / "ear.wav"
    with SipPhone(settings_for(tmp_path, 5061), HandsetDevices(earpiece_file=str(ear))) as phone:
        phone.order("play_tone", tone)
        until(lambda: len(sound.heard(ear)) > wanted + sound.RATE // 5)
        phone.order("play_tone", None)
    samples = sound.heard(ear)
    at = int(np.flatnonzero(np.abs(samples) > tone.amplitude / 10)[0])
    for step in tone.steps:
        end = at + step.on_ms * sound.RATE // 1000
        if end + step.off_ms * sound.RATE // 1000 > min(wanted + at, len(samples)):
            break
        edge = min(sound.RATE // 50, (end - at) // 8)  # the generator lets a tone come and go
        assert sound.frequencies(samples[at + edge : end - edge]) == sorted(step.frequencies)
        pause = samples[end + edge : end + step.off_ms * sound.RATE // 1000 - edge]
        assert not pause.size or np.abs(pause).max() < tone.amplitude / 50
        at = end + step.off_ms * sound.RATE // 1000


@pytest.mark.parametrize("codec", ["opus", "G722", "PCMU", "PCMA"])
def test_both_hear_each_other(tmp_path: Path, codec: str) -> None:
    with ExitStack() as stack:
        pair = Pair(stack, tmp_path, codec)
        until(lambda: all(len(sound.heard(ear)) > 2 * sound.RATE for ear in pair.ears))
        pair.hang_up()
    for ear, hertz in zip(pair.ears, (1900, 700), strict=True):
        assert sound.share_of(sound.heard(ear)[sound.RATE // 2 :], hertz) > 0.95


def test_a_call_and_a_tone_go_on_at_another_ear(tmp_path: Path) -> None:
    """As when a headset takes the handset's place, or a card comes back."""
    tone, speech = str(sound.write_tone(tmp_path / "c.wav", 1100)), tmp_path / "other.wav"
    with ExitStack() as stack:
        pair = Pair(stack, tmp_path, "PCMU")
        until(lambda: len(sound.heard(pair.ears[0])) > sound.RATE // 2)
        headset = HandsetDevices(microphone_file=tone, earpiece_file=str(speech))
        pair.phones[0].order("use_devices", headset)
        until(lambda: len(sound.heard(speech)) > 2 * sound.RATE)
        left = len(sound.heard(pair.ears[0]))
        there = len(sound.heard(pair.ears[1]))
        until(lambda: len(sound.heard(pair.ears[1])) > there + 2 * sound.RATE)
        assert len(sound.heard(pair.ears[0])) == left
        pair.phones[0].order("play_tone", EUROPE.dial)
        pair.phones[0].order("use_devices", HandsetDevices(earpiece_file=str(tmp_path / "3.wav")))
        until(lambda: len(sound.heard(tmp_path / "3.wav")) > 2 * sound.RATE)
        pair.hang_up()
    assert sound.share_of(sound.heard(speech)[sound.RATE // 2 :], 1900) > 0.95
    assert (
        sound.share_of(sound.heard(pair.ears[1])[there + sound.RATE : there + 2 * sound.RATE], 1100)
        > 0.95
    )
    both = sound.heard(tmp_path / "3.wav")[sound.RATE // 2 :]
    assert sound.share_of(both, 1900) + sound.share_of(both, 425) > 0.95
    assert sound.share_of(both, 425) > 0.1


def test_an_earpiece_without_a_mixer_is_played_softer(tmp_path: Path) -> None:
    ear = tmp_path / "ear.wav"
    with SipPhone(settings_for(tmp_path, 5061), HandsetDevices(earpiece_file=str(ear))) as phone:
        phone.order("set_level", 0.25)
        phone.order("play_tone", EUROPE.dial)
        until(lambda: len(sound.heard(ear)) > sound.RATE // 2)
        soft = len(sound.heard(ear))
        phone.order("set_level", 1.0)
        until(lambda: len(sound.heard(ear)) > soft + sound.RATE)
        phone.order("play_tone", None)
    samples = np.abs(sound.heard(ear))
    assert samples[:soft].max() == pytest.approx(EUROPE.dial.amplitude / 4, rel=0.03)
    assert samples[-sound.RATE // 2 :].max() == pytest.approx(EUROPE.dial.amplitude, rel=0.03)


def test_disconnected_handset_hears_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        pair = Pair(stack, tmp_path, "PCMU")
        until(lambda: len(sound.heard(pair.ears[0])) > sound.RATE // 2)
        pair.phones[0].order("disconnect_audio", "call")
        time.sleep(0.2)
        before = len(sound.heard(pair.ears[0]))
        time.sleep(0.5)
        assert len(sound.heard(pair.ears[0])) == before
        pair.phones[0].order("connect_audio", "call")
        until(lambda: len(sound.heard(pair.ears[0])) > before)


def test_packets_do_not_tell_what_is_said(tmp_path: Path) -> None:
    """RFC 6562: one size and one pace, for noise, for silence, and with the microphone off."""
    bursts = str(sound.write_bursts(tmp_path / "bursts.wav"))
    with ExitStack() as stack, UdpTap() as tap:
        pair = Pair(stack, tmp_path, "opus", microphone=bursts)
        tap.listen(1)
        spoken = from_first(tap.listen(3))
        pair.phones[0].order("set_microphone_muted", True)  # noqa: FBT003 - what it sets
        tap.listen(0.3)
        ears = len(sound.heard(pair.ears[1]))
        muted = from_first(tap.listen(2))
        time.sleep(0.2)
        assert np.abs(sound.heard(pair.ears[1])[ears:]).max() < 10
    assert {len(each) for each in spoken + muted} == {len(spoken[0])}
    assert len(spoken) == pytest.approx(150, abs=8)
    assert len(muted) == pytest.approx(100, abs=8)


def test_digits_are_rtp_events(tmp_path: Path) -> None:
    """RFC 4733: payload type 101 here, the digit, and an end bit."""
    with ExitStack() as stack, UdpTap() as tap:
        pair = Pair(stack, tmp_path, "PCMU")
        tap.listen(0.2)
        for digit in "5#":
            pair.phones[0].order("send_dtmf", "call", digit)
        events = [each[12:] for each in from_first(tap.listen(1.5)) if len(each) == 16]
    ended = {each[0] for each in events if each[1] & 0x80}
    assert ended == {5, 11}


def test_gate_without_keys_lets_nothing_out(tmp_path: Path) -> None:
    pytest.importorskip("agent.media._gate")
    with ExitStack() as stack, UdpTap() as tap:
        pair = Pair(stack, tmp_path, "opus", gated=True)
        assert tap.listen(1.5) == []
        pair.hang_up()
        assert all(not sound.heard(ear).any() for ear in pair.ears)


def test_missing_card_is_told_once_and_the_phone_goes_on(tmp_path: Path) -> None:
    gone = HandsetDevices(capture="plughw:CARD=Gone", playback="plughw:CARD=Gone")
    with SipPhone(settings_for(tmp_path, 5061), gone) as phone:
        missing = phone.wait_for(AudioMissing)
        assert missing.reason.startswith('No sound device "plughw:CARD=Gone" for the microphone')
        phone.order("play_tone", EUROPE.dial)
        phone.order("play_tone", None)
        phone.order("set_microphone_muted", True)  # noqa: FBT003 - what it sets
        assert phone.events(0.1) == []


def test_missing_file_is_told(tmp_path: Path) -> None:
    gone = HandsetDevices(microphone_file=str(tmp_path / "gone.wav"))
    with SipPhone(settings_for(tmp_path, 5061), gone) as phone:
        missing = phone.wait_for(AudioMissing)
        assert missing.reason.startswith(f"The microphone's file {tmp_path}/gone.wav")


def has_played(ear: Path, samples: int) -> bool:
    return len(sound.heard(ear)) > samples


def test_calls_outlive_a_card_that_goes_and_comes(tmp_path: Path) -> None:
    """Here the handset is two files, which cannot go; but PJSIP is told, and the call goes on."""
    with ExitStack() as stack:
        pair = Pair(stack, tmp_path, "PCMU")
        pair.phones[0].order("lose_handset", "unplugged")
        for ear, hertz in zip(pair.ears, (1900, 700), strict=True):
            begun = len(sound.heard(ear)) + sound.RATE // 2
            until(partial(has_played, ear, begun + sound.RATE))
            assert sound.share_of(sound.heard(ear)[begun:], hertz) > 0.95


def test_card_that_never_came_may_come(tmp_path: Path) -> None:
    gone = HandsetDevices(capture="plughw:CARD=Gone", playback="plughw:CARD=Gone")
    with SipPhone(settings_for(tmp_path, 5061), gone) as phone:
        phone.wait_for(AudioMissing)
        for order in (("use_devices", gone), ("lose_handset", "unplugged"), ("use_devices", gone)):
            phone.order(*order)
        assert phone.events(0.1) == []
