"""The probes, on files and sockets that the tests make."""

import socket
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent.clock import SystemClock
from agent.doctor import sntp
from agent.doctor.judges.hardware import Node
from agent.doctor.probes import (
    clock,
    configuration,
    hardware,
    media,
    names,
    software,
    sound,
    storage,
)
from agent.fleet.inbox import REFUSED
from agent.health.look import MachineFacts, look_at_machine
from agent.store import DATABASE, Store
from hw.profile import BoardProfile, SoundProfile, SpeakerProfile, load_profile
from support.doctor_patient import config

PHONE = '[phone]\nname = "Alice"\nstate_dir = "state"\nboard = "simulator"\n'
ACCOUNT = '[[account]]\nname = "a"\nuri = "sip:alice@example.org"\npassword = "sesame"\n'


def test_a_configuration_that_is_well(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text(PHONE + ACCOUNT)
    file.chmod(0o600)
    facts, found = configuration.look(file)
    assert (facts.accounts, facts.problems) == (1, ())
    assert found is not None


def test_a_newer_configuration_that_is_not_in_use(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text(PHONE)
    file.with_name(REFUSED).write_text("No account has a name.\nMore\n")
    facts, found = configuration.look(file)
    assert facts.refusal == "No account has a name"
    assert found is not None


def test_a_password_that_everybody_may_read(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text(PHONE + ACCOUNT)
    file.chmod(0o644)
    (problem,) = configuration.look(file)[0].problems
    assert "sesame" not in problem
    assert "everybody" in problem


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text(PHONE + "[sip]\nlisten = 5\nlisten_to = 6\n")
    facts, found = configuration.look(file)
    assert found is None
    assert len(facts.problems) == 2
    assert "line 6" in facts.problems[0]


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    assert configuration.look(tmp_path / "a" / "b")[0].missing
    assert "cannot be read" in configuration.look(tmp_path)[0].problems[0]


def test_a_memory_is_looked_at_without_a_trace(tmp_path: Path) -> None:
    file = tmp_path / DATABASE
    clock = SystemClock()
    Store.open(file, clock.wall, bytes).close()
    before = sorted(each.name for each in tmp_path.iterdir())
    facts = storage.look(tmp_path)
    assert (facts.database, facts.fault, facts.forbidden) == (True, "", False)
    assert sorted(each.name for each in tmp_path.iterdir()) == before
    assert storage.last_written(tmp_path) == pytest.approx(clock.wall(), abs=60)


def test_a_memory_in_use_is_looked_at_with_all_that_was_written(tmp_path: Path) -> None:
    store = Store.open(tmp_path / DATABASE, SystemClock().wall, bytes)
    assert storage.look(tmp_path).fault == ""
    store.close()


def test_a_damaged_memory(tmp_path: Path) -> None:
    file = tmp_path / DATABASE
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 3000,)] * 50)
    connection.close()
    file.write_bytes(file.read_bytes()[:5000] + bytes(3000))
    assert storage.look(tmp_path).fault != ""


def test_a_memory_that_was_never_made(tmp_path: Path) -> None:
    facts = storage.look(tmp_path / "not" / "yet")
    assert (facts.exists, facts.database, facts.fault) == (False, False, "")
    assert facts.free is not None
    assert storage.last_written(tmp_path / "not") == 0.0


def test_the_name_servers_that_are_asked(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("# nameserver 10.0.0.1\nnameserver 192.0.2.1\n  nameserver fe80::1%eth0\n")
    assert names.name_servers(file) == ("192.0.2.1", "fe80::1%eth0")
    assert names.name_servers(tmp_path / "none") == ()


def test_this_machine_knows_its_own_name() -> None:
    facts = names.look("localhost")
    assert facts.fault is None
    assert [(each.address, each.port) for each in facts.places] == [("127.0.0.1", 5061)]


def test_the_time_servers_that_are_asked(tmp_path: Path) -> None:
    (tmp_path / "systemd/timesyncd.conf.d").mkdir(parents=True)
    (tmp_path / "chrony").mkdir()
    (tmp_path / "systemd/timesyncd.conf").write_text("[Time]\n#NTP=x.example\nNTP=\n")
    assert clock.configured(tmp_path) == ()
    (tmp_path / "chrony/chrony.conf").write_text("pool c.example iburst\nserver d.example\n")
    assert clock.configured(tmp_path) == ("c.example", "d.example")
    (tmp_path / "systemd/timesyncd.conf.d/a.conf").write_text("[Time]\nNTP=a.example b.example\n")
    assert clock.configured(tmp_path) == ("a.example", "b.example")


def test_a_time_server_is_asked_and_understood() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(30)

        def answer() -> None:
            asked, client = server.recvfrom(100)
            late = int((time.time() + 2_208_988_800 - 100) * 2**32).to_bytes(8)
            server.sendto(bytes([0x24, 1]) + bytes(22) + asked[40:48] + late + late, client)

        thread = threading.Thread(target=answer)
        thread.start()
        offset = clock.ask("127.0.0.1", server.getsockname()[1])
        thread.join()
    assert offset == pytest.approx(-100, abs=30)


def test_a_time_server_that_talks_nonsense_or_is_not_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        thread = threading.Thread(target=lambda: server.sendto(b"x", server.recvfrom(100)[1]))
        thread.start()
        assert clock.ask("127.0.0.1", port) is None
        thread.join()
    assert clock.ask("127.0.0.1", port) is None


def test_ports_that_others_have() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, socket.socket() as listener:
        other.bind(("127.0.0.1", 0))
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = other.getsockname()[1]
        first = min(max(1024, port - port % 2), 65000)
        wanted = config(
            f"[media]\nrtp_port_min = {first}\nrtp_port_max = {first + 7}\n"
            f'[sip]\nlisten = "127.0.0.1:{listener.getsockname()[1]}"\n'
        )
        facts = media.look(wanted, phone_runs=False)
        assert port in facts.taken or port > first + 7
        assert facts.listen_fault == "Address already in use"
        assert media.look(wanted, phone_runs=True).listen_fault == ""


def put(root: Path, name: str, text: str = "") -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_machine_that_is_hot_and_hungry(tmp_path: Path) -> None:
    assert look_at_machine(tmp_path) == MachineFacts()
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61234\n")
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(tmp_path, "sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n")
    assert look_at_machine(tmp_path) == MachineFacts(61.234, 0x50005)
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert look_at_machine(tmp_path).low_voltage


def test_a_board_of_which_nothing_is_there_and_then_something(tmp_path: Path) -> None:
    profile = load_profile("pi-usb-handset")
    facts = hardware.look_at_board(profile, phone_runs=True, root=tmp_path)
    assert (facts.model, facts.gpio, facts.bus_node) == ("", Node.MISSING, Node.MISSING)
    assert (facts.bus, facts.display) == ("/dev/i2c-1", "I2C address 0x3c")
    put(tmp_path, "sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B\0")
    put(tmp_path, "dev/i2c-1")
    facts = hardware.look_at_board(profile, phone_runs=True, root=tmp_path)
    assert (facts.model, facts.bus_node) == ("Raspberry Pi 4 Model B", Node.THERE)


def test_a_display_on_spi_is_looked_for_at_its_device(tmp_path: Path) -> None:
    put(tmp_path, "dev/spidev0.0")
    profile = load_profile("pi-spi-12-keys")
    facts = hardware.look_at_board(profile, phone_runs=False, root=tmp_path)
    assert (facts.bus, facts.bus_node) == ("/dev/spidev0.0", Node.THERE)


def test_a_bus_without_a_display(tmp_path: Path) -> None:
    put(tmp_path, "dev/i2c-1")  # there, but this machine's own bus answers nothing
    profile = load_profile("pi-usb-handset")
    facts = hardware.look_at_board(profile, phone_runs=False, root=tmp_path)
    assert facts.bus_node is Node.SILENT


def test_the_software_that_this_phone_is_made_of() -> None:
    facts = software.look()
    assert facts.pjsip is not None
    assert facts.pjsip >= (2, 17)
    assert (facts.pjsip_fault, facts.gate_fault, facts.srtp_status) == ("", "", 0)


def test_the_question_has_room_for_its_nonce() -> None:
    assert len(sntp.request(bytes(sntp.NONCE))) == sntp.LENGTH


@pytest.fixture
def alsa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA with a PCM called "quiet" and no other."""
    file = tmp_path / "asound.conf"
    file.write_text("pcm.quiet { type null }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(file))


def with_handset(capture: str) -> BoardProfile:
    handset = SoundProfile(capture=capture, playback="quiet")
    return replace(load_profile("pi-usb-handset"), handset=handset)


@pytest.mark.usefixtures("alsa")
def test_a_handset_that_opens_and_one_that_does_not() -> None:
    (facts,) = sound.look(with_handset("quiet"), phone_runs=False)
    assert (facts.part, facts.tried, facts.faults) == ("handset", True, ())
    (facts,) = sound.look(with_handset("nobody"), phone_runs=False)
    assert len(facts.faults) == 1
    (facts,) = sound.look(with_handset("nobody"), phone_runs=True)
    assert (facts.tried, facts.faults) == (False, ())


def test_a_card_that_is_not_there() -> None:
    profile = load_profile("pi-usb-handset")
    missing = replace(
        profile,
        handset=SoundProfile(card="a card of nobody"),
        ringer=SpeakerProfile(card="another one"),
    )
    facts = sound.look(missing, phone_runs=False)
    assert [each.part for each in facts] == ["handset", "ringer"]
    assert all("no sound card called" in each.absence for each in facts)
