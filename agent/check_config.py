"""`sotto check-config`: what a configuration makes the phone do, or what is wrong with it."""

import sys

from agent.arguments import CheckConfigOptions
from agent.boards import describe_board
from agent.config import describe, load_config


def run(options: CheckConfigOptions) -> int:
    """Says it; returns the exit status.

    Raises:
        ConfigError: The configuration will not do.
        BoardError: The board's profile will not.
    """
    config = load_config(options.config)
    sys.stdout.write("\n".join((*describe(config), *describe_board(config))) + "\n")
    return 0
