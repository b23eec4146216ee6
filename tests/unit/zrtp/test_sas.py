import pytest

from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from agent.zrtp.sas import render


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0x00000000, "yyyy"),
        (0xFFFFFFFF, "9999"),
        (0x00000FFF, "yyyy"),
        (0x00001000, "yyyb"),
        (0x08864298, "bndr"),
        (0xF0000000, "6yyy"),
    ],
)
def test_s01_base32_shows_the_leftmost_20_bits(value: int, text: str) -> None:
    sas = render("B32", value)
    assert sas.words == (text,)
    assert sas.rendering == "B32"
    assert sas.value == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0x00000000, ("aardvark", "adroitness")),
        (0x0000FFFF, ("aardvark", "adroitness")),
        (0xFFFF0000, ("Zulu", "Yucatan")),
        (0x05000000, ("adult", "adroitness")),
        # The well-known example of the list, the fingerprint E582 94F2 ...: topmost Istanbul Pluto.
        (0xE5820000, ("topmost", "Istanbul")),
        (0x94F20000, ("Pluto", "vagabond")),
    ],
)
def test_s01_base256_shows_the_leftmost_16_bits(value: int, words: tuple[str, str]) -> None:
    assert render("B256", value).words == words


@pytest.mark.parametrize("words", [EVEN_WORDS, ODD_WORDS])
def test_the_word_lists_are_whole(words: tuple[str, ...]) -> None:
    assert len(words) == len(set(words)) == 256
    assert all(word.isalpha() for word in words)


def test_no_word_is_in_both_lists() -> None:
    assert not set(EVEN_WORDS) & set(ODD_WORDS)


def test_the_value_is_not_shown() -> None:
    assert "value" not in repr(render("B32", 0x12345678))
