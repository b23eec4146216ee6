"""A second SRTP, to hold libsrtp and our use of it against: RFC 3711, AES-CM and HMAC-SHA1."""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

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


def _derive(key: SrtpKey, labels: tuple[int, int, int]) -> _SessionKeys:
    def one(label: int, size: int) -> bytes:
        counter = (int.from_bytes(key.master_salt) ^ (label << 48)) << 16
        return _keystream(key.master_key, counter, size)

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
    keys = _derive(key, _RTP_LABELS)
    index = int.from_bytes(packet[2:4])
    header, payload = packet[:_RTP_HEADER], packet[_RTP_HEADER:]
    sealed = header + keys.crypt(payload, packet[8:12], index)
    return sealed + keys.sign(sealed + bytes(4), key.auth_tag_bits // 8)


def unprotect(key: SrtpKey, packet: bytes) -> bytes:
    """The plain packet.

    Raises:
        ValueError: The tag is wrong.
    """
    keys = _derive(key, _RTP_LABELS)
    size = key.auth_tag_bits // 8
    sealed, tag = packet[:-size], packet[-size:]
    if keys.sign(sealed + bytes(4), size) != tag:
        raise ValueError("not authentic")
    header, payload = sealed[:_RTP_HEADER], sealed[_RTP_HEADER:]
    return header + keys.crypt(payload, packet[8:12], int.from_bytes(packet[2:4]))


def protect_rtcp(key: SrtpKey, packet: bytes, index: int) -> bytes:
    """Section 3.4: encrypted, with an 80 bit tag."""
    keys = _derive(key, _RTCP_LABELS)
    header, rest = packet[:_RTCP_HEADER], packet[_RTCP_HEADER:]
    sealed = header + keys.crypt(rest, packet[4:8], index) + (1 << 31 | index).to_bytes(4)
    return sealed + keys.sign(sealed, _RTCP_TAG)


def unprotect_rtcp(key: SrtpKey, packet: bytes) -> bytes:
    """The plain packet.

    Raises:
        ValueError: The tag is wrong.
    """
    keys = _derive(key, _RTCP_LABELS)
    sealed, tag = packet[:-_RTCP_TAG], packet[-_RTCP_TAG:]
    if keys.sign(sealed, _RTCP_TAG) != tag:
        raise ValueError("not authentic")
    index = int.from_bytes(sealed[-4:]) & 0x7FFFFFFF
    header, rest = sealed[:_RTCP_HEADER], sealed[_RTCP_HEADER:-4]
    return header + keys.crypt(rest, packet[4:8], index)
