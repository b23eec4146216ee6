"""This machine's file tree with a layer above it: what is installed there is gone afterwards."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_KERNEL = ("proc", "sys", "dev")


@dataclass(frozen=True)
class OtherRoot:
    """A machine that is this one until something is changed in it.

    Args:
        path: Its `/`, as seen from here.
        changes: Where all that was changed lies.
    """

    path: Path
    changes: Path

    def command(self, *words: str) -> list[str]:
        """What starts a command in it, with a network of its own that leads nowhere."""
        return ["unshare", "--net", "chroot", str(self.path), *words]

    def run(self, *words: str) -> str:
        """What a command in it printed.

        Raises:
            AssertionError: It failed; what it said is in the message.
        """
        done = subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def changed(self, *ignored: str) -> set[str]:
        """Every file, link and folder that was made or altered in it, as absolute paths.

        Args:
            ignored: Beginnings of paths that do not matter.
        """
        found = {"/" + str(path.relative_to(self.changes)) for path in self.changes.rglob("*")}
        return {path for path in found if not path.startswith(ignored)}


def _mount(stack: ExitStack, *words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no layer above this machine's files: {done.stderr.strip()}")
    stack.callback(subprocess.run, ["umount", "--lazy", words[-1]], check=True)


@contextmanager
def other_root(folder: Path) -> Iterator[OtherRoot]:
    """Lays a fresh layer over this machine's files. Skips the test where that is not allowed.

    Args:
        folder: An empty one.
    """
    with ExitStack() as stack:
        # A layer on a layer is not possible everywhere; on memory it is.
        _mount(stack, "-t", "tmpfs", "layer", str(folder))
        changes, work, merged = (folder / name for name in ("changes", "work", "merged"))
        for each in (changes, work, merged):
            each.mkdir()
        options = f"lowerdir=/,upperdir={changes},workdir={work}"
        _mount(stack, "-t", "overlay", "-o", options, "layer", str(merged))
        for kernels in _KERNEL:
            _mount(stack, "--bind", f"/{kernels}", str(merged / kernels))
        yield OtherRoot(merged, changes)
