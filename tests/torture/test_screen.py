"""Nothing that a stranger writes about itself looks like anything but what a stranger wrote."""

import unicodedata
from collections.abc import Iterator

import pytest

from support.couple import CALLEE
from torture.compose import Line, message, sdp
from torture.line import ack, cancel, door
from torture.rig import Rig, final, rig

pytestmark = pytest.mark.live

WHERE = "caller@192.0.2.1"
"""What stands where a name would, if there is none: the Contact."""


@pytest.fixture(name="torture", scope="module")
def _torture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("screen")) as found:
        yield found


def invite(word: str, sender: str | bytes) -> bytes:
    octets = sender.encode() if isinstance(sender, str) else sender
    origin: Line = b"From: " + octets + f";tag={word}".encode()
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{word}",
        *("Max-Forwards: 70", origin, "To: <sip:user@example.com>"),
        *(f"Call-ID: {word}", "CSeq: 1 INVITE", "Contact: <sip:caller@192.0.2.1>"),
        *("Content-Type: application/sdp", "Content-Length: {length}"),
        body=sdp(),
    )


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("<sip:I%20have%20spaces@example.net>", WHERE),  # esc01
        ("sip:null-%00-null@example.com", WHERE),  # escnull
        ("caller<sip:caller@example.com>", "caller"),  # lwsdisp
        ('"%Z%45" <sip:resource@example.com>', "%Z%45"),  # esc02
        (r'"J Rosenberg \\\"" <sip:jdrosen@example.com>', 'J Rosenberg \\"'),  # wsinv
        ("token1~` token2'+_ token3*%!.- <sip:m@example.com>", "token1~` token2'+_ token3*%!.-"),
        ('"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:x@example.org>', "BEL: NUL: DEL:"),  # intmeth
        ('"Mum\u202eecila" <sip:x@example.org>', "Mumecila"),
        ('"\u2066Mum\u2069\u200b\ufeff" <sip:x@example.org>', "Mum"),
        (b'"\xff\xfe\xc3(" <sip:x@example.org>', "("),
        (f'"{"A" * 2900}" <sip:x@example.org>', WHERE),
        ('"Verified, green" <sip:x@example.org>', "Verified, green"),
    ],
)
def test_who_calls(torture: Rig, sender: str | bytes, shown: str) -> None:
    """A name takes the place of a name, whatever it says; the rest of the panel is the phone's."""
    octets, phone = invite(torture.word(), sender), torture.phone
    with door(CALLEE.sip_port) as line:
        line.send(octets)
        final(line, until_ringing=True)
        torture.waits_for("Call from")
        picture = phone.person.phone.state.picture
        line.send(cancel(octets))
        line.send(ack(octets, final(line, of="INVITE")))
    torture.is_at_rest()
    assert picture.text == ("Call from", shown, "New here", "Signalling not verified")
    is_fit_for_eyes(torture)


def is_fit_for_eyes(torture: Rig) -> None:
    """No panel, and no line of the journal, has an invisible character or one that turns text."""
    phone = torture.phone
    shown = [line for picture in phone.person.seen for line in picture.text]
    for text in (*shown, *phone.journal.splitlines()):
        assert not any(unicodedata.category(each).startswith("C") for each in text), text
