"""The `sotto` command: arguments in, one call, the exit status out."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, assert_never

from agent import checkup, daemon, demo
from agent.arguments import (
    CheckConfigOptions,
    DemoOptions,
    Options,
    RunOptions,
    TryBoardOptions,
    TryHandsetOptions,
    parse_arguments,
)
from agent.boards import BoardError, describe_board
from agent.config import ConfigError, describe, load_config
from agent.shell.ask import ShellError
from agent.shell.ask import run as ask
from agent.shell.client import ClientError
from agent.shell.options import AskOptions, CardsOptions
from agent.store import StoreError
from hw.profile_table import ProfileError

CONFIG_STATUS: Final = 2
"""The exit status when the configuration will not do: no restart can help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line asks for.

    Args:
        arguments: The words after the program's name; those of this process unless given.

    Returns:
        The exit status: 0 if all was well.
    """
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _do(options)
        sys.stdout.flush()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        status = CONFIG_STATUS
    except (StoreError, ClientError, ShellError, BoardError, ProfileError) as error:
        sys.stderr.write(f"{error}\n")
        status = 1
    except BrokenPipeError:
        # Whoever reads the output has seen enough; Python must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    return status


def _do(options: Options) -> int:
    match options:
        case RunOptions():
            status = daemon.run(load_config(options.config))
        case CheckConfigOptions():
            status = _check_config(options.config)
        case TryHandsetOptions():
            status = checkup.try_handset(options)
        case TryBoardOptions():
            status = checkup.try_board(options)
        case DemoOptions():
            status = demo.run(options)
        case AskOptions() | CardsOptions():
            status = ask(options)
        case _:
            assert_never(options)
    return status


def _check_config(file: Path) -> int:
    config = load_config(file)
    sys.stdout.write("\n".join((*describe(config), *describe_board(config))) + "\n")
    return 0
