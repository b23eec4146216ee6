"""What is spoken into one handset comes out of the other one, also on a line that loses packets."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from support import sound
from support.couple import RTP_PORTS, Couple, couple
from support.g711 import Samples
from support.netns import network_namespace

pytestmark = pytest.mark.live

TALK_S = 10.0
CLEAN, LOSSY = "clean", "lossy"
SAME_VOICE = 0.65
"""Opus leaves 0.95 of the waveform, with one packet in twenty lost 0.82 and more, in
the median of the half seconds. Another voice reaches 0.31."""
SAME_LOUDNESS = 0.6
"""0.85 to 0.95 is left: over the whole talk, so that each pause that a jitter buffer makes longer
or shorter costs something. Another voice reaches 0.26."""
ANOTHER = 0.45


@dataclass(frozen=True)
class Heard:
    """One ear: what was spoken for it, what came, and what the wrong mouth said."""

    spoken: Samples
    played: Samples
    own_voice: Samples
    received: int
    sent: int

    @property
    def lost(self) -> float:
        """The share of the packets that did not come."""
        return 1 - self.received / self.sent

    def likeness_to(self, speech: Samples) -> tuple[float, float]:
        """Of waveform and loudness."""
        return (
            sound.waveform_likeness(speech, self.played),
            sound.loudness_likeness(speech, self.played),
        )


@pytest.fixture(scope="module", autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@contextlib.contextmanager
def losing(*, one_in: int) -> Iterator[None]:
    """RTP, RTCP and ZRTP, both ways, at random."""
    rules = f"""
    table inet loss {{
        chain input {{
            type filter hook input priority 0;
            udp dport {RTP_PORTS} numgen random mod {one_in} == 0 drop
        }}
    }}"""
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "loss"], check=True)


async def talk(both: Couple) -> tuple[Heard, Heard]:
    await both.dial()
    await both.secure()
    stretches = await both.talk(TALK_S)
    await both.hang_up()
    voices = [sound.spoken(side.home.microphone) for side in both.sides]
    passed = [side.passed()[-1] for side in both.sides]
    hers, his = (
        Heard(
            spoken=voices[1 - ear],
            played=sound.played(stretches[ear]),
            own_voice=voices[ear],
            received=passed[ear]["received"],
            sent=passed[1 - ear]["sent"],
        )
        for ear in (0, 1)
    )
    return hers, his


@pytest.fixture(name="calls", scope="module")
def _calls(_network: None) -> dict[str, tuple[Heard, Heard]]:
    with couple() as both:
        clean = both.run(talk(both))
        with losing(one_in=20):
            return {CLEAN: clean, LOSSY: both.run(talk(both))}


@pytest.mark.parametrize("line", [CLEAN, LOSSY])
@pytest.mark.parametrize("ear", [0, 1], ids=["caller", "callee"])
def test_speech_arrives(calls: dict[str, tuple[Heard, Heard]], line: str, ear: int) -> None:
    heard = calls[line][ear]
    waveform, loudness = heard.likeness_to(heard.spoken)
    other_waveform, other_loudness = heard.likeness_to(heard.own_voice)
    print(  # noqa: T201 - pytest shows it with -s
        f"{line} line, ear {ear}: waveform {waveform:.3f} (of another voice {other_waveform:.3f}), "
        f"loudness {loudness:.3f} ({other_loudness:.3f}), {heard.lost:.1%} of {heard.sent} lost"
    )
    assert waveform > SAME_VOICE
    assert loudness > SAME_LOUDNESS
    assert max(other_waveform, other_loudness) < ANOTHER
    if line == CLEAN:
        assert heard.lost < 0.01  # the last ones come after the end
    else:
        # 500 packets, one in 20: standard deviation 1 %.
        assert 0.01 < heard.lost < 0.09


def test_every_call_becomes_secure_on_a_worse_line() -> None:
    """One packet in five is lost, of ZRTP as of all others."""
    with losing(one_in=5), couple() as both:
        for _ in range(5):
            both.run(both.whole_call())
