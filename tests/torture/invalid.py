"""RFC 4475 section 3.1.2: wrong, and to be refused without harm."""

from typing import Final

from torture.compose import (
    BAD,
    RINGS,
    SILENCE,
    Answer,
    Trap,
    folded,
    message,
    sdp,
)

_LOST: Final = Answer(400, closes=True)
_OPEN_TO_BOTH: Final = "the RFC lets a receiver refuse it or be lenient"


def _badinv01(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 7",
        f"Call-ID: badinv01.{word}",
        "CSeq: 8 INVITE",
        "Via: SIP/2.0/TLS 192.0.2.15;;,;,,",
        'Contact: "Joe" <sip:joe@example.org>;;;;',
        "Content-Length: {length}",
        "Content-Type: application/sdp",
        body=sdp("192.0.2.15"),
    )


def _clerr(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "Max-Forwards: 80",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Contact: <sip:caller@hungry.example.net>",
        f"Call-ID: clerr.{word}",
        "CSeq: 8 INVITE",
        f"Via: SIP/2.0/TLS host5.example.com;branch=z9hG4bK-{word}",
        "Content-Type: application/sdp",
        "Content-Length: 9999",
        body=sdp("192.0.2.155"),
    )


def _ncl(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "Max-Forwards: 254",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        f"Call-ID: ncl.{word}",
        "CSeq: 0 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.53;branch=z9hG4bK{word}",
        "Contact: <sip:caller@example53.example.net>",
        "Content-Type: application/sdp",
        "Content-Length: -999",
        body=sdp("192.0.2.53"),
    )


def _scalar02(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        f"Via: SIP/2.0/TLS host129.example.com;branch=z9hG4bK{word}",
        "To: <sip:user@example.com>",
        f"From: <sip:user@example.com>;tag={word}",
        f"CSeq: {2**65} REGISTER",
        f"Call-ID: scalar02.{word}",
        "Max-Forwards: 300",
        f"Expires: {10**100}",
        folded("Contact: <sip:user@host129.example.com>", "  ;expires=280297596632815"),
        "Content-Length: {length}",
    )


def _scalarlg(word: str) -> bytes:
    return message(
        "SIP/2.0 503 Service Unavailable",
        f"Via: SIP/2.0/TLS host129.example.com;branch=z9hG4bK{word};received=192.0.2.129",
        "To: <sip:user@example.com>",
        f"From: <sip:other@example.net>;tag={word}",
        "CSeq: 9292394834772304023312 OPTIONS",
        f"Call-ID: scalarlg.{word}",
        "Retry-After: 949302838503028349304023988",
        'Warning: 1812 overture "In Progress"',
        "Content-Length: {length}",
    )


def _quotbal(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        'To: "Mr. J. User <sip:j.user@example.com>',
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 10",
        f"Call-ID: quotbal.{word}",
        "Contact: <sip:caller@host59.example.net>",
        "CSeq: 8 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.59:5050;branch=z9hG4bK{word}",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp("192.0.2.15"),
    )


def _ltgtruri(word: str) -> bytes:
    return message(
        "INVITE <sip:user@example.com> SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 23",
        f"Call-ID: ltgtruri.{word}@192.0.2.5",
        "CSeq: 1 INVITE",
        "Via: SIP/2.0/TLS 192.0.2.5",
        "Contact: <sip:caller@host5.example.net>",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp("192.0.2.5", times="t=3149328700 0"),
    )


def _lwsruri(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com; lr SIP/2.0",
        f"To: sip:user@example.com;tag=to{word}",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 5",
        f"Call-ID: lwsruri.{word}",
        "CSeq: 2130706432 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.1:5060;branch=z9hG4bK{word}",
        "Contact: <sip:caller@host1.example.net>",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp(times="t=3149328700 0"),
    )


def _lwsstart(word: str) -> bytes:
    return message(
        "INVITE  sip:user@example.com  SIP/2.0",
        "Max-Forwards: 8",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        f"Call-ID: lwsstart.{word}@example.com",
        "CSeq: 1893884 INVITE",
        f"Via: SIP/2.0/TLS host1.example.com;branch=z9hG4bK{word}",
        "Contact: <sip:caller@host1.example.net>",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp(),
    )


def _trws(word: str) -> bytes:
    return message(
        "OPTIONS sip:remote-target@example.com SIP/2.0  ",
        f"Via: SIP/2.0/TLS host1.examle.com;branch=z9hG4bK{word}",
        "To: <sip:remote-target@example.com>",
        f"From: <sip:local-resource@example.com>;tag={word}",
        f"Call-ID: trws.{word}",
        "Accept: application/sdp",
        "CSeq: 238923 OPTIONS",
        "Max-Forwards: 70",
        "Content-Length: {length}",
    )


def _escruri(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 7",
        "Contact: <sip:caller@host39923.example.net>",
        f"Call-ID: escruri.{word}",
        "CSeq: 149209342 INVITE",
        f"Via: SIP/2.0/TLS host-of-the-hour.example.com;branch=z9hG4bK{word}",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp(),
    )


def _baddate(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: baddate.{word}",
        "CSeq: 1392934 INVITE",
        f"Via: SIP/2.0/TLS host.example.com;branch=z9hG4bK{word}",
        "Date: Fri, 01 Jan 2010 16:00:00 EST",
        "Contact: <sip:caller@host5.example.net>",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp("192.0.2.5"),
    )


def _regbadct(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:user@example.com;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: regbadct.{word}@10.0.0.1",
        "CSeq: 1 REGISTER",
        f"Via: SIP/2.0/TLS 135.180.130.133:5060;branch=z9hG4bK{word}",
        "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        "l: {length}",
    )


def _badaspec(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.org SIP/2.0",
        f"Via: SIP/2.0/TLS host4.example.com:5060;branch=z9hG4bK{word}",
        "Max-Forwards: 70",
        f'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag={word}',
        'To: "Watson, Thomas" < sip:t.watson@example.org >',
        f"Call-ID: badaspec.{word}",
        "Accept: application/sdp",
        "CSeq: 3923239 OPTIONS",
        "l: {length}",
    )


def _baddn(word: str) -> bytes:
    return message(
        "OPTIONS sip:t.watson@example.org SIP/2.0",
        f"Via:     SIP/2.0/TLS c.example.com:5060;branch=z9hG4bK{word}",
        "Max-Forwards:      70",
        f"From:    Bell, Alexander <sip:a.g.bell@example.com>;tag={word}",
        "To:      Watson, Thomas <sip:t.watson@example.org>",
        f"Call-ID: baddn.{word}@c.example.com",
        "Accept: application/sdp",
        "CSeq:    3923239 OPTIONS",
        "l: {length}",
    )


def _badvers(word: str) -> bytes:
    return message(
        "OPTIONS sip:t.watson@example.org SIP/7.0",
        f"Via:     SIP/7.0/TLS c.example.com;branch=z9hG4bK{word}",
        "Max-Forwards:     70",
        f"From:    A. Bell <sip:a.g.bell@example.com>;tag={word}",
        "To:      T. Watson <sip:t.watson@example.org>",
        f"Call-ID: badvers.{word}@c.example.com",
        "CSeq:    1 OPTIONS",
        "l: {length}",
    )


def _mismatch01(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 6",
        f"Call-ID: mismatch01.{word}",
        "CSeq: 8 INVITE",
        f"Via: SIP/2.0/TLS host.example.com;branch=z9hG4bK{word}",
        "l: {length}",
    )


def _mismatch02(word: str) -> bytes:
    return message(
        "NEWMETHOD sip:user@example.com SIP/2.0",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 6",
        f"Call-ID: mismatch02.{word}",
        "CSeq: 8 INVITE",
        "Contact: <sip:caller@host.example.net>",
        f"Via: SIP/2.0/TLS host.example.net;branch=z9hG4bK{word}",
        "Content-Type: application/sdp",
        "l: {length}",
        body=sdp(),
    )


def _bigcode(word: str) -> bytes:
    return message(
        f"SIP/2.0 {2**32 + 5} better not break the receiver",
        f"Via: SIP/2.0/TLS 192.0.2.105;branch=z9hG4bK{word}",
        f"Call-ID: bigcode.{word}",
        "CSeq: 353494 INVITE",
        f"From: <sip:user@example.com>;tag={word}",
        "To: <sip:user@example.edu>;tag=902jndnke3",
        "Content-Length: {length}",
        "Contact: <sip:user@host105.example.com>",
    )


INVALID: Final = (
    Trap("badinv01", "3.1.2.1", "commas and semicolons too many", _badinv01, BAD),
    Trap(
        *("clerr", "3.1.2.2", "a body shorter than its length", _clerr),
        Answer(487, rings=True, waits=True),
        "in a datagram it would be 400; in a stream the rest may still come, and then it rings",
    ),
    Trap("ncl", "3.1.2.3", "a negative length", _ncl, _LOST),
    Trap("scalar02", "3.1.2.4", "numbers larger than any that may be", _scalar02, BAD),
    Trap("scalarlg", "3.1.2.5", "the same in a response", _scalarlg, SILENCE),
    Trap("quotbal", "3.1.2.6", "a quotation without an end", _quotbal, BAD),
    Trap("ltgtruri", "3.1.2.7", "<> around the Request-URI", _ltgtruri, BAD),
    Trap("lwsruri", "3.1.2.8", "white space within the Request-URI", _lwsruri, BAD),
    Trap(
        *("lwsstart", "3.1.2.9", "two spaces between the parts of the request line", _lwsstart),
        *(RINGS, _OPEN_TO_BOTH),
    ),
    Trap(
        *("trws", "3.1.2.10", "white space at the end of the request line", _trws, Answer(200)),
        _OPEN_TO_BOTH,
    ),
    Trap(
        *("escruri", "3.1.2.11", "headers in the Request-URI", _escruri, RINGS),
        f"{_OPEN_TO_BOTH}, if it does nothing with such a header",
    ),
    Trap(
        *("baddate", "3.1.2.12", "a Date in another time zone than GMT", _baddate, RINGS),
        "the RFC lets a receiver overlook a Date that it has no use for",
    ),
    Trap("regbadct", "3.1.2.13", "a Contact with headers and without <>", _regbadct, BAD),
    Trap("badaspec", "3.1.2.14", "spaces within <>", _badaspec, Answer(200), _OPEN_TO_BOTH),
    Trap(
        *("baddn", "3.1.2.15", "a comma in a display name without quotes", _baddn, Answer(200)),
        _OPEN_TO_BOTH,
    ),
    Trap("badvers", "3.1.2.16", "a version of SIP yet to come", _badvers, Answer(505)),
    Trap("mismatch01", "3.1.2.17", "another method in CSeq", _mismatch01, BAD),
    Trap("mismatch02", "3.1.2.18", "the same with an unknown method", _mismatch02, BAD),
    Trap("bigcode", "3.1.2.19", "a status that overflows to 5", _bigcode, SILENCE),
)
