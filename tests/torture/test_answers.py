"""RFC 4475's torturous responses, as answers to what the phone itself has asked."""

import re
from collections.abc import Callable

import pytest

from hw.types import Key
from support.sip_server import Request
from torture.compose import sdp
from torture.rig import SERVER_PORT, Rig
from torture.test_screen import is_fit_for_eyes

pytestmark = pytest.mark.live

CYRILLIC = "= 2**3 * 5**2 но сто девяносто девять - простое"
BIG = 2**32 + 5
HUGE = "949302838503028349304023988"


def calls(torture: Rig) -> Request:
    """The phone calls somebody at its server; returns the INVITE."""
    person = torture.phone.person
    torture.both.run(person.phone.lift())
    torture.waits_for("Dial a number")
    torture.both.run(person.phone.dial("777"))
    torture.both.run(person.phone.press(Key.CALL))
    return torture.server.next("INVITE")


def gives_up(torture: Rig) -> None:
    torture.both.run(torture.phone.person.phone.replace())
    torture.is_at_rest()
    torture.lives()
    is_fit_for_eyes(torture)


def test_unreason_is_an_answer_like_any_other(torture: Rig) -> None:
    """Its words are shown to nobody; without ZRTP nothing is called secure."""
    request = calls(torture)
    contact = f"Contact: <sip:user@localhost:{SERVER_PORT};transport=tls>\r\n"
    request.answer(f"200 {CYRILLIC}", headers=contact, sdp=sdp("127.0.0.1").decode())
    torture.server.next("ACK")
    torture.waits_for("No encryption there")
    torture.server.next("BYE").answer("200 ")
    gives_up(torture)
    for picture in torture.phone.person.seen:
        assert not any(word in line for line in picture.text for word in ("Verified", "простое"))


@pytest.mark.parametrize(
    "spoilt",
    [
        f"SIP/2.0 {BIG} better not break the receiver",
        "SIP/2.0 700 None of these",
        "SIP/2.0 99 Neither",
        "SIP/2.0 -200 OK",
        "SIP/2.0 2000 OK",
        "SIP/7.0 200 OK",
    ],
)
def test_status_that_is_none_is_no_answer(torture: Rig, spoilt: str) -> None:
    """The phone waits on, and takes the good one that follows (bigcode, noreason)."""
    request = calls(torture)
    good = request.reply("100 ")
    torture.server.send(good.replace(b"SIP/2.0 100 ", spoilt.encode()))
    torture.server.send(good)
    request.answer("486 ")
    torture.waits_for("Busy")
    gives_up(torture)


@pytest.mark.parametrize(
    "headers",
    [
        f'Retry-After: {2**31 - 1}\r\nWarning: 1812 overture "In Progress"\r\n',
        'Reason: SIP;cause=200;text="\u202ekcatta"\r\n',
        f"Contact: <sip:{'x' * 2000}@example.org>\r\n",
    ],
)
def test_refusal_with_odd_headers(torture: Rig, headers: str) -> None:
    request = calls(torture)
    request.answer(f"603 {CYRILLIC}\x07", headers=headers)
    torture.waits_for("They declined the call")
    gives_up(torture)


def test_answer_with_another_sequence_or_way_is_nobodys(torture: Rig) -> None:
    """scalarlg and bcast. RFC 4475 section 3.1.2.5 has numbers without end discarded."""
    request = calls(torture)
    good = request.reply("200 OK").decode()
    torture.server.send(re.sub(r"(?m)^CSeq: \d+", f"CSeq: {2**70}", good).encode())
    torture.server.send(request.reply("603 No", headers=f"Retry-After: {HUGE}\r\n"))
    elsewhere = "Via: SIP/2.0/TLS 255.255.255.255;branch=z9hG4bK1saber23\r\n"
    torture.server.send(re.sub(r"(?m)^Via: [^\r]*\r\n", elsewhere, good).encode())
    request.answer("486 Busy Here")
    torture.waits_for("Busy")
    gives_up(torture)


def _refuses(torture: Rig, answer: Callable[[Request], None]) -> None:
    """The next REGISTER is answered so; the one after that as it should be."""
    server = torture.server
    server.answers_register = False
    server.leave()
    answer(server.next("REGISTER"))
    known, server.answers_register = server.registered, True
    server.leave()
    server.is_registered_again(known)
    torture.is_at_rest()


def test_register_is_refused_oddly(torture: Rig) -> None:
    """The phone says how it stands, and is ready again once its server is well."""

    def answer(request: Request) -> None:
        request.answer(f"503 {CYRILLIC}", headers=f"Retry-After: 1\r\nExpires: {2**32 - 1}\r\n")

    _refuses(torture, answer)
    torture.lives()
    is_fit_for_eyes(torture)
