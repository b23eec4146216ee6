import pytest

from hw.profile import BOARDS, load_profile
from hw.profile_table import PINS
from hw.wiring import HEADER, main, wiring_table


def test_every_line_has_its_own_pin_of_the_header() -> None:
    assert set(HEADER) == set(PINS)
    assert len(set(HEADER.values())) == len(HEADER)
    power_and_ground = {1, 2, 4, 6, 9, 14, 17, 20, 25, 27, 28, 30, 34, 39}
    assert set(HEADER.values()) == set(range(1, 41)) - power_and_ground


def test_the_table_tells_where_each_wire_goes() -> None:
    table = wiring_table(load_profile("pi-usb-handset"))
    assert "| 11 | GPIO17 | hook switch, closed while the handset lies in the cradle |" in table
    assert "| 29 | GPIO5 | keypad row 1 (1 2 3 call) |" in table
    assert "| 3 | GPIO2 | display SDA |" in table
    assert "| 22 | GPIO25 | passive buzzer + |" in table


def test_a_display_on_spi_has_five_wires() -> None:
    table = wiring_table(load_profile("pi-spi-12-keys"))
    for line in ("GPIO10", "GPIO11", "GPIO8", "GPIO24 | display D/C", "GPIO25 | display RES"):
        assert line in table
    assert "buzzer" not in table


@pytest.mark.parametrize("name", [path.stem for path in BOARDS.glob("*.toml")])
def test_the_command_prints_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(load_profile(name).description)
    assert "| pin | BCM | goes to |" in printed


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
    assert main(["pi-nothing"]) == 1
    assert "pi-nothing.toml: No such file" in capsys.readouterr().err
