"""A phone that is killed in the middle of its work keeps what it has acknowledged."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.store import Meeting
from support.stores import ZID, opened

WRITER = """
import itertools, os, sys, time
from pathlib import Path
from agent.store import Meeting, Store
from agent.zrtp import CacheUpdate, RetainedSecrets

store = Store.open(Path(sys.argv[1]), time.time, os.urandom)
zid, old = bytes(range(12)), None
for number in itertools.count(1):
    new = number.to_bytes(32, "big")
    store.commit_secrets(CacheUpdate(zid, RetainedSecrets(new, old, verified=number % 2 == 0)))
    store.met(Meeting(zid, f"sip:{number}@example.org"), proven=False)
    old = new
    print(number, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 17, 60])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "sotto.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        last = 0
        while last < acknowledged:
            last = int(writer.stdout.readline())
        writer.kill()
        for line in writer.stdout:
            last = int(line)
    with opened(path) as store:
        assert store.set_aside is None
        kept = store.retained_secrets(ZID)
        assert kept is not None
        assert kept.rs1 is not None
        number = int.from_bytes(kept.rs1, "big")
        assert last <= number <= last + 1
        # All of one update or all of the next, never half of each.
        assert kept.rs2 == ((number - 1).to_bytes(32, "big") if number > 1 else None)
        assert kept.verified == (number % 2 == 0)
        store.met(Meeting(ZID, "sip:bob@example.org"), proven=False)
