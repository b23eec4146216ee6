"""A server that wants to take a verified call's encryption away, in the middle of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from agent.demo.speech import Stretch
from support import scene as scenes
from support import sound
from support.intruder import Intruder, newer, with_sdes, without_hash
from support.pcap import Datagram
from support.scene import Scene

pytestmark = pytest.mark.live

TALK_S = 3.0
SAME_VOICE = 0.65
REFUSED, ACCEPTED = 488, 200
TOLD = "Server tried to turn encryption off"
HEADER = 12

Offer = Callable[[str], str]


@pytest.fixture(name="scene", scope="module")
def _scene() -> Iterator[Scene]:
    """The people have compared the words in an earlier call."""
    with scenes.scene() as found:
        found.compared_call()
        yield found
        found.clean_call()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it.

    Attributes:
        status: What both phones answered.
        heard: What both people heard afterwards.
        sound: The media that went by afterwards.
        panels: What both people read then.
    """

    status: tuple[int, int]
    heard: tuple[Stretch, Stretch]
    sound: list[Datagram]
    panels: list[str]


def attempt(scene: Scene, offer: Offer, method: str = "INVITE") -> Taken:
    """A verified call in which both phones get such an offer in each other's name."""
    intruder = Intruder(scene.signalling)
    scene.signalling.alter = intruder.alter

    async def call() -> Taken:
        await scene.secure_call()
        status = []
        for to_callee in (True, False):
            sdp = offer(intruder.sdp_of(to_callee=to_callee))
            status.append(await intruder.offers(sdp, to_callee=to_callee, method=method))
        before = len(scene.relay.seen)
        heard = await scene.both.talk(TALK_S)
        media = [each for each in scene.relay.seen[before:] if each.source % 2 == 0]
        for side in scene.sides:
            assert "Verified" in side.reads
        panels = [side.reads for side in scene.sides]
        await scene.both.hang_up()
        return Taken((status[0], status[1]), heard, media, panels)

    people, alarms = scene.people(), scene.alarms()
    taken = scene.both.run(call())
    scene.withdraws()
    assert scene.people() == people
    assert scene.alarms() == alarms
    return taken


def is_still_encrypted(scene: Scene, taken: Taken) -> None:
    """They hear each other, and what went over the wire is nobody's voice."""
    for side, stretch in zip(scene.sides[::-1], taken.heard, strict=True):
        spoken = sound.spoken(side.home.microphone)
        assert sound.waveform_likeness(spoken, sound.played(stretch)) > SAME_VOICE
    assert len(taken.sound) > 100
    for side in scene.sides:
        passed = side.passed()[-1]
        assert passed["received"] > 100
        assert "not authentic" not in passed
    # An Opus frame in the clear begins with the same octet each time; ciphertext does not.
    assert len({each.payload[HEADER] for each in taken.sound}) > 50


def stream_dropped(sdp: str) -> str:
    head, _, rest = newer(sdp).partition("m=audio ")
    return f"{head}m=audio 0 {rest.partition(' ')[2]}"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("offer", [with_sdes, stream_dropped], ids=["SDES", "no stream"])
def test_xs01_a_server_does_not_move_a_verified_call_away_from_zrtp(
    scene: Scene, offer: Offer, method: str
) -> None:
    taken = attempt(scene, offer, method)
    assert taken.status == (REFUSED, REFUSED)
    is_still_encrypted(scene, taken)
    for panel in taken.panels:
        assert TOLD in panel


def test_xs01_xs12_an_offer_without_a_word_of_zrtp_opens_nothing(scene: Scene) -> None:
    """It is as a phone without a=zrtp-hash would make it; the keys stay what they are."""
    taken = attempt(scene, without_hash)
    assert taken.status == (ACCEPTED, ACCEPTED)
    is_still_encrypted(scene, taken)


def with_pauses(sdp: str) -> str:
    """The other side seems to like it if Opus says nothing in pauses, and little in between."""
    return (
        newer(sdp).replace(";cbr=1", "").replace("useinbandfec=1", "useinbandfec=1;usedtx=1;cbr=0")
    )


def test_a_server_does_not_learn_when_somebody_speaks(scene: Scene) -> None:
    """RFC 6562: who sees that packets are smaller, or stay away, can tell what is said."""
    taken = attempt(scene, with_pauses)
    assert taken.status == (ACCEPTED, ACCEPTED)
    is_still_encrypted(scene, taken)
    assert len({len(each.payload) for each in taken.sound}) == 1
    # Each phone sends 50 a second; the machine may be slow.
    assert len(taken.sound) > 60 * TALK_S


def test_n01_h05_offer_answer_and_reinvite_announce_the_same_hello(scene: Scene) -> None:
    before = len(scene.signalling.seen)
    taken = attempt(scene, newer)
    assert taken.status == (ACCEPTED, ACCEPTED)
    for to_callee in (True, False):
        said = [
            each.body
            for each in scene.signalling.seen[before:]
            if each.body and each.to_callee is to_callee
        ]
        assert len(said) == 2, "in the call, and in answer to the re-INVITE"
        media = [body.partition("m=audio ")[2] for body in said]
        assert [each.count("a=zrtp-hash:1.10 ") for each in media] == [1, 1]
        assert [body.count("a=zrtp-hash") for body in said] == [1, 1]
        assert len(set(re.findall(r"a=zrtp-hash:1\.10 ([0-9a-f]{64})\r", "".join(media)))) == 1
