"""What `sotto check-config` finds in the files of certificates that a configuration names."""

from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from agent.cli import main
from support.certificates import DAY, Authority, Identity, write_lists

HEAD = '[phone]\nname = "Alice"\nboard = "simulator"\n[[account]]\nname = "office"\nuri = "sip:a@b.example"\n'
PIN = "C5+lpZ7tcVwmwQIMcRtPbsQtWLABXhQzejna0wHFr8M="


class Office:
    """Its configuration, and what is found in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.authority = Authority(folder, "Office CA")
        self.phone = self.issue()

    def issue(self, **how: object) -> Identity:
        usage = {"usage": ExtendedKeyUsageOID.CLIENT_AUTH, **how}
        return self.authority.issue("phone", **usage)  # type: ignore[arg-type]

    def found(self, **keys: Path) -> list[str]:
        """The mistakes, without the configuration's name in front."""
        file = self.folder / "sotto.toml"
        lines = "".join(f'{key} = "{path}"\n' for key, path in keys.items())
        file.write_text(f'{HEAD}{lines}pinned_key = ["{PIN}", "sha256//{PIN}"]\n')
        status = main(["check-config", str(file)])
        captured = self._capsys.readouterr()
        assert (status, bool(captured.err)) in {(0, False), (2, True)}
        return [line.removeprefix(f"{file}, ") for line in captured.err.splitlines()]


@pytest.fixture(name="office")
def _office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_files_that_are_right_are_told_of(office: Office) -> None:
    crl_file = write_lists(office.folder / "office.crl", office.authority.revokes())
    assert (
        office.found(
            ca_file=office.authority.file,
            crl_file=crl_file,
            client_certificate=office.phone.certificate,
            client_key=office.phone.private_key,
        )
        == []
    )


def test_a_mix_up_is_seen(office: Office) -> None:
    key = office.phone.private_key
    assert office.found(ca_file=key, crl_file=office.authority.file) == [
        (
            f"line 7: account[1].ca_file names {key}, which holds a private key, but must hold "
            "certificates (PEM: -----BEGIN CERTIFICATE-----)"
        ),
        (
            f"line 8: account[1].crl_file names {office.authority.file}, which holds certificates, but "
            "must hold revocation lists (PEM: -----BEGIN X509 CRL-----, or DER)"
        ),
    ]


def test_what_is_out_of_date_is_told_with_its_day(office: Office) -> None:
    old = Authority(office.folder, "Old CA", valid_for=DAY / 2)
    lists = write_lists(office.folder / "old.crl", old.revokes(valid_from=-9 * DAY))
    phone = office.issue(valid_from=-9 * DAY)
    found = office.found(
        ca_file=old.file,
        crl_file=lists,
        client_certificate=phone.certificate,
        client_key=phone.private_key,
    )
    assert [line.partition(" expired ")[0] for line in found] == [
        f"line 7: account[1].ca_file names {old.file}, whose certificate of Old CA",
        f"line 8: account[1].crl_file names {lists}, whose list of Old CA",
        f"line 9: account[1].client_certificate names {phone.certificate}, which",
    ]


def test_a_list_that_no_authority_signed_is_told(office: Office) -> None:
    another = Authority(office.folder, "Another CA")
    for lists in (another.revokes(), office.authority.revokes(signed_by=another)):
        file = write_lists(office.folder / "lists.crl", lists)
        (found,) = office.found(ca_file=office.authority.file, crl_file=file)
        assert found.startswith(
            f"line 8: account[1].crl_file names {file}, where no list is signed by an authority in "
            f"{office.authority.file}"
        )


def test_a_key_that_does_not_match_is_told(office: Office) -> None:
    another = office.issue()
    assert office.found(
        client_certificate=office.phone.certificate, client_key=another.private_key
    ) == [
        (
            f"line 8: account[1].client_key names {another.private_key}, which is not the key of the "
            f"certificate {office.phone.certificate}"
        )
    ]


def test_a_certificate_for_servers_is_none_for_clients(office: Office) -> None:
    server = office.issue(usage=ExtendedKeyUsageOID.SERVER_AUTH)
    (found,) = office.found(client_certificate=server.certificate, client_key=server.private_key)
    assert found.endswith("which is not meant for clients (clientAuth)")


def test_a_key_that_everybody_may_read_is_told(office: Office) -> None:
    key = office.phone.private_key
    key.chmod(0o644)
    assert office.found(client_certificate=office.phone.certificate, client_key=key) == [
        (
            f"line 8: account[1].client_key names {key}, which everybody on this machine may read; "
            "chmod o-rwx it"
        )
    ]


def test_the_phones_own_certificate_is_looked_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Authority(tmp_path)
    one, two = authority.issue("phone"), authority.issue("phone")
    file = tmp_path / "sotto.toml"
    file.write_text(
        f'{HEAD}[sip]\ncertificate = "{one.certificate}"\nprivate_key = "{two.private_key}"\n'
    )
    assert main(["check-config", str(file)]) == 2
    assert f"line 9: sip.private_key names {two.private_key}" in capsys.readouterr().err


def test_a_board_that_is_none_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text('[phone]\nname = "Alice"\nboard = "pi-usb-headset"\n')
    assert main(["check-config", str(file)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f'{file}, line 3: phone.board is "pi-usb-headset": ')
    assert "one of pi-codec-zero, pi-spi-12-keys, pi-usb-handset, pi-wm8960-hat" in told
