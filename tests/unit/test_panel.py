from dataclasses import dataclass, field

from agent.panel import Panel
from agent.phone.menu.care import Glow
from agent.phone.preferences import Language
from agent.phone.views import Idle, View
from agent.screens.render import render
from agent.screens.words import Words
from hw.types import Picture

IDLE = Idle("Alice", 9, 5)


@dataclass
class Screen:
    told: list[Picture | int] = field(default_factory=list)

    def show(self, picture: Picture) -> None:
        self.told.append(picture)

    def set_contrast(self, percent: int) -> None:
        self.told.append(percent)


def draw(view: View, words: Words) -> Picture:
    return render(view, words)


def test_only_what_differs_is_shown() -> None:
    screen = Screen()
    panel = Panel(screen, draw)
    for _ in range(2):
        panel.show(IDLE, Language.ENGLISH, Glow(100))
    assert [type(each) for each in screen.told] == [Picture, int]
    panel.show(IDLE, Language.ENGLISH, Glow(10))
    panel.show(IDLE, Language.GERMAN, Glow(10))
    panel.show(IDLE, Language.GERMAN, Glow(10, (1, 0)))
    assert [type(each) for each in screen.told[2:]] == [int, Picture, Picture]


def test_a_panel_that_wakes_gets_its_picture_first() -> None:
    screen = Screen()
    panel = Panel(screen, draw)
    panel.show(IDLE, Language.ENGLISH, Glow(0))
    panel.show(Idle("Alice", 9, 6), Language.ENGLISH, Glow(100))
    assert [type(each) for each in screen.told] == [Picture, int, Picture, int]
