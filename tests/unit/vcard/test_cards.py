"""Cards as RFC 6350 has them, and as phones and address books have written them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.store import Contact
from agent.vcard import CARDS_MAX, Card, VcardError, read_cards, write_cards
from agent.vcard.lines import LINE_MAX


def vcard(*lines: str, version: str = "4.0", end: str = "\r\n") -> bytes:
    whole = ("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", "")
    return end.join(whole).encode()


def read(*lines: str, version: str = "4.0", end: str = "\r\n") -> Card:
    (card,) = read_cards(vcard(*lines, version=version, end=end))
    return card


def usable(*lines: str) -> tuple[str, str, str]:
    card = read(*lines)
    return card.name, card.number, card.uri


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_card_in_each_way_to_end_a_line(end: str) -> None:
    card = read("FN:Bob", "TEL:102", "IMPP:sip:bob@192.0.2.7", end=end)
    assert card == Card(1, "Bob", "102", "sip:bob@192.0.2.7")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["FN:Bob"], "Bob"),
        (["fn:Bob"], "Bob"),
        (["item1.FN:Bob"], "Bob"),
        (['FN;LANGUAGE="de:x;y";PREF=1:Bob'], "Bob"),
        ([r"FN:Müller\, Söhne\; \\ Co\nGmbH"], r"Müller, Söhne; \ Co GmbH"),
        (["FN:Bob\u202e \x07 the\tBuilder"], "Bob the Builder"),
        (["FN:" + "x" * 100], "x" * 64),
        (["FN: "], ""),
        (["N:Müller;Bärbel;Anna;Dr.;"], "Bärbel Müller"),
        (["N:Cher"], "Cher"),
        (["FN:", "N:Stone;Fred"], "Fred Stone"),
        ([r"N:de la Cruz\; y;Juan"], "Juan de la Cruz; y"),
        (["ORG:Bundesamt"], "Bundesamt"),
        (["NICKNAME:Bobby", "ORG:Bundesamt"], "Bobby"),
        ([], ""),
    ],
)
def test_whose_it_is(lines: list[str], name: str) -> None:
    assert read(*lines).name == name


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["TEL:102"], "102"),
        (["TEL;TYPE=work,voice:030 / 123-45.67"], "0301234567"),
        (["TEL;CELL;VOICE:(030) 1234"], "0301234"),
        (["TEL;VALUE=uri:tel:+49-30-1234;ext=5"], "0049301234"),
        (["TEL:+49 (30) 1234"], "0049301234"),
        (["TEL:0049\u00a030\u20131234"], "0049301234"),
        (["TEL:*21#"], "*21#"),
        (["TEL:call me", "TEL:7"], "7"),
        (["TEL:" + "1" * 33], ""),
        (["TEL:"], ""),
        (["TEL:\uff11\uff12"], ""),
        (["TEL;VALUE=uri:sip:bob@192.0.2.7"], ""),
    ],
)
def test_what_is_dialled(lines: list[str], number: str) -> None:
    assert read("FN:Bob", *lines).number == number


@pytest.mark.parametrize(
    ("lines", "uri"),
    [
        (["IMPP:sip:bob@example.org"], "sip:bob@example.org"),
        (["IMPP;PREF=1:SIPS:Bob@Example.ORG:5071"], "sips:Bob@example.org:5071"),
        (["X-SIP:bob@example.org"], "sip:bob@example.org"),
        (["X-SIP;TYPE=work:sip:bob@example.org"], "sip:bob@example.org"),
        (["TEL;VALUE=uri:sip:bob@192.0.2.7"], "sip:bob@192.0.2.7"),
        (["URL:https://example.org", "URL:sip:bob@192.0.2.7"], "sip:bob@192.0.2.7"),
        (["IMPP:xmpp:bob@example.org", "IMPP:sip:b@192.0.2.7"], "sip:b@192.0.2.7"),
        (["IMPP:sip:x;transport=udp@", "IMPP:sip:b@192.0.2.7"], "sip:b@192.0.2.7"),
        (["NOTE:sip:bob@example.org"], ""),
        (["X-SIP:"], ""),
    ],
)
def test_which_address_is_called(lines: list[str], uri: str) -> None:
    card = read("FN:Bob", *lines)
    assert (card.uri, card.fault) == (uri, "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("IMPP:sip:bob@example.org;transport=udp", 'transport is "udp"'),
        ("X-SIP:two words", "will not do"),
        (f"IMPP:sip:{'x' * 600}@example.org", "longer than 512 characters"),
    ],
)
def test_an_address_that_will_not_do_is_told(line: str, fault: str) -> None:
    card = read("FN:Bob", line)
    assert card.uri == ""
    assert fault in card.fault


def test_quoted_printable_with_soft_line_breaks_and_a_character_set() -> None:
    card = read(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCl=",
        "ler;B=E4rbel",
        "TEL;CELL:7",
        "X-SIP:baerbel@192.0.2.9",
        version="2.1",
    )
    assert (card.name, card.number, card.uri) == ("Bärbel Müller", "7", "sip:baerbel@192.0.2.9")


@pytest.mark.parametrize(
    ("parameters", "octets", "name"),
    [
        (";CHARSET=UTF-8;QUOTED-PRINTABLE", b"=C3=88ve", "Ève"),
        (";ENCODING=QUOTED-PRINTABLE", b"=C3=88ve", "Ève"),
        (";CHARSET=Shift_JIS", "山田".encode("shift_jis"), "山田"),
        (';CHARSET="windows-1251"', "Борис".encode("cp1251"), "Борис"),
        (";CHARSET=no-such\x00thing", "Ève".encode(), "Ève"),
        (";CHARSET=utf-8", b"\xc8ve", "Ève"),
        ("", b"\xc8ve", "Ève"),
    ],
)
def test_character_sets(parameters: str, octets: bytes, name: str) -> None:
    head = f"BEGIN:VCARD\r\nFN{parameters}:".encode()
    (card,) = read_cards(head + octets + b"\r\nEND:VCARD\r\n")
    assert card.name == name


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(charset: str) -> None:
    data = vcard("FN:Ève", "TEL:7").decode().encode(charset)
    assert [card.name for card in read_cards(data)] == ["Ève"]


def test_folded_lines_are_one() -> None:
    card = read(
        "FN:Bob the ", " Builder of bridges, ", "\t and roads", "IMPP:sip:bob@", " 192.0.2.7"
    )
    assert card.name == "Bob the Builder of bridges, and roads"
    assert card.uri == "sip:bob@192.0.2.7"


def test_pictures_and_keys_are_passed_over() -> None:
    picture = ["PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 70, *([" " + "A" * 74] * 4000)]
    card = read(*picture, "FN:Bob", "TEL:7")
    assert (card.name, card.number) == ("Bob", "7")
    assert len("".join(picture)) > LINE_MAX


def test_a_card_within_a_card_is_not_a_card() -> None:
    data = vcard("FN:Bob", "AGENT:", "BEGIN:VCARD", "FN:Agent", "TEL:1", "END:VCARD", "TEL:7")
    assert read_cards(data) == [Card(1, "Bob", "7", "")]


def test_the_line_of_each_card_is_told() -> None:
    data = b"\r\n\r\n" + vcard("FN:Bob") + vcard("FN:Eve")
    assert [(card.name, card.line) for card in read_cards(data)] == [("Bob", 3), ("Eve", 7)]


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"hello", b"BEGIN:VCARD\r\nFN:Bob\r\n", b"END:VCARD", b'{"contacts": []}'],
)
def test_a_file_without_a_whole_card_is_none(data: bytes) -> None:
    with pytest.raises(VcardError, match="no vCard"):
        read_cards(data)


def test_so_many_cards_and_no_more() -> None:
    small = b"BEGIN:VCARD\nEND:VCARD\n"
    assert len(read_cards(small * CARDS_MAX)) == CARDS_MAX
    with pytest.raises(VcardError, match="more than 10000 cards"):
        read_cards(small * (CARDS_MAX + 1))


def test_what_is_written() -> None:
    contacts = [
        Contact("Müller, Söhne; Co", "102", "sip:bob@192.0.2.7"),
        Contact("Eve", "", "sip:eve@example.org"),
    ]
    assert write_cards(contacts).split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        r"FN:Müller\, Söhne\; Co",
        "TEL:102",
        "IMPP:sip:bob@192.0.2.7",
        "END:VCARD",
        "BEGIN:VCARD",
        "VERSION:4.0",
        "FN:Eve",
        "IMPP:sip:eve@example.org",
        "END:VCARD",
        "",
    ]


NAMES = (
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=64)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text.isprintable())
)
CONTACTS = st.builds(
    Contact,
    NAMES,
    st.text("0123456789*#", max_size=32),
    st.sampled_from(["sip:bob@192.0.2.7", "sips:%C3%88ve@example.org:5071", "sip:[2001:db8::7]"]),
)


@settings(deadline=None)
@given(st.lists(CONTACTS, min_size=1, max_size=5))
def test_what_is_written_is_read_again(contacts: list[Contact]) -> None:
    text = write_cards(contacts)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    cards = read_cards(text.encode())
    assert [Contact(card.name, card.number, card.uri) for card in cards] == contacts
    assert not any(card.fault for card in cards)
