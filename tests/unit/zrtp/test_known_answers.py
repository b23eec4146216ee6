"""AES in the mode in which Confirm uses it, held against NIST's own example."""

import pytest

from agent.zrtp.algorithms import HASHES
from agent.zrtp.confirm import Assertions, open_confirm, seal_confirm
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm, MessageType
from support.vectors import load


@pytest.mark.parametrize("bits", [128, 256])
def test_f01_confirm_is_sealed_with_cfb_128(bits: int) -> None:
    vector = {name: text for name, text in load("zrtp/rfc.json")["cfb"].items() if name != "source"}
    octets = {name: bytes.fromhex(text) for name, text in vector.items()}
    zrtp_key = bytearray(octets[f"aes_{bits}_key"])
    keys = RoleKeys(bytearray(32), bytearray(14), bytearray(b"m" * 32), zrtp_key)
    # H0 comes first, and is as long as two blocks.
    assertions = Assertions(octets["plain"], 0)
    raw = seal_confirm(MessageType.CONFIRM1, assertions, octets["iv"], keys, HASHES["S256"])
    confirm = Confirm.parse(raw)
    assert confirm.iv == octets["iv"]
    assert confirm.sealed[:32] == octets[f"aes_{bits}_sealed"]
    assert open_confirm(raw, keys, HASHES["S256"]) == assertions
