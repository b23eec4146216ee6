"""Runs each interpreter, and nothing else, with the sanitizer's library before all others.

Loaded into every program that a test starts, it would stop some of them: espeak-ng waits for
ever for a thread of its own.
"""

import ctypes
import os
import sys

_RUNTIME = os.environ.get("SOTTO_RUNTIME")
if _RUNTIME and os.environ.pop("LD_PRELOAD", "") != _RUNTIME:
    environment = {**os.environ, "LD_PRELOAD": _RUNTIME}
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execve(command[0], command, environment)  # noqa: S606 - with the same arguments

# Beside ASan, UBSan's reports would go to stderr: nobody reads that, or a test that looks for a phone's words.
_UBSAN_REPORTS = os.environ.get("SOTTO_UBSAN_REPORTS")
if _RUNTIME and _UBSAN_REPORTS:
    ctypes.CDLL(_RUNTIME.split(":")[-1]).__sanitizer_set_report_path(_UBSAN_REPORTS.encode())
