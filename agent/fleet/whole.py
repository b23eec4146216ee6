"""The phone's own configuration, and over it the one from the net. Reads files, decides nothing.

At every start the copy that was kept is looked at as if it had just come: signature, permission and
check. What does not pass is not used, and told; the phone's own configuration is enough to run.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from agent.config import Config, ConfigError, FleetConfig, Problem, load_config, parse_document
from agent.config.loader import check_document, decoded
from agent.config.locate import Lines
from agent.fleet.files import place_of
from agent.fleet.kept import FILE, LIMIT, Kept
from agent.fleet.permission import check_permission, laid_over, version_of
from agent.fleet.signature import SignatureError, check_signature
from agent.frozen import frozen

Check = Callable[[Config], None]
SERIAL_FILES: Final = (
    # First what belongs to the board: /etc may be the same on many of them.
    Path("/sys/firmware/devicetree/base/serial-number"),
    Path("/etc/machine-id"),
)


class RefusedError(Exception):
    """What the net offers will not do; the message is a sentence for the person who made it."""


@frozen
class Whole:
    """What the phone does.

    Attributes:
        config: All of it.
        own: The phone's own configuration alone.
        kept: What of it came from the net, whether it is used or not; None: nothing.
        problem: Why what came from the net is not used; empty: it is, or there is none.
    """

    config: Config
    own: Config
    kept: Kept | None = None
    problem: str = ""

    @property
    def is_on_trial(self) -> bool:
        """Whether what came from the net is used, and has not proven that the phone starts."""
        kept = self.kept
        return self.config is not self.own and kept is not None and not kept.proven


def load_whole(file: Path, check: Check) -> Whole:
    """Reads the phone's configuration with what was fetched for it.

    Args:
        file: The phone's own.
        check: Says what else is wrong with a configuration, by raising a `ConfigError`.

    Raises:
        ConfigError: Its own will not do.
    """
    own = load_config(file)
    if own.fleet is None:
        return Whole(own, own)
    path = own.phone.state_dir / FILE
    try:
        kept = _read(path)
    except (OSError, ValueError):
        return Whole(own, own, problem=f"{path} cannot be read; it is fetched anew")
    if kept is None:
        return Whole(own, own)
    url = url_of(own.fleet, serial_number())
    if kept.url != url:
        # Another server's: the highest version still counts, so that nothing old comes back.
        return Whole(own, own, kept)
    try:
        return Whole(_tried(own, kept, check), own, kept)
    except RefusedError as error:
        return Whole(own, own, kept, str(error))


def _tried(own: Config, kept: Kept, check: Check) -> Config:
    if kept.has_failed:
        raise RefusedError(did_not_start(kept))
    return taken(own, kept, check)


def did_not_start(kept: Kept) -> str:
    """Why it is not used, though nothing is wrong that a check could find."""
    return f"{place_of(kept.url)}: the phone did not start with it"


def taken(own: Config, kept: Kept, check: Check) -> Config:
    """The configuration of both.

    Args:
        own: The phone's own.
        kept: What came from the net.
        check: As for `load_whole`.

    Raises:
        RefusedError: That from the net will not do.
    """
    fleet = own.fleet
    if fleet is None:
        return own
    place = place_of(kept.url)
    if fleet.public_keys:
        check_signed(kept, fleet)
    try:
        config = _checked(own, kept, Path(place))
        check(config)
    except ConfigError as error:
        raise RefusedError(_sentences(error, place)) from None
    return config


def check_version(own: Config, offered: Kept, before: Kept | None, *, in_use: bool) -> int:
    """The version that counts from now on.

    Args:
        own: The phone's own configuration.
        offered: What has just come, and passed.
        before: What was taken before it.
        in_use: Whether that is used; a damaged one may be replaced by itself.

    Raises:
        RefusedError: A signed configuration has none, or no newer one than was taken before.
    """
    highest = before.version if before else 0
    if own.fleet is None or not own.fleet.public_keys:
        return highest
    place = place_of(offered.url)
    version = version_of(parse_document(offered.text, Path(place)))
    if version is None:
        raise RefusedError(
            f"{place}: fleet.version is missing; a signed configuration needs a whole number there, "
            "which grows with each one, so that nobody can bring an old one back"
        )
    is_another = before is not None and in_use and offered.text != before.text
    if version < highest or (version == highest and is_another):
        raise RefusedError(
            f"{place}: fleet.version is {version}, but this phone has had {highest} already"
        )
    return version


def url_of(fleet: FleetConfig, serial: str) -> str:
    """Where this very phone's configuration lies."""
    return fleet.url.replace("{serial}", serial)


def serial_number() -> str:
    """What the machine is told apart by from all others, in small letters and digits."""
    for file in SERIAL_FILES:
        try:
            text = file.read_text("ascii").strip("\0\n ").lower()
        except (OSError, UnicodeDecodeError):
            continue
        if text.isalnum():
            return text
    return "unknown"


def _read(path: Path) -> Kept | None:
    try:
        with path.open("rb") as stream:
            content = stream.read(LIMIT)
    except FileNotFoundError:
        return None
    return Kept.decode(content)


def check_signed(kept: Kept, fleet: FleetConfig) -> None:
    """Returns if somebody has signed it who may.

    Raises:
        RefusedError: Nobody has.
    """
    place = place_of(kept.url)
    if not kept.signature:
        raise RefusedError(f"{place}: it is not signed")
    try:
        check_signature(kept.text.encode(), kept.signature.encode(), fleet.public_keys)
    except SignatureError as error:
        raise RefusedError(f"{place}: {error}") from None


def _checked(own: Config, kept: Kept, place: Path) -> Config:
    text = decoded(kept.text.encode())
    fetched = parse_document(text, place)
    lines = Lines(text)
    document = _own_document(own)
    signed = own.fleet is not None and bool(own.fleet.public_keys)
    problems = check_permission(fetched, document, lines, signed=signed)
    if problems:
        raise ConfigError(place, tuple(problems))
    # Not the file's own name: whether everybody may read it was asked of what stands in there.
    config = check_document(laid_over(document, fetched), lines, own.file.with_name("fetched.toml"))
    return replace(config, file=own.file)


def _own_document(own: Config) -> Mapping[str, Any]:
    try:
        return parse_document(decoded(own.file.read_bytes()), own.file)
    except OSError as error:
        raise ConfigError(own.file, (Problem(f"cannot be read: {error.strerror}"),)) from None


def _sentences(error: ConfigError, place: str) -> str:
    def told(problem: Problem) -> str:
        line = "" if problem.line is None else f", line {problem.line}"
        return f"{place}{line}: {problem.message}"

    return "\n".join(map(told, error.problems))
