"""Two whole phones in two languages: what each says, and that it can change in the call."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.phone.preferences import Language, Preferences
from hw.types import Key
from support.two_phones import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    yield made
    made.close()


def test_each_phone_speaks_its_own_language_and_the_words_are_the_same(pair: Pair) -> None:
    pair.alice.prefers(Preferences(language=Language.GERMAN))
    pair.bob.prefers(Preferences(language=Language.SPANISH))
    assert "Nur Direktanrufe" in pair.alice.text
    assert "Solo llamadas directas" in pair.bob.text
    pair.dial()
    assert "Es klingelt dort" in pair.alice.text
    assert "Llamada de Alice" in pair.bob.text
    pair.bob.lift()
    pair.wait(2)
    hers, his = (phone.board.pictures[-1].text for phone in (pair.alice, pair.bob))
    assert hers[0] == "Signalisierung ungeprüft"
    assert his[0] == "Señalización no verificada"
    heard, read = (line.partition(": ")[2] for line in hers[1:3])
    assert hers[1:3] == (f"Sie hören: {heard}", f"Sie lesen: {read}")
    assert his[1:3] == (f"Usted lee: {heard}", f"Usted oye: {read}")


def test_the_language_changes_on_the_screen_that_stands_there(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(2)
    pair.hold(pair.alice, Key.STAR, 0.6)
    assert "WIRETAPPED." in pair.alice.text
    pair.alice.prefers(Preferences(language=Language.GERMAN))
    assert "ABGEHÖRT. Jemand ist zwischen Ihnen." in pair.alice.text
    pair.alice.prefers(Preferences(language=Language.FRENCH))
    assert "SUR ÉCOUTE. Quelqu'un est entre vous." in pair.alice.text
    pair.alice.prefers(Preferences(language=Language.SPANISH))
    assert "INTERVENIDA. Alguien está entre ustedes." in pair.alice.text
    pair.alice.prefers(Preferences())
    assert "WIRETAPPED. Someone is between you." in pair.alice.text
