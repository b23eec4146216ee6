"""How bright the panel is, on a panel of which the bus is seen."""

import tracemalloc
from collections.abc import Iterator

import pytest

from hw.display import Display, ask_panel, connect_panel, leave_picture
from hw.part import PartError
from hw.profile import Controller, DisplayProfile, I2cBus
from hw.types import Picture
from support.fake_gpio import FakeGpio
from support.fake_oled import FakeI2c, Oled

# luma.oled packs pixels by a method that Pillow will have under another name.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

LIT = Picture(b"\xff" * 1024)


@pytest.fixture(params=[False, True], ids=["ssd1306", "sh1106"])
def oled(request: pytest.FixtureRequest) -> Oled:
    return Oled(is_sh1106=request.param)


@pytest.fixture
def display(oled: Oled, request: pytest.FixtureRequest) -> Iterator[Display]:
    is_sh1106 = "sh1106" in request.node.name
    controller = Controller.SH1106 if is_sh1106 else Controller.SSD1306
    profile = DisplayProfile(controller, I2cBus(1, 0x3C))
    bus = FakeI2c(oled)
    shown = Display(lambda: connect_panel(profile, FakeGpio, bus=bus))
    shown.open()
    yield shown
    shown.close()


def step(display: Display) -> None:
    display.step(0.0, lambda event: pytest.fail(f"told {event}"))


def test_the_contrast_follows(display: Display, oled: Oled) -> None:
    display.show(LIT)
    for percent, contrast in ((100, 255), (10, 25), (1, 2)):
        display.set_contrast(percent)
        step(display)
        assert oled.contrast == contrast
        assert oled.picture() == LIT.bits


def test_dark_keeps_the_picture_and_light_brings_it_back(display: Display, oled: Oled) -> None:
    display.show(LIT)
    display.set_contrast(0)
    step(display)
    assert oled.picture() == bytes(1024)
    display.set_contrast(50)
    step(display)
    assert oled.picture() == LIT.bits
    assert oled.contrast == 127


def test_a_panel_that_came_back_is_as_bright_as_before(display: Display, oled: Oled) -> None:
    display.show(LIT)
    display.set_contrast(20)
    step(display)
    display.close()
    oled.reset()
    display.open()
    step(display)
    assert oled.contrast == 51


def test_a_picture_is_left_to_stay_when_the_process_has_ended() -> None:
    oled = Oled()
    profile = DisplayProfile(Controller.SSD1306, I2cBus(1, 0x3C))
    leave_picture(profile, LIT, FakeGpio, bus=FakeI2c(oled))
    assert oled.picture() == LIT.bits


def test_where_there_is_no_display_none_is_left() -> None:
    bus = FakeI2c(Oled())
    bus.unplug()
    with pytest.raises(PartError, match="no display at I2C address 0x3c"):
        leave_picture(DisplayProfile(Controller.SSD1306, I2cBus(1, 0x3C)), LIT, FakeGpio, bus=bus)


def test_a_panel_is_asked_without_a_trace() -> None:
    oled = Oled()
    before = oled.picture()
    ask_panel(I2cBus(1, 0x3C), FakeI2c(oled))
    assert (oled.picture(), oled.frames) == (before, 0)
    with pytest.raises(PartError):
        ask_panel(I2cBus(1, 0x3D), FakeI2c(oled))


def test_a_panel_that_comes_and_goes_leaves_nothing_behind() -> None:
    def drawn_and_closed() -> None:
        panel = connect_panel(profile, FakeGpio, bus=FakeI2c(Oled()))
        panel.cleanup()

    profile = DisplayProfile(Controller.SSD1306, I2cBus(1, 0x3C))
    drawn_and_closed()
    tracemalloc.start()
    try:
        for _ in range(10):
            drawn_and_closed()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000  # luma's own devices: 10 of 300,000 octets each
