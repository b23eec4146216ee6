"""Debian's libbzrtp, Linphone's ZRTP, driven by ctypes as one side of a `zrtp_pair.Wire`.

No sockets and no threads: packets come out of a callback and go in by a call, and the time is
told. With `cache` it keeps its secrets in an SQLite database in memory, by its own rules.
"""

import contextlib
import ctypes
from copy import copy
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int32, c_uint8, c_uint16, c_void_p
from dataclasses import dataclass

__all__ = ["CODES", "BzrtpSide", "Cache", "Secrets", "available"]

_ALIKE = {"S256": 0x11, "S384": 0x12, "AES1": 0x21, "AES3": 0x23, "HS32": 0x31, "HS80": 0x32}
_BUILDS = {
    "libbzrtp.so.0": {  # Debian 12
        **_ALIKE,
        "DH2k": 0x41,
        "X255": 0x42,
        "X448": 0x44,
        "DH3k": 0x45,
        "Mult": 0x4F,
        "B32": 0x51,
        "B256": 0x52,
    },
    "libbzrtp.so.1": {  # Debian 13
        **_ALIKE,
        "S512": 0x13,
        "GCM": 0x35,
        "DH2k": 0x41,
        "X255": 0x42,
        "X448": 0x45,
        "DH3k": 0x47,
        "Mult": 0x9F,
        "B32": 0xA1,
        "B256": 0xA2,
    },
}


def _find() -> tuple[ctypes.CDLL | None, dict[str, int]]:
    for name, codes in _BUILDS.items():
        with contextlib.suppress(OSError):
            library = ctypes.CDLL(name)
            library.bzrtp_createBzrtpContext.restype = c_void_p
            return library, codes
    return None, {}


_LIBRARY, CODES = _find()
"""The library, and its numbers for the names of the RFC: all that Debian's build of it has."""

_NAMES = {code: name for name, code in CODES.items()}
_KIND = {"hash": 0x01, "cipher": 0x02, "auth_tag": 0x04, "key_agreement": 0x08, "sas": 0x10}
_CHANNEL_ONGOING = 0x1002
_FOR_SENDER, _FOR_RECEIVER = 1, 2
_POLL = 0.02
_AUX_MATCH = 0


class _SrtpSecrets(ctypes.Structure):
    _fields_ = [
        ("self_key", POINTER(c_uint8)),
        ("self_key_length", c_uint8),
        ("self_salt", POINTER(c_uint8)),
        ("self_salt_length", c_uint8),
        ("peer_key", POINTER(c_uint8)),
        ("peer_key_length", c_uint8),
        ("peer_salt", POINTER(c_uint8)),
        ("peer_salt_length", c_uint8),
        ("cipher", c_uint8),
        ("cipher_key_length", c_uint8),
        ("auth_tag", c_uint8),
        ("sas", c_char_p),
        ("sas_length", c_uint8),
        ("hash", c_uint8),
        ("key_agreement", c_uint8),
        ("sas_type", c_uint8),
        ("cache_mismatch", c_uint8),
        ("aux_mismatch", c_uint8),
        ("accepts_go_clear", c_uint8),  # in the newer one only, and not read
    ]


_StatusMessage = CFUNCTYPE(c_int, c_void_p, c_uint8, c_uint8, c_char_p)
_SendData = CFUNCTYPE(c_int, c_void_p, POINTER(c_uint8), c_uint16)
_SecretsAvailable = CFUNCTYPE(c_int, c_void_p, POINTER(_SrtpSecrets), c_uint8)
_StartSession = CFUNCTYPE(c_int, c_void_p, POINTER(_SrtpSecrets), c_int32)
_ReadyForExport = CFUNCTYPE(c_int, c_void_p, c_int, c_uint8)


class _Callbacks(ctypes.Structure):
    _fields_ = [
        ("status_message", _StatusMessage),
        ("message_level", c_int),
        ("send_data", _SendData),
        ("secrets_available", _SecretsAvailable),
        ("start_session", _StartSession),
        ("ready_for_export", _ReadyForExport),
    ]


def available() -> bool:
    """Whether the library is installed (Debian 12: libbzrtp0, 13: libbzrtp1)."""
    return _LIBRARY is not None


class Cache:
    """An SQLite database in memory in which libbzrtp keeps secrets from call to call."""

    def __init__(self) -> None:
        self._sqlite = ctypes.CDLL("libsqlite3.so.0")
        self.handle = c_void_p()
        assert self._sqlite.sqlite3_open(b":memory:", ctypes.byref(self.handle)) == 0

    def close(self) -> None:
        self._sqlite.sqlite3_close(self.handle)


@dataclass(frozen=True)
class Secrets:
    """What libbzrtp hands to its host."""

    send_key: bytes
    send_salt: bytes
    receive_key: bytes
    receive_salt: bytes
    cipher: str
    auth_tag: str
    hash: str
    key_agreement: str
    sas_type: str
    sas: str
    cache_mismatch: bool
    verified: bool


class BzrtpSide:
    """One libbzrtp context with one channel; `another_stream` makes further ones.

    Args:
        ssrc: of its stream.
        algorithms: kind ("hash", "cipher", "auth_tag", "key_agreement", "sas") to the names that
            it offers; the library adds what the RFC makes mandatory.
        cache: where it keeps its secrets; None: nowhere.

    Attributes:
        secrets: what it has handed to its host; None before.
    """

    name = "bzrtp"

    def __init__(
        self, ssrc: int, algorithms: dict[str, tuple[str, ...]], cache: Cache | None = None
    ) -> None:
        self.ssrc = ssrc
        self.secrets: Secrets | None = None
        self._out: list[bytes] = []
        self._now = 0.0
        assert _LIBRARY is not None
        self._library = _LIBRARY
        self._context = c_void_p(self._library.bzrtp_createBzrtpContext())
        self._callbacks = _Callbacks(
            _StatusMessage(self._on_status),
            0,
            _SendData(self._on_send),
            _SecretsAvailable(self._on_secrets),
            _StartSession(self._on_start),
            _ReadyForExport(self._on_export),
        )
        self._check(self._library.bzrtp_setCallbacks(self._context, ctypes.byref(self._callbacks)))
        if cache is not None:
            self._library.bzrtp_setZIDCache_lock(
                self._context, cache.handle, b"sip:bzrtp@test", b"sip:alice@test", None
            )
        for kind, names in algorithms.items():
            codes = (c_uint8 * 7)(*(CODES[name] for name in names))
            self._library.bzrtp_setSupportedCryptoTypes(
                self._context, c_uint8(_KIND[kind]), codes, c_uint8(len(names))
            )
        self._check(self._library.bzrtp_initBzrtpContext(self._context, ssrc))
        self._streams = {ssrc: self}
        self._know_channel()

    def another_stream(self, ssrc: int) -> "BzrtpSide":
        """A further stream of the same call, once this one is secure (section 4.4.3)."""
        stream = copy(self)
        stream.ssrc, stream.secrets, stream._out = ssrc, None, []
        self._check(self._library.bzrtp_addChannel(self._context, ssrc))
        self._streams[ssrc] = stream
        stream._know_channel()
        return stream

    def _know_channel(self) -> None:
        """Let the callbacks bring the SSRC, so that they know for which stream they come."""
        self._library.bzrtp_setClientData(self._context, self.ssrc, c_void_p(self.ssrc))

    @property
    def session(self) -> "BzrtpSide":
        """A side and its session are one here."""
        return self

    @property
    def hello_hashes(self) -> tuple[str, ...]:
        """Its value for `a=zrtp-hash`."""
        text = ctypes.create_string_buffer(80)
        self._check(self._library.bzrtp_getSelfHelloHash(self._context, self.ssrc, text, len(text)))
        return (text.value.decode("ascii"),)

    def start(self, now: float, *, ssrc: int, peer_hello_hashes: tuple[str, ...] = ()) -> None:
        assert ssrc == self.ssrc
        for value in peer_hello_hashes:
            self._check(
                self._library.bzrtp_setPeerHelloHash(
                    self._context, ssrc, value.encode("ascii"), ctypes.c_size_t(len(value))
                )
            )
        self._check(self._library.bzrtp_startChannelEngine(self._context, ssrc))
        self.handle_timer(now)

    def receive(self, packet: bytes, now: float) -> None:
        self.handle_timer(now)
        data = ctypes.create_string_buffer(packet, len(packet))
        self._library.bzrtp_processMessage(self._context, self.ssrc, data, c_uint16(len(packet)))

    def handle_timer(self, now: float) -> None:
        self._now = now
        milliseconds = ctypes.c_uint64(round(now * 1000))
        self._library.bzrtp_iterate(self._context, self.ssrc, milliseconds)

    def next_timer(self) -> float | None:
        """It has timers, but does not tell when: so it is asked often while it works."""
        status = self._library.bzrtp_getChannelStatus(self._context, self.ssrc)
        return self._now + _POLL if status == _CHANNEL_ONGOING else None

    def pump(self) -> list[bytes]:
        packets, self._out = self._out, []
        return packets

    def set_auxsecret(self, secret: bytes) -> None:
        """A secret agreed by other means (section 4.3); before the call begins."""
        self._check(
            self._library.bzrtp_setAuxiliarySharedSecret(
                self._context, secret, ctypes.c_size_t(len(secret))
            )
        )

    @property
    def auxsecret_matched(self) -> bool:
        """Whether we proved to hold its auxsecret."""
        get = self._library.bzrtp_getAuxiliarySharedSecretMismatch
        return int(get(self._context) & 0xFF) == _AUX_MATCH

    def sas_verified(self) -> None:
        """Its user says that the SAS is the same."""
        self._library.bzrtp_SASVerified(self._context)

    def close(self) -> None:
        """Free the channel, and with the last one the context."""
        self._library.bzrtp_destroyBzrtpContext(self._context, self.ssrc)

    @staticmethod
    def _check(status: int) -> None:
        assert status == 0, f"libbzrtp returned {status:#x}"

    def _on_status(self, _data: int, _level: int, _code: int, _text: bytes) -> int:
        return 0

    def _on_send(self, ssrc: int, packet: "ctypes._Pointer[c_uint8]", length: int) -> int:
        self._streams[ssrc]._out.append(bytes(packet[:length]))
        return 0

    def _on_secrets(self, _data: int, _secrets: "ctypes._Pointer[_SrtpSecrets]", _part: int) -> int:
        return 0

    def _on_start(self, ssrc: int, pointer: "ctypes._Pointer[_SrtpSecrets]", verified: int) -> int:
        raw = pointer.contents
        self._streams[ssrc].secrets = Secrets(
            bytes(raw.self_key[: raw.self_key_length]),
            bytes(raw.self_salt[: raw.self_salt_length]),
            bytes(raw.peer_key[: raw.peer_key_length]),
            bytes(raw.peer_salt[: raw.peer_salt_length]),
            _NAMES[raw.cipher],
            _NAMES[raw.auth_tag],
            _NAMES[raw.hash],
            _NAMES[raw.key_agreement],
            # A further stream has no SAS.
            _NAMES.get(raw.sas_type, ""),
            (raw.sas or b"").decode("ascii"),
            bool(raw.cache_mismatch),
            bool(verified),
        )
        return 0

    def _on_export(self, _data: int, _zuid: int, _role: int) -> int:
        return 0
