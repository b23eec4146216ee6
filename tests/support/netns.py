"""A network of one's own: nothing gets out, nobody else's ports are in the way."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

_CLONE_NEWNET: Final = 0x40000000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@contextmanager
def network_namespace() -> Iterator[None]:
    """Puts this thread, and all threads and processes that it starts, on a loopback of their own.

    Skips the test where the kernel does not let us (it takes root).
    """
    with open("/proc/thread-self/ns/net") as before:  # noqa: PTH123 - a handle to go back by
        if _LIBC.unshare(_CLONE_NEWNET) != 0:
            pytest.skip(f"no network namespace: {os.strerror(ctypes.get_errno())}")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            if _LIBC.setns(before.fileno(), _CLONE_NEWNET) != 0:
                message = os.strerror(ctypes.get_errno())
                raise OSError(f"cannot go back to the network: {message}")
