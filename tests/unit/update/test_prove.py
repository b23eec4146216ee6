"""Where the phone is asked whether the new software works."""

from pathlib import Path

import pytest

from agent.arguments import ProveUpdateOptions
from agent.config import CONTROL_SOCKET
from agent.update.prove import socket_of

PHONE = '[phone]\nname = "Alice"\nboard = "simulator"\n'


@pytest.mark.parametrize(
    ("text", "socket"),
    [
        (PHONE, CONTROL_SOCKET),
        (PHONE + 'control_socket = "/run/sotto/other"\n', Path("/run/sotto/other")),
        ("nothing that a phone starts with", CONTROL_SOCKET),
    ],
)
def test_the_phone_is_asked_where_its_configuration_says(
    text: str, socket: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text(text)
    assert socket_of(ProveUpdateOptions(config=file)) == socket
    named = Path("/elsewhere")
    assert socket_of(ProveUpdateOptions(socket=named, config=file)) == named
