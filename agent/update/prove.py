"""`sotto prove-update`: keeps software on trial once it works, or restarts into the one before."""

import logging
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from agent.arguments import ProveUpdateOptions
from agent.config import CONTROL_SOCKET, ConfigError, load_config
from agent.control.requests import Status
from agent.errors import ReportedError
from agent.shell.client import Client, ClientError
from agent.update.backend import slots_of
from agent.update.proof import LOOK_S, Trial, Verdict
from agent.update.slots import SlotError

log = logging.getLogger(__name__)

KEEP: Final = ("rauc", "status", "mark-good", "booted")
"""RAUC writes it down, and tells the boot loader through `sotto update-slot set-state`."""
LEAVE: Final = ("systemctl", "--no-block", "reboot")


class ProofError(ReportedError):
    """It could not be done; the message is a sentence."""


def run(options: ProveUpdateOptions) -> int:
    """Waits as long as it takes; returns the exit status.

    Raises:
        ProofError: This machine has no slots, or RAUC does not answer.
    """
    try:
        slots = slots_of(options.root)
    except (OSError, SlotError) as error:
        raise ProofError(str(error)) from None
    if slots.notes.trial != slots.booted:
        return 0
    trial = Trial(time.monotonic())
    while (verdict := trial.hear(_asked(options), time.monotonic())) is Verdict.WAIT:
        time.sleep(LOOK_S)
    if verdict is Verdict.KEEP:
        log.warning("the new software works, and is kept")
        return _order(KEEP)
    log.error("the new software does not prove itself: %s", trial.lacks)
    return _order(LEAVE)


def _asked(options: ProveUpdateOptions) -> Mapping[str, Any] | None:
    try:
        with Client.at(socket_of(options)) as client:
            _, ended = client.ask(Status())
    except ClientError:
        return None
    return None if ended.error else ended.result


def socket_of(options: ProveUpdateOptions) -> Path:
    """Where the phone answers; with a configuration that will not do it answers nowhere."""
    if options.socket is not None:
        return options.socket
    try:
        return load_config(options.config).phone.control_socket
    except ConfigError:
        return CONTROL_SOCKET


def _order(order: tuple[str, ...]) -> int:
    done = subprocess.run(order, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    if done.returncode:
        raise ProofError(f"{order[0]}: {done.stderr.strip() or done.returncode}")
    return 0
