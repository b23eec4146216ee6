"""Which device is spoken into, and who makes it softer."""

from collections.abc import Coroutine
from typing import Any

import pytest

from agent.ear import Ear
from hw.board import HandsetDevices
from hw.types import Output
from support.diary_board import Board


class Sip:
    """What SIP was asked for last."""

    def __init__(self) -> None:
        self.devices = HandsetDevices()
        self.level = 1.0
        self.lost = ""

    async def use_devices(self, devices: HandsetDevices) -> None:
        self.devices = devices

    async def set_level(self, level: float) -> None:
        self.level = level

    async def lose_handset(self, reason: str) -> None:
        self.lost = reason


class EarParts:
    def __init__(self) -> None:
        self.board = Board([])
        self.sip = Sip()

    def spawn(self, order: Coroutine[Any, Any, None]) -> None:
        with pytest.raises(StopIteration):  # it never waits
            order.send(None)


@pytest.fixture
def parts() -> EarParts:
    return EarParts()


@pytest.fixture
def ear(parts: EarParts) -> Ear:
    return Ear(parts.board, parts.sip, parts.spawn)


def test_the_headset_takes_the_place_of_the_handset_and_gives_it_back(
    ear: Ear, parts: EarParts
) -> None:
    ear.use(Output.HEADSET)
    assert parts.sip.devices.capture == "headset"
    ear.use(Output.EARPIECE)
    assert parts.sip.devices.capture == "handset"


def test_a_board_without_a_mixer_lets_sip_play_softer(ear: Ear, parts: EarParts) -> None:
    ear.set_volume(Output.EARPIECE, 50)
    assert parts.board.handset.volume == 50
    assert parts.sip.level == 0.25


def test_a_board_with_a_mixer_does_it_alone(ear: Ear, parts: EarParts) -> None:
    parts.board.handset.mixer = True
    ear.set_volume(Output.EARPIECE, 50)
    assert parts.sip.level == 1.0


def test_the_volume_of_what_is_not_at_the_ear_waits(ear: Ear, parts: EarParts) -> None:
    parts.board.headset.mixer = False
    ear.set_volume(Output.HEADSET, 20)
    assert parts.sip.level == 1.0
    ear.use(Output.HEADSET)
    assert parts.sip.level == pytest.approx(0.04)
    ear.use(Output.EARPIECE)
    assert parts.sip.level == 1.0


def test_the_ringer_is_the_boards_own_business(ear: Ear, parts: EarParts) -> None:
    ear.set_volume(Output.RINGER, 30)
    assert parts.board.ring_volume == 30
    assert parts.sip.level == 1.0


def test_a_card_that_comes_back_with_a_mixer_is_not_made_softer_twice(
    ear: Ear, parts: EarParts
) -> None:
    ear.set_volume(Output.EARPIECE, 50)
    assert parts.sip.level == 0.25
    parts.board.handset.mixer = True
    ear.refresh()
    assert parts.sip.level == 1.0
    assert parts.sip.devices.capture == "handset"


def test_only_what_is_at_the_ear_can_be_missed(ear: Ear, parts: EarParts) -> None:
    ear.lost(Output.HEADSET, "the headset went away")
    assert parts.sip.lost == ""
    ear.use(Output.HEADSET)
    ear.lost(Output.EARPIECE, "the handset went away")
    assert parts.sip.lost == ""
    ear.lost(Output.HEADSET, "the headset went away")
    assert parts.sip.lost == "the headset went away"
