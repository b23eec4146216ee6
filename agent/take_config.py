"""`sotto take-config`: takes a configuration over from a card's boot partition, or from the net."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from agent.arguments import TakeConfigOptions
from agent.boards import check_board
from agent.config import ConfigError, FleetConfig, load_config
from agent.config.fleet import https_url
from agent.errors import ReportedError
from agent.fleet.disk import Disk, owner_named
from agent.fleet.files import FetchError
from agent.fleet.https import fetch
from agent.fleet.inbox import NAME, ClearingError, Inbox, Taken
from agent.fleet.kept import Kept
from agent.fleet.look import offered
from agent.fleet.whole import RefusedError, check_signed, serial_number

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
_NET_LEDGER: Final = "net.json"
"""What came from the net by hand must not make the card's file look new."""


class TakingError(ReportedError):
    """It was not done, or not to the end, for a reason that no change of the file would mend."""


def run(options: TakeConfigOptions) -> int:
    """Takes it over, or leaves everything as it is; returns the exit status.

    Raises:
        ConfigError: What is on the card will not do. Its mistakes are on the card by now, too.
        TakingError: A disk cannot be written, there is no such user, or the net has no such file.
    """
    disk = Disk(owner_named(options.owner, TakingError))
    try:
        if options.url:
            return _take_from_net(options, disk)
        return _take_from_card(options, disk)
    except OSError as error:
        raise TakingError(f"{error.filename or options.config}: {error.strerror}") from None


def _take_from_card(options: TakeConfigOptions, disk: Disk) -> int:
    inbox = Inbox(options.card, options.config, disk, check_board)
    try:
        taken = inbox.take()
    except ConfigError as error:
        inbox.refuse(error)
        raise
    except ClearingError as error:
        inbox.forgive()
        raise TakingError(str(error)) from None
    inbox.forgive()
    return _tell(taken, f"{options.card}", options)


def _take_from_net(options: TakeConfigOptions, disk: Disk) -> int:
    """As if it lay on a card; that card is in the memory, and gone afterwards."""
    came = _fetched(options)
    folder = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sotto-", dir=folder) as name:
        card = Path(name, NAME)
        card.write_text(came.text, encoding="utf-8")
        try:
            taken = Inbox(card, options.config, disk, check_board, _NET_LEDGER).take()
        except ConfigError as error:
            raise ConfigError(Path(came.url), error.problems) from None
    return _tell(taken, came.url, options)


def _fetched(options: TakeConfigOptions) -> Kept:
    url = options.url.replace("{serial}", serial_number())
    if reason := https_url(options.url):
        raise TakingError(f"the address {reason}")
    fleet = _trust(options.config) or FleetConfig(url, 0.0)
    try:
        came = offered(url, fleet, fetch)
        if came is None:
            raise TakingError("the server says that nothing has changed, but nobody asked that")
        if fleet.public_keys:
            check_signed(came, fleet)
    except (FetchError, RefusedError) as error:
        raise TakingError(str(error)) from None
    return came


def _trust(file: Path) -> FleetConfig | None:
    """Whom this phone believes; a configuration that cannot be read must not weaken that."""
    return load_config(file).fleet if file.exists() else None


def _tell(taken: Taken | None, source: str, options: TakeConfigOptions) -> int:
    if taken is None:
        sys.stdout.write("Nothing new.\n")
        return 0
    said = [f"{source} is the configuration now, as {options.config}."]
    if taken.secrets:
        said.append(f"Secrets and files that went to the phone's own: {taken.secrets}.")
    if taken.cleared and not options.url:
        said.append("What stays on the card holds no secret; its old cells may still do.")
    sys.stdout.write("\n".join(said) + "\n")
    return 0
