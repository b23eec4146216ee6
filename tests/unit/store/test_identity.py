from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from agent.store import Store, StoreError, read_tls_identity
from support.stores import Wall, opened

DAY = 86_400.0


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_zid_and_instance_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        identity = (store.zid, store.instance_id)
    assert len(identity[0]) == 12
    assert identity[1].startswith("urn:uuid:")
    again = Store.open(path, Wall(), lambda length: b"x" * length)
    assert (again.zid, again.instance_id) == identity
    again.close()


def test_each_phone_has_its_own(tmp_path: Path) -> None:
    first = Store.open(tmp_path / "a.db", Wall(), lambda length: b"a" * length)
    second = Store.open(tmp_path / "b.db", Wall(), lambda length: b"b" * length)
    assert first.zid != second.zid
    assert first.instance_id != second.instance_id
    first.close()
    second.close()


def test_the_certificate_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    wall = Wall()
    with opened(tmp_path / "sotto.db", wall) as store:
        made = store.tls_identity("Alice")
        assert store.tls_identity("Another name") == made
    public = certificate(made.certificate)
    assert public.subject.rfc4514_string() == "CN=Alice"
    assert public.subject == public.issuer
    assert isinstance(public.public_key(), ec.EllipticCurvePublicKey)
    assert public.not_valid_before_utc.timestamp() < wall.now
    assert made.not_after > wall.now + 10 * 365 * DAY
    assert not made.renewed
    assert {file.stat().st_mode & 0o777 for file in (made.certificate, made.private_key)} == {0o600}
    assert read_tls_identity(made.certificate, made.private_key).not_after == made.not_after


def test_a_long_name_is_cut_to_what_a_certificate_holds(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        made = store.tls_identity("ä" * 100)
    (name,) = certificate(made.certificate).subject
    assert name.value == "ä" * 32


def test_it_is_renewed_with_the_same_key_before_it_runs_out(tmp_path: Path) -> None:
    wall = Wall()
    with opened(tmp_path / "sotto.db", wall) as store:
        made = store.tls_identity("Alice")
        old = certificate(made.certificate)
        wall.now = made.not_after - 29 * DAY
        renewed = store.tls_identity("Alice")
    assert renewed.renewed
    assert renewed.not_after > wall.now + 10 * 365 * DAY
    assert certificate(renewed.certificate).public_key() == old.public_key()


def test_a_lost_key_takes_its_certificate_with_it(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.tls_identity("Alice").private_key.unlink()
        made = store.tls_identity("Alice")
    assert made.renewed
    assert read_tls_identity(made.certificate, made.private_key).not_after == made.not_after


def test_a_broken_key_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tls-key.pem").write_text("no key")
    with opened(tmp_path / "sotto.db") as store, pytest.raises(StoreError, match="TLS identity in"):
        store.tls_identity("Alice")
    assert (tmp_path / "tls-key.pem").read_text() == "no key"


def test_half_a_file_of_an_earlier_start_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "tls-key.pem.new").write_text("-----BEGIN")
    with opened(tmp_path / "sotto.db") as store:
        assert store.tls_identity("Alice").private_key.exists()
    assert not (tmp_path / "tls-key.pem.new").exists()


def test_a_certificate_of_somebody_else_must_fit_its_key(tmp_path: Path) -> None:
    with opened(tmp_path / "a" / "a.db") as store:
        first = store.tls_identity("Alice")
    with opened(tmp_path / "b" / "b.db") as store:
        second = store.tls_identity("Bob")
    with pytest.raises(StoreError, match="is not that of the certificate"):
        read_tls_identity(first.certificate, second.private_key)
    with pytest.raises(StoreError, match="No such file"):
        read_tls_identity(tmp_path / "none.pem", second.private_key)
    with pytest.raises(StoreError, match="holds no certificate"):
        read_tls_identity(first.private_key, first.private_key)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("certificate", r"c\.pem holds no certificate \(PEM: -----BEGIN CERTIFICATE-----\)$"),
        ("private_key", r"k\.pem holds no private key \(PEM: -----BEGIN PRIVATE KEY-----\)$"),
    ],
)
def test_a_file_of_something_else_is_told_as_that(tmp_path: Path, spoilt: str, said: str) -> None:
    with opened(tmp_path / "sotto.db") as store:
        made = store.tls_identity("Alice")
    files = {"certificate": tmp_path / "c.pem", "private_key": tmp_path / "k.pem"}
    for name, file in files.items():
        file.write_bytes(b"x" if name == spoilt else getattr(made, name).read_bytes())
    with pytest.raises(StoreError, match=said):
        read_tls_identity(files["certificate"], files["private_key"])
