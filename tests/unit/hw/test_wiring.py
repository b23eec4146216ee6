import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from hw.profile import BOARDS, HeadsetProfile, SoundProfile, load_profile
from hw.profile_table import PINS
from hw.wiring import main, needs, wiring_table
from hw.wiring_layout import Layout, Run, lay_out
from hw.wiring_plan import EEPROM, FIVE_VOLTS, GROUND, HEADER, POWER, Wire, plan
from hw.wiring_svg import BLACK, RED, WIRES, draw

NAMES = sorted(path.stem for path in BOARDS.glob("*.toml"))
SVG = "{http://www.w3.org/2000/svg}"
each_board = pytest.mark.parametrize("name", NAMES)


def layout_of(name: str) -> Layout:
    return lay_out(plan(load_profile(name)))


def test_every_line_has_its_own_pin_of_the_header() -> None:
    assert set(HEADER) == set(PINS)
    assert len(set(HEADER.values())) == len(HEADER)
    others = {*POWER, *FIVE_VOLTS, *GROUND, *EEPROM}
    assert set(HEADER.values()) == set(range(1, 41)) - others
    assert len(others) == 14


def test_the_table_tells_where_each_wire_goes() -> None:
    table = wiring_table(load_profile("pi-usb-handset"))
    for line in (
        "| 11 | GPIO17 | hook switch one side (closed while the handset lies in the cradle) |",
        "| 29 | GPIO5 | keypad row 1 (1 2 3 call) |",
        "| 3 | GPIO2 | display SDA |",
        "| 22 | GPIO25 | passive buzzer + |",
        "| 1 or 17 | 3.3 V | display VCC |",
    ):
        assert line in table


def test_a_display_on_spi_has_five_wires() -> None:
    table = wiring_table(load_profile("pi-spi-12-keys"))
    for line in ("GPIO10", "GPIO11", "GPIO8", "GPIO24 | display D/C", "GPIO25 | display RES"):
        assert line in table
    assert "buzzer" not in table


def test_lamps_on_the_hat_need_no_wires() -> None:
    assert "lamps" not in wiring_table(load_profile("pi-codec-zero"))


def test_the_jack_of_a_headset_is_wired_like_a_switch(tmp_path: Path) -> None:
    text = (BOARDS / "pi-usb-handset.toml").read_text()
    path = tmp_path / "mine.toml"
    path.write_text(text + "\n[headset]\ncard = 'usb'\npin = 4\nplugged = 'closed'\n")
    profile = load_profile(str(path))
    assert profile.headset == HeadsetProfile(SoundProfile(card="usb"), 4)
    assert "| 7 | GPIO4 | headset jack one side (closed while the plug is in) |" in wiring_table(
        profile
    )


def test_what_a_hat_needs_is_said() -> None:
    told = needs(load_profile("pi-codec-zero"))
    assert "For Raspberry Pi Zero 2 W, 3, 4, 5." in told
    assert "config.txt: dtparam=i2c_arm=on, dtoverlay=rpi-codeczero" in told
    assert "Codec Zero takes GPIO2, GPIO3, GPIO18, GPIO19, GPIO20, GPIO21, GPIO27" in told


@each_board
def test_the_command_prints_the_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(load_profile(name).description)
    assert "| pin | BCM | goes to |" in printed


@each_board
def test_the_command_prints_the_drawing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--svg", name]) == 0
    assert capsys.readouterr().out == draw(load_profile(name))


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--svg"], ["one", "two"], ["--png", "pi-usb-handset"]):
        assert main(arguments) == 2
        assert "usage" in capsys.readouterr().err
    assert main(["pi-nothing"]) == 1
    assert "pi-nothing.toml: No such file" in capsys.readouterr().err


@each_board
def test_every_terminal_has_its_wire_in_the_drawing(name: str) -> None:
    layout = layout_of(name)
    terminals = [(part, each) for part in plan(load_profile(name)) for each in part.terminals]
    assert sorted((run.part.name, run.terminal.name) for run in layout.runs) == sorted(
        (part.name, terminal.name) for part, terminal in terminals
    )
    for run in layout.runs:
        if run.terminal.wire is Wire.LINE:
            assert run.pin == HEADER[run.terminal.bcm]
        else:
            assert run.pin in (POWER if run.terminal.wire is Wire.POWER else GROUND)


@each_board
def test_wires_are_level_or_upright_and_stay_in_the_picture(name: str) -> None:
    layout = layout_of(name)
    for run in layout.runs:
        for (x, y), (to_x, to_y) in pairwise(run.path):
            assert x == to_x or y == to_y
        assert all(0 < x < layout.width and 0 < y < layout.height for x, y in run.path)


def stretches(run: Run) -> list[tuple[bool, float, float, float]]:
    """Each straight part of a wire: whether it is level, where, and from where to where."""
    return [
        (y == to_y, y, min(x, to_x), max(x, to_x))
        if y == to_y
        else (False, x, min(y, to_y), max(y, to_y))
        for (x, y), (to_x, to_y) in pairwise(run.path)
    ]


@each_board
def test_no_wire_runs_along_another(name: str) -> None:
    """They may cross; but where two are one, nobody can follow either."""
    runs = layout_of(name).runs
    for index, run in enumerate(runs):
        for other in runs[index + 1 :]:
            for level, at, start, end in stretches(run):
                for other_level, other_at, other_start, other_end in stretches(other):
                    if level is other_level and abs(at - other_at) < 5:
                        assert min(end, other_end) - max(start, other_start) < 5, (run, other)


@each_board
def test_boxes_do_not_overlap(name: str) -> None:
    boxes = layout_of(name).boxes
    for index, box in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = box.top + box.height < other.top or other.top + other.height < box.top
            assert apart or box.left != other.left


@each_board
def test_the_drawing_is_told_to_who_cannot_see_it(name: str) -> None:
    root = ET.fromstring(draw(load_profile(name)))  # noqa: S314 - ours
    assert root.get("role") == "img"
    labels = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert root.get("aria-labelledby") == "title desc"
    title, description = (label.text or "" for label in labels if label is not None)
    assert name in title
    for run in layout_of(name).runs:
        assert f"Pin {run.pin} (" in description
        assert f"the {run.part.name}, {run.terminal.name}" in description


@each_board
def test_every_pin_has_its_number_in_the_drawing(name: str) -> None:
    root = ET.fromstring(draw(load_profile(name)))  # noqa: S314 - ours
    numbers = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "number"]
    assert numbers == [str(pin) for pin in range(1, 41)]


def test_pins_of_the_hat_are_hatched() -> None:
    drawing = draw(load_profile("pi-wm8960-hat"))
    assert drawing.count('fill="url(#hat)"') == 5  # I2S and the button; I2C has wires of its own
    assert "The WM8960 Audio HAT covers the header" in drawing
    assert 'fill="url(#hat)"' not in draw(load_profile("pi-usb-handset"))


def luminance(colour: str) -> float:
    """Of "#rrggbb", as WCAG 2 has it."""
    channels = [int(each, 16) / 255 for each in re.findall("..", colour.removeprefix("#"))]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [*WIRES, RED, BLACK])
def test_wires_can_be_seen_on_white_and_numbers_on_them(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_the_colours_are_different() -> None:
    assert len({*WIRES, RED, BLACK}) == len(WIRES) + 2
