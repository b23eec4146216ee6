"""What was freed does not stay with the process."""

import ctypes
from pathlib import Path

from agent.slack import give_back

BLOCK = 100_000  # small enough for the heap
COUNT = 400


def resident() -> int:
    """Octets of this process."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


def test_what_was_freed_goes_back_though_its_neighbour_stays() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    blocks = [libc.malloc(BLOCK) for _ in range(COUNT)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for block in blocks[:-1]:  # the last one keeps the heap from shrinking by itself
        libc.free(block)
    before = resident()
    assert give_back()
    assert before - resident() > BLOCK * COUNT // 2
    libc.free(blocks[-1])
