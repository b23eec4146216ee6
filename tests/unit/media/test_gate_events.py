import pytest

from agent.media.gate_events import SrtpKey


def test_a_key_shows_no_key() -> None:
    key = SrtpKey(b"k" * 16, b"s" * 14, 32)
    assert repr(key) == "SrtpKey(auth_tag_bits=32)"


@pytest.mark.parametrize(
    ("key", "salt", "bits"), [(15, 14, 80), (24, 14, 80), (16, 13, 80), (32, 14, 64)]
)
def test_odd_lengths_are_refused(key: int, salt: int, bits: int) -> None:
    with pytest.raises(ValueError, match="an SRTP"):
        SrtpKey(bytes(key), bytes(salt), bits)
