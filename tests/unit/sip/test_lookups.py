"""Whoever asks for a name is told of it, whatever goes wrong on the way."""

import threading

import pytest

from agent.media import waking
from agent.sip.lookups import Lookups, Outcome
from agent.sip.resolver import NotFound, Resolver


def test_a_look_that_breaks_down_is_told_as_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: Resolver, host: str, port: int | None) -> Outcome:
        raise ValueError(f"{host}:{port}")

    done = threading.Event()
    monkeypatch.setattr(Resolver, "look_up", breaks)
    monkeypatch.setattr(waking, "wake", done.set)
    told: list[Outcome] = []
    asking = Lookups()
    asking.ask("sip.example.org", None, told.append)
    assert done.wait(60)
    asking.deliver()
    assert told == [NotFound(answered=False)]
