"""What is written down when a call's gate is gone."""

import random
from dataclasses import fields, replace

import pytest

from agent.associations import Associations
from agent.media.gate import Counters, GateAttached, GateCreated, GateDestroyed, ZrtpPacket
from agent.phone.events import CallId
from agent.zrtp import Identity, Roster, Session
from support.zrtp_pair import MemoryStore

NOTHING = Counters(*[0] * len(fields(Counters)))


class Stock:
    def arm(self, token: int, value: str) -> None:
        assert token
        assert value


def a_session(*, roster: Roster) -> Session:
    return Session(
        roster=roster,
        identity=Identity(bytes(12), "Test"),
        store=MemoryStore(),
        randbytes=random.Random(1).randbytes,
        wall_clock=lambda: 0.0,
    )


def one_call() -> Associations:
    associations = Associations(Stock(), a_session)
    associations.fill_stock()
    associations.handle(GateCreated(7, 0, 0, 1), 0.0)
    associations.bind(0, CallId("call-1"))
    associations.handle(GateAttached(7, 0, 42, (), "192.0.2.1:4000"), 0.0)
    return associations


def test_counters_that_are_not_zero_are_written_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    associations = one_call()
    associations.handle(ZrtpPacket(7, 0, bytes(28), "192.0.2.1:4000"), 1.0)
    passed = replace(NOTHING, sent=512, octets_sent=90_000, not_authentic=3)
    associations.handle(GateDestroyed(7, 0, passed), 2.0)
    assert caplog.messages == [
        "call-1: packets: sent 512, octets sent 90000, not authentic 3",
        "call-1: ZRTP not used: malformed 1",
    ]
    assert list(associations) == []


def test_call_without_a_packet_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    one_call().handle(GateDestroyed(7, 0, NOTHING), 2.0)
    assert caplog.messages == ["call-1: packets: none"]
