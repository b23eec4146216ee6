"""Public values that give the keys of a finite-field exchange away, between two whole phones."""

from collections.abc import Iterator

import pytest

from agent.zrtp.modp import MODP_3072
from support import scene as scenes
from support.pcap import Datagram
from support.relay import message_of, with_other_message
from support.scene import ATTACKED, Scene

pytestmark = pytest.mark.live

VALUE = 12 + 32 + 4 * 8
LENGTH = 384
REASON = "the peer's public value would make the keys known to others"


@pytest.fixture(name="living", scope="module")
def _living() -> Iterator[Scene]:
    with scenes.scene('\n[zrtp]\nkey_agreements = ["DH3k"]\n') as found:
        yield found


@pytest.mark.parametrize("kind", ["DHPart1", "DHPart2"])
@pytest.mark.parametrize(
    "value",
    [1, MODP_3072 - 1, 0, MODP_3072, MODP_3072 + 1],
    ids=["xa04 1", "xa04 p-1", "xa05 0", "xa05 p", "xa05 p+1"],
)
def test_xa04_xa05_public_value(scene: Scene, kind: str, value: int) -> None:
    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp != kind:
            return [packet]
        message = message_of(packet)
        weak = message[:VALUE] + value.to_bytes(LENGTH) + message[VALUE + LENGTH :]
        return [with_other_message(packet, weak)]

    scene.refused(tamper, ATTACKED, REASON)
