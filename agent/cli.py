"""The `sotto` command: arguments in, one call, the exit status out."""

import os
import sys
from collections.abc import Sequence
from typing import assert_never

from agent.arguments import (
    CheckConfigOptions,
    DemoOptions,
    DoctorOptions,
    FactoryResetOptions,
    MachineSettingsOptions,
    Options,
    ProveUpdateOptions,
    RunOptions,
    TakeConfigOptions,
    TellFailureOptions,
    TryBoardOptions,
    TryHandsetOptions,
    UpdateOptions,
    UpdateSlotOptions,
    parse_arguments,
)
from agent.errors import ReportedError
from agent.late import late
from agent.shell.options import AskOptions, CardsOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line asks for.

    Args:
        arguments: The words after the program's name; those of this process unless given.

    Returns:
        The exit status: 0 if all was well.
    """
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int = late(_name(options))(options)
        sys.stdout.flush()
    except ReportedError as error:
        sys.stderr.write(f"{error}\n")
        status = error.status
    except BrokenPipeError:
        # Whoever reads the output has seen enough; Python must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    return status


def _name(options: Options) -> str:  # noqa: C901, PLR0911, PLR0912 - one for each
    """Who does that, in `agent.late`."""
    match options:
        case RunOptions():
            return "run"
        case UpdateSlotOptions():
            return "update-slot"
        case UpdateOptions():
            return "update"
        case FactoryResetOptions():
            return "factory-reset"
        case ProveUpdateOptions():
            return "prove-update"
        case TellFailureOptions():
            return "tell-failure"
        case CheckConfigOptions():
            return "check-config"
        case TakeConfigOptions():
            return "take-config"
        case MachineSettingsOptions():
            return "machine-settings"
        case DoctorOptions():
            return "doctor"
        case TryHandsetOptions():
            return "test-handset"
        case TryBoardOptions():
            return "test-board"
        case DemoOptions():
            return "demo"
        case AskOptions() | CardsOptions():
            return "ask"
        case _:
            assert_never(options)
