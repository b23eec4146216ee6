import queue
from collections.abc import Iterator

import pytest

from hw.board import Emit
from hw.part import FOREVER, PartError, Runner
from hw.types import Device, DeviceBack, DeviceMissing, HardwareEvent


class Script:
    """A part that does in each opening and step what it was told to do; then it rests."""

    device = Device.RINGER

    def __init__(self, *acts: str) -> None:
        self._acts: Iterator[str] = iter(acts)
        self.done: queue.Queue[str] = queue.Queue()

    def open(self) -> None:
        self._act("open")

    def step(self, now: float, emit: Emit) -> float:
        assert now > 0
        assert emit is not None
        self._act("step")
        return FOREVER

    def close(self) -> None:
        self._act("close")

    def _act(self, what: str) -> None:
        self.done.put(what)
        if next(self._acts, "") == "fail":
            raise PartError(f"{what} failed")


def run(script: Script, *expected: str) -> list[HardwareEvent]:
    events: list[HardwareEvent] = []
    runner = Runner(script, retry=0.0)
    runner.start(events.append)
    for what in expected:
        assert script.done.get(timeout=10) == what
    runner.stop()
    assert script.done.get(timeout=10) == "close"
    assert script.done.empty()
    return events


def test_a_part_that_works_says_nothing() -> None:
    assert run(Script(), "open", "step") == []


def test_it_is_missing_once_and_back_once() -> None:
    script = Script("fail", "", "fail", "", "", "")
    events = run(script, "open", "close", "open", "close", "open", "step")
    assert events == [DeviceMissing(Device.RINGER, "open failed"), DeviceBack(Device.RINGER)]


def test_it_is_back_only_after_a_step_that_worked() -> None:
    script = Script("", "fail", "", "", "fail", "", "", "")
    events = run(script, "open", "step", "close", "open", "step", "close", "open", "step")
    assert events == [DeviceMissing(Device.RINGER, "step failed"), DeviceBack(Device.RINGER)]


def test_waking_brings_the_next_step() -> None:
    script = Script()
    runner = Runner(script, retry=0.0)
    runner.start(print)
    assert [script.done.get(timeout=10) for _ in range(2)] == ["open", "step"]
    runner.wake()
    assert script.done.get(timeout=10) == "step"
    runner.stop()
    runner.stop()


def test_a_runner_that_was_never_started_can_be_stopped() -> None:
    script = Script()
    Runner(script).stop()
    assert script.done.empty()


def test_a_driver_with_a_bug_is_told_as_missing(caplog: pytest.LogCaptureFixture) -> None:
    class Buggy(Script):
        def close(self) -> None:
            super().close()
            raise ZeroDivisionError

    events = run(Buggy("fail"), "open", "close", "open", "step")
    assert events == [
        DeviceMissing(Device.RINGER, "open failed"),
        DeviceBack(Device.RINGER),
        DeviceMissing(Device.RINGER, "its driver failed: ZeroDivisionError()"),
    ]
    assert "the driver of the ringer failed" in caplog.text
