"""The section [wifi]: the network of a phone without a cable."""

from pathlib import Path

import pytest

from agent.config import Config, ConfigError, WifiConfig, describe, parse_config

PHONE = '[phone]\nname = "Alice"\nboard = "simulator"\n'
WIFI = '[wifi]\nnetwork = "Office 5G"\n'


def parse(text: str, folder: Path = Path("/nowhere")) -> Config:
    return parse_config(PHONE + text, folder / "sotto.toml")


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return [f"{problem.line}: {problem.message}" for problem in caught.value.problems]


def test_without_the_section_there_is_the_cable_alone() -> None:
    assert parse("").wifi is None
    assert not any(line.startswith("Wi-Fi") for line in describe(parse("")))


def test_a_network_with_all_that_can_be_said_of_it() -> None:
    config = parse(WIFI + 'password = "eight or more"\ncountry = "DE"\nhidden = true\n')
    assert config.wifi == WifiConfig("Office 5G", "eight or more", "DE", hidden=True)
    assert "eight or more" not in repr(config.wifi)
    assert "eight or more" in config.secrets
    (told,) = (line for line in describe(config) if line.startswith("Wi-Fi"))
    assert told.split(maxsplit=1)[1] == "Office 5G, with a password, hidden; channels of DE"


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "wifi.password"
    file.write_text("geheim geheim\n")
    file.chmod(0o600)
    wifi = parse(WIFI + 'password_file = "wifi.password"', tmp_path).wifi
    assert wifi == WifiConfig("Office 5G", "geheim geheim")


def test_an_open_network_and_one_with_a_raw_key() -> None:
    open_one = parse(WIFI).wifi
    assert open_one is not None
    assert not open_one.password
    with_key = parse(WIFI + f'password = "{"a5" * 32}"').wifi
    assert with_key is not None
    assert len(with_key.password) == 64


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[wifi]\n", "wifi.network is missing; it must be text in quotes"),
        ('[wifi]\nnetwork = ""', "5: wifi.network must not be empty"),
        (
            f'[wifi]\nnetwork = "{"ü" * 17}"',
            "5: wifi.network has 34 octets, but no wireless network's name has more than 32",
        ),
        (
            WIFI + 'password = "seven77"',
            "64 hexadecimal digits; this one has 7 characters",
        ),
        (WIFI + 'password = "größer als acht"', "6: wifi.password must have 8 to 63"),
        (WIFI + 'country = "de"', '6: wifi.country is "de", but must be two capital letters'),
        (WIFI + 'ssid = "x"', "6: wifi.ssid is not known"),
        ("wlan = 1", "wlan is not known"),
    ],
)
def test_what_will_not_do_is_told_with_its_line(text: str, sentence: str) -> None:
    (problem,) = problems(text)
    assert sentence in problem


def test_a_wrong_password_is_not_repeated() -> None:
    (problem,) = problems(WIFI + 'password = "hunter2"')
    assert "hunter2" not in problem
