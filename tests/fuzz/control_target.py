"""Lines at the control socket: octets from whoever may open it, or from a program gone wrong."""

from typing import Final

from agent.control.intake import Intake
from agent.control.protocol import (
    LINE_LIMIT,
    ControlError,
    Ended,
    encode_request,
    read_answer,
    read_request,
)
from fuzz.meter import Meter

SENTENCE_MAX: Final = 300
"""Characters of an error: what was sent does not come back at length."""


class ControlTarget:
    """An input is what a client sends: lines, or parts of them."""

    def __init__(self) -> None:
        self.meter = Meter()

    def execute(self, data: bytes) -> None:
        lines = self.meter.measure(self._lines, data, (len(data),))
        assert self._lines(data, range(1, len(data), 7)) == lines
        for line in lines or ():
            self.meter.measure(self._request, line)
            self.meter.measure(self._answer, line)
        self.meter.executed()

    @staticmethod
    def _lines(data: bytes, cuts: range | tuple[int, ...]) -> list[bytes] | None:
        """What comes out of an intake that gets the octets in pieces; None: a line too long."""
        intake, lines = Intake(0.0), list[bytes]()
        try:
            for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
                lines += intake.received(data[begin:end], 0.0)
        except ControlError:
            return None
        assert all(len(line) < LINE_LIMIT for line in lines)
        return lines

    @staticmethod
    def _request(line: bytes) -> None:
        fault = ""
        try:
            request = read_request(line)
        except ControlError as error:
            fault = str(error)
        if fault:
            assert fault.endswith(".")
            assert len(fault) < SENTENCE_MAX
        else:
            # Half a character, which UTF-8 cannot hold, becomes a question mark once.
            again = encode_request(request)
            assert encode_request(read_request(again)) == again

    @staticmethod
    def _answer(line: bytes) -> None:
        try:
            answer = read_answer(line)
        except ControlError:
            return
        assert isinstance(answer, dict | Ended)
