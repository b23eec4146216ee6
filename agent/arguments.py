"""The words after `sotto` on the command line, as values."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agent.frozen import frozen
from agent.shell.options import COMMANDS, INSTALLED, ShellOptions, add_commands, read_options
from agent.version import VERSION

DEMO_PORT: Final = 8080
DEMO_STATE: Final = Path("build/demo")
CARD: Final = Path("/boot/firmware/sotto.toml")
"""Where Raspberry Pi OS has the boot partition."""
TRIAL_SECONDS: Final = 15.0
"""How long somebody hears themselves unless they want it otherwise."""


@frozen
class RunOptions:
    """`sotto run`: one phone, until it is told to stop.

    Attributes:
        config: The configuration file.
    """

    config: Path


@frozen
class TellFailureOptions:
    """`sotto tell-failure`: says on the display that the phone's service has failed.

    Attributes:
        config: The configuration file.
    """

    config: Path = INSTALLED


@frozen
class UpdateSlotOptions:
    """`sotto update-slot`: what RAUC asks of a boot loader.

    Attributes:
        order: E.g. "get-state".
        slot: "A" or "B"; empty: not said.
        state: "good" or "bad"; empty: not said.
        root: Where the machine's files are.
    """

    order: str
    slot: str = ""
    state: str = ""
    root: Path = Path("/")


UPDATE_ORDERS: Final = ("look", "install", "restart", "take-order")


@frozen
class UpdateOptions:
    """`sotto update`: looks for newer firmware, installs it, restarts into it.

    Attributes:
        order: One of `UPDATE_ORDERS`.
        source: A bundle, or a folder with bundles; empty: what the configuration names.
        config: The configuration file.
    """

    order: str
    source: str = ""
    config: Path = INSTALLED


@frozen
class FactoryResetOptions:
    """`sotto factory-reset`: empties what the phone and its person made, if the phone has marked that.

    Attributes:
        owner: Whose group may read the configuration; empty: it stays root's.
        root: Where the machine's files are.
    """

    owner: str = ""
    root: Path = Path("/")


@frozen
class ProveUpdateOptions:
    """`sotto prove-update`: keeps software on trial once it works, or restarts into the one before.

    Attributes:
        socket: The phone's control socket; None: as the configuration says.
        config: The configuration file.
        root: Where the machine's files are.
    """

    socket: Path | None = None
    config: Path = INSTALLED
    root: Path = Path("/")


@frozen
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


@frozen
class CheckConfigOptions:
    """`sotto check-config`: says what is wrong with a file, or what it makes the phone do.

    Attributes:
        config: The configuration file.
    """

    config: Path


@frozen
class TryHandsetOptions:
    """`sotto test-handset`: speak, hear yourself, see the level.

    Attributes:
        config: The configuration file.
        headset: Tries the headset instead of the handset.
        seconds: For how long.
    """

    config: Path
    headset: bool = False
    seconds: float = TRIAL_SECONDS


@frozen
class TryBoardOptions:
    """`sotto test-board`: tells what is pressed, blinks the lamps, shows a picture.

    Attributes:
        config: The configuration file.
        seconds: For how long; None: until Ctrl-C.
    """

    config: Path
    seconds: float | None = None


@frozen
class TakeConfigOptions:
    """`sotto take-config`: takes a configuration over from a card or a server.

    Attributes:
        card: The file on the card.
        url: The https address that it comes from instead; empty: the card.
        config: The phone's own configuration file.
        owner: The user that the secrets are given to; None: whoever runs this.
    """

    card: Path = CARD
    config: Path = INSTALLED
    owner: str | None = None
    url: str = ""


@frozen
class MachineSettingsOptions:
    """`sotto machine-settings`: what the machine has to know of the configuration.

    Attributes:
        folder: Where it is written; what was there before is gone.
        config: The configuration file.
    """

    folder: Path
    config: Path = INSTALLED


@frozen
class DoctorOptions:
    """`sotto doctor`: says what is wrong with the phone and all that it hangs on.

    Attributes:
        config: The configuration file.
        as_json: Tells it for support, with nothing secret in it.
        names: Calls the accounts by their names there, too.
        quick: Leaves out what only whoever builds or installs a phone has to know.
    """

    config: Path = INSTALLED
    as_json: bool = False
    names: bool = False
    quick: bool = False


Options = (
    RunOptions
    | TellFailureOptions
    | UpdateSlotOptions
    | ProveUpdateOptions
    | UpdateOptions
    | FactoryResetOptions
    | DoctorOptions
    | DemoOptions
    | CheckConfigOptions
    | TakeConfigOptions
    | MachineSettingsOptions
    | TryHandsetOptions
    | TryBoardOptions
    | ShellOptions
)


def parse_arguments(arguments: Sequence[str]) -> Options:  # noqa: C901, PLR0911, PLR0912 - one for each
    """Reads the command line, without the program's name.

    Raises:
        SystemExit: With status 2 after saying what is wrong, or 0 after `--help` or `--version`.
    """
    # The phone itself does not wait for the words of all other commands: a twentieth of its start.
    parsed = _parser(only_run=arguments[:1] == ["run"]).parse_args(arguments)
    if parsed.command == "run":
        return RunOptions(parsed.config)
    if parsed.command == "update-slot":
        return UpdateSlotOptions(parsed.order, parsed.slot, parsed.state, parsed.root)
    if parsed.command == "update":
        return UpdateOptions(parsed.order, parsed.source, parsed.config)
    if parsed.command == "factory-reset":
        return FactoryResetOptions(parsed.owner, parsed.root)
    if parsed.command == "prove-update":
        return ProveUpdateOptions(parsed.socket, parsed.config, parsed.root)
    if parsed.command == "tell-failure":
        return TellFailureOptions(parsed.config)
    if parsed.command == "check-config":
        return CheckConfigOptions(parsed.config)
    if parsed.command == "take-config":
        return _read_take(parsed)
    if parsed.command == "machine-settings":
        return MachineSettingsOptions(parsed.folder, parsed.config)
    if parsed.command == "doctor":
        return DoctorOptions(parsed.config, parsed.json, parsed.names, parsed.quick)
    if parsed.command == "test-handset":
        return TryHandsetOptions(parsed.config, parsed.headset, parsed.seconds)
    if parsed.command == "test-board":
        return TryBoardOptions(parsed.config, parsed.seconds)
    if parsed.command in COMMANDS:
        return read_options(parsed)
    return DemoOptions(parsed.script, parsed.port, parsed.terminal, parsed.state_dir)


def _parser(*, only_run: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sotto", description="A desk phone that nobody else can hear.", allow_abbrev=False
    )
    parser.add_argument(
        "--version", action="version", version=f"sotto {VERSION}", help="say which this is"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the phone", allow_abbrev=False)
    run.add_argument("--config", type=Path, required=True, metavar="FILE")
    if not only_run:
        _add_others(commands)
    return parser


def _add_others(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check-config", help="say what a configuration makes the phone do", allow_abbrev=False
    )
    check.add_argument("config", type=Path, metavar="FILE")

    _add_update(commands)
    failure = commands.add_parser(
        "tell-failure", help="say on the display that the phone has failed", allow_abbrev=False
    )
    failure.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")

    _add_take(commands)
    _add_machine(commands)
    add_commands(commands)
    _add_doctor(commands)
    _add_trials(commands)

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


def _read_take(parsed: argparse.Namespace) -> TakeConfigOptions:
    source: str = parsed.source
    if "://" in source:
        return TakeConfigOptions(config=parsed.config, owner=parsed.owner, url=source)
    return TakeConfigOptions(Path(source), parsed.config, parsed.owner)


def _add_take(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    take = commands.add_parser(
        "take-config", help="take a configuration over from a card or a server", allow_abbrev=False
    )
    take.add_argument(
        "source",
        nargs="?",
        default=str(CARD),
        metavar="FILE|URL",
        help="on the card (%(default)s), or where it is fetched by HTTPS",
    )
    take.add_argument(
        "--config",
        type=Path,
        default=INSTALLED,
        metavar="FILE",
        help="the phone's own (%(default)s)",
    )
    take.add_argument("--owner", metavar="USER", help="whose the secrets will be")


def _add_machine(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    machine = commands.add_parser(
        "machine-settings",
        help="write what the card's system needs: config.txt, Wi-Fi",
        allow_abbrev=False,
    )
    machine.add_argument("folder", type=Path, metavar="FOLDER", help="is made anew")
    machine.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")


def _add_update(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    update = commands.add_parser(
        "update", help="look for newer firmware, install it, restart into it", allow_abbrev=False
    )
    update.add_argument("order", choices=UPDATE_ORDERS)
    update.add_argument("source", nargs="?", default="", metavar="FILE|FOLDER")
    update.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")
    slot = commands.add_parser(
        "update-slot", help="answer RAUC for the boot loader", allow_abbrev=False
    )
    slot.add_argument("order")
    slot.add_argument("slot", nargs="?", default="")
    slot.add_argument("state", nargs="?", default="")
    prove = commands.add_parser(
        "prove-update", help="keep new software that works, or leave it", allow_abbrev=False
    )
    prove.add_argument("--socket", type=Path, metavar="SOCKET")
    prove.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")
    reset = commands.add_parser(
        "factory-reset",
        help="finish the factory reset that the phone has begun",
        allow_abbrev=False,
    )
    reset.add_argument("--owner", default="", metavar="USER", help="who reads the configuration")
    for parser in (slot, prove, reset):
        parser.add_argument("--root", type=Path, default=Path("/"), help=argparse.SUPPRESS)


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser(
        "doctor", help="say what is wrong when the phone does not work", allow_abbrev=False
    )
    doctor.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")
    doctor.add_argument("--json", action="store_true", help="for support; nothing secret is in it")
    doctor.add_argument("--quick", action="store_true", help="no ports, board or software")
    doctor.add_argument("--names", action="store_true", help="the accounts' names, too")


def _add_trials(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    handset = commands.add_parser(
        "test-handset", help="speak, hear yourself, see how loud it is", allow_abbrev=False
    )
    board = commands.add_parser(
        "test-board", help="see which keys are pressed, and blink the lamps", allow_abbrev=False
    )
    for parser, seconds in ((handset, TRIAL_SECONDS), (board, None)):
        parser.add_argument("--config", type=Path, default=INSTALLED, metavar="FILE")
        parser.add_argument(
            "--seconds", type=_seconds, default=seconds, metavar="N", help="for how long"
        )
    handset.add_argument("--headset", action="store_true", help="the headset, not the handset")


def _seconds(text: str) -> float:
    seconds = float(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", text) else 0.0
    if not seconds:
        raise argparse.ArgumentTypeError(f'"{text}" is no number of seconds (1 to 9999)')
    return seconds


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= 65535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f'"{text}" is no port (1 to 65535)')
    return port
