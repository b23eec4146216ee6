"""Another file in the place of one of the machine's, for this test and what it starts."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

_CLONE_NEWNS: Final = 0x00020000
_PRIVATE: Final = 1 << 18 | 1 << 14  # MS_PRIVATE, MS_REC
_BIND: Final = 1 << 12
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@contextmanager
def in_place_of(file: Path, other: Path) -> Iterator[None]:
    """Whoever reads `file` reads `other`, in this thread and what it starts.

    Skips the test where the kernel does not let us (it takes root).
    """
    folder = Path.cwd()
    with open("/proc/thread-self/ns/mnt") as before:  # noqa: PTH123 - a handle to go back by
        if _LIBC.unshare(_CLONE_NEWNS) != 0:
            pytest.skip(f"no files of one's own: {os.strerror(ctypes.get_errno())}")
        try:
            _mount(None, "/", _PRIVATE)
            _mount(str(other), str(file), _BIND)
            yield
        finally:
            assert _LIBC.setns(before.fileno(), _CLONE_NEWNS) == 0, "cannot go back to the files"
            os.chdir(folder)


def _mount(source: str | None, target: str, flags: int) -> None:
    from_ = None if source is None else source.encode()
    if _LIBC.mount(from_, target.encode(), None, flags, None) != 0:
        pytest.skip(f"nothing can be mounted: {os.strerror(ctypes.get_errno())}")
