"""The other end of a call becomes another phone, by a re-INVITE of whoever stands between (XS06).

The first one's keys are dropped at once, the person is told, and the second one gets keys of its
own and nothing else; the dialog stays.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from agent.media.gate_events import Counters
from agent.phone import events as phone
from agent.sip.events import Answered
from agent.zrtp import Secured
from support.certificates import self_signed
from support.party import guest
from support.sip_phone import SipPhone
from support.sip_server import Request, SipServer
from support.waiting import until
from support.zrtp_by_hand import Speaker

pytestmark = pytest.mark.live

BY_HAND: Final = 5070
CONTACT: Final = f"Contact: <sip:pbx@127.0.0.1:{BY_HAND};transport=tls>\r\n"
SDP: Final = "Content-Type: application/sdp\r\n"


@dataclass
class Scene:
    """A phone in a call with Bob, by way of somebody who answers for him."""

    phone: SipPhone
    server: SipServer
    invite: Request
    bob: Speaker
    carol: Speaker

    def reinvite(self, sdp: str, sequence: int = 1) -> str:
        """Offers this; returns the answer."""
        self.invite.ask("INVITE", headers=SDP, body=sdp, sequence=sequence)
        response = self.server.final("INVITE")
        assert response.status == 200
        self.invite.ask("ACK", sequence=sequence)
        return response.body

    def reinvite_late(self, answer: Speaker) -> str:
        """Asks for an offer, and answers it in this one's name; returns the offer."""
        self.invite.ask("INVITE")
        response = self.server.final("INVITE")
        assert response.status == 200
        self.invite.ask("ACK", headers=SDP, body=answer.sdp(2))
        return response.body

    def passed(self) -> Counters:
        return self.phone.passed("mine")

    def carol_takes_over(self, sdp: str) -> None:
        """She agrees on keys of her own; the phone tells that it has none, and then that it has."""
        assert self.phone.wait_for(phone.Securing).call == "mine"
        self.carol.agree(sdp)
        found = self.phone.wait_for(phone.Encrypted)
        assert found.association.zid == self.carol.zrtp.zid.hex()
        assert found.association.zrtp_hash is phone.ZrtpHash.MATCHED
        mine, hers = self.bob.zrtp.only(Secured), self.carol.zrtp.only(Secured)
        assert {mine.send, mine.receive}.isdisjoint({hers.send, hers.receive})


@pytest.fixture(name="scene")
def _scene(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield begin(stack, tmp_path)


def begin(stack: ExitStack, folder: Path, alter: Callable[[str], str] = lambda sdp: sdp) -> Scene:
    """The call with Bob; somebody may alter the SDP of each side on its way."""
    server = stack.enter_context(SipServer(self_signed(folder, "by-hand"), BY_HAND))
    caller = guest(stack, folder, 0).phone
    bob, carol = (stack.enter_context(Speaker(name)) for name in ("bob", "carol"))
    caller.order("dial", "mine", f"sip:bob@127.0.0.1:{BY_HAND}", None)
    invite = server.next("INVITE")
    invite.answer("200 OK", headers=CONTACT, sdp=alter(bob.sdp()))
    caller.wait_for(Answered)
    bob.agree(alter(invite.body))
    found = caller.wait_for(phone.Encrypted)
    assert found.association.zid == bob.zrtp.zid.hex()
    return Scene(caller, server, invite, bob, carol)


def test_xs06_another_phone(scene: Scene) -> None:
    answer = scene.reinvite(scene.carol.sdp(2))
    assert announced(answer) != announced(scene.invite.body)
    scene.carol_takes_over(answer)


def test_xs06_another_phone_in_answer_to_our_offer(scene: Scene) -> None:
    """As call control by a third party does it (RFC 3725): an INVITE without an offer."""
    offer = scene.reinvite_late(scene.carol)
    assert announced(offer) != announced(scene.invite.body)
    scene.carol_takes_over(offer)


def test_same_phone_after_all(scene: Scene) -> None:
    """The offer announced a fresh Hello in vain; the keys stay, and a later one is used."""
    offer = scene.reinvite_late(scene.bob)
    assert announced(offer) != announced(scene.invite.body)
    assert not [each for each in scene.phone.events(0.3) if isinstance(each, phone.Securing)]
    answer = scene.reinvite(scene.bob.sdp(3), sequence=2)
    assert announced(answer) == announced(scene.invite.body)
    answer = scene.reinvite(scene.carol.sdp(4), sequence=3)
    assert announced(answer) == announced(offer)
    scene.carol_takes_over(answer)


def test_no_sound_for_anybody_before_she_has_keys(scene: Scene) -> None:
    scene.phone.order("connect_audio", "mine")
    until(lambda: scene.passed().sent > 20, "nothing is sent")
    scene.reinvite(scene.carol.sdp(2))
    scene.phone.wait_for(phone.Securing)
    before = scene.passed()
    until(
        lambda: scene.passed().dropped_before_keys_out > before.dropped_before_keys_out + 20,
        "nobody speaks",
    )
    assert scene.passed().sent == before.sent


def test_xs06_another_phone_whose_hash_was_taken_out(tmp_path: Path) -> None:
    """As most servers do it: then her Hello from the new place tells that it is another phone."""
    with ExitStack() as stack:
        scene = begin(stack, tmp_path, alter=without_hash)
        answer = scene.reinvite(without_hash(scene.carol.sdp(2)))
        scene.carol.agree(without_hash(answer))
        assert scene.phone.wait_for(phone.Securing).call == "mine"
        found = scene.phone.wait_for(phone.Encrypted)
        assert found.association.zid == scene.carol.zrtp.zid.hex()
        assert found.association.zrtp_hash is phone.ZrtpHash.MISSING


def without_hash(sdp: str) -> str:
    return re.sub(r"a=zrtp-hash:[^\r]*\r\n", "", sdp)


def announced(sdp: str) -> str:
    (line,) = (line for line in sdp.splitlines() if line.startswith("a=zrtp-hash:"))
    return line
