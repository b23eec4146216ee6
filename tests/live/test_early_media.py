"""183: keys and sound before anybody has answered."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import Answered, EarlyMedia, RemoteRinging
from support.certificates import self_signed
from support.party import guest
from support.sip_server import SipServer
from support.zrtp_by_hand import Speaker

pytestmark = pytest.mark.live

BY_HAND = 5070
CONTACT = f"Contact: <sip:bob@127.0.0.1:{BY_HAND};transport=tls>\r\n"


def test_keys_before_the_answer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(SipServer(self_signed(tmp_path, "by-hand"), BY_HAND))
        caller = guest(stack, tmp_path, 0).phone
        speaker = stack.enter_context(Speaker("bob"))
        caller.order("dial", "mine", f"sip:bob@127.0.0.1:{BY_HAND}", None)
        invite = server.next("INVITE")
        invite.answer("183 Session Progress", headers=CONTACT, sdp=speaker.sdp())
        caller.wait_for(RemoteRinging)
        assert caller.wait_for(EarlyMedia) == EarlyMedia("mine")
        speaker.agree(invite.body)
        found = caller.wait_for(phone.Encrypted)
        assert found.call == "mine"
        assert found.association.zrtp_hash is phone.ZrtpHash.MATCHED
        invite.answer("200 OK", headers=CONTACT, sdp=speaker.sdp())
        caller.wait_for(Answered)
        # The answer brings nothing new: the keys are those of before.
        assert not [each for each in caller.events(0.3) if isinstance(each, phone.Encrypted)]


def test_ringing_alone_is_no_media(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(SipServer(self_signed(tmp_path, "by-hand"), BY_HAND))
        caller = guest(stack, tmp_path, 0).phone
        caller.order("dial", "mine", f"sip:bob@127.0.0.1:{BY_HAND}", None)
        server.next("INVITE").answer("180 Ringing", headers=CONTACT)
        caller.wait_for(RemoteRinging)
        assert not [each for each in caller.events(0.2) if isinstance(each, EarlyMedia)]
