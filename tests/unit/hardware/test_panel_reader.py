"""What the hardware tests read off a panel is what stands there."""

import pytest
from screens.golden import Name, load

from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from support.panel_reader import longest, stands

DARK = bytes(1024)


@pytest.mark.parametrize(
    ("case", "lines"),
    [
        ("idle-direct-calls-only", ("Alice", "9:05", "Direct calls only")),
        ("dialling-contact", ("42", "Bob", "# or call: dial")),
        ("enter-name-prefilled", ("Verified. Who is it?", "Bob")),
        ("compare-callee-reads-first", ("Compare: Bob", "match", "differ", "later")),
        ("in-call-zrtp_secure", ("Verified", "2:13", "Bob")),
    ],
)
def test_lines_are_read_in_each_size_lit_and_in_reverse(case: str, lines: tuple[str, ...]) -> None:
    bits = load(Name(case))
    assert [line for line in lines if not stands(line, bits)] == []


@pytest.mark.parametrize("text", ["Alic", "lice", "Alicia", "9:06", "Direct", "calls"])
def test_what_is_not_there_or_only_a_part_of_a_word_is_not_read(text: str) -> None:
    is_whole_word = text in ("Direct", "calls")
    assert stands(text, load(Name("idle-direct-calls-only"))) == is_whole_word


def test_one_wrong_pixel_is_seen() -> None:
    bits = bytearray(load(Name("in-call-zrtp_secure")))
    at = next(index for index, octet in enumerate(bits) if 0 < octet < 0xFF)
    for wrong in range(8):
        changed = bytes([*bits[:at], bits[at] ^ 1 << wrong, *bits[at + 1 :]])
        seen = [stands(line, changed) for line in ("Verified", "2:13", "Bob")]
        assert seen.count(False) <= 1


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("compare-callee-reads-first", ("topmost", "Istanbul")),
        ("compare-longest-words", ("stopwatch", "businessman")),
        ("compare-short-words", ("Zulu", "visitor")),
    ],
)
def test_the_words_of_the_sas_are_found_among_all(case: str, words: tuple[str, str]) -> None:
    bits = load(Name(case))
    assert (longest(EVEN_WORDS, bits), longest(ODD_WORDS, bits)) == words
    assert longest(EVEN_WORDS, DARK) == ""
