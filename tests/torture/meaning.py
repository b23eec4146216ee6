"""RFC 4475 sections 3.2 to 3.4: well-formed, and more than a parser has to answer them."""

from typing import Final

from torture.compose import (
    BAD,
    NOT_HERE,
    SILENCE,
    Answer,
    Trap,
    message,
    sdp,
)


def _badbranch(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.org;tag={word}",
        "Max-Forwards: 3",
        "Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK",
        "Accept: application/sdp",
        f"Call-ID: badbranch.{word}",
        "CSeq: 8 OPTIONS",
        "l: {length}",
    )


def _insuf(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "CSeq: 193942 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.95;branch=z9hG4bK{word}.insuf",
        "Content-Type: application/sdp",
        "l: {length}",
        body=sdp("192.0.2.95"),
    )


def _of_scheme(uri: str, name: str, word: str) -> bytes:
    return message(
        f"OPTIONS {uri} SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 3",
        f"Call-ID: {name}.{word}",
        "CSeq: 3923423 OPTIONS",
        f"Via: SIP/2.0/TLS host9.example.com;branch=z9hG4bK{word}",
        "Content-Length: {length}",
    )


def _unkscm(word: str) -> bytes:
    return _of_scheme("nobodyKnowsThisScheme:totallyopaquecontent", "unkscm", word)


def _novelsc(word: str) -> bytes:
    return _of_scheme("soap.beep://192.0.2.103:3002", "novelsc", word)


def _unksm2(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        "To: isbn:2983792873",
        f"From: <http://www.example.com>;tag={word}",
        f"Call-ID: unksm2.{word}@hyphenated-host.example.com",
        "CSeq: 234902 REGISTER",
        "Max-Forwards: 70",
        f"Via: SIP/2.0/TLS 192.0.2.21:5060;branch=z9hG4bK{word}",
        "Contact: <name:John_Smith>",
        "l: {length}",
    )


def _bext01(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:j_user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 6",
        f"Call-ID: bext01.{word}",
        "Require: nothingSupportsThis, nothingSupportsThisEither",
        "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis",
        "CSeq: 8 OPTIONS",
        f"Via: SIP/2.0/TLS fold-and-staple.example.com;branch=z9hG4bK{word}",
        "Content-Length: {length}",
    )


def _invut(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "Contact: <sip:caller@host5.example.net>",
        "To: sip:j.user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: invut.{word}",
        "CSeq: 235448 INVITE",
        f"Via: SIP/2.0/TLS somehost.example.com;branch=z9hG4bK{word}",
        "Content-Type: application/unknownformat",
        "Content-Length: {length}",
        body=b'<audio>\r\n <pcmu port="443"/>\r\n</audio>\r\n',
    )


def _regaut01(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        "To: sip:j.user@example.com",
        f"From: sip:j.user@example.com;tag={word}",
        "Max-Forwards: 8",
        f"Call-ID: regaut01.{word}",
        "CSeq: 9338 REGISTER",
        f"Via: SIP/2.0/TLS 192.0.2.253;branch=z9hG4bK{word}",
        "Authorization: NoOneKnowsThisScheme opaque-data=here",
        "Content-Length:{length}",
    )


def _multi01(word: str) -> bytes:
    return message(
        "INVITE sip:user@company.com SIP/2.0",
        "Contact: <sip:caller@host25.example.net>",
        f"Via: SIP/2.0/TLS 192.0.2.25;branch=z9hG4bK{word}",
        "Max-Forwards: 70",
        "CSeq: 5 INVITE",
        f"Call-ID: multi01.{word}@192.0.2.1",
        "CSeq: 59 INVITE",
        f"Call-ID: multi01.{word}@192.0.2.2",
        f"From: sip:caller@example.com;tag={word}",
        "To: sip:user@example.com",
        "To: sip:other@example.net",
        f"From: sip:caller@example.net;tag=other{word}",
        "Content-Type: application/sdp",
        "l: {length}",
        "Contact: <sip:caller@host36.example.net>",
        "Max-Forwards: 5",
        body=sdp("192.0.2.25"),
    )


def _mcl01(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS host5.example.net;branch=z9hG4bK{word}",
        "To: sip:user@example.com",
        f"From: sip:other@example.net;tag={word}",
        f"Call-ID: mcl01.{word}",
        "CSeq: 15932 OPTIONS",
        "Content-Length: 13",
        "Max-Forwards: 60",
        "Content-Length: 5",
        "Content-Type: text/plain",
        body=b"Nobody can tell how many of these octets belong to it.\r\n",
    )


def _bcast(word: str) -> bytes:
    return message(
        "SIP/2.0 200 OK",
        f"Via: SIP/2.0/TLS 192.0.2.198;branch=z9hG4bK{word}",
        "Via: SIP/2.0/TLS 255.255.255.255;branch=z9hG4bK1saber23",
        f"Call-ID: bcast.{word}",
        "CSeq: 35 INVITE",
        f"From: sip:user@example.com;tag={word}",
        "To: sip:user@example.edu;tag=2229",
        "Content-Length: {length}",
        "Content-Type: application/sdp",
        "Contact: <sip:user@host28.example.com>",
        body=sdp("192.0.2.198"),
    )


def _zeromf(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:caller@example.net;tag={word}",
        f"Call-ID: zeromf.{word}",
        "CSeq: 39234321 OPTIONS",
        f"Via: SIP/2.0/TLS host1.example.com;branch=z9hG4bK{word}",
        "Max-Forwards: 0",
        "Content-Length: {length}",
    )


def _cparam(name: str, contact: str, word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        f"Via: SIP/2.0/TLS saturn.example.com:5060;branch=z9hG4bK{word}",
        "Max-Forwards: 70",
        f"From: sip:watson@example.com;tag={word}",
        "To: sip:watson@example.com",
        f"Call-ID: {name}.{word}@saturn.example.com",
        "CSeq: 2 REGISTER",
        f"Contact: {contact}",
        "l: {length}",
    )


def _cparam01(word: str) -> bytes:
    return _cparam("cparam01", "sip:+19725552222@gw1.example.net;unknownparam", word)


def _cparam02(word: str) -> bytes:
    return _cparam("cparam02", "<sip:+19725552222@gw1.example.net;unknownparam>", word)


def _regescrt(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: sip:user@example.com;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: regescrt.{word}@192.0.2.1",
        "CSeq: 14398234 REGISTER",
        f"Via: SIP/2.0/TLS host5.example.com;branch=z9hG4bK{word}",
        "M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
        "L:{length}",
    )


def _sdp01(word: str) -> bytes:
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        "To: sip:j_user@example.com",
        "Contact: <sip:caller@host15.example.net>",
        f"From: sip:caller@example.net;tag={word}",
        "Max-Forwards: 5",
        f"Call-ID: sdp01.{word}",
        "Accept: text/nobodyKnowsThis",
        "CSeq: 8 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.15;branch=z9hG4bK{word}",
        "Content-Length: {length}",
        "Content-Type: application/sdp",
        body=sdp("192.0.2.5"),
    )


def _inv2543(word: str) -> bytes:
    return message(
        "INVITE sip:UserB@example.com SIP/2.0",
        "Via: SIP/2.0/TLS iftgw.example.com",
        "From: <sip:+13035551111@ift.client.example.net;user=phone>",
        "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>",
        "To: sip:+16505552222@ss1.example.net;user=phone",
        f"Call-ID: inv2543.{word}@ift.client.example.com",
        "CSeq: 56 INVITE",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=(
            b"v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\n"
            b"t=0 0\r\nm=audio 49217 RTP/AVP 0\r\n"
        ),
    )


_NO_REGISTRAR: Final = "what a registrar should make of it is no matter of a phone's"

MEANING: Final = (
    Trap("badbranch", "3.2.1", "nothing in the branch but the cookie", _badbranch, Answer(200)),
    Trap("insuf", "3.3.1", "no To, From, Call-ID, Max-Forwards", _insuf, BAD),
    Trap("unkscm", "3.3.2", "an unknown scheme", _unkscm, Answer(416)),
    Trap("novelsc", "3.3.3", "a scheme that is known, and not for SIP", _novelsc, Answer(416)),
    Trap(
        *("unksm2", "3.3.4", "such schemes in To, From and Contact", _unksm2, NOT_HERE),
        _NO_REGISTRAR,
    ),
    Trap(
        *("bext01", "3.3.5", "demands of extensions that nobody knows", _bext01),
        Answer(420, says=("Unsupported: nothingSupportsThis, nothingSupportsThisEither",)),
    ),
    Trap(
        *("invut", "3.3.6", "a body of an unknown type", _invut),
        Answer(415, says=("Accept: application/sdp",)),
    ),
    Trap(
        *("regaut01", "3.3.7", "an unknown scheme of authorization", _regaut01, BAD),
        "the phone asks nobody for a password, and reads no other schemes than Digest",
    ),
    Trap("multi01", "3.3.8", "twice what must be there once", _multi01, BAD),
    Trap("mcl01", "3.3.9", "two lengths that differ", _mcl01, Answer(400, closes=True)),
    Trap("bcast", "3.3.10", "a response with the Via of somebody else", _bcast, SILENCE),
    Trap("zeromf", "3.3.11", "no hop is left, and none is needed", _zeromf, Answer(200)),
    Trap(
        *("cparam01", "3.3.12", "an unknown parameter of Contact", _cparam01, NOT_HERE),
        _NO_REGISTRAR,
    ),
    Trap(
        *("cparam02", "3.3.13", "an unknown parameter of the URI in Contact", _cparam02, NOT_HERE),
        _NO_REGISTRAR,
    ),
    Trap(
        *("regescrt", "3.3.14", "headers in the URI in Contact", _regescrt, NOT_HERE),
        _NO_REGISTRAR,
    ),
    Trap("sdp01", "3.3.15", "an answer is wanted in an unknown type only", _sdp01, Answer(406)),
    Trap(
        *("inv2543", "3.4.1", "an INVITE as before RFC 3261: no tag, branch, hops", _inv2543, BAD),
        "only who wants to be called by phones from before 2002 takes it: it has no Contact, which "
        "RFC 3261 demands. Here it has a Content-Length, without which nothing ends in a stream",
    ),
)
