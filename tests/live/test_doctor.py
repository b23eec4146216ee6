"""`sotto doctor` on a machine where one thing at a time is wrong."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from agent.control.requests import Status
from agent.demo.household import Home
from agent.doctor.probes.network import look
from agent.shell.client import Client
from hw.sound_cards import cards, find_card
from hw.types import Key
from support.certificates import Authority, Identity
from support.daemon import furnish, living_at
from support.dns_server import DnsServer
from support.sip_server import SipServer
from support.waiting import until

pytestmark = pytest.mark.live

PORT: Final = 5071
HOST: Final = "localhost"
PATIENCE_S: Final = 60
DAY: Final = timedelta(days=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def network() -> None:
    """A cable, an address, and a router that is there as far as one can see."""
    plug_in()
    ip("address add 192.0.2.10/24 dev office")
    ip("route add default via 192.0.2.1")


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def plug_in() -> None:
    ip("link add office type veth peer name switch")
    ip("link set switch up")
    ip("link set office up")
    until(is_linked, "the kernel to notice")


def is_linked() -> bool:
    return any(each.up and each.carrier for each in look().interfaces)


def home_of(folder: Path, ca_file: Path, *, host: str = HOST, more: str = "") -> Home:
    return furnish(
        folder,
        f"""
[[account]]
name = "the secret office"
uri = "sip:alice@{host}:{PORT}"
registrar = "sip:{host}:{PORT}"
password = "open-sesame"
ca_file = "{ca_file}"

{more}""",
    )


_WITH: Final = 'mount --bind "$0" "$(readlink -f /etc/resolv.conf)" && exec "$@"'
"""A shell's order: runs the rest with another resolv.conf."""


def doctor(config: Path, *words: str, resolv_conf: Path | None = None) -> tuple[int, str]:
    """Its exit status, and what it said."""
    order = [sys.executable, "-m", "agent", "doctor", "--config", str(config), *words]
    if resolv_conf is not None:
        order = ["unshare", "--mount", "sh", "-c", _WITH, str(resolv_conf), *order]
    # The C library would ask a name server that is dead for longer than a test has time.
    environment = {**os.environ, "RES_OPTIONS": "timeout:1 attempts:1"}
    done = subprocess.run(
        order, check=False, capture_output=True, text=True, timeout=PATIENCE_S, env=environment
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def report(config: Path) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """Its exit status, and its findings by their areas."""
    status, said = doctor(config, "--json")
    found: dict[str, list[dict[str, Any]]] = {}
    for each in json.loads(said)["findings"]:
        found.setdefault(each["area"], []).append(each)
    return status, found


def wrong(found: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """The first wrong thing of each area that has one."""
    listed = {
        area: [each["sentence"] for each in findings if each["state"] == "wrong"]
        for area, findings in found.items()
    }
    return {area: sentences[0] for area, sentences in listed.items() if sentences}


@pytest.mark.usefixtures("network")
def test_a_phone_that_runs_and_is_well(tmp_path: Path, authority: Authority) -> None:
    home = home_of(tmp_path, authority.file)

    async def whole() -> tuple[int, str, int, str]:
        with SipServer(authority.issue(HOST), PORT) as server:
            async with living_at(home):
                register = await asyncio.to_thread(server.next, "REGISTER")
                contact = register.header("Contact")
                register.answer("200 OK", headers=f"Contact: {contact};expires=120\r\n")
                await asyncio.to_thread(until, lambda: is_ready(home), "the registration")
                plain = asyncio.create_task(asyncio.to_thread(doctor, home.config))
                (await asyncio.to_thread(server.next, "OPTIONS")).answer("200 OK")
                status, said = await plain
                plain = asyncio.create_task(asyncio.to_thread(doctor, home.config, "--json"))
                (await asyncio.to_thread(server.next, "OPTIONS")).answer("200 OK")
                return (status, said, *await plain)

    status, said, json_status, document = asyncio.run(whole())
    assert status == 0, said
    assert "WRONG" not in said
    for line in (
        "office has 192.0.2.10.",
        "There is a way out by IPv4.",
        "localhost:5071 speaks TLSv1.3 with TLS_AES_256_GCM_SHA384.",
        "localhost answers in SIP: 200",
        'Account "the secret office" is registered.',
        "The phone runs, for ",
        "libsrtp passes its own test of the ciphers.",
    ):
        assert line in said
    assert json_status == 0, document
    assert json.loads(document)["well"] is True
    for secret in ("open-sesame", "alice@", "the secret office"):
        assert secret not in document


def is_ready(home: Home) -> bool:
    with Client.at(home.folder / "control") as client:
        _, ended = client.ask(Status())
    return [each["condition"] for each in ended.result["accounts"]] == ["ready"]


def test_without_an_address_nothing_else_is_tried(tmp_path: Path, authority: Authority) -> None:
    plug_in()
    status, found = report(home_of(tmp_path, authority.file, host="sip.example.org").config)
    assert status == 1
    assert wrong(found) == {"network": "This phone has no network address."}
    for area in ("names", "tls", "server"):
        assert found[area][0]["state"] == "skipped"
        assert "because there is no network." in found[area][0]["sentence"]


def test_an_address_that_the_phone_made_up(tmp_path: Path, authority: Authority) -> None:
    plug_in()
    ip("address add 169.254.7.8/16 dev office scope link")
    _, found = report(home_of(tmp_path, authority.file).config)
    assert "169.254" in wrong(found)["network"]
    assert "DHCP" in found["network"][0]["advice"]


def test_a_cable_that_is_not_plugged_in(tmp_path: Path, authority: Authority) -> None:
    plug_in()
    ip("link set switch down")
    until(lambda: not is_linked(), "the kernel to notice")
    _, found = report(home_of(tmp_path, authority.file).config)
    assert "No cable and no Wi-Fi (" in wrong(found)["network"]


def test_a_network_without_a_way_out(tmp_path: Path, authority: Authority) -> None:
    plug_in()
    ip("address add 192.0.2.10/24 dev office")
    _, found = report(home_of(tmp_path, authority.file, host="sip.example.org").config)
    assert wrong(found) == {"network": "There is no way out of this network (no default route)."}


@pytest.mark.usefixtures("network")
def test_a_name_service_that_is_dead(tmp_path: Path, authority: Authority) -> None:
    status, found = report(home_of(tmp_path, authority.file, host="sip.example.org").config)
    assert status == 1
    assert set(wrong(found)) == {"names"}
    assert "its name has no address" in found["tls"][0]["sentence"]


ZONE: Final = """
_sips._tcp.example.org. 60 IN SRV 1 0 5071 s1.example.org.
_sips._tcp.example.org. 60 IN SRV 2 0 5072 s2.example.org.
s1.example.org. 60 IN A 127.0.0.1
s2.example.org. 60 IN A 127.0.0.1
"""


@pytest.mark.usefixtures("network")
def test_a_domain_with_two_servers_of_which_one_is_off(
    tmp_path: Path, authority: Authority
) -> None:
    home = home_of(tmp_path, authority.file)
    text = home.config.read_text().replace(f"{HOST}:{PORT}", "example.org")
    home.config.write_text(text)
    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text("nameserver 127.0.0.1\n")

    async def looked() -> tuple[int, str]:
        asking = asyncio.create_task(
            asyncio.to_thread(doctor, home.config, resolv_conf=resolv_conf)
        )
        (await asyncio.to_thread(server.next, "OPTIONS")).answer("200 OK")
        return await asking

    with DnsServer(ZONE), SipServer(authority.issue("example.org"), 5072) as server:
        status, said = asyncio.run(looked())
    assert status == 0, said
    said = " ".join(said.split())
    assert "served by s1.example.org:5071 (127.0.0.1) and s2.example.org:5072 (127.0.0.1)" in said
    assert "watch Nothing listens at s1.example.org." in said
    assert "good s2.example.org:5072 speaks TLSv1.3" in said
    assert "s2.example.org answers in SIP: 200" in said


@pytest.mark.usefixtures("network")
def test_a_server_that_is_off(tmp_path: Path, authority: Authority) -> None:
    status, found = report(home_of(tmp_path, authority.file).config)
    assert status == 1
    assert wrong(found) == {"tls": "Nothing listens at localhost."}
    assert "TCP port 5071" in found["tls"][0]["advice"]


def shown(tmp_path: Path, identity: Identity, ca_file: Path) -> dict[str, list[dict[str, Any]]]:
    """The findings about a server that shows this; nothing is said to it."""
    with SipServer(identity, PORT) as server:
        status, found = report(home_of(tmp_path, ca_file).config)
        assert status == 1
        assert server._requests.empty()
    assert found["server"][0]["state"] == "skipped"
    return found


@pytest.mark.usefixtures("network")
def test_an_authority_that_nobody_here_knows(tmp_path: Path, authority: Authority) -> None:
    other = Authority(tmp_path, "Another CA")
    found = shown(tmp_path, other.issue(HOST), authority.file)
    assert wrong(found)["tls"] == ("Certificate of localhost: authority unknown here (Another CA).")
    assert "ca_file" in found["tls"][0]["advice"]


@pytest.mark.usefixtures("network")
def test_a_certificate_that_has_expired(tmp_path: Path, authority: Authority) -> None:
    identity = authority.issue(HOST, valid_from=-9 * DAY, valid_for=2 * DAY)
    found = shown(tmp_path, identity, authority.file)
    assert wrong(found)["tls"].startswith("Certificate of localhost: expired ")


@pytest.mark.usefixtures("network")
def test_a_certificate_for_somebody_else(tmp_path: Path, authority: Authority) -> None:
    found = shown(tmp_path, authority.issue("a.example"), authority.file)
    assert wrong(found)["tls"] == "Certificate of localhost: it is for a.example."


@pytest.mark.usefixtures("network")
def test_a_clock_that_is_wrong_is_named_before_the_certificate(
    tmp_path: Path, authority: Authority
) -> None:
    """The phone's memory was written the day after tomorrow: so the clock has gone back."""
    home = home_of(tmp_path, authority.file)
    later = home.folder.stat().st_mtime + 2 * DAY.total_seconds()
    os.utime(home.microphone, (later, later))
    with SipServer(authority.issue(HOST, valid_from=DAY), PORT):
        status, found = report(home.config)
    assert status == 1
    assert list(wrong(found)) == ["clock", "tls"]
    assert "and it was " in wrong(found)["clock"]
    assert "not valid before" in wrong(found)["tls"]
    assert "set the clock first" in found["tls"][0]["advice"]


@pytest.mark.usefixtures("network")
def test_a_server_that_speaks_something_else(tmp_path: Path, authority: Authority) -> None:
    with SipServer(authority.issue(HOST), PORT) as server:
        done = asyncio.run(_answered(server, home_of(tmp_path, authority.file)))
    assert done[0] == 1
    assert "localhost speaks TLS, but gives no answer in SIP." in done[1]


async def _answered(server: SipServer, home: Home) -> tuple[int, str]:
    asking = asyncio.create_task(asyncio.to_thread(doctor, home.config))
    request = await asyncio.to_thread(server.next, "OPTIONS")
    request.channel.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    return await asking


@pytest.mark.usefixtures("network")
@pytest.mark.skipif(find_card("usb", cards()) is not None, reason="there is a card")
def test_a_sound_card_that_is_missing(tmp_path: Path, authority: Authority) -> None:
    home = home_of(tmp_path, authority.file)
    text = home.config.read_text().replace('"simulator"', '"pi-usb-handset"')
    home.config.write_text(text)
    _, found = report(home.config)
    assert 'no sound card called "usb"' in wrong(found)["sound"]


@pytest.mark.usefixtures("network")
def test_the_menu_says_the_first_thing_that_is_wrong(tmp_path: Path, authority: Authority) -> None:
    """In the language of the display: nothing listens there, and what to do about it."""
    home = home_of(tmp_path, authority.file)
    text = home.config.read_text().replace("[phone]", '[phone]\nlanguage = "de"')
    home.config.write_text(text)

    async def looks() -> None:
        async with living_at(home) as person:
            for key in (Key.MENU, *[Key.DIGIT_8] * 5, Key.CONFIRM):
                await person.phone.press(key)
            await person.sees("Telefon prüfen", "ich sehe nach")
            await person.sees("Falsch: localhost nimmt keine", patience=PATIENCE_S)
            await person.phone.press(Key.DIGIT_8)
            await person.sees("Abhilfe: Ist der Server an", "5071")

    asyncio.run(looks())


def test_a_mistake_in_the_configuration(tmp_path: Path, authority: Authority) -> None:
    home = home_of(tmp_path, authority.file, more="[sip]\n")
    status, found = report(home.config)
    assert status == 1
    assert "line " in wrong(found)["configuration"]
    assert found["software"][0]["state"] == "good"
