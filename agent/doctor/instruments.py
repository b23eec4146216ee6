"""All probes in one hand, so that tests can hold others."""

from collections.abc import Callable, Iterable
from pathlib import Path

from agent.config import Config
from agent.doctor.judges.clock import ClockFacts
from agent.doctor.judges.hardware import BoardFacts
from agent.doctor.judges.media import PortFacts
from agent.doctor.judges.names import NameFacts
from agent.doctor.judges.nat import NatFacts
from agent.doctor.judges.network import NetworkFacts
from agent.doctor.judges.server import SipFacts
from agent.doctor.judges.software import SoftwareFacts
from agent.doctor.judges.sound import SoundFacts
from agent.doctor.judges.storage import StorageFacts
from agent.doctor.judges.tls import TlsFacts
from agent.doctor.probes import (
    clock,
    hardware,
    media,
    names,
    nat,
    network,
    server,
    software,
    sound,
    storage,
)
from agent.doctor.probes.server import Target
from agent.frozen import frozen
from agent.health.look import MachineFacts, look_at_machine
from hw.profile import BoardProfile


def _board(profile: BoardProfile, phone_runs: bool) -> BoardFacts:  # noqa: FBT001 - see below
    return hardware.look_at_board(profile, phone_runs=phone_runs)


def _sound(profile: BoardProfile, phone_runs: bool) -> list[SoundFacts]:  # noqa: FBT001
    return sound.look(profile, phone_runs=phone_runs)


def _ports(config: Config, phone_runs: bool) -> PortFacts:  # noqa: FBT001
    return media.look(config, phone_runs=phone_runs)


@frozen
class Instruments:
    """What is looked with. A last argument tells whether the phone runs and has its parts.

    Attributes:
        last_written: When something was last written to a state folder, in seconds since 1970.
        storage: At a phone's state folder.
        network: At interfaces and routes.
        names: At what the name service says of a host.
        time_servers: Which time servers this machine is told to ask.
        clock: At the clock; takes a moment that has passed, and time servers.
        server: At a server, by TLS and SIP.
        nat: At the STUN and TURN servers of a configuration.
        ports: At the ports of a configuration.
        sound: At a board's sound cards.
        board: At its lines and buses.
        machine: At temperature and power.
        software: At what the phone is made of.
    """

    last_written: Callable[[Path], float] = storage.last_written
    storage: Callable[[Path], StorageFacts] = storage.look
    network: Callable[[], NetworkFacts] = network.look
    names: Callable[[str, int | None], NameFacts] = names.look
    time_servers: Callable[[], Iterable[str]] = clock.configured
    clock: Callable[[float, Iterable[str]], ClockFacts] = clock.look
    server: Callable[[Target], tuple[TlsFacts, SipFacts | None]] = server.look
    nat: Callable[[Config], NatFacts] = nat.look
    ports: Callable[[Config, bool], PortFacts] = _ports
    sound: Callable[[BoardProfile, bool], list[SoundFacts]] = _sound
    board: Callable[[BoardProfile, bool], BoardFacts] = _board
    machine: Callable[[], MachineFacts] = look_at_machine
    software: Callable[[], SoftwareFacts] = software.look
