"""A line that loses packets, and one that has fallen silent, are told; so is a good one again."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.sip.events import LineQuality, Quality
from support.party import PORTS, Talk, call, guest, rtp_port

pytestmark = pytest.mark.live

PATIENCE_S = 40.0


@pytest.fixture(name="talk")
def _talk(tmp_path: Path) -> Iterator[Talk]:
    with ExitStack() as stack:
        talk = call(guest(stack, tmp_path, 0), guest(stack, tmp_path, 1))
        for side in (0, 1):
            talk.order(side, "connect_audio")
        talk.sides[0].hears(1)
        yield talk


def drop(rule: str) -> None:
    """What happens to RTP on its way to the caller."""
    to_caller = f"udp dport {rtp_port(PORTS[0])} {rule} drop" if rule else ""
    rules = f"""
    table inet line
    delete table inet line
    table inet line {{
        chain input {{
            type filter hook input priority 0;
            {to_caller}
        }}
    }}"""
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)


def told(talk: Talk, quality: Quality) -> None:
    """The caller hears of this in the end; on the way it may get better or worse by steps."""
    talk.sides[0].phone.wait_for(
        LineQuality, lambda each: each == LineQuality("call", quality), PATIENCE_S
    )


def test_from_good_to_silent_and_back(talk: Talk) -> None:
    drop("numgen inc mod 4 == 0")
    told(talk, Quality.POOR)
    drop("counter")
    told(talk, Quality.SILENT)
    drop("")
    told(talk, Quality.GOOD)


def test_held_is_not_silent(talk: Talk) -> None:
    talk.order(1, "disconnect_audio")
    talk.order(1, "hold")
    held = talk.sides[0].phone.events(8.0)
    assert LineQuality("call", Quality.SILENT) not in held
