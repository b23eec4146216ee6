"""Which board the phone has, from its configuration."""

from agent.config import SIMULATOR, Config, ConfigError, Problem
from agent.errors import ReportedError
from hw.board import Board, HandsetDevices
from hw.pi import PiBoard
from hw.profile import BoardProfile, load_profile
from hw.profile_table import ProfileError
from hw.simulator.board import SimulatorBoard
from hw.simulator.sound import SoundSocket


class BoardError(ReportedError):
    """There is no such board, or its profile is wrong."""


def profile_of(config: Config) -> BoardProfile:
    """What stands in the profile of the configured board.

    Raises:
        BoardError: There is no such profile, or it is wrong.
    """
    try:
        return load_profile(config.phone.board)
    except ProfileError as error:
        raise BoardError(str(error)) from None


def describe_board(config: Config) -> list[str]:
    """What the board is, and what the Pi must be told for it; nothing for the simulator.

    Raises:
        BoardError: The board's profile is wrong.
    """
    if config.phone.board == SIMULATOR:
        return []
    profile = profile_of(config)
    return [
        f"Board:       {profile.description}",
        f"Needs:       {', '.join(profile.boot_settings)} in the Pi's config.txt",
    ]


def check_board(config: Config) -> None:
    """Returns if there is such a board.

    Raises:
        ConfigError: There is none, or its profile is wrong.
    """
    try:
        describe_board(config)
    except BoardError as error:
        raise ConfigError(config.file, (Problem(str(error)),)) from None


def open_board(config: Config) -> Board:
    """Puts the board together; none of its parts is looked for yet.

    Raises:
        BoardError: The simulator lacks its socket, or the board's profile is wrong.
    """
    if config.phone.board != SIMULATOR:
        return PiBoard(profile_of(config))
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
