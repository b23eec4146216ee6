"""`sotto test-handset` and `sotto test-board`: for who has just soldered a phone."""

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import Final

from agent.arguments import TryBoardOptions, TryHandsetOptions
from agent.boards import open_board, profile_of
from agent.config import SIMULATOR, Config, load_config
from agent.shell.client import Client, ClientError, NotRunningError
from hw.board import HandsetDevices
from hw.board_trial import BoardTrial
from hw.gpio import RpiGpio
from hw.handset import AlsaHandset
from hw.handset_trial import TrialError, report, speak_and_hear
from hw.part import PartError
from hw.profile import BoardProfile, BuzzerProfile
from hw.ring_tones import ring_tone
from hw.ringer import Buzzer, Speaker
from hw.ringer_trial import play

RING_SECONDS: Final = 3.0
"""How long the ring tone sounds."""
Write = Callable[[str], None]


def try_handset(options: TryHandsetOptions) -> int:
    """Lets a person hear themselves and the ring tone; returns the exit status.

    Raises:
        ConfigError: The configuration will not do.
        BoardError: The board's profile will not.
    """
    config = load_config(options.config)
    if _phone_runs(config):
        return 1
    if config.phone.board == SIMULATOR:
        _write(
            'The board "simulator" has no handset of its own: the browser\'s is tried by calling.\n'
        )
        return 1
    profile = profile_of(config)
    fine = [
        _try_sound(profile, options, _write),
        _try_ringer(profile, config.phone.ring_tone, _write),
    ]
    return 0 if all(fine) else 1


def try_board(options: TryBoardOptions) -> int:
    """Tells what is pressed until Ctrl-C; returns the exit status.

    Raises:
        ConfigError: The configuration will not do.
        BoardError: There is no such board, or its profile will not do.
    """
    config = load_config(options.config)
    if _phone_runs(config):
        return 1
    board = open_board(config)

    async def run() -> bool:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if options.seconds is not None:
            loop.call_later(options.seconds, stop.set)
        return await BoardTrial(_write).run(board, stop)

    try:
        return 0 if asyncio.run(run()) else 1
    except OSError as error:
        _write(f"The board cannot be had: {error}.\n")
        return 1


def _phone_runs(config: Config) -> bool:
    """Says so if it does: it has the board, and opens the sound cards for every call."""
    try:
        with Client.at(config.phone.control_socket):
            _write("The phone runs and has the board: stop it first (systemctl stop sotto).\n")
            return True
    except NotRunningError:
        return False
    except ClientError:  # somebody else's phone, whom this person may not ask
        _write("The phone runs, as another user: stop it first (systemctl stop sotto).\n")
        return True


def _try_sound(profile: BoardProfile, options: TryHandsetOptions, write: Write) -> bool:
    sound, name = profile.handset, "handset"
    if options.headset:
        if profile.headset is None:
            write(f"The board {profile.name} has no place for a headset.\n")
            return False
        sound, name = profile.headset.sound, "headset"
    handset = AlsaHandset(sound, lambda: None)
    try:
        handset.open()
        devices: HandsetDevices = handset.devices
        write(f"The {name} is {devices.capture}.\n")
        write("Speak: you hear yourself half a second later. Ctrl-C ends it sooner.\n")
        return report(speak_and_hear(devices, options.seconds, write), write)
    except (PartError, TrialError) as error:
        write(f"The {name} cannot be tried: {error}\n")
        return False
    finally:
        handset.close()


def _try_ringer(profile: BoardProfile, name: str, write: Write) -> bool:
    ringer = (
        Buzzer(RpiGpio, profile.ringer)
        if isinstance(profile.ringer, BuzzerProfile)
        else Speaker(profile.ringer)
    )
    write(f'The ringer plays the ring tone "{name}".\n')
    try:
        play(ringer, ring_tone(name), RING_SECONDS)
    except PartError as error:
        write(f"The ringer cannot be tried: {error}\n")
        return False
    return True


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
