"""Signatures that minisign made, and every way in which one can be wrong."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fleet.signature import SignatureError, check_signature
from support.minisign import Signer

VECTORS = Path(__file__).parents[2] / "vectors" / "fleet"
CONTENT = (VECTORS / "phone.toml").read_bytes()
KEY = (VECTORS / "minisign.pub").read_text().splitlines()[1]
SIGNED = [(VECTORS / name).read_bytes() for name in ("hashed.minisig", "plain.minisig")]
each_kind = pytest.mark.parametrize("signature", SIGNED, ids=["hashed", "plain"])
SIGNER = Signer()


def refusal(content: bytes, signature: bytes, *keys: str) -> str:
    with pytest.raises(SignatureError) as caught:
        check_signature(content, signature, keys or (KEY,))
    return str(caught.value)


@each_kind
def test_what_minisign_signed_is_signed(signature: bytes) -> None:
    check_signature(CONTENT, signature, [KEY])
    check_signature(CONTENT, signature, [SIGNER.public_key, KEY])


@pytest.mark.parametrize("hashed", [True, False])
def test_the_tests_own_signer_signs_the_same_way(*, hashed: bool) -> None:
    check_signature(CONTENT, SIGNER.sign(CONTENT, hashed=hashed), [SIGNER.public_key])


@each_kind
def test_a_changed_file_is_told(signature: bytes) -> None:
    assert "it was changed after it was signed" in refusal(CONTENT + b"\n", signature)


@each_kind
def test_a_changed_comment_is_told(signature: bytes) -> None:
    changed = signature.replace(b"trusted comment: ", b"trusted comment: x", 2)
    changed = changed.replace(b"untrusted comment: x", b"untrusted comment: ", 1)
    assert "it was changed after it was signed" in refusal(CONTENT, changed)


def test_another_key_is_told_by_its_number() -> None:
    said = refusal(CONTENT, SIGNED[0], SIGNER.public_key)
    number = (VECTORS / "minisign.pub").read_text().split()[5]
    assert said == f"it is signed by key {number}, which is none of public_key"


def test_another_key_of_the_same_number_has_not_signed() -> None:
    forged = Signer(b"x" * 32, base64.b64decode(KEY)[2:10]).sign(CONTENT)
    assert "its signature is wrong" in refusal(CONTENT, forged)


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        (b"", "is no file of minisign"),
        (b"\xff", "is no file of minisign"),
        (SIGNED[0].replace(b"trusted comment: ph", b"ph"), "is no file of minisign"),
        (b"a\n!!!\ntrusted comment: x\n!!!\n", "is no file of minisign"),
        (b"a\nRUQ=\ntrusted comment: x\nRUQ=\n", "is cut off"),
        (SIGNED[0].replace(b"\nRU", b"\nRV"), "of a kind that minisign does not make"),
    ],
)
def test_what_is_no_signature_is_told(signature: bytes, sentence: str) -> None:
    assert sentence in refusal(CONTENT, signature)


def covered(signature: bytes) -> tuple[bytes, str, bytes]:
    """All that a signature says, however its lines end."""
    _, signed, comment, over_all = signature.decode().splitlines()
    return base64.b64decode(signed), comment, base64.b64decode(over_all)


@given(st.data())
def test_no_changed_octet_passes(data: st.DataObject) -> None:
    """The untrusted comment alone may be another one."""
    signature = bytearray(SIGNED[0])
    at = data.draw(st.integers(signature.index(b"\n") + 1, len(signature) - 1))
    signature[at] = data.draw(st.integers(0, 255))
    try:
        check_signature(CONTENT, bytes(signature), [KEY])
    except SignatureError:
        return
    assert covered(bytes(signature)) == covered(SIGNED[0])


@given(st.binary(max_size=400))
def test_whatever_comes_is_refused_in_a_sentence(octets: bytes) -> None:
    with pytest.raises(SignatureError):
        check_signature(CONTENT, octets, [KEY])
