"""`sotto test-handset` and `sotto test-board` as a person types them."""

import socket
from pathlib import Path

import pytest

from agent.cli import main
from hw.profile import BOARDS

CONFIG = """
[phone]
name = "Alice"
board = "{board}"
state_dir = "state"
control_socket = "control"
"""


def configure(folder: Path, board: str, rest: str = "") -> str:
    path = folder / "sotto.toml"
    path.write_text(CONFIG.format(board=board) + rest)
    return str(path)


@pytest.mark.parametrize("command", ["test-handset", "test-board"])
def test_a_phone_that_runs_is_not_disturbed(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, "pi-usb-handset")
    with socket.socket(socket.AF_UNIX) as phone:
        phone.bind(str(tmp_path / "control"))
        phone.listen()
        assert main([command, "--config", config]) == 1
    assert capsys.readouterr().out.startswith("The phone runs and has the board: stop it first")


def test_a_machine_without_a_card_and_without_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test-handset", "--config", configure(tmp_path, "pi-usb-handset")]) == 1
    told = capsys.readouterr().out
    assert 'The handset cannot be tried: no sound card called "usb"' in told
    assert 'The ringer plays the ring tone "classic".' in told
    assert "The ringer cannot be tried: no GPIO: " in told


def test_a_board_without_a_place_for_a_headset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, "pi-usb-handset")
    assert main(["test-handset", "--config", config, "--headset"]) == 1
    assert "The board pi-usb-handset has no place for a headset." in capsys.readouterr().out


def test_the_simulator_has_no_handset_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, "simulator", '[simulator]\nsocket = "board"\n')
    assert main(["test-handset", "--config", config]) == 1
    assert 'The board "simulator" has no handset of its own' in capsys.readouterr().out


def test_a_simulated_board_is_tried_for_as_long_as_one_wants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, "simulator", '[simulator]\nsocket = "board"\n')
    assert main(["test-board", "--config", config, "--seconds", "0.2"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Press every key, lift the handset and put it back. Ctrl-C ends.")
    assert "Keys that were never seen: 0 1 2" in told


def test_a_real_board_that_is_none_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, "pi-usb-handset")
    assert main(["test-board", "--config", config, "--seconds", "0.5"]) == 1
    told = capsys.readouterr().out
    assert "The keypad does not answer: no GPIO: " in told


def test_the_simulator_without_its_socket_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test-board", "--config", configure(tmp_path, "simulator")]) == 1
    assert 'the board "simulator" needs [simulator] socket' in capsys.readouterr().err


def test_check_config_tells_what_the_board_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-config", configure(tmp_path, "pi-codec-zero")]) == 0
    told = capsys.readouterr().out
    assert "Board:       Codec Zero with a wired handset" in told
    assert "Needs:       dtparam=i2c_arm=on, dtoverlay=rpi-codeczero in the Pi's config.txt" in told
    assert main(["check-config", configure(tmp_path, "simulator")]) == 0
    assert "Board:" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"), [(["test-board", "--config"], 1), (["check-config"], 2)]
)
def test_a_board_that_nobody_has_is_told(
    words: list[str], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, configure(tmp_path, "pi-nothing")]) == status
    error = capsys.readouterr().err
    assert all(path.stem in error for path in BOARDS.glob("*.toml"))
