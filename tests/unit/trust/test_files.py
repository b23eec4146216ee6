from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding

from agent.trust.files import TrustFileError, read_certificates, read_lists, read_pair
from support.certificates import Authority, load, write_lists


def test_certificates_with_words_between_them(tmp_path: Path) -> None:
    one, two = Authority(tmp_path, "One"), Authority(tmp_path, "Two")
    file = tmp_path / "both.pem"
    file.write_text(f"The first\n{one.file.read_text()}\nThe second\n{two.file.read_text()}")
    assert read_certificates(file) == (one.certificate, two.certificate)


def test_lists_as_pem_and_as_der(tmp_path: Path) -> None:
    one, two = Authority(tmp_path, "One").revokes(), Authority(tmp_path, "Two").revokes()
    assert read_lists(write_lists(tmp_path / "both.pem", one, two)) == (one, two)
    file = tmp_path / "one.crl"
    file.write_bytes(one.public_bytes(Encoding.DER))
    assert read_lists(file) == (one,)


def test_a_certificate_with_its_key(tmp_path: Path) -> None:
    identity = Authority(tmp_path).issue("phone")
    pair = read_pair(identity.certificate, identity.private_key)
    assert pair.chain == (load(identity.certificate),)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    identity, another = authority.issue("phone"), authority.issue("phone")
    key = serialization.load_pem_private_key(identity.private_key.read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    empty = tmp_path / "empty.pem"
    empty.write_text("\n")
    nowhere = tmp_path / "nowhere.pem"
    certificates, lists = read_certificates, read_lists
    pair = partial(read_pair, identity.certificate)
    wrong: list[tuple[Callable[[Path], object], Path, str]] = [
        (certificates, nowhere, "which cannot be read: No such file"),
        (certificates, empty, "which holds nothing, but must hold certificates"),
        (certificates, identity.private_key, "which holds a private key, but"),
        (lists, authority.file, "which holds certificates, but must hold revocation lists"),
        (pair, authority.file, "which holds certificates, but must hold a private key"),
        (pair, locked, "which is locked with a password"),
        (pair, another.private_key, "which is not the key of the certificate"),
    ]
    for read, file, reason in wrong:
        with pytest.raises(TrustFileError, match=reason):
            read(file)
