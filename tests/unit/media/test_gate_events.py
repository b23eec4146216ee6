import pytest

from agent.media.gate_events import check_key
from agent.zrtp.events import SrtpKey


@pytest.mark.parametrize(("key", "bits"), [(n, bits) for n in (16, 32) for bits in (32, 80)])
def test_what_libsrtp_has_a_cipher_for_is_taken(key: int, bits: int) -> None:
    check_key(SrtpKey(bytes(key), bytes(14), bits))


@pytest.mark.parametrize("key", [16, 32])
def test_xc03_gcm_has_a_shorter_salt_and_the_whole_tag(key: int) -> None:
    check_key(SrtpKey(bytes(key), bytes(12), 128))


@pytest.mark.parametrize(
    ("key", "salt", "bits"),
    [
        (15, 14, 80),
        (24, 14, 80),
        (16, 12, 80),
        (16, 14, 64),
        (16, 12, 64),
        (16, 12, 96),
        (16, 14, 128),
        (24, 12, 128),
    ],
)
def test_a_key_of_another_size_is_refused(key: int, salt: int, bits: int) -> None:
    with pytest.raises(ValueError, match="has"):
        check_key(SrtpKey(bytes(key), bytes(salt), bits))
