"""What stands to choose from: always the right one, three others, in an order nobody foresees."""

from collections import Counter
from itertools import product
from random import Random

import pytest

from agent.candidates import CANDIDATES, candidates
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from agent.zrtp.sas import BASE32, Rendering, Sas, render

PAIRS = tuple(map("".join, product(BASE32, repeat=2)))
SAMPLES = 4000


def halves(sas: Sas) -> tuple[str, str]:
    words = "".join(sas.words) if sas.rendering == "B32" else ""
    return (words[:2], words[2:]) if words else (sas.words[0], sas.words[1])


@pytest.mark.parametrize(
    ("rendering", "kinds"), [("B256", (EVEN_WORDS, ODD_WORDS)), ("B32", (PAIRS, PAIRS))]
)
def test_the_right_half_among_three_others_of_its_kind(
    rendering: Rendering, kinds: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    random = Random(rendering)
    for _ in range(1000):
        sas = render(rendering, random.getrandbits(32))
        for half, offered, kind in zip(
            halves(sas), candidates(sas, random.randbytes), kinds, strict=True
        ):
            assert offered.count(half) == 1
            assert len(set(offered)) == len(offered) == CANDIDATES
            assert set(offered) <= set(kind)


@pytest.mark.parametrize("rendering", ["B256", "B32"])
def test_the_right_one_stands_at_each_place_as_often(rendering: Rendering) -> None:
    random = Random(7)
    sas = render(rendering, 0x12345678)
    offered = [candidates(sas, random.randbytes) for _ in range(SAMPLES)]
    for index, half in enumerate(halves(sas)):
        places = Counter(each[index].index(half) for each in offered)
        assert set(places) == set(range(CANDIDATES))
        # Four standard deviations of an even draw are 110.
        assert all(abs(count - SAMPLES / CANDIDATES) < 110 for count in places.values())


def test_the_place_of_one_half_tells_nothing_of_that_of_the_other() -> None:
    random = Random(8)
    sas = render("B256", 0x12345678)
    places = Counter(
        tuple(each.index(half) for each, half in zip(offered, sas.words, strict=True))
        for offered in (candidates(sas, random.randbytes) for _ in range(SAMPLES))
    )
    assert len(places) == CANDIDATES**2
    # Four standard deviations of an even draw are 62.
    assert all(abs(count - SAMPLES / CANDIDATES**2) < 62 for count in places.values())


def test_every_other_word_is_drawn_and_none_is_preferred() -> None:
    random = Random(9)
    sas = render("B256", 0x12345678)
    drawn = Counter(
        each
        for _ in range(SAMPLES)
        for each in candidates(sas, random.randbytes)[1]
        if each != sas.words[1]
    )
    assert set(drawn) == set(ODD_WORDS) - {sas.words[1]}
    expected = SAMPLES * (CANDIDATES - 1) / (len(ODD_WORDS) - 1)
    assert max(drawn.values()) < 2 * expected
    assert min(drawn.values()) > expected / 2


def test_the_order_hangs_on_nothing_but_the_randomness() -> None:
    sas = render("B256", 0x12345678)
    assert candidates(sas, Random(1).randbytes) == candidates(sas, Random(1).randbytes)
    assert candidates(sas, Random(1).randbytes) != candidates(sas, Random(2).randbytes)
