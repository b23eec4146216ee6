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

SOURCE = Path(__file__).parents[1] / "support" / "late_start.c"


def test_a_call_whose_start_is_held_up_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PJSIP asks for packets before it says that it wants them; see gate_media.c."""
    library = tmp_path / "late_start.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, SOURCE], check=True
    )
    monkeypatch.setenv("LD_PRELOAD", str(library))
    with couple() as both:
        both.run(both.whole_call())
