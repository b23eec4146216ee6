"""RFC 4475 section 3.1.1: odd, and right."""

from typing import Final

from torture.compose import (
    NOT_HERE,
    RINGS,
    SILENCE,
    Answer,
    Trap,
    folded,
    message,
    sdp,
)

_STRANGE: Final = "!interesting-Method0123456789_*+`.%indeed'~"
_ODD_USER: Final = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
_UNKNOWN_METHOD: Final = Answer(501, says=("Allow: ",))
_SIGNATURE: Final = bytes(range(256)) * 2


def _wsinv(word: str) -> bytes:
    return message(
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0",
        folded("TO :", f" sip:vivekg@chair-dnrc.example.com ;   tag    = {word}"),
        folded(
            r'from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>',
            "  ;",
            f"  tag = f{word}",
        ),
        "MaX-fOrWaRdS: 0068",
        f"Call-ID: wsinv.{word}@192.0.2.1",
        "Content-Length   : {length}",
        folded("cseq: 0009", "  INVITE"),
        folded("Via  : SIP  /   2.0", " /TLS", f"    192.0.2.2;branch={word}"),
        "s :",
        folded("NewFangledHeader:   newfangled value", " continued newfangled value"),
        "UnknownHeaderWithUnusualValue: ;;,,;;,;",
        "Content-Type: application/sdp",
        folded("Route:", " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>"),
        folded(
            "v:  SIP  / 2.0  / TCP     spindle.example.com   ;",
            f"  branch  =   z9hG4bK{word}  ,",
            " SIP  /    2.0   / UDP  192.168.255.111   ; branch=",
            " z9hG4bK30239",
        ),
        folded(
            r'm:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =',
            *("      newvalue ;", "  secondparam ; q = 0.33"),
        ),
        body=sdp("192.0.2.3", connection="192.0.2.4"),
    )


def _intmeth(word: str) -> bytes:
    return message(
        f"{_STRANGE} sip:{_ODD_USER}:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS host1.example.com;branch=z9hG4bK-.!%66*_+`'~{word}",
        f'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:{_ODD_USER}@example.com>',
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
        f";fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.{word}",
        f"Call-ID: {word}intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}}{{",
        f"CSeq: 139122385 {_STRANGE}",
        "Max-Forwards: 255",
        "extensionHeader-!.%*+_`'~:\ufeff大停電",
        "Content-Length: {length}",
    )


def _esc01(word: str) -> bytes:
    return message(
        "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
        "To: sip:%75se%72@example.com",
        f"From: <sip:I%20have%20spaces@example.net>;tag={word}",
        "Max-Forwards: 87",
        f"i: esc01.{word}",
        "CSeq: 234234 INVITE",
        f"Via: SIP/2.0/TLS host5.example.net;branch=z9hG4bK{word}",
        "C: application/sdp",
        folded("Contact:", "  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>"),
        "Content-Length: {length}",
        body=sdp(),
    )


def _escnull(word: str) -> bytes:
    return message(
        "REGISTER sip:example.com SIP/2.0",
        "To: sip:null-%00-null@example.com",
        f"From: sip:null-%00-null@example.com;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: escnull.{word}",
        "CSeq: 14398234 REGISTER",
        f"Via: SIP/2.0/TLS host5.example.com;branch=z9hG4bK{word}",
        "Contact: <sip:%00@host5.example.com>",
        "Contact: <sip:%00%00@host5.example.com>",
        "L:{length}",
    )


def _esc02(word: str) -> bytes:
    return message(
        "RE%47IST%45R sip:registrar.example.com SIP/2.0",
        'To: "%Z%45" <sip:resource@example.com>',
        f'From: "%Z%45" <sip:resource@example.com>;tag={word}',
        f"Call-ID: esc02.{word}",
        f"Via: SIP/2.0/TLS host.example.com;branch=z9hG4bK{word}%fzsnel234",
        "CSeq: 29344 RE%47IST%45R",
        "Max-Forwards: 70",
        "Contact: <sip:alias1@host1.example.com>",
        "C%6Fntact: <sip:alias2@host2.example.com>",
        "Contact: <sip:alias3@host3.example.com>",
        "l: {length}",
    )


def _lwsdisp(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: caller<sip:caller@example.com>;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID: lwsdisp.{word}@funky.example.com",
        "CSeq: 60 OPTIONS",
        f"Via: SIP/2.0/TLS funky.example.com;branch=z9hG4bK{word}",
        "l: {length}",
    )


_VIAS: Final = (
    *("Via:", "v:", "V:", "Via:", "ViA:", "VIa:", "VIA:", "via:", "viA:", "vIa:", "vIA:"),
    *("V : ", "v : ", "V  :", "v  :", "Via :", "Via  :", *("Via:",) * 16),
)


def _longreq(word: str) -> bytes:
    name = "amazinglylongcallername" * 5
    return message(
        "INVITE sip:user@example.com SIP/2.0",
        f'To: "I have a user name of {"extreme" * 10} proportion"<sip:user@example.com:6000'
        f";unknownparam1=very{'long' * 20}value;longparam{'name' * 25}=shortvalue"
        f";very{'long' * 25}ParameterNameWithNoValue>",
        f"F: sip:{name}@example.net;tag={'12982' * 30}{word}"
        f";unknownheaderparam{'name' * 20}=unknowheaderparam{'value' * 15}"
        f";unknownValueless{'paramname' * 10}",
        f"Call-ID: longreq.one{'really' * 20}longcallid{word}",
        "CSeq: 3882340 INVITE",
        f"Unknown-{'Long' * 20}-Name: unknown-{'long' * 20}-value; unknown-{'long' * 20}"
        f"-parameter-name = unknown-{'long' * 20}-parameter-value",
        *(f"{via} SIP/2.0/TLS sip{33 - index}.example.com" for index, via in enumerate(_VIAS)),
        f"Via: SIP/2.0/TLS host.example.com;received=192.0.2.5;branch=very{'long' * 50}branchvalue",
        "Max-Forwards: 70",
        f"Contact: <sip:{name}@host5.example.net>",
        "Content-Type: application/sdp",
        "l: {length}",
        body=sdp(),
    )


def _dblreq(word: str) -> bytes:
    first = message(
        "REGISTER sip:example.com SIP/2.0",
        "To: sip:j.user@example.com",
        f"From: sip:j.user@example.com;tag={word}",
        "Max-Forwards: 8",
        f"I: dblreq.{word}",
        "Contact: sip:j.user@host.example.com",
        "CSeq: 8 REGISTER",
        f"Via: SIP/2.0/TLS 192.0.2.125;branch=z9hG4bK{word}",
        "Content-Length: {length}",
    )
    second = message(
        "INVITE sip:joe@example.com SIP/2.0",
        "t: sip:joe@example.com",
        f"From: sip:caller@example.net;tag=141334{word}",
        "Max-Forwards: 8",
        f"Call-ID: dblreq.second{word}@192.0.2.15",
        "CSeq: 8 INVITE",
        f"Via: SIP/2.0/TLS 192.0.2.15;branch=z9hG4bKsecond{word}",
        "Content-Type: application/sdp",
        "Content-Length: {length}",
        body=sdp("192.0.2.15", video="m =video 3227 RTP/AVP 31"),
    )
    return first + b"\r\n" + second


def _semiuri(word: str) -> bytes:
    return message(
        "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0",
        "To: sip:j_user@example.com",
        f"From: sip:caller@example.org;tag={word}",
        "Max-Forwards: 3",
        f"Call-ID: semiuri.{word}",
        "CSeq: 8 OPTIONS",
        folded(
            "Accept: application/sdp, application/pkcs7-mime,",
            "        multipart/mixed, multipart/signed,",
            "        message/sip, message/sipfrag",
        ),
        f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{word}",
        "l: {length}",
    )


def _transports(word: str) -> bytes:
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "To: sip:user@example.com",
        f"From: <sip:caller@example.com>;tag={word}",
        "Max-Forwards: 70",
        f"Call-ID:  transports.{word}",
        "Accept: application/sdp",
        "CSeq: 60 OPTIONS",
        f"Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bK{word}",
        "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
        "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
        "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
        "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
        "l: {length}",
    )


def _mpart01(word: str) -> bytes:
    parts = (
        b"--outer",
        *(b"Content-Type: text/plain", b"Content-Transfer-Encoding: binary", b"", b"Hello"),
        b"--outer",
        b"Content-Type: application/pkcs7-signature; name=smime.p7s",
        *(b"Content-Transfer-Encoding: binary", b"", _SIGNATURE, b"--outer--", b""),
    )
    return message(
        "MESSAGE sip:kumiko@example.org SIP/2.0",
        f"Via: SIP/2.0/TLS 127.0.0.1:5070;branch=z9hG4bK-d87543-{word}-1--d87543-;rport",
        "Max-Forwards: 70",
        "Route: <sip:127.0.0.1:5080>",
        f"Identity: {'r5mwreLuyDRYBi' * 8}",
        f"From: fluffy <sip:fluffy@example.com>;tag={word}",
        "To: <sip:kumiko@example.org>",
        f"Call-ID: mpart01.{word}",
        "CSeq: 1 MESSAGE",
        "Content-Type: multipart/mixed;boundary=outer",
        "Content-Length: {length}",
        body=b"\r\n".join(parts),
    )


def _unreason(word: str) -> bytes:
    return message(
        "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое",
        f"Via: SIP/2.0/TLS 192.0.2.198;branch=z9hG4bK{word}",
        f"Call-ID: unreason.{word}",
        "CSeq: 35 INVITE",
        f"From: sip:user@example.com;tag={word}",
        "To: sip:user@example.edu;tag=2229",
        "Content-Length: {length}",
        "Content-Type: application/sdp",
        "Contact: <sip:user@host198.example.com>",
        body=sdp("192.0.2.198"),
    )


def _noreason(word: str) -> bytes:
    return message(
        "SIP/2.0 100 ",
        f"Via: SIP/2.0/TLS 192.0.2.105;branch=z9hG4bK{word}",
        f"Call-ID: noreason.{word}",
        "CSeq: 35 INVITE",
        f"From: <sip:user@example.com>;tag={word}",
        "To: <sip:user@example.edu>;tag=902jndnke3",
        "Content-Length: {length}",
        "Contact: <sip:user@host105.example.com>",
    )


VALID: Final = (
    Trap(
        *("wsinv", "3.1.1.1", "white space, folding and short forms wherever they may be"),
        *(_wsinv, Answer(481)),
        "its To has a tag, and of such a dialog the phone knows nothing (RFC 3261 section 12.2.2)",
    ),
    Trap("intmeth", "3.1.1.2", "every character that may be", _intmeth, _UNKNOWN_METHOD),
    Trap("esc01", "3.1.1.3", "%-escapes in URIs", _esc01, RINGS),
    Trap(
        *("escnull", "3.1.1.4", "escaped NULs in URIs", _escnull, NOT_HERE),
        "only a registrar would register it",
    ),
    Trap("esc02", "3.1.1.5", "% where it escapes nothing", _esc02, _UNKNOWN_METHOD),
    Trap("lwsdisp", "3.1.1.6", 'no space between display name and "<"', _lwsdisp, Answer(200)),
    Trap("longreq", "3.1.1.7", "long values, and 34 Vias", _longreq, RINGS),
    Trap(
        *("dblreq", "3.1.1.8", "an INVITE after the end of a REGISTER", _dblreq),
        Answer(405, says=("Allow: ", "SIP/2.0 400 Bad SDP")),
        "in a datagram the rest would be ignored; in a stream it is the next message, and refused",
    ),
    Trap("semiuri", "3.1.1.9", "a parameter in the user part", _semiuri, Answer(200)),
    Trap("transports", "3.1.1.10", "all transports, known and not", _transports, Answer(200)),
    Trap(
        *("mpart01", "3.1.1.11", "several parts, one of them of all octets", _mpart01),
        NOT_HERE,
        "this phone takes no MESSAGE at all, of one part or of many",
    ),
    Trap("unreason", "3.1.1.12", "a reason phrase in Cyrillic", _unreason, SILENCE),
    Trap("noreason", "3.1.1.13", "no reason phrase", _noreason, SILENCE),
)
