import subprocess
import sys

PROGRAM = """
import os, resource
from agent.core_files import forbid_core_files
before = os.stat("/proc/self/environ").st_uid
forbid_core_files()
print(resource.getrlimit(resource.RLIMIT_CORE), open("/proc/self/status").read().count("Uid"))
import ctypes
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def test_no_core_file_is_written_of_the_phone() -> None:
    """PR_GET_DUMPABLE is 3; and the process can still read about itself."""
    order = [sys.executable, "-c", PROGRAM]
    said = subprocess.run(order, check=True, capture_output=True, text=True, timeout=60).stdout
    assert said.split("\n")[:2] == ["(0, 0) 1", "0"]
