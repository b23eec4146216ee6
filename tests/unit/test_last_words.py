from pathlib import Path

import pytest

from agent import last_words
from agent.config import ConfigError, Problem, load_config
from agent.phone.menu.labels import Label
from hw.part import PartError
from hw.profile import BoardProfile, load_profile
from hw.types import Picture

WRONG = '[phone]\nname = "Alice"\nlanguage = "de"\nboard = "pi-spi-12-keys"\nbord = "x"\nx = 1\n'


def error_of(file: Path, text: str) -> ConfigError:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return caught.value


class Shown:
    """Stands for the display."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pictures: list[Picture] = []
        self.profiles: list[object] = []
        monkeypatch.setattr(last_words, "leave_picture", self._leave)

    def _leave(self, profile: object, picture: Picture) -> None:
        self.profiles.append(profile)
        self.pictures.append(picture)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(monkeypatch)


def board(name: str) -> BoardProfile:
    return load_profile(name)


def test_the_wrong_configurations_own_board_shows_it_in_its_language(
    tmp_path: Path, shown: Shown
) -> None:
    last_words.say(error_of(tmp_path / "sotto.toml", WRONG))
    assert shown.profiles == [board("pi-spi-12-keys").display]
    text = " ".join(shown.pictures[0].text)
    assert "Konfiguration" in text
    assert "sotto.toml, line 5" in text
    assert "phone.bord is not known" in text


@pytest.mark.parametrize(
    "text",
    [
        *("[phone\n", "", "phone = 1\n", "[phone]\nboard = 1\n", '[phone]\nboard = "none"\n'),
        f"y = {'[' * 3000}\n",
    ],
)
def test_where_no_board_can_be_read_it_is_the_usual_one(
    tmp_path: Path, shown: Shown, text: str
) -> None:
    last_words.say(error_of(tmp_path / "sotto.toml", f"{text}x = 1\n"))
    assert shown.profiles == [board(last_words.USUAL_BOARD).display]
    assert "Configuration" in shown.pictures[0].text[0]


def test_a_phone_without_any_configuration_says_so(tmp_path: Path, shown: Shown) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "sotto.toml")
    last_words.say(caught.value)
    assert "cannot be read" in " ".join(shown.pictures[0].text)


def test_a_phone_whose_first_card_was_refused_says_why(tmp_path: Path, shown: Shown) -> None:
    card = tmp_path / "card.toml"
    card.write_text(WRONG)
    (tmp_path / "refused.txt").write_text("sotto.toml, line 5: phone.bord is not known\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "sotto.toml")
    last_words.say(caught.value, card)
    assert shown.profiles == [board("pi-spi-12-keys").display]
    text = " ".join(shown.pictures[0].text)
    assert "sotto.toml, line 5" in text
    assert "phone.bord is not known" in text


def test_the_simulator_is_gone_with_its_phone(tmp_path: Path, shown: Shown) -> None:
    last_words.say(error_of(tmp_path / "sotto.toml", '[phone]\nboard = "simulator"\n'))
    assert shown.pictures == []


def test_without_a_display_the_journal_alone_tells_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none(*_: object) -> None:
        raise PartError("no display at I2C address 0x3c")

    monkeypatch.setattr(last_words, "leave_picture", none)
    last_words.say(ConfigError(Path("/none/sotto.toml"), (Problem("is wrong"),)))
    assert "no display at I2C address 0x3c" in caplog.text


def test_it_is_called_by_a_label_of_the_menu() -> None:
    picture = last_words.picture_of(ConfigError(Path("sotto.toml"), (Problem("is wrong", 3),)), 7)
    assert picture.text[0] == Label.CONFIGURATION.name.capitalize()
