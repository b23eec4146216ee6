"""The section [network]: the way through NAT, and how packets are marked."""

from pathlib import Path

import pytest

from agent.config import Config, ConfigError, NetworkConfig, TurnConfig, describe, parse_config

PHONE = '[phone]\nname = "Alice"\nboard = "simulator"\n'
TURN = '[network.turn]\nserver = "turn.example.org"\nuser = "alice"\n'


def parse(text: str, folder: Path = Path("/nowhere")) -> Config:
    return parse_config(PHONE + text, folder / "sotto.toml")


def problems(text: str, folder: Path = Path("/nowhere")) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, folder)
    return [problem.message for problem in caught.value.problems]


def secret(folder: Path) -> str:
    file = folder / "turn.password"
    file.write_text("geheim\n")
    file.chmod(0o600)
    return f'password_file = "{file.name}"\n'


def test_without_servers_nobody_is_told_local_addresses() -> None:
    assert parse("").network == NetworkConfig(ice=False, dscp_media=46, dscp_signalling=24)
    assert parse("[network]\nice = true").network.ice


def test_a_server_to_ask_turns_ice_on_unless_it_is_said_otherwise() -> None:
    text = '[network]\nstun = ["stun.example.org", "192.0.2.7:3479"]\n'
    network = parse(text).network
    assert network.ice
    assert network.stun == ("stun.example.org:3478", "192.0.2.7:3479")
    assert not parse(text + "ice = false").network.ice


def test_a_relay_with_its_password_in_a_file(tmp_path: Path) -> None:
    network = parse(TURN + secret(tmp_path), tmp_path).network
    assert network.ice
    assert network.turn == TurnConfig(
        "turn.example.org", 3478, "udp", "alice", "geheim", ca_file=None
    )
    assert "geheim" not in repr(network)


def test_over_tls_the_port_is_another_one(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    text = TURN + 'transport = "tls"\nca_file = "ca.pem"\n' + secret(tmp_path)
    turn = parse(text, tmp_path).network.turn
    assert turn is not None
    assert (turn.port, turn.transport, turn.ca_file) == (5349, "tls", ca_file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[network]\nstun = ["stun.example.org:0"]', "stun.example.org"),
        ('[network]\nstun = ["[2001:db8::7]"]', "a name or an IPv4 address"),
        ("[network]\nstun = [7]", "texts only"),
        ("[network]\ndscp_media = 64", "between 0 and 63"),
        ("[network]\nicee = true", 'did you mean "ice"?'),
        (TURN, "gives nobody a relay without one"),
        (TURN + 'transport = "dtls"\npassword = "x"', "one of udp, tcp, tls"),
        (TURN + 'ca_file = "ca.pem"\npassword = "x"', "there is no file"),
        ('[network.turn]\nuser = "alice"\npassword = "x"', "is missing"),
    ],
)
def test_what_will_not_do_is_named(text: str, said: str) -> None:
    assert any(said in each for each in problems(text)), problems(text)


def test_a_ca_where_there_is_no_tls_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    found = problems(TURN + 'ca_file = "ca.pem"\n' + secret(tmp_path), tmp_path)
    assert any("of no use" in each for each in found)


def test_the_description_names_the_servers_and_no_password(tmp_path: Path) -> None:
    text = '[network]\nstun = ["stun.example.org"]\n' + TURN + secret(tmp_path)
    text += '[[account]]\nname = "Home"\nuri = "sip:alice@example.org"\nice = false\n'
    said = "\n".join(describe(parse(text, tmp_path)))
    assert "ICE with STUN at stun.example.org:3478, TURN at turn.example.org:3478 over udp" in said
    assert "DSCP 46 for media, 24 for SIP" in said
    assert "policy zrtp; without ICE" in said
    assert "geheim" not in said
    assert "no ICE" in "\n".join(describe(parse("")))


def test_the_password_is_a_secret_of_the_configuration(tmp_path: Path) -> None:
    assert "geheim" in parse(TURN + secret(tmp_path), tmp_path).secrets
