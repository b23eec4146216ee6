"""Runs on the card that tests/image has booted, as the phone's user: somebody is verified.

As it is after a call in which both people have compared the words.
"""

import sys
import time
from pathlib import Path

from agent.store import DATABASE, Meeting, Store
from agent.zrtp.events import CacheUpdate
from agent.zrtp.retained_secrets import RetainedSecrets

ZID = bytes.fromhex(sys.argv[1])

store = Store.visit(Path("/var/lib/sotto") / DATABASE, time.time)
store.commit_secrets(CacheUpdate(ZID, RetainedSecrets(bytes(range(32)), None, verified=True)))
store.confirm(Meeting(ZID, "sip:bob@example.org"))
store.close()
