"""What is held to the ear, the handset or the headset, and how loud everything is.

Decides nothing: it knows what was asked for, and asks for it again when a part comes back.
"""

from typing import Protocol

from agent.ports import Spawn
from hw.board import Board, Handset, HandsetDevices, gain
from hw.types import Output


class Player(Protocol):
    """What is asked of SIP, which speaks and plays; see `agent.sip.endpoint.SipEndpoint`."""

    async def use_devices(self, devices: HandsetDevices) -> None: ...  # noqa: D102
    async def set_level(self, level: float) -> None: ...  # noqa: D102
    async def lose_handset(self, reason: str) -> None: ...  # noqa: D102


class Ear:
    """The way of the sound between SIP and the board.

    Args:
        board: Whose cards and mixers they are.
        sip: Which opens the cards.
        spawn: Starts an order to SIP.
    """

    def __init__(self, board: Board, sip: Player, spawn: Spawn) -> None:
        self._board = board
        self._sip = sip
        self._spawn = spawn
        self._output = Output.EARPIECE
        self._volumes: dict[Output, int] = {}

    def use(self, output: Output) -> None:
        """Speaks and hears there from now on: `EARPIECE` (the handset's) or `HEADSET`."""
        self._output = output
        self.refresh()

    def set_volume(self, output: Output, percent: int) -> None:
        """Sets how loud an output is, 0 to 100 percent: the board's mixer, or else by playing softer.

        Raises:
            ValueError: Not within 0 to 100.
        """
        softer = not self._board.set_volume(output, percent)
        self._volumes[output] = percent
        if output is self._output:
            self._spawn(self._sip.set_level(gain(percent) if softer else 1.0))

    def lost(self, output: Output, reason: str) -> None:
        """Says why an output is gone; where it is at the ear, calls go on without sound."""
        if output is self._output:
            self._spawn(self._sip.lose_handset(reason))

    def refresh(self) -> None:
        """Takes up the cards anew: one may have come back, under another number and mixer."""
        self._spawn(self._sip.use_devices(self._at_the_ear.devices))
        for output, percent in self._volumes.items():
            self.set_volume(output, percent)
        if self._output not in self._volumes:
            self._spawn(self._sip.set_level(1.0))

    @property
    def _at_the_ear(self) -> Handset:
        headset = self._board.headset
        return headset if headset and self._output is Output.HEADSET else self._board.handset
