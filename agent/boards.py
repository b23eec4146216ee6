"""Which board the phone has, from its configuration."""

from agent.config import SIMULATOR, Config
from hw.board import Board, HandsetDevices
from hw.pi import PiBoard
from hw.profile import load_profile
from hw.simulator.board import SimulatorBoard
from hw.simulator.sound import SoundSocket


class BoardError(Exception):
    """There is no such board; the message is a sentence for the person who can mend it."""


def describe_board(config: Config) -> list[str]:
    """What the board is, and what the Pi must be told for it; nothing for the simulator.

    Raises:
        ProfileError: The board's profile is wrong.
    """
    if config.phone.board == SIMULATOR:
        return []
    profile = load_profile(config.phone.board)
    return [
        f"Board:       {profile.description}",
        f"Needs:       {', '.join(profile.boot_settings)} in the Pi's config.txt",
    ]


def open_board(config: Config) -> Board:
    """Puts the board together; none of its parts is looked for yet.

    Raises:
        BoardError: The simulator lacks its socket.
        ProfileError: The board's profile is wrong.
    """
    if config.phone.board != SIMULATOR:
        return PiBoard(load_profile(config.phone.board))
    simulator = config.simulator
    if simulator.socket is None:
        raise BoardError(f'{config.file}: the board "simulator" needs [simulator] socket')
    sound = SoundSocket(simulator.sound_socket) if simulator.sound_socket else None
    devices = HandsetDevices(
        microphone_file=str(simulator.microphone_file or ""),
        earpiece_file=str(simulator.earpiece_file or ""),
        stream=sound,
    )
    return SimulatorBoard(simulator.socket, devices, sound=sound)
