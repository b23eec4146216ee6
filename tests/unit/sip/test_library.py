"""How PJSIP is set up, asked of PJSIP itself: in a process of its own, where it may exist once."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
ASK = """
import json, sys
import pjsua2
from agent.sip import library

endpoint = pjsua2.Endpoint()
endpoint.libCreate()
endpoint.libInit(library.configuration(echo_cancelling=sys.argv[1] == "on"))
library.set_codecs(endpoint, ("opus", "G722", "PCMU"))
endpoint.libStart()
codecs = {}
for codec in endpoint.codecEnum2():
    if codec.priority:
        setting = endpoint.codecGetParam(codec.codecId).setting
        name = str(codec.codecId).partition("/")[0]
        codecs[name] = [codec.priority, bool(setting.vad), bool(setting.plc)]
opus = endpoint.getCodecOpusConfig()
told = {
    "codecs": codecs,
    "opus": [bool(opus.cbr), opus.bit_rate, opus.frm_ptime, opus.packet_loss],
    "echo": endpoint.audDevManager().getEcTail(),
}
endpoint.libDestroy()
print("TOLD", json.dumps(told))
"""


def told(echo: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASK, echo], cwd=ROOT, capture_output=True, text=True, check=True
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("TOLD "))
    answer: dict[str, Any] = json.loads(line.removeprefix("TOLD "))
    return answer


@pytest.mark.parametrize(("echo", "tail_ms"), [("on", 200), ("off", 0)])
def test_echo_is_cancelled_unless_it_is_not_wanted(echo: str, tail_ms: int) -> None:
    assert told(echo)["echo"] == tail_ms


def test_every_codec_speaks_evenly_and_hides_what_was_lost() -> None:
    """RFC 6562: no pauses, and Opus at one rate; and the order is the one that was asked for."""
    answer = told("on")
    assert answer["codecs"] == {
        "opus": [254, False, True],
        "G722": [253, False, True],
        "PCMU": [252, False, True],
    }
    assert answer["opus"] == [True, 64_000, 20, 10]
