"""A board of two phones in one process: it keeps everything that it was told."""

from dataclasses import dataclass, field

from hw.board import Emit, HandsetDevices
from hw.types import Leds, Output, Picture, RingTone


@dataclass
class Handset:
    devices: HandsetDevices = field(default_factory=HandsetDevices)

    mixer: bool = False
    volume: int | None = None

    def set_volume(self, percent: int) -> bool:
        self.volume = percent
        return self.mixer


class Board:
    """Keeps everything it was told."""

    def __init__(self, diary: list[str]) -> None:
        self.pictures: list[Picture] = []
        self.brightness = 100
        self.leds = Leds()
        self.lamps: list[Leds] = []
        self.ringing: RingTone | None = None
        self.handset = Handset(HandsetDevices("handset", "handset"))
        self.headset = Handset(HandsetDevices("headset", "headset"), mixer=True)
        self.ring_volume: int | None = None
        self._diary = diary

    def start(self, emit: Emit) -> None:
        raise AssertionError(f"the harness presses keys itself, not {emit}")

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)
        self._diary.append("show " + " ".join(picture.text))

    def set_contrast(self, percent: int) -> None:
        self.brightness = percent

    def set_leds(self, leds: Leds) -> None:
        self.leds = leds
        self.lamps.append(leds)

    def ring(self, tone: RingTone | None) -> None:
        self.ringing = tone

    def set_volume(self, output: Output, percent: int) -> bool:
        match output:
            case Output.EARPIECE:
                return self.handset.set_volume(percent)
            case Output.HEADSET:
                return self.headset.set_volume(percent)
            case Output.RINGER:
                self.ring_volume = percent
                return True

    def close(self) -> None:
        self.ringing = None
