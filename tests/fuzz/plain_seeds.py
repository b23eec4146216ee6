"""Seeds that are text: requests at the control socket, vCards of all kinds, SDPs with keys."""

from agent.control.protocol import Ended, encode_ended, encode_item, encode_request
from agent.control.requests import (
    AddContacts,
    Call,
    Confirm,
    Events,
    Forget,
    Log,
    Request,
    Status,
)
from agent.store import Contact
from agent.vcard import write_cards

_BOB = Contact("Bob", "102", "sip:bob@192.0.2.7")
_EVE = Contact(
    "Ève; Çağlayan, the younger, of the house with the long and winding name",
    "",
    "sips:eve@example.org:5071;transport=tls",
)


def lines_at_the_socket() -> dict[str, bytes]:
    """Requests, answers, and what is neither."""
    requests: dict[str, Request] = {
        "status": Status(),
        "call": Call("*102#"),
        "confirm": Confirm(("tactics", "adviser")),
        "forget": Forget("Bob"),
        "add-contacts": AddContacts((_BOB, _EVE)),
        "log": Log(security=True, limit=7),
        "events": Events(),
    }
    lines = {name: encode_request(request) for name, request in requests.items()}
    answers = {
        "an-item": encode_item({"name": "Bob", "calls": []}),
        "done": encode_ended(Ended({"calls": []})),
        "refused": encode_ended(Ended({}, "Nobody has this number.")),
    }
    others = {
        "two-requests": lines["status"] + lines["call"],
        "a-request-cut-off": lines["call"][:-9],
        "another-version": b'{"sotto": 2, "command": "status"}\n',
        "no-command": b'{"sotto": 1}\n',
        "numbers": b'{"sotto": 1, "command": "log", "limit": 1e400, "security": NaN}\n',
        "nested": b"[" * 2000 + b"\n",
        "half-a-character": b'{"sotto": 1, "command": "forget", "who": "\\ud800"}\n',
        "empty-lines": b"\n\n\r\n",
    }
    return lines | answers | others


def vcards() -> dict[str, bytes]:
    """As our own phone writes them, and as others have."""
    old = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCl=\r\n"
        "ler;B=E4rbel\r\nTEL;CELL;VOICE:+49 (30) 123-45\r\nX-SIP:baerbel@192.0.2.9\r\nEND:VCARD\r\n"
    )
    grouped = (
        "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Nobody//EN\nitem1.FN:Bob\\, the\n  Builder\n"
        'item1.TEL;type="a:b;c";type=pref:030/1234\nIMPP;X-SERVICE-TYPE=SIP:sip:bob@192.0.2.7\n'
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ\n AAAAAAAA\nEND:VCARD\n"
    )
    within = (
        "BEGIN:VCARD\rFN:Bob\rAGENT:\rBEGIN:VCARD\rFN:Agent\rEND:VCARD\r"
        "TEL;VALUE=uri:tel:+49-30-1234;ext=5\rEND:VCARD\r"
    )
    files = {
        "ours": write_cards([_BOB, _EVE]),
        "version-2": old,
        "version-3": grouped,
        "a-card-within-a-card": within,
        "an-address-that-will-not-do": "BEGIN:VCARD\nFN:x\nX-SIP:a b\nIMPP:sip:[::1\nEND:VCARD",
        "no-end": "BEGIN:VCARD\r\nFN:Bob\r\n",
        "nothing": "",
    }
    encoded = {name: text.encode() for name, text in files.items()}
    return encoded | {"utf-16": grouped.encode("utf-16"), "latin-1": "FN:Bärbel".encode("latin-1")}


def sdps_with_keys() -> dict[str, bytes]:
    """Offers and answers as PBXs write them, and as somebody on the way might leave them."""
    head = "v=0\r\no=- 1 1 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.3\r\nt=0 0\r\n"
    secure, plain = "m=audio 4000 RTP/SAVP 0\r\n", "m=audio 4000 RTP/AVP 0\r\n"
    key = "AES_CM_128_HMAC_SHA1_80 inline:" + "AbC3" * 10
    gcm = "AEAD_AES_128_GCM inline:" + "AbC3" * 9 + "AbA="
    ends = "a=sendrecv\r\n"
    bodies = {
        "answer": secure + f"a=crypto:4 {key}\r\n" + ends,
        "offer": secure + f"a=crypto:1 {gcm}\r\na=crypto:2 {key}|2^31\r\n" + ends,
        "feedback": secure.replace("SAVP", "SAVPF") + f"a=crypto:1 {key}\r\n",
        "session-parameters": secure + f"a=crypto:1 {key} UNENCRYPTED_SRTP WSH=64 -X\r\n",
        "an-mki": secure + f"a=crypto:1 {key}|2^20|1:32;inline:{'AbC3' * 10}|2^20|2:32\r\n",
        "beside-plain": plain + f"a=crypto:1 {key}\r\n" + ends,
        "above-the-media": f"a=crypto:1 {key}\r\n" + plain,
        "both-profiles": secure + f"a=crypto:1 {key}\r\n" + plain + ends,
        "no-key": secure + ends,
        "one-tag-twice": secure + f"a=crypto:1 {key}\r\na=crypto:1 {gcm}\r\n",
        "lone-returns": (plain + f"a=x\r\na=crypto:1 {key}\r\n").replace("\r\n", "\r"),
        "nothing": "",
    }
    return {name: (head + body).encode() for name, body in bodies.items()}
