"""The voice mail lamp: the account's server is asked, and says what waits (RFC 3842)."""

from pathlib import Path

import pytest

from agent.sip.events import MessagesWaiting, Registration, RegistrationChanged
from support.certificates import Authority
from support.sip_phone import SipPhone, account_at, settings_for
from support.sip_server import Request, SipServer

pytestmark = pytest.mark.live

PORT = 5070
EVENT = "Event: message-summary\r\nSubscription-State: active;expires=600\r\n"
SUMMARY = "Content-Type: application/simple-message-summary\r\n"


def register(server: SipServer) -> None:
    request = server.next("REGISTER")
    request.answer("200 OK", headers=f"Contact: {request.header('Contact')};expires=120\r\n")


def notify(subscription: Request, body: str) -> None:
    subscription.ask("NOTIFY", headers=EVENT + SUMMARY, body=body)


def test_lamp(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with SipServer(authority.issue("localhost"), PORT) as server:
        account = account_at(PORT, authority.file)
        with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
            register(server)
            subscription = server.next("SUBSCRIBE")
            assert subscription.header("Event") == "message-summary"
            subscription.answer(
                "200 OK", headers="Expires: 600\r\nContact: <sip:by-hand@localhost>\r\n"
            )
            notify(subscription, "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n")
            assert phone.wait_for(MessagesWaiting) == MessagesWaiting("work", waiting=True, new=2)


def test_server_without_voice_mail(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with SipServer(authority.issue("localhost"), PORT) as server:
        account = account_at(PORT, authority.file)
        with SipPhone(settings_for(tmp_path, 5061, accounts=(account,))) as phone:
            register(server)
            server.next("SUBSCRIBE").answer("489 Bad Event")
            state = phone.wait_for(
                RegistrationChanged, lambda each: each.state is Registration.REGISTERED
            )
            assert state.reason == ""
            assert phone.events(0.3) == []
