"""What the journal hears of ZRTP's events; what they do is tested with two whole phones."""

import logging
from pathlib import Path

import pytest

from agent.keying import PEERS_TOLD
from agent.phone.events import ClearRefused as ClearRefusedEvent
from agent.zrtp.events import ClearRefused, HelloHash, PeerFound
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


def test_g04_a_flood_of_requests_for_no_encryption_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    pair = Pair.at_home(tmp_path)
    pair.dial()
    pair.bob.lift()
    pair.wait(2)
    (association,) = pair.alice.pump._associations
    assert association.call is not None
    keying = pair.alice.pump._keying
    caplog.clear()
    told = [keying.handle(association, association.call, ClearRefused()) for _ in range(1000)]
    assert told[0] == ClearRefusedEvent(association.call)
    assert set(told[1:]) == {None}
    assert len(caplog.messages) == 1
    pair.close()
