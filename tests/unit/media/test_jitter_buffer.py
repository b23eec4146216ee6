"""PJSIP's jitter buffer, as the recipe mends it: what was lost is told as lost, in its turn.

In a process of its own, where PJSIP may exist once.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NORMAL, MISSING, EMPTY = 1, 0, 3
"""pjmedia_jb_frame_type."""
ASK = """
import ctypes, json, sys
from pathlib import Path
import pjsua2

lib = Path(pjsua2.__file__).parents[1] / "lib"
pj, media = ctypes.CDLL(lib / "libpj.so.2"), ctypes.CDLL(lib / "libpjmedia.so.2")
pj.pj_pool_create.restype = ctypes.c_void_p
pj.pj_log_set_level(0)
pj.pj_init()
factory = ctypes.create_string_buffer(65536)
pj.pj_caching_pool_init(factory, None, ctypes.c_size_t(0))
pool = ctypes.c_void_p(pj.pj_pool_create(factory, b"test", ctypes.c_size_t(4000), ctypes.c_size_t(4000), None))

class Text(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_char_p), ("slen", ctypes.c_ssize_t)]

buffer = ctypes.c_void_p()
name = Text(b"test", 4)
media.pjmedia_jbuf_create(pool, ctypes.byref(name), 8, 20, 25, ctypes.byref(buffer))
media.pjmedia_jbuf_set_adaptive(buffer, 0, 1, 20)
told = []
for step in json.loads(sys.argv[1]):
    if step is None:
        kind, frame = ctypes.c_char(), ctypes.create_string_buffer(8)
        media.pjmedia_jbuf_get_frame(buffer, frame, ctypes.byref(kind))
        told.append(kind.value[0] if kind.value else 0)
    else:
        media.pjmedia_jbuf_put_frame(buffer, b"12345678", ctypes.c_size_t(8), step)
print("TOLD", json.dumps(told))
"""
TURN = None
"""The bridge asks for a frame; a number: the packet of that number comes."""


def told(*steps: int | None) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(steps)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("TOLD "))
    kinds: list[int] = json.loads(line.removeprefix("TOLD "))
    return kinds


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        pytest.param((1, TURN, 3, TURN, TURN), [NORMAL, MISSING, NORMAL], id="before its turn"),
        pytest.param((1, TURN, TURN, 3, TURN), [NORMAL, EMPTY, NORMAL], id="after its turn"),
        pytest.param(
            (1, TURN, TURN, 4, TURN, TURN), [NORMAL, EMPTY, MISSING, NORMAL], id="two, one turn"
        ),
        pytest.param((1, TURN, TURN, 2, TURN), [NORMAL, EMPTY, NORMAL], id="late, not lost"),
        pytest.param((1, TURN, 900, TURN), [NORMAL, NORMAL], id="another stream"),
    ],
)
def test_a_packet_that_is_lost_has_its_turn(
    steps: tuple[int | None, ...], kinds: list[int]
) -> None:
    assert told(*steps) == kinds
