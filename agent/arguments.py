"""The words after `sotto` on the command line, as values."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

DEMO_PORT: Final = 8080
DEMO_STATE: Final = Path("build/demo")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`sotto run`: one phone, until it is told to stop.

    Attributes:
        config: The configuration file.
    """

    config: Path


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`sotto demo`: two phones on this machine.

    Attributes:
        script: Plays a whole call without a person, and tells whether all was well.
        port: Where the page with both phones is served, on 127.0.0.1 only.
        terminal: Shows the phones in the terminal instead of on a page.
        state_dir: The folder that keeps both phones' databases and sound files.
    """

    script: bool
    port: int
    terminal: bool
    state_dir: Path


@dataclass(frozen=True, slots=True)
class CheckConfigOptions:
    """`sotto check-config`: says what is wrong with a file, or what it makes the phone do.

    Attributes:
        config: The configuration file.
    """

    config: Path


@dataclass(frozen=True, slots=True)
class PeersOptions:
    """`sotto peers`: the phones that were met.

    Attributes:
        config: The configuration file.
        action: "list", "unverify" or "forget".
        who: A name or a ZID in hex; empty with "list".
        as_json: Lists them for a program instead of a person.
    """

    config: Path
    action: str = "list"
    who: str = ""
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class ContactsOptions:
    """`sotto contacts`: from one phone to another.

    Attributes:
        config: The configuration file.
        action: "export" or "import".
        file: What is written or read; None: standard output or input.
    """

    config: Path
    action: str
    file: Path | None = None


Options = RunOptions | DemoOptions | CheckConfigOptions | PeersOptions | ContactsOptions


def parse_arguments(arguments: Sequence[str]) -> Options:
    """Reads the command line, without the program's name.

    Raises:
        SystemExit: With status 2 after saying what is wrong, or 0 after `--help` or `--version`.
    """
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.command == "run":
        return RunOptions(parsed.config)
    if parsed.command == "check-config":
        return CheckConfigOptions(parsed.config)
    if parsed.command in {"peers", "contacts"} and "config" not in parsed:
        parser.error("the following arguments are required: --config")
    if parsed.command == "peers":
        return PeersOptions(parsed.config, parsed.action or "list", parsed.who, parsed.json)
    if parsed.command == "contacts":
        file = None if parsed.file == Path("-") else parsed.file
        return ContactsOptions(parsed.config, parsed.action, file)
    return DemoOptions(parsed.script, parsed.port, parsed.terminal, parsed.state_dir)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sotto", description="A desk phone that nobody else can hear.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"sotto {metadata.version('sotto')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the phone", allow_abbrev=False)
    run.add_argument("--config", type=Path, required=True, metavar="FILE")

    check = commands.add_parser(
        "check-config", help="say what a configuration makes the phone do", allow_abbrev=False
    )
    check.add_argument("config", type=Path, metavar="FILE")

    _add_peers(commands.add_parser("peers", help="the phones that were met", allow_abbrev=False))
    _add_contacts(
        commands.add_parser("contacts", help="from one phone to another", allow_abbrev=False)
    )

    demo = commands.add_parser("demo", help="run two phones on this machine", allow_abbrev=False)
    demo.add_argument("--script", action="store_true", help="play a call without a person")
    demo.add_argument("--port", type=_port, default=DEMO_PORT, help="the page's port (%(default)s)")
    demo.add_argument("--terminal", action="store_true", help="show the phones in the terminal")
    demo.add_argument(
        "--state-dir",
        type=Path,
        default=DEMO_STATE,
        metavar="FOLDER",
        help="where the two phones keep what they know (%(default)s)",
    )
    return parser


def _add_peers(peers: argparse.ArgumentParser) -> None:
    _add_config(peers)
    peers.add_argument("--json", action="store_true", help="for a program")
    peers.set_defaults(who="")
    actions = peers.add_subparsers(dest="action", metavar="ACTION")
    for action, what in (
        ("unverify", "ask for its words at the next call"),
        ("forget", "remove it with its secrets"),
    ):
        parser = actions.add_parser(action, help=what, allow_abbrev=False)
        _add_config(parser)
        parser.add_argument("who", metavar="WHO", help="a name or a ZID")


def _add_contacts(contacts: argparse.ArgumentParser) -> None:
    _add_config(contacts)
    actions = contacts.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action, what in (("export", "write them down"), ("import", "take them over")):
        parser = actions.add_parser(action, help=what, allow_abbrev=False)
        _add_config(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help='"-": standard in/out')


def _add_config(parser: argparse.ArgumentParser) -> None:
    """It may stand before and after the action, whose parser must not take it back."""
    parser.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= 65535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f'"{text}" is no port (1 to 65535)')
    return port
