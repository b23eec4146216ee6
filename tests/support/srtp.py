"""A second SRTP, to hold libsrtp and our use of it against: RFC 3711 with AES-CM and HMAC-SHA1, and
RFC 7714 with AES-GCM."""

import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.zrtp.events import SrtpKey

_RTP_LABELS, _RTCP_LABELS = (0, 1, 2), (3, 4, 5)  # section 4.3.2: cipher, tag, salt
_RTP_HEADER, _RTCP_HEADER = 12, 8
_RTCP_TAG = 10


def _keystream(key: bytes, counter: int, size: int) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CTR(counter.to_bytes(16))).encryptor()
    return cipher.update(bytes(size))


@dataclass(frozen=True, slots=True)
class _SessionKeys:
    cipher: bytes
    tag: bytes
    salt: int

    def crypt(self, text: bytes, ssrc: bytes, index: int) -> bytes:
        """Section 4.1.1; encrypts and decrypts."""
        counter = (self.salt << 16) ^ (int.from_bytes(ssrc) << 64) ^ (index << 16)
        stream = _keystream(self.cipher, counter, len(text))
        return bytes(a ^ b for a, b in zip(text, stream, strict=True))

    def sign(self, text: bytes, size: int) -> bytes:
        return hmac.digest(self.tag, text, "sha1")[:size]


@dataclass(frozen=True, slots=True)
class _GcmKeys:
    """RFC 7714 sections 8 and 9."""

    cipher: bytes
    salt: int

    def nonce(self, ssrc: bytes, index: int) -> bytes:
        return (self.salt ^ int.from_bytes(ssrc) << 48 ^ index).to_bytes(12)

    def seal(self, text: bytes, ssrc: bytes, index: int, clear: bytes) -> bytes:
        return AESGCM(self.cipher).encrypt(self.nonce(ssrc, index), text, clear)

    def open(self, text: bytes, ssrc: bytes, index: int, clear: bytes) -> bytes:
        try:
            return AESGCM(self.cipher).decrypt(self.nonce(ssrc, index), text, clear)
        except InvalidTag:
            raise ValueError("not authentic") from None


def _derive_one(key: SrtpKey, label: int, size: int) -> bytes:
    # A salt of 96 bits is filled up with zeros at its end (RFC 7714 section 11).
    salt = int.from_bytes(key.master_salt.ljust(14, b"\0"))
    return _keystream(key.master_key, (salt ^ (label << 48)) << 16, size)


def _derive_gcm(key: SrtpKey, labels: tuple[int, int, int]) -> _GcmKeys:
    cipher, _, salt = labels
    return _GcmKeys(
        _derive_one(key, cipher, len(key.master_key)),
        int.from_bytes(_derive_one(key, salt, 12)),
    )


def _derive(key: SrtpKey, labels: tuple[int, int, int]) -> _SessionKeys:
    def one(label: int, size: int) -> bytes:
        return _derive_one(key, label, size)

    cipher, tag, salt = labels
    return _SessionKeys(
        cipher=one(cipher, len(key.master_key)),
        tag=one(tag, 20),
        salt=int.from_bytes(one(salt, 14)),
    )


def rtp(sequence: int, ssrc: int, payload: bytes = bytes(160), payload_type: int = 0) -> bytes:
    """A plain RTP packet."""
    header = bytes((0x80, payload_type)) + sequence.to_bytes(2) + (sequence * 160).to_bytes(4)
    return header + ssrc.to_bytes(4) + payload


def receiver_report(ssrc: int) -> bytes:
    """A plain RTCP packet without report blocks."""
    return bytes((0x80, 201, 0, 1)) + ssrc.to_bytes(4)


def protect(key: SrtpKey, packet: bytes) -> bytes:
    """Section 3.1, in the first 65,536 packets of a stream."""
    index = int.from_bytes(packet[2:4])
    header, payload = packet[:_RTP_HEADER], packet[_RTP_HEADER:]
    if key.is_gcm:
        gcm = _derive_gcm(key, _RTP_LABELS)
        return header + gcm.seal(payload, packet[8:12], index, header)
    keys = _derive(key, _RTP_LABELS)
    sealed = header + keys.crypt(payload, packet[8:12], index)
    return sealed + keys.sign(sealed + bytes(4), key.auth_tag_bits // 8)


def unprotect(key: SrtpKey, packet: bytes) -> bytes:
    """The plain packet.

    Raises:
        ValueError: The tag is wrong.
    """
    if key.is_gcm:
        gcm = _derive_gcm(key, _RTP_LABELS)
        clear, rest = packet[:_RTP_HEADER], packet[_RTP_HEADER:]
        return clear + gcm.open(rest, packet[8:12], int.from_bytes(packet[2:4]), clear)
    keys = _derive(key, _RTP_LABELS)
    size = key.auth_tag_bits // 8
    sealed, tag = packet[:-size], packet[-size:]
    if keys.sign(sealed + bytes(4), size) != tag:
        raise ValueError("not authentic")
    header, payload = sealed[:_RTP_HEADER], sealed[_RTP_HEADER:]
    return header + keys.crypt(payload, packet[8:12], int.from_bytes(packet[2:4]))


def protect_rtcp(key: SrtpKey, packet: bytes, index: int) -> bytes:
    """Section 3.4: encrypted, with an 80 bit tag, or that of GCM before the index."""
    header, rest = packet[:_RTCP_HEADER], packet[_RTCP_HEADER:]
    trailer = (1 << 31 | index).to_bytes(4)
    if key.is_gcm:
        gcm = _derive_gcm(key, _RTCP_LABELS)
        return header + gcm.seal(rest, packet[4:8], index, header + trailer) + trailer
    keys = _derive(key, _RTCP_LABELS)
    sealed = header + keys.crypt(rest, packet[4:8], index) + trailer
    return sealed + keys.sign(sealed, _RTCP_TAG)


def unprotect_rtcp(key: SrtpKey, packet: bytes) -> bytes:
    """The plain packet.

    Raises:
        ValueError: The tag is wrong.
    """
    if key.is_gcm:
        gcm = _derive_gcm(key, _RTCP_LABELS)
        clear, rest, trailer = packet[:_RTCP_HEADER], packet[_RTCP_HEADER:-4], packet[-4:]
        index = int.from_bytes(trailer) & 0x7FFFFFFF
        return clear + gcm.open(rest, packet[4:8], index, clear + trailer)
    keys = _derive(key, _RTCP_LABELS)
    sealed, tag = packet[:-_RTCP_TAG], packet[-_RTCP_TAG:]
    if keys.sign(sealed, _RTCP_TAG) != tag:
        raise ValueError("not authentic")
    index = int.from_bytes(sealed[-4:]) & 0x7FFFFFFF
    header, rest = sealed[:_RTCP_HEADER], sealed[_RTCP_HEADER:-4]
    return header + keys.crypt(rest, packet[4:8], index)
