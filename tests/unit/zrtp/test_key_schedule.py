import hmac
from hashlib import sha256, sha384

import pytest

from agent.zrtp.algorithms import AUTH_TAGS, CIPHERS, HASHES, KEY_AGREEMENTS, SAS_TYPES, Hash
from agent.zrtp.key_agreement import generate_key_pair
from agent.zrtp.key_schedule import KdfContext, SessionKeys, derive_s0, kdf
from agent.zrtp.messages import DHPart1, DHPart2, Hello
from agent.zrtp.retained_secrets import SharedSecrets
from agent.zrtp.sas import render
from agent.zrtp.state import Role
from support.vectors import load

S256, S384, S512 = HASHES["S256"], HASHES["S384"], HASHES["S512"]
HS80, GCM = AUTH_TAGS["HS80"], AUTH_TAGS["GCM"]
CONTEXT = KdfContext(b"i" * 12, b"r" * 12, b"t" * 32)
NONE = SharedSecrets(None, None, None)


def test_k01_the_kdf_is_one_hmac_over_counter_label_context_and_length() -> None:
    data = b"\x00\x00\x00\x01" + b"SAS" + b"\x00" + b"context" + b"\x00\x00\x01\x00"
    assert kdf(S256, b"key", "SAS", b"context", 256) == hmac.digest(b"key", data, "sha256")
    data = b"\x00\x00\x00\x01" + b"SAS" + b"\x00" + b"context" + b"\x00\x00\x00\x70"
    assert kdf(S384, b"key", "SAS", b"context", 112) == hmac.digest(b"key", data, "sha384")[:14]


def test_d12_the_context_is_both_zids_and_total_hash() -> None:
    assert CONTEXT.serialize() == b"i" * 12 + b"r" * 12 + b"t" * 32


def test_d06_total_hash_covers_four_messages_in_order() -> None:
    messages = (b"hello", b"commit", b"dhpart1", b"dhpart2")
    context = KdfContext.of_dh_mode(S384, (b"i" * 12, b"r" * 12), messages)
    assert context.total_hash == sha384(b"hellocommitdhpart1dhpart2").digest()


def test_d07_s0_without_any_shared_secret() -> None:
    material = (
        b"\x00\x00\x00\x01" + b"D" * 32 + b"ZRTP-HMAC-KDF" + CONTEXT.serialize() + bytes(4 + 4 + 4)
    )
    assert derive_s0(S256, b"D" * 32, CONTEXT, NONE) == sha256(material).digest()


def test_d07_s0_with_all_shared_secrets() -> None:
    shared = SharedSecrets(b"1" * 32, b"22", b"3" * 32)
    material = (
        b"\x00\x00\x00\x01"
        + b"D" * 32
        + b"ZRTP-HMAC-KDF"
        + CONTEXT.serialize()
        + b"\x00\x00\x00\x20"
        + b"1" * 32
        + b"\x00\x00\x00\x02"
        + b"22"
        + b"\x00\x00\x00\x20"
        + b"3" * 32
    )
    assert derive_s0(S256, b"D" * 32, CONTEXT, shared) == sha256(material).digest()


@pytest.mark.parametrize(("cipher", "length"), [("AES1", 16), ("AES2", 24), ("AES3", 32)])
@pytest.mark.parametrize("hash_", [S256, S384, S512])
def test_k02_labels_and_lengths_of_all_keys(hash_: Hash, cipher: str, length: int) -> None:
    s0 = b"s" * hash_.length
    keys = SessionKeys.derive(hash_, CIPHERS[cipher], HS80, s0, CONTEXT)

    def expected(label: str, octets: int) -> bytearray:
        return kdf(hash_, s0, label, CONTEXT.serialize(), octets * 8)

    for role, own in (("Initiator", keys.initiator), ("Responder", keys.responder)):
        assert own.srtp_key == expected(f"{role} SRTP master key", length)
        assert own.srtp_salt == expected(f"{role} SRTP master salt", 14)
        assert own.mac_key == expected(f"{role} HMAC key", hash_.length)
        assert own.zrtp_key == expected(f"{role} ZRTP key", length)
    assert keys.rs1 == expected("retained secret", 32)
    assert keys.sas_value.to_bytes(4) == expected("SAS", 32)[:4]
    assert keys.of_role(Role.INITIATOR) is keys.initiator
    assert keys.of_role(Role.RESPONDER) is keys.responder


def test_xc03_gcm_has_a_salt_of_96_bits() -> None:
    s0 = b"s" * 64
    keys = SessionKeys.derive(S512, CIPHERS["AES3"], GCM, s0, CONTEXT)
    for role, own in (("Initiator", keys.initiator), ("Responder", keys.responder)):
        expected = kdf(S512, s0, f"{role} SRTP master salt", CONTEXT.serialize(), 96)
        assert own.srtp_salt == expected
        assert len(own.srtp_salt) == 12


def test_no_key_is_shown() -> None:
    keys = SessionKeys.derive(S256, CIPHERS["AES1"], HS80, bytes(32), CONTEXT)
    assert repr(keys) == "SessionKeys(initiator=RoleKeys(), responder=RoleKeys())"


@pytest.mark.parametrize(
    "vector", load("zrtp/libbzrtp.json"), ids=lambda v: f"{v['key_agreement']}-{v['hash']}"
)
def test_k05_the_keys_and_the_sas_of_libbzrtp(vector: dict[str, str]) -> None:
    names = ("hello_initiator", "hello_responder", "commit", "dhpart1", "dhpart2")
    raw = {name: bytes.fromhex(vector[name]) for name in names}
    hash_, cipher = HASHES[vector["hash"]], CIPHERS[vector["cipher"]]
    kind = KEY_AGREEMENTS[vector["key_agreement"]]
    we_initiate = vector["our_role"] == "initiator"
    ours = generate_key_pair(
        kind, 2 * cipher.key_length, lambda _length: bytes.fromhex(vector["our_private_key"])
    )
    parts = (
        DHPart1.parse(raw["dhpart1"], kind.pvr_length),
        DHPart2.parse(raw["dhpart2"], kind.pvi_length),
    )
    assert parts[we_initiate].public_value == ours.public_value
    context = KdfContext.of_dh_mode(
        hash_,
        (Hello.parse(raw["hello_initiator"]).zid, Hello.parse(raw["hello_responder"]).zid),
        (raw["hello_responder"], raw["commit"], raw["dhpart1"], raw["dhpart2"]),
    )
    s0 = derive_s0(hash_, ours.shared_secret(parts[not we_initiate].public_value), context, NONE)
    keys = SessionKeys.derive(hash_, cipher, AUTH_TAGS[vector["auth_tag"]], s0, context)
    peer = keys.responder if we_initiate else keys.initiator
    us = keys.initiator if we_initiate else keys.responder
    assert peer.srtp_key.hex() == vector["peer_send_key"]
    assert peer.srtp_salt.hex() == vector["peer_send_salt"]
    assert us.srtp_key.hex() == vector["peer_receive_key"]
    assert us.srtp_salt.hex() == vector["peer_receive_salt"]
    sas = render(SAS_TYPES[vector["sas"]].rendering, keys.sas_value)
    assert ":".join(sas.words) == vector["sas_text"]
