"""What the display says of a service that failed, seen on a panel at the end of its bus."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from agent import failure, last_words
from agent.arguments import TellFailureOptions
from agent.cli import main
from agent.config import ConfigError, load_config
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Sentence
from agent.phone.menu.views import Fact, MenuDetail
from agent.phone.preferences import Language
from agent.screens.render import render
from agent.screens.words import words_in
from hw.display import leave_picture
from support.fake_gpio import FakeGpio
from support.fake_oled import FakeI2c, Oled

# luma.oled packs pixels by a method that Pillow will have under another name.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

GOOD: Final = '[phone]\nname = "Alice"\nlanguage = "de"\nboard = "pi-usb-handset"\n'
DARK: Final = bytes(1024)


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Oled:
    """A panel, and the phone's own driver in front of it."""
    oled = Oled()
    draw = partial(leave_picture, open_gpio=FakeGpio, bus=FakeI2c(oled))
    monkeypatch.setattr(last_words, "leave_picture", draw)
    return oled


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "sotto.toml"
    file.write_text(GOOD)
    return file


def fails(monkeypatch: pytest.MonkeyPatch, config: Path, result: str, status: str = "") -> None:
    """The service ends, and systemd starts the unit for that."""
    monkeypatch.setenv("MONITOR_SERVICE_RESULT", result)
    monkeypatch.setenv("MONITOR_EXIT_STATUS", status)
    assert main(["tell-failure", "--config", str(config)]) == 0


def out_of_order(fact: Fact, language: Language = Language.GERMAN) -> bytes:
    return render(MenuDetail(Label.OUT_OF_ORDER, (fact,)), words_in(language)).bits


@pytest.mark.parametrize(
    ("ended", "fact"),
    [
        (("exit-code", "1"), Fact("exit-code 1", Label.BROKE_DOWN)),
        (("core-dump", "SEGV"), Fact("core-dump SEGV", Label.BROKE_DOWN)),
        (("signal", "KILL"), Fact("signal KILL", Label.BROKE_DOWN)),
        (("watchdog", "ABRT"), Fact("watchdog ABRT", Label.STOOD_STILL)),
        (("timeout", ""), Fact("timeout", Label.STOOD_STILL)),
        (("oom-kill", "KILL"), Fact("oom-kill KILL", Label.MEMORY_SHORT)),
        (("start-limit-hit", ""), Fact("start-limit-hit", Label.GAVE_UP)),
        (("card", ""), Fact("card", Label.CARD_UNREADABLE)),
        (("resources", ""), Fact(Label.CANNOT_START, "resources")),
        (("exit-code", "203"), Fact(Label.CANNOT_START, "exit-code 203")),
        (("exit-code", "KILL"), Fact("exit-code KILL", Label.BROKE_DOWN)),
        (("", ""), Fact("sotto", Label.BROKE_DOWN)),
    ],
)
def test_the_panel_says_how_the_service_ended(
    monkeypatch: pytest.MonkeyPatch,
    panel: Oled,
    config: Path,
    ended: tuple[str, str],
    fact: Fact,
) -> None:
    fails(monkeypatch, config, *ended)
    assert panel.picture() == out_of_order(fact)


def test_a_wrong_configuration_is_told_with_its_line(
    monkeypatch: pytest.MonkeyPatch, panel: Oled, config: Path
) -> None:
    config.write_text(GOOD + 'bord = "x"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    said = last_words.picture_of(caught.value, "de")
    fails(monkeypatch, config, "exit-code", "2")
    assert "sotto.toml, line 5" in " ".join(said.text)
    assert panel.picture() == said.bits


@pytest.mark.parametrize("status", [failure.CONFIGURATION_WRONG, last_words.TOLD])
def test_what_the_phone_has_said_itself_stays(
    monkeypatch: pytest.MonkeyPatch, panel: Oled, config: Path, status: int
) -> None:
    fails(monkeypatch, config, "exit-code", str(status))
    assert panel.picture() == DARK  # nothing was drawn over it


def test_without_a_configuration_it_is_told_in_english(
    monkeypatch: pytest.MonkeyPatch, panel: Oled, tmp_path: Path
) -> None:
    fails(monkeypatch, tmp_path / "none.toml", "watchdog", "ABRT")
    assert panel.picture() == out_of_order(
        Fact("watchdog ABRT", Label.STOOD_STILL), Language.ENGLISH
    )


def test_a_phone_that_cannot_start_says_why(panel: Oled, config: Path) -> None:
    last_words.say_cannot_start("Cannot listen on 0.0.0.0:5061", config)
    assert panel.picture() == out_of_order(
        Fact(Label.CANNOT_START, Sentence("Cannot listen on 0.0.0.0:5061"))
    )


def test_the_installed_configuration_is_the_usual_one() -> None:
    assert TellFailureOptions() == TellFailureOptions(Path("/etc/sotto/sotto.toml"))


def test_what_breaks_a_phone_does_not_break_the_word_of_it() -> None:
    program = (
        "import sys, agent.failure\n"
        "heavy = {'pjsua2', 'cryptography', 'sqlite3', 'asyncio', 'aiohttp', 'dns'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.stderr, done.returncode) == ("", 0)
