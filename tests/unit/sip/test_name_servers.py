"""Which name servers are asked, whatever DHCP has written into resolv.conf."""

from pathlib import Path

import pytest

from agent.sip import name_servers
from agent.sip.name_servers import NameServers
from agent.sip.naming import NameServersSilent


@pytest.fixture(name="configure")
def _configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(name_servers, "RESOLV_CONF", file)
    return file


@pytest.mark.parametrize(
    "odd",
    [
        "search office..example",
        "domain ..",
        "nameserver router",
        "nameserver",
        "nameserver https://dns.example/",
        "options timeout:soon",
        "# \ufffd",
    ],
)
def test_an_odd_line_does_not_take_the_others_away(configure: Path, odd: str) -> None:
    configure.write_text(f"{odd}\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n", "utf-8")
    NameServers().configure()


@pytest.mark.parametrize("text", ["", "nameserver router\n", "search a.example\n"])
def test_without_an_address_there_is_nobody_to_ask(configure: Path, text: str) -> None:
    configure.write_text(text)
    with pytest.raises(NameServersSilent):
        NameServers().configure()


def test_a_file_of_anything_names_nobody(configure: Path) -> None:
    configure.write_bytes(b"nameserver \xff\xfe\n")
    with pytest.raises(NameServersSilent):
        NameServers().configure()
