"""What the journal hears of ZRTP's events; what they do is tested with two whole phones."""

import logging
from pathlib import Path

import pytest

from agent.keying import PEERS_TOLD
from agent.zrtp.events import HelloHash, PeerFound
from support.two_phones import Pair


def test_xb04_a_flood_of_hellos_does_not_fill_the_journal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    pair = Pair.at_home(tmp_path)
    pair.dial()
    (association,) = pair.alice.pump._associations
    assert association.call is not None
    keying = pair.alice.pump._keying
    caplog.clear()
    for number in range(1000):
        found = PeerFound(number.to_bytes(12), "Flood", "1.10", HelloHash.MISSING)
        assert keying.handle(association, association.call, found) is None
    assert len(caplog.messages) == PEERS_TOLD + 1
    assert "flood" in caplog.messages[-1]
    pair.close()
