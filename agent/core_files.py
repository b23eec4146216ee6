"""Keeps what is in the phone's memory out of files: keys and passwords must not reach the card."""

import ctypes
import logging
import os
import resource
from typing import Final

log = logging.getLogger(__name__)

_PR_SET_DUMPABLE: Final = 4
"""prctl(2)."""


def forbid_core_files() -> None:
    """From now on the kernel writes no core file of this process, nor lets its user look into it.

    The limit alone would not do: where core files are piped into a program, it does not count
    (core(5)). A program that is executed afterwards has to say it again.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:  # a sandbox may forbid even this
        log.warning("the limit of core files cannot be set: %s", error)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        log.warning("core files cannot be forbidden: %s", os.strerror(ctypes.get_errno()))
