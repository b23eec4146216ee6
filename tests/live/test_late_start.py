"""Packets that come just when a call's sockets are started do not leave the call deaf."""

import subprocess
from pathlib import Path

import pytest

from support.couple import couple
from support.waiting import SANITIZED

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(SANITIZED, reason="there is a library before all others already"),
]

SUPPORT = Path(__file__).parents[1] / "support"


def load_first(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phones that start from now on have this library before all others."""
    library = folder / f"{name}.so"
    source = SUPPORT / f"{name}.c"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source], check=True
    )
    monkeypatch.setenv("LD_PRELOAD", str(library))


def test_a_call_whose_start_is_held_up_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PJSIP asks for packets before it says that it wants them; see gate_media.c."""
    load_first("late_start", tmp_path, monkeypatch)
    with couple() as both:
        both.run(both.whole_call())


def test_a_hello_that_is_there_before_the_codec_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The callee's first one, mostly; else the call would be secure 50 ms later."""
    load_first("slow_codec", tmp_path, monkeypatch)
    with couple() as both:
        both.run(both.whole_call())
        caller, callee = (side.passed()[-1] for side in both.sides)
    assert caller["zrtp received"] == callee["zrtp sent"]
    assert callee["zrtp received"] == caller["zrtp sent"]
