"""What the card's system is told of the configuration: config.txt and Wi-Fi."""

import stat
from pathlib import Path

import pytest

from agent.cli import main
from agent.config import WifiConfig, parse_config
from agent.machine import boot_settings, wifi_profile, wifi_settings

WIFI = '[wifi]\nnetwork = "Office"\npassword = "eight or more"\ncountry = "DE"\n'


def phone(board: str) -> str:
    return f'[phone]\nname = "Alice"\nboard = "{board}"\n'


def write(folder: Path, text: str) -> tuple[int, Path]:
    config = folder / "sotto.toml"
    config.write_text(text)
    config.chmod(0o600)
    target = folder / "machine"
    return main(["machine-settings", str(target), "--config", str(config)]), target


def test_everything_is_for_root_alone(tmp_path: Path) -> None:
    status, folder = write(tmp_path, phone("simulator") + WIFI)
    assert status == 0
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"config.txt", "wifi.conf", "wifi/Office.psk"}
    for path in (folder, *folder.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_network_that_is_gone_from_the_configuration_is_forgotten(tmp_path: Path) -> None:
    write(tmp_path, phone("simulator") + WIFI)
    status, folder = write(tmp_path, phone("simulator"))
    assert status == 0
    assert not list((folder / "wifi").iterdir())
    assert not (tmp_path / "machine.new").exists()


def test_a_wrong_configuration_leaves_what_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, phone("simulator") + WIFI)
    status, folder = write(tmp_path, phone("simulator") + '[wifi]\nnetwork = ""\n')
    assert status == 2
    assert "line 5: wifi.network must not be empty" in capsys.readouterr().err
    assert (folder / "wifi/Office.psk").exists()


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "machine.new").write_text("")
    status, _ = write(tmp_path, phone("simulator"))
    assert status == 1
    assert f"{tmp_path}/machine.new" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wifi", "name", "text"),
    [
        (
            WifiConfig("Office-5_G x", "eight or more"),
            "Office-5_G x.psk",
            "[Security]\nPassphrase=eight or more\n",
        ),
        (
            WifiConfig("Café", "a\\b  c d e"),
            "=436166c3a9.psk",
            "[Security]\nPassphrase=a\\\\b  c d e\n",
        ),
        (
            WifiConfig("a.b", "  led by blanks"),
            "=612e62.psk",
            "[Security]\nPassphrase=\\s\\sled by blanks\n",
        ),
        (
            WifiConfig("x", "0f" * 32, hidden=True),
            "x.psk",
            f"[Security]\nPreSharedKey={'0f' * 32}\n\n[Settings]\nHidden=true\n",
        ),
        (WifiConfig("Guests"), "Guests.open", ""),
    ],
)
def test_iwd_finds_the_network_by_its_name(wifi: WifiConfig, name: str, text: str) -> None:
    assert wifi_profile(wifi) == {name: text}


def test_the_country_goes_to_iwd_itself() -> None:
    assert "Country=DE\n" in wifi_settings(WifiConfig("x", country="DE"))
    assert "Country" not in wifi_settings(WifiConfig("x"))
    assert "Country" not in wifi_settings(None)


def test_each_board_has_its_lines_and_the_simulator_none() -> None:
    def of(board: str) -> str:
        return boot_settings(parse_config(phone(board), Path("/nowhere/sotto.toml")))

    i2c = ["[pi5]", "dtoverlay=sotto-i2c-pi5", "[all]"]
    assert of("simulator") == ""
    assert of("pi-usb-handset").splitlines()[1:] == i2c
    assert of("pi-wm8960-hat").splitlines()[1:] == [*i2c, "dtoverlay=wm8960-soundcard"]
    assert of("pi-spi-12-keys").splitlines()[1:] == ["dtoverlay=sotto-spi"]
