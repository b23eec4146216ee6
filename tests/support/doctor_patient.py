"""A phone whose every part is well, for the doctor's tests to break."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from agent.config import Config, parse_config
from agent.doctor.instruments import Instruments
from agent.doctor.judges.clock import ClockFacts
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.doctor.judges.hardware import BoardFacts, Node
from agent.doctor.judges.media import PortFacts
from agent.doctor.judges.names import NameFacts, Place
from agent.doctor.judges.nat import NatFacts
from agent.doctor.judges.network import Interface, NetworkFacts
from agent.doctor.judges.server import AccountFacts, SipFacts
from agent.doctor.judges.software import PhoneFacts, SoftwareFacts
from agent.doctor.judges.sound import SoundFacts
from agent.doctor.judges.storage import StorageFacts
from agent.doctor.judges.tls import TlsFacts
from agent.doctor.patient import Patient, SelfReport
from agent.health.look import MachineFacts

HOST: Final = "sip.example.org"
NOW: Final = 1_790_000_000.0
_DAY: Final = 86400.0
OFFICE: Final = f"""
[[account]]
name = "office"
uri = "sip:alice@{HOST}"
password = "open sesame"
"""


def config(more: str = OFFICE, board: str = "pi-usb-handset") -> Config:
    text = f'[phone]\nname = "Alice"\nstate_dir = "/state"\nboard = "{board}"\n{more}'
    return parse_config(text, Path("/etc/sotto/sotto.toml"))


def patient(found: Config | None = None, **changes: Any) -> Patient:
    """Whose phone runs, and says that all is well."""
    found = found or config()
    report = SelfReport(
        PhoneFacts("0.1.0", 3600),
        {each.name: AccountFacts(f'Account "{each.name}"', "ready") for each in found.accounts},
    )
    file = ConfigurationFacts(str(found.file), accounts=len(found.accounts))
    return replace(Patient(file, found, report, runs=True), **changes)


WELL: Final = Instruments(
    last_written=lambda _: NOW - 60,
    storage=lambda folder: StorageFacts(str(folder), free=2**30),
    network=lambda: NetworkFacts(
        (Interface("eth0", addresses=(ip_address("192.168.1.7"),)),), frozenset({4})
    ),
    names=lambda host, port: NameFacts(
        host, ("192.168.1.1",), (Place(host, "192.0.2.1", port or 5061),), seconds=0.01
    ),
    time_servers=lambda: (),
    clock=lambda earliest, _: ClockFacts(NOW, earliest, synchronised=True),
    server=lambda target: (
        TlsFacts(
            host=target.host,
            port=target.port,
            ca_file="ca.pem",
            version="TLSv1.3",
            cipher="TLS_AES_256_GCM_SHA384",
            not_after=NOW + 90 * _DAY,
        ),
        SipFacts(target.host, 200, seconds=0.03),
    ),
    nat=lambda _: NatFacts(),
    ports=lambda found, _: PortFacts(found.media.rtp_port_min, found.media.rtp_port_max),
    sound=lambda _, __: [SoundFacts("handset", "USB Audio")],
    board=lambda profile, _: BoardFacts(
        board=profile.name,
        models=profile.models,
        model="Raspberry Pi 4 Model B Rev 1.4",
        gpio=Node.THERE,
        gpio_fault="",
        bus="/dev/i2c-1",
        bus_node=Node.THERE,
        display="I2C address 0x3c",
        settings=profile.boot_settings,
    ),
    machine=lambda: MachineFacts(48.0, 0),
    software=lambda: SoftwareFacts("0.1.0", "3.13.5", "OpenSSL 3.5.1", (2, 17)),
)
"""They find everything well."""
