"""The words of these commands on the command line, as values."""

import argparse
from pathlib import Path
from typing import Any, Final, Protocol

from agent.control.protocol import LOG_LIMIT
from agent.control.requests import (
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Request,
    Resume,
    Status,
    Unverify,
)
from agent.frozen import frozen

INSTALLED: Final = Path("/etc/sotto/sotto.toml")
"""The configuration of the phone that this machine is."""


@frozen
class Where:
    """Which phone is meant.

    Attributes:
        config: Its configuration file; None: the one that is installed.
        socket: Its control socket; None: as the configuration says.
    """

    config: Path | None = None
    socket: Path | None = None


@frozen
class AskOptions:
    """One request, and its answer.

    Attributes:
        request: What is asked for.
        where: Which phone.
        as_json: Tells it for a program instead of a person.
    """

    request: Request
    where: Where
    as_json: bool = False


@frozen
class CardsOptions:
    """`sotto contacts import` and `export`: contacts as vCards.

    Attributes:
        action: "import" or "export".
        file: What is read or written; None: standard input or output.
        where: Which phone.
        as_json: Tells what came of it for a program.
    """

    action: str
    file: Path | None
    where: Where
    as_json: bool = False


ShellOptions = AskOptions | CardsOptions

COMMANDS: Final = {
    "status": "how the phone is: calls, accounts, what is missing",
    "call": "call a number; then lift the handset",
    "answer": "take the call that rings; then lift the handset",
    "hangup": "end the call, or send the one that rings away",
    "hold": "put the call on hold",
    "resume": "take it off hold again",
    "confirm": "the words match; repeat them",
    "differ": "the words differ: somebody is between you",
    "peers": "the phones that were met",
    "contacts": "who has a number here; vCards in and out",
    "log": "the calls that are over",
    "events": "tell what happens, until Ctrl-C",
}

_PLAIN: Final[dict[str, Request]] = {
    "status": Status(),
    "answer": Answer(),
    "hangup": HangUp(),
    "hold": Hold(),
    "resume": Resume(),
    "differ": Differ(),
    "events": Events(),
}


class Commands(Protocol):
    """What argparse calls a group of commands."""

    def add_parser(self, name: str, **arguments: Any) -> argparse.ArgumentParser: ...  # noqa: D102


def add_commands(commands: Commands) -> None:
    """Adds these commands to those that there are."""
    for name, what in COMMANDS.items():
        parser = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
        _add_common(parser)
        match name:
            case "call":
                parser.add_argument("number", metavar="NUMBER", help="as it is dialled")
            case "confirm":
                parser.add_argument("words", nargs="+", metavar="WORD", help="as the display says")
            case "peers":
                _add_peers(parser)
            case "contacts":
                _add_contacts(parser)
            case "log":
                parser.add_argument(
                    "--security", action="store_true", help="what concerned their security"
                )
                parser.add_argument("--limit", type=_limit, default=Log().limit, metavar="N")
            case _:
                pass


def read_options(parsed: argparse.Namespace) -> ShellOptions:
    """What the line means; the command is one of `COMMANDS`."""
    where = Where(getattr(parsed, "config", None), getattr(parsed, "socket", None))
    as_json = getattr(parsed, "json", False)
    if parsed.command == "contacts" and parsed.action in {"import", "export"}:
        file = None if parsed.file == Path("-") else parsed.file
        return CardsOptions(parsed.action, file, where, as_json)
    return AskOptions(_request(parsed), where, as_json)


def _request(parsed: argparse.Namespace) -> Request:
    request: Request
    match parsed.command:
        case "call":
            request = Call(parsed.number)
        case "confirm":
            request = Confirm(tuple(" ".join(parsed.words).split()))
        case "peers" if parsed.action == "unverify":
            request = Unverify(parsed.who)
        case "peers" if parsed.action == "forget":
            request = Forget(parsed.who)
        case "peers":
            request = Peers()
        case "contacts":
            request = Contacts()
        case "log":
            request = Log(parsed.security, parsed.limit)
        case command:
            request = _PLAIN[command]
    return request


def _add_peers(peers: argparse.ArgumentParser) -> None:
    actions = peers.add_subparsers(dest="action", metavar="ACTION")
    for action, what in (
        ("list", "all of them; so without an action"),
        ("unverify", "ask for its words at the next call"),
        ("forget", "remove it with its secrets"),
    ):
        parser = actions.add_parser(action, help=what, allow_abbrev=False)
        _add_common(parser)
        if action != "list":
            parser.add_argument("who", metavar="WHO", help="a name or a ZID")


def _add_contacts(contacts: argparse.ArgumentParser) -> None:
    actions = contacts.add_subparsers(dest="action", metavar="ACTION")
    for action, what in (
        ("list", "all of them; so without an action"),
        ("export", "write them as vCards"),
        ("import", "take those of a file of vCards over"),
    ):
        parser = actions.add_parser(action, help=what, allow_abbrev=False)
        _add_common(parser)
        if action != "list":
            parser.add_argument("file", type=Path, metavar="FILE", help='"-": standard in/out')


def _add_common(parser: argparse.ArgumentParser) -> None:
    """May stand before and after an action, whose parser must not take it back."""
    quiet = argparse.SUPPRESS
    parser.add_argument(
        "--config", type=Path, metavar="FILE", default=quiet, help="of another phone"
    )
    parser.add_argument(
        "--socket", type=Path, metavar="PATH", default=quiet, help="of another phone"
    )
    parser.add_argument("--json", action="store_true", default=quiet, help="for a program")


def _limit(text: str) -> int:
    limit = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= limit <= LOG_LIMIT:
        raise argparse.ArgumentTypeError(f'"{text}" is no number from 1 to {LOG_LIMIT}')
    return limit
