"""Takes a configuration over from a card's boot partition.

The order of the steps makes pulled plugs harmless. The secrets become files among the phone's own,
under names that nothing uses yet. What is left is checked as if it were installed, and takes the
old configuration's place by one rename. Then the ledger says what is to leave the card, and only
then is anything on the card changed. A cut before the rename: the card is taken anew, whole. A cut
after it: the same, or the card is cleared on by the ledger.

On the card, what was a secret is overwritten in its place and given up. A card's controller writes
where it likes, so that old cells may outlast that.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from agent.config import Config, ConfigError, Problem, parse_config
from agent.config.loader import decoded
from agent.fleet.disk import Disk
from agent.fleet.disk import replace as replace_file
from agent.fleet.ledger import Entry, Files, digest
from agent.fleet.parting import Wanted, part, relative_names, wanted_files
from agent.frozen import frozen

NAME: Final = "sotto.toml"
ERROR_NAME: Final = "sotto-error.txt"
LEDGER: Final = "card.json"
REFUSED: Final = "refused.txt"
"""Beside the configuration: why the last one that came was not taken; the phone shows it."""
SECRETS: Final = "secrets"
_LIMIT: Final = 256 * 1024
"""Octets of a configuration or of a file that it names."""
_MARK: Final = b"#=sotto-" * 8
"""What a file begins with whose overwriting has begun: an eighth of it is proof enough, for a
plug that is pulled may leave no more, and nobody writes that by hand."""
_PROOF: Final = len(_MARK) // 8
_COVER: Final = b"#"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_WINDOWS_LINE: Final = "\r\n"


class ClearingError(Exception):
    """The configuration was taken, but something secret is still on the card."""


@frozen
class Taken:
    """A configuration was taken over.

    Attributes:
        config: What the phone does from now on.
        secrets: How many secrets and files went to the phone's own.
        cleared: Whether anything on the card was changed for it.
    """

    config: Config
    secrets: int
    cleared: bool


class Inbox:
    """One card, and the place where the phone's configuration is.

    Args:
        card: The configuration on the card.
        target: The phone's own.
        disk: Who does it.
        check: Says what else is wrong with a configuration, by raising a `ConfigError`.
        ledger: The name of the file beside it that says what was taken.
    """

    def __init__(
        self,
        card: Path,
        target: Path,
        disk: Disk,
        check: Callable[[Config], None],
        ledger: str = LEDGER,
    ) -> None:
        self._card = card
        self._target = target
        self._disk = disk
        self._check = check
        self._ledger = target.with_name(ledger)
        self._secrets = target.with_name(SECRETS)

    def take(self) -> Taken | None:
        """Takes over what is new; None where nothing is.

        Raises:
            ConfigError: What is on the card will not do; nothing was changed.
            ClearingError: It was taken, but cannot be cleared from the card.
            OSError: The phone's own folder cannot be written.
        """
        entry = Entry.decode(self._disk.read(self._ledger, _LIMIT))
        pending: Files = ()
        if entry is not None and not entry.cleared:
            if self._is_replaced(entry):
                pending = entry.files
            else:
                self._clear(entry)
                self._prune()
        content = self._content()
        if content is None or (entry is not None and content == _octets(entry)):
            return None
        return self._take(content, pending)

    def refuse(self, error: ConfigError) -> None:
        """Writes down why, on the card for whoever puts it into a computer, and for the phone.

        Raises:
            OSError: The phone's own folder cannot be written.
        """
        lines = [
            f"{NAME} was not taken over; the phone goes on as before.",
            "",
            *str(error).splitlines(),
        ]
        content = "".join(f"{line}{_WINDOWS_LINE}" for line in lines).encode()
        with contextlib.suppress(OSError):  # a card that cannot be written: the phone tells it
            self._disk.write_on_card(self._card.with_name(ERROR_NAME), content)
            self._disk.sync(self._card.with_name(ERROR_NAME))
            self._disk.sync_folder(self._card.parent)
        first = error.problems[0]
        place = f"{self._card.name}, line {first.line}" if first.line else self._card.name
        note = f"{place}: {first.message}\n".encode()
        replace_file(self._disk, self._target.with_name(REFUSED), note, 0o640)

    def forgive(self) -> None:
        """Nothing is wrong any more: takes away what was written down."""
        self._disk.remove(self._target.with_name(REFUSED))
        with contextlib.suppress(OSError):  # a card that cannot be written keeps its old file
            self._disk.remove(self._card.with_name(ERROR_NAME))

    def _content(self) -> bytes | None:
        try:
            content = self._disk.read(self._card, _LIMIT)
        except OSError as error:
            raise self._wrong(f"cannot be read: {error.strerror}") from None
        except ValueError:
            raise self._wrong(f"is larger than {_LIMIT} octets") from None
        hidden = self._card.with_name(f"{NAME}.txt")
        if content is None and hidden.exists():
            raise ConfigError(
                hidden,
                (
                    Problem(
                        f"must be called {NAME}; Windows hides the .txt unless "
                        '"File name extensions" is switched on'
                    ),
                ),
            )
        return content

    def _is_replaced(self, entry: Entry) -> bool:
        """Whether somebody has put another file there; it may name the same files besides."""
        there = self._read_card(self._card)
        return not (there is None or _is_known(there, entry.taken) or there == _octets(entry))

    def _take(self, content: bytes, pending: Files) -> Taken:
        text = self._text(content)
        wanted = wanted_files(text, self._card, self._is_on_card)
        names = self._names(wanted)
        left = part(text, self._card, self._is_on_card, names)
        contents = {each: self._content_of(each) for each in wanted}
        self._write_secrets(names, contents)
        try:
            config = parse_config(left, self._target)
            self._check(config)
        except ConfigError as error:
            for path in names.values():
                self._disk.remove(path)
            raise ConfigError(self._card, self._as_written(error, text)) from None
        replace_file(self._disk, self._target, left.encode(), 0o640)
        entry = self._entry(content, left, contents, pending)
        replace_file(self._disk, self._ledger, entry.encode(), 0o600)
        cleared = not entry.cleared
        if cleared:
            self._clear(entry)
        self._prune()
        return Taken(config, len(wanted), cleared)

    def _text(self, content: bytes) -> str:
        if content.startswith(_UTF_16):
            raise self._wrong('is UTF-16; save it as "UTF-8"')
        try:
            return decoded(content)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise self._wrong("is not UTF-8 text here", line) from None

    def _is_on_card(self, name: str) -> bool:
        folder = self._card.parent
        path = folder / name
        try:
            return path.is_file() and path.resolve().is_relative_to(folder.resolve())
        except OSError:  # a name that no folder can hold; the check of the configuration says so
            return False

    def _names(self, wanted: list[Wanted]) -> dict[Wanted, Path]:
        """Names that no configuration has used yet: the old one stays whole until the rename."""
        used = [path.name.partition("-")[0] for path in self._secrets.glob("*-*")]
        number = 1 + max((int(each) for each in used if each.isdecimal()), default=0)
        return {each: self._secrets / f"{number}-{each.name}" for each in wanted}

    def _content_of(self, wanted: Wanted) -> bytes:
        if wanted.content is not None:
            return wanted.content
        path = self._card.parent / wanted.source
        try:
            return self._disk.read(path, _LIMIT) or b""
        except ValueError:
            raise self._wrong(f"names {path.name}, which is larger than {_LIMIT} octets") from None
        except OSError as error:
            sentence = f"names {path.name}, which cannot be read: {error.strerror}"
            raise self._wrong(sentence) from None

    def _write_secrets(
        self, names: Mapping[Wanted, Path], contents: Mapping[Wanted, bytes]
    ) -> None:
        if not names:
            return
        self._disk.make_folder(self._secrets, 0o700)
        for wanted, path in names.items():
            self._disk.write(path, contents[wanted], 0o600, whole=True)
            self._disk.sync(path)
        self._disk.sync_folder(self._secrets)
        self._disk.sync_folder(self._secrets.parent)

    def _as_written(self, error: ConfigError, text: str) -> tuple[Problem, ...]:
        """What is not on the card is called as the person called it."""
        problems = error.problems
        for name in relative_names(text, self._card):
            path = str(self._target.parent / name)
            problems = tuple(
                replace(each, message=each.message.replace(path, name)) for each in problems
            )
        return problems

    def _entry(
        self, content: bytes, left: str, contents: Mapping[Wanted, bytes], pending: Files
    ) -> Entry:
        own = {
            wanted.source: digest(found)
            for wanted, found in contents.items()
            if wanted.source and wanted.secret
        }
        files = tuple({**dict(pending), **own}.items())
        plain = content.decode().removeprefix("\ufeff").replace(_WINDOWS_LINE, "\n")
        if plain == left and not files:
            return Entry(digest(content), content.decode(), cleared=True)
        if _WINDOWS_LINE.encode() in content:
            left = left.replace("\n", _WINDOWS_LINE)
        return Entry(digest(content), left, files)

    def _clear(self, entry: Entry) -> None:
        """Takes away from the card what the ledger says; may be done again from any point."""
        try:
            self._clear_text(entry)
            for name, known in entry.files:
                self._clear_file(self._card.parent / name, known)
        except OSError as error:
            raise ClearingError(
                f"the configuration was taken over, but its secrets are still on {self._card}: "
                f"{error.strerror}"
            ) from None
        replace_file(self._disk, self._ledger, _done(entry).encode(), 0o600)

    def _clear_text(self, entry: Entry) -> None:
        new = self._card.with_suffix(".new")
        there = self._read_card(self._card)
        if there != _octets(entry):
            self._disk.write_on_card(new, _octets(entry))
            self._disk.sync(new)
            self._disk.sync_folder(new.parent)
            if there is not None:
                self._cover(self._card, len(there))
            self._disk.rename(new, self._card)
            self._disk.sync(self._card)
        else:
            self._disk.remove(new)
        self._disk.sync_folder(new.parent)

    def _clear_file(self, path: Path, known: str) -> None:
        there = self._read_card(path)
        if there is not None and _is_known(there, known):
            self._cover(path, len(there))
            self._disk.remove(path)
            self._disk.sync_folder(path.parent)

    def _read_card(self, path: Path) -> bytes | None:
        """None as well for what has become too large since: that is somebody's other file."""
        try:
            return self._disk.read(path, _LIMIT)
        except ValueError:
            return b""

    def _cover(self, path: Path, length: int) -> None:
        """Its beginning first: by that an overwriting that was broken off is known again."""
        head = _MARK[:length]
        self._disk.overwrite(path, 0, head)
        self._disk.sync(path)
        self._disk.overwrite(path, len(head), _COVER * (length - len(head)))
        self._disk.sync(path)

    def _prune(self) -> None:
        """Secrets of earlier configurations, and of takings over that were broken off."""
        text = self._disk.read(self._target, _LIMIT) or b""
        for path in sorted(self._secrets.glob("*-*")):
            if str(path).encode() not in text:
                self._disk.remove(path)

    def _wrong(self, message: str, line: int | None = None) -> ConfigError:
        return ConfigError(self._card, (Problem(message, line),))


def _octets(entry: Entry) -> bytes:
    return entry.left.encode()


def _done(entry: Entry) -> Entry:
    return replace(entry, files=(), cleared=True)


def _is_known(content: bytes, known: str) -> bool:
    """Whether it is this file, whole or begun to be overwritten."""
    proof = _MARK[: min(_PROOF, max(1, len(content) // 2))]
    begun = content.startswith(proof)
    return begun or digest(content) == known
