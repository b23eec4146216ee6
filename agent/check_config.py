"""`sotto check-config`: what a configuration makes the phone do, or what is wrong with it."""

import sys
import time
from collections.abc import Iterator

from agent.arguments import CheckConfigOptions
from agent.boards import BoardError, describe_board
from agent.config import AccountConfig, Config, ConfigError, SipConfig, describe, load_config
from agent.config.loader import decoded
from agent.config.locate import KeyPath, Lines
from agent.config.reader import Problems
from agent.sip.settings import SYSTEM_CAS
from agent.trust import file_check
from agent.trust.file_check import Fault


def run(options: CheckConfigOptions) -> int:
    """Says it; returns the exit status.

    Raises:
        ConfigError: The configuration will not do, or a file that it names: the board's profile,
            certificates.
    """
    config = load_config(options.config)
    _look_into_files(config, time.time())
    sys.stdout.write("\n".join((*describe(config), *describe_board(config))) + "\n")
    return 0


def _look_into_files(config: Config, now: float) -> None:
    """What the phone itself finds out only when it speaks to a server, and then says."""
    problems = Problems(Lines(decoded(config.file.read_bytes())))
    faults: list[tuple[KeyPath, Fault]] = [(("sip",), each) for each in _of_sip(config.sip, now)]
    for position, account in enumerate(config.accounts):
        faults += [(("account", position), each) for each in _of_account(account, now)]
    for path, (key, sentence) in faults:
        problems.add((*path, key), sentence)
    try:
        describe_board(config)
    except BoardError as error:
        problems.add(("phone", "board"), f'is "{config.phone.board}": {error}')
    found = problems.in_order()
    if found:
        raise ConfigError(config.file, found)


def _of_sip(sip: SipConfig, now: float) -> Iterator[Fault]:
    if sip.certificate is not None and sip.private_key is not None:
        keys = ("certificate", "private_key")
        yield from file_check.pair(sip.certificate, sip.private_key, keys, now, for_servers=False)


def _of_account(account: AccountConfig, now: float) -> Iterator[Fault]:
    if account.ca_file is not None:
        yield from file_check.authorities(account.ca_file, now)
    if account.crl_file is not None:
        yield from file_check.lists(account.crl_file, account.ca_file or SYSTEM_CAS, now)
    if account.client_certificate is not None and account.client_key is not None:
        keys = ("client_certificate", "client_key")
        yield from file_check.pair(
            account.client_certificate, account.client_key, keys, now, for_servers=True
        )
