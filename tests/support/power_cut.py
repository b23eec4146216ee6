"""A disk whose plug is pulled before a chosen step, and what is on it afterwards."""

from collections.abc import Callable
from pathlib import Path

from agent.fleet.disk import Disk

Undo = Callable[[], None]


class PowerCutError(BaseException):
    """The plug was pulled: nothing may catch this and go on."""


class CutDisk(Disk):
    """Does what `Disk` does, until the plug is pulled; what is synced is only noted.

    Args:
        cut: Before which step, counted from 0; None: it never is.
        lazy: Whether the disk writes as late as it may: then a cut takes back whatever was not
            synced, and leaves half of a file whose name was, and nothing of one that took another's
            name (FAT keeps a file's place with its name, and writes it with the file). Otherwise all of
            it was written.
    """

    def __init__(self, cut: int | None = None, *, lazy: bool = False) -> None:
        super().__init__()
        self.steps = 0
        self._cut = cut
        self._lazy = lazy
        self._volatile_names: list[tuple[Path, Undo]] = []
        self._volatile_contents: dict[Path, Undo] = {}

    def _step(self) -> None:
        if self.steps == self._cut:
            if self._lazy:
                self._lose()
            raise PowerCutError
        self.steps += 1

    def _lose(self) -> None:
        for undo in self._volatile_contents.values():
            undo()
        for _, undo in reversed(self._volatile_names):
            undo()

    def make_folder(self, path: Path, mode: int) -> None:
        self._step()
        super().make_folder(path, mode)

    def write(self, path: Path, content: bytes, mode: int, *, whole: bool) -> None:
        self._step()
        self._will_write(path, content)
        super().write(path, content, mode, whole=whole)

    def write_on_card(self, path: Path, content: bytes) -> None:
        self._step()
        self._will_write(path, content)
        super().write_on_card(path, content)

    def overwrite(self, path: Path, at: int, content: bytes) -> None:
        self._step()
        before = path.read_bytes()

        def half() -> None:
            path.write_bytes(
                before[:at] + content[: len(content) // 2] + before[at + len(content) // 2 :]
            )

        self._volatile_contents[path] = half
        super().overwrite(path, at, content)

    def sync(self, path: Path) -> None:
        self._step()
        self._volatile_contents.pop(path, None)

    def sync_folder(self, path: Path) -> None:
        self._step()
        self._volatile_names = [each for each in self._volatile_names if each[0] != path]

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        moved, before = old.read_bytes(), _content(new)

        def back() -> None:
            old.write_bytes(moved)
            _restore(new, before)

        def nothing() -> None:
            if new.exists():
                new.write_bytes(b"")

        self._volatile_names.append((new.parent, back))
        self._volatile_contents.pop(old, None)
        self._volatile_contents[new] = nothing
        super().rename(old, new)

    def remove(self, path: Path) -> None:
        self._step()
        before = _content(path)
        self._volatile_names.append((path.parent, lambda: _restore(path, before)))
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        self._step()
        mode = path.stat().st_mode
        self._volatile_names.append((path.parent, lambda: path.mkdir(mode)))
        super().remove_folder(path)

    def _will_write(self, path: Path, content: bytes) -> None:
        before = _content(path)

        def half() -> None:
            if path.exists():
                path.write_bytes(content[: len(content) // 2])

        self._volatile_contents[path] = half
        self._volatile_names.append((path.parent, lambda: _restore(path, before)))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
        path.chmod(0o600)
