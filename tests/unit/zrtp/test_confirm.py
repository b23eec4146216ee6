from dataclasses import replace

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.zrtp.algorithms import HASHES
from agent.zrtp.confirm import Assertions, open_confirm, seal_confirm
from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError, RefusalError
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm, MessageType
from agent.zrtp.signature import Signature

S256 = HASHES["S256"]
KEYS = RoleKeys(*(bytearray(octet * 32) for octet in (b"k", b"s", b"m", b"z")))
IV = bytes(range(16))
PLAIN = Assertions(b"0" * 32, 0xFFFF_FFFF)


def seal(assertions: Assertions) -> bytes:
    return seal_confirm(MessageType.CONFIRM1, assertions, IV, KEYS, S256)


def seal_octets(inside: bytes) -> bytes:
    """A Confirm with a good MAC over anything at all."""
    encryptor = Cipher(AES(KEYS.zrtp_key), CFB(IV)).encryptor()
    sealed = encryptor.update(inside) + encryptor.finalize()
    mac = mac64(KEYS.mac_key, sealed, S256.digest)
    return Confirm(mac, IV, sealed).serialize(MessageType.CONFIRM1)


@pytest.mark.parametrize("key_length", [16, 32])
@pytest.mark.parametrize(
    "assertions",
    [
        PLAIN,
        replace(PLAIN, cache_seconds=0),
        replace(PLAIN, verified=True),
        replace(PLAIN, disclosure=True),
        replace(PLAIN, allow_clear=True),
        replace(PLAIN, enrollment=True),
        replace(PLAIN, verified=True, disclosure=True, allow_clear=True, cache_seconds=3600),
    ],
)
def test_f01_confirm_round_trip(assertions: Assertions, key_length: int) -> None:
    keys = replace(KEYS, zrtp_key=KEYS.zrtp_key[:key_length])
    raw = seal_confirm(MessageType.CONFIRM2, assertions, IV, keys, S256)
    assert len(raw) == 19 * 4
    assert open_confirm(raw, keys, S256) == assertions


def test_r04_with_the_enrollment_flag_allow_clear_counts_as_zero() -> None:
    both = replace(PLAIN, enrollment=True, allow_clear=True)
    assert open_confirm(seal(both), KEYS, S256) == replace(PLAIN, enrollment=True)


@pytest.mark.parametrize("at", range(12, 76))
def test_f02_xb10_any_changed_octet_is_found_before_anything_is_decrypted(at: int) -> None:
    changed = bytearray(seal(PLAIN))
    changed[at] ^= 1
    if 20 <= at < 36:
        # The MAC does not cover the IV; it garbles H0, which the hash chain finds out.
        assert open_confirm(bytes(changed), KEYS, S256).h0 != PLAIN.h0
        return
    with pytest.raises(RefusalError) as caught:
        open_confirm(bytes(changed), KEYS, S256)
    assert caught.value.code is ErrorCode.BAD_CONFIRM_MAC
    assert caught.value.attack


def test_f02_the_keys_of_the_other_role_do_not_fit() -> None:
    with pytest.raises(RefusalError):
        open_confirm(seal(PLAIN), replace(KEYS, mac_key=bytearray(b"M" * 32)), S256)


@pytest.mark.parametrize("length", [0, 4, 16])
def test_xb11_too_little_inside_is_malformed(length: int) -> None:
    with pytest.raises(NotUsedError) as caught:
        open_confirm(seal_octets(bytes(length)), KEYS, S256)
    assert caught.value.why is Ignored.MALFORMED


def signed(words: int, present: int) -> bytes:
    """A Confirm that declares a signature of so many words and holds so many."""
    head = b"0" * 32 + (0xFFFE_0000 | words << 8 | 0xF4).to_bytes(4) + bytes(4)
    return seal_octets(head + bytes(4 * present))


def test_f01_unused_bits_are_ignored() -> None:
    assert open_confirm(signed(0, 0), KEYS, S256) == Assertions(b"0" * 32, 0, verified=True)


@pytest.mark.parametrize("words", [1, 20, 511])
def test_v01_a_signature_is_read_to_its_end(words: int) -> None:
    opened = open_confirm(signed(words, words), KEYS, S256)
    signature = Signature(bytes(4), bytes(4 * (words - 1)))
    assert opened == Assertions(b"0" * 32, 0, verified=True, signature=signature)


@pytest.mark.parametrize(("words", "present"), [(511, 0), (1, 0), (0, 1), (5, 4)])
def test_xb11_a_signature_of_another_length_is_malformed(words: int, present: int) -> None:
    with pytest.raises(NotUsedError) as caught:
        open_confirm(signed(words, present), KEYS, S256)
    assert caught.value.why is Ignored.MALFORMED
