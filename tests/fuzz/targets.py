"""All fuzz targets by name."""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from fuzz.config_target import ConfigTarget
from fuzz.control_target import ControlTarget
from fuzz.fragment_target import FragmentTarget
from fuzz.meter import Meter
from fuzz.packet_target import PacketTarget
from fuzz.sdes_target import SdesTarget
from fuzz.sdp_target import SdpTarget
from fuzz.sealed_target import SealedTarget
from fuzz.session_target import SessionTarget
from fuzz.situations import all_situations
from fuzz.vcard_target import VcardTarget


class Target(Protocol):
    """Something to be fed with octets; it raises only when a promise is broken."""

    @property
    def meter(self) -> Meter: ...

    def execute(self, data: bytes) -> None: ...


_SITUATIONS: Final = all_situations()

TARGETS: Final[dict[str, Callable[[], Target]]] = {
    "packet": PacketTarget,
    "sealed": SealedTarget,
    "fragments": FragmentTarget,
    "config": ConfigTarget,
    "control": ControlTarget,
    "vcard": VcardTarget,
    "sdes": SdesTarget,
    "sdp": partial(SdpTarget, _SITUATIONS["initiator-idle"]),
    **{name: partial(SessionTarget, each) for name, each in _SITUATIONS.items()},
}


def seeds_of(target: str) -> str:
    """The folder of its seeds: sessions in all states have the same ones."""
    return "session" if target in _SITUATIONS else target
