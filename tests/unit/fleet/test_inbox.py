"""A configuration on a card's boot partition, and the plug that is pulled while it is taken."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.config import Config, ConfigError, load_config
from agent.fleet.disk import Disk
from agent.fleet.inbox import ClearingError, Inbox, Taken
from support.power_cut import CutDisk, PowerCutError

BEFORE = '[phone]\nname = "Before"\nboard = "simulator"\n'
WRITTEN = """\
# Alice's desk
[phone]
name = "Alice"
board = "simulator"   # there is none yet

[[account]]
name = "office"
uri = "sip:alice@example.org"
password = "geheim-1"
ca_file = "office-ca.pem"
# password = "geheim-2", the old one

[[account]]
name = "home"
uri = "sip:alice@example.net"
password_file = "home.txt"

[fleet]
url = "https://example.org/{serial}.toml"
token = "geheim-3"
certificate = "phone.pem"
private_key = "phone.key"
"""
SECRETS = (b"geheim-1", b"geheim-2", b"geheim-3", b"geheim-4", b"geheim-5")


@dataclass
class Desk:
    """A card in its slot, and the phone's own folder."""

    card: Path
    target: Path

    @classmethod
    def at(cls, folder: Path) -> "Desk":
        (folder / "boot").mkdir(parents=True)
        (folder / "etc").mkdir()
        desk = cls(folder / "boot" / "sotto.toml", folder / "etc" / "sotto.toml")
        desk.target.touch(mode=0o640)
        desk.target.write_text(BEFORE)
        return desk

    def put(self, text: str = WRITTEN) -> None:
        """Somebody puts the files onto the card."""
        self.card.write_bytes(text.encode())
        for name, content in (
            ("office-ca.pem", "a certificate"),
            ("home.txt", "geheim-4\n"),
            ("phone.pem", "another certificate"),
            ("phone.key", "geheim-5" * 20),
        ):
            (self.card.parent / name).write_text(content)

    def inbox(self, disk: Disk | None = None) -> Inbox:
        return Inbox(self.card, self.target, disk or CutDisk(), lambda _: None)

    def take(self) -> Taken | None:
        return self.inbox().take()

    def refusal(self) -> str:
        with pytest.raises(ConfigError) as caught:
            self.take()
        return str(caught.value)

    @property
    def on_card(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.card.parent.iterdir()}

    @property
    def config(self) -> Config:
        return load_config(self.target)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


def holds_a_secret(desk: Desk) -> bool:
    return any(secret in each for each in desk.on_card.values() for secret in SECRETS)


def is_taken(desk: Desk) -> bool:
    config = desk.config
    assert config.fleet is not None
    passwords = [each.password for each in config.accounts]
    assert passwords == ["geheim-1", "geheim-4"]
    assert config.fleet.token.encode() in SECRETS
    assert config.accounts[0].ca_file is not None
    assert config.accounts[0].ca_file.read_text() == "a certificate"
    assert config.fleet.private_key is not None
    assert config.fleet.private_key.read_text() == "geheim-5" * 20
    return config.phone.name == "Alice"


def test_the_secrets_leave_the_card_and_the_phone_has_them(desk: Desk) -> None:
    desk.put()
    taken = desk.inbox(Disk()).take()
    assert taken is not None
    assert (taken.secrets, taken.cleared, taken.config) == (6, True, desk.config)
    assert is_taken(desk)
    assert not holds_a_secret(desk)
    assert sorted(desk.on_card) == ["office-ca.pem", "phone.pem", "sotto.toml"]
    assert desk.card.read_text() == desk.target.read_text()
    secrets = sorted(desk.target.with_name("secrets").iterdir())
    assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
    assert desk.target.with_name("secrets").stat().st_mode & 0o777 == 0o700
    assert desk.target.stat().st_mode & 0o777 == 0o640


def test_what_is_no_secret_stays_as_it_was_written(desk: Desk) -> None:
    desk.put()
    desk.take()
    before, after = WRITTEN.splitlines(), desk.card.read_text().splitlines()
    changed = {line for line, text in enumerate(before, 1) if after[line - 1] != text}
    assert changed == {9, 10, 11, 16, 20, 21, 22}
    assert after[10] == "#"


def test_what_was_taken_is_not_taken_again(desk: Desk) -> None:
    desk.put()
    desk.take()
    desk.target.write_text(BEFORE)
    assert desk.take() is None
    assert desk.config.phone.name == "Before"


def test_what_stays_on_the_card_can_be_changed_and_taken_again(desk: Desk) -> None:
    desk.put()
    desk.take()
    desk.card.write_text(desk.card.read_text().replace("Alice", "Alison"))
    assert desk.take() is not None
    assert desk.config.phone.name == "Alison"
    assert [each.password for each in desk.config.accounts] == ["geheim-1", "geheim-4"]


def test_a_new_password_takes_the_old_ones_place(desk: Desk) -> None:
    desk.put()
    desk.take()
    desk.put(WRITTEN.replace("geheim-1", "geheim-9"))
    desk.take()
    assert [each.password for each in desk.config.accounts] == ["geheim-9", "geheim-4"]
    assert len(list(desk.target.with_name("secrets").iterdir())) == 6


def test_a_card_without_secrets_is_left_alone(desk: Desk) -> None:
    desk.card.write_bytes(b"\xef\xbb\xbf" + BEFORE.replace("Before", "Bob").encode())
    taken = desk.take()
    assert taken is not None
    assert not taken.cleared
    assert desk.card.read_bytes().startswith(b"\xef\xbb\xbf")
    assert desk.config.phone.name == "Bob"
    assert desk.take() is None


def test_what_notepad_writes_is_read(desk: Desk) -> None:
    desk.put("\ufeff" + WRITTEN.replace("\n", "\r\n"))
    desk.take()
    assert is_taken(desk)
    assert b'name = "Alice"\r\n' in desk.card.read_bytes()


def test_an_empty_slot_is_nothing_new(desk: Desk) -> None:
    assert desk.take() is None


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (BEFORE.encode("utf-16"), 'sotto.toml: is UTF-16; save it as "UTF-8"'),
        (b"# \xfc\n", "sotto.toml, line 1: is not UTF-8 text here"),
        (b"[phone\n", "sotto.toml, line 1: this is no TOML"),
        (b'[phone]\nname = "x"\nbord = "simulator"\n', 'phone.bord is not known; did you mean "bo'),
        (
            f'[[account]]\nname = "x"\nuri = "sip:a@b.example"\nca_file = "{"a" * 300}"\n'.encode(),
            "which cannot be looked at: File name too long",
        ),
        (b"#" * 300_000, "sotto.toml: is larger than 262144 octets"),
        (b'account = [{password = "geheim-1"}]\n', "line 1: account[1].password must stand on a l"),
        (b'[[account]]\npassword = "geheim-1"\n', "line 1: account[1].name is missing"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(
    desk: Desk, octets: bytes, sentence: str
) -> None:
    desk.card.write_bytes(octets)
    said = desk.refusal()
    assert sentence in said
    assert str(desk.card) in said
    assert "geheim" not in said
    assert (desk.target.read_text(), desk.card.read_bytes()) == (BEFORE, octets)
    assert not list(desk.target.parent.glob("secrets/*"))


def test_a_file_that_the_text_names_and_that_is_not_there_is_told(desk: Desk) -> None:
    desk.put()
    (desk.card.parent / "home.txt").unlink()
    assert "line 16: account[2].password_file names home.txt, which cannot" in desk.refusal()
    assert desk.config.phone.name == "Before"


def test_a_hidden_extension_is_told(desk: Desk) -> None:
    desk.card.with_name("sotto.toml.txt").write_text(WRITTEN)
    assert "sotto.toml.txt: must be called sotto.toml; Windows hides the .txt" in desk.refusal()


def test_the_refusal_lies_on_the_card_and_beside_the_configuration(desk: Desk) -> None:
    desk.card.write_bytes(b'[phone]\nname = "x"\nbord = "simulator"\n')
    inbox = desk.inbox()
    with pytest.raises(ConfigError) as caught:
        inbox.take()
    inbox.refuse(caught.value)
    assert desk.on_card["sotto-error.txt"].decode() == (
        "sotto.toml was not taken over; the phone goes on as before.\r\n\r\n"
        f"{desk.card}, line 1: phone.board is missing; it must be text in quotes\r\n"
        f'{desk.card}, line 3: phone.bord is not known; did you mean "board"?\r\n'
    )
    refused = desk.target.with_name("refused.txt")
    assert refused.read_text() == (
        "sotto.toml, line 1: phone.board is missing; it must be text in quotes\n"
    )
    inbox.forgive()
    assert "sotto-error.txt" not in desk.on_card
    assert not refused.exists()


class LockedDisk(Disk):
    """The card's switch is at "lock"."""

    def write_on_card(self, path: Path, content: bytes) -> None:  # noqa: ARG002 - Disk's
        raise OSError(30, "Read-only file system")


def test_a_card_that_cannot_be_written_is_told_and_cleared_another_time(desk: Desk) -> None:
    desk.put()
    with pytest.raises(ClearingError, match=r"its secrets are still on .*Read-only file system"):
        desk.inbox(LockedDisk()).take()
    assert is_taken(desk)
    assert holds_a_secret(desk)
    assert desk.take() is None
    assert not holds_a_secret(desk)
    assert is_taken(desk)


def test_another_file_that_was_put_there_meanwhile_is_taken_and_not_cleared(desk: Desk) -> None:
    desk.put()
    with pytest.raises(ClearingError):
        desk.inbox(LockedDisk()).take()
    desk.put(WRITTEN.replace("Alice", "Bob"))
    assert desk.take() is not None
    assert desk.config.phone.name == "Bob"
    assert not holds_a_secret(desk)


def steps(folder: Path) -> int:
    """How many there are from the card to the end."""
    desk, disk = Desk.at(folder), CutDisk()
    desk.put()
    desk.inbox(disk).take()
    return disk.steps


@pytest.mark.parametrize("lazy", [False, True], ids=["written at once", "written late"])
def test_a_plug_pulled_before_any_step_loses_nothing(tmp_path: Path, *, lazy: bool) -> None:
    count = steps(tmp_path / "counted")
    assert count > 40
    for cut in range(count):
        desk = Desk.at(tmp_path / f"cut-{cut}")
        desk.put()
        with pytest.raises(PowerCutError):
            desk.inbox(CutDisk(cut, lazy=lazy)).take()
        assert desk.config.phone.name == "Before" or is_taken(desk), cut
        desk.take()
        assert is_taken(desk), cut
        assert not holds_a_secret(desk), cut
        assert desk.take() is None, cut
        assert sorted(desk.on_card) == ["office-ca.pem", "phone.pem", "sotto.toml"], cut
        assert len(list(desk.target.with_name("secrets").iterdir())) == 6, cut


@pytest.mark.parametrize("lazy", [False, True], ids=["written at once", "written late"])
def test_a_plug_pulled_again_and_again_loses_nothing(tmp_path: Path, *, lazy: bool) -> None:
    """Each attempt gets a little further; whatever the one before left is a good start."""
    desk = Desk.at(tmp_path / "desk")
    desk.put()
    for cut in range(steps(tmp_path / "counted")):
        try:
            desk.inbox(CutDisk(cut, lazy=lazy)).take()
        except PowerCutError:
            assert desk.config.phone.name == "Before" or is_taken(desk), cut
    desk.take()
    assert is_taken(desk)
    assert not holds_a_secret(desk)


def test_a_file_that_is_too_large_is_told(desk: Desk) -> None:
    desk.put()
    (desk.card.parent / "office-ca.pem").write_bytes(bytes(300_000))
    assert "names office-ca.pem, which is larger than 262144 octets" in desk.refusal()
    assert desk.config.phone.name == "Before"


class DeafDisk(CutDisk):
    """Cannot read one file: the card is worn out there."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def read(self, path: Path, limit: int) -> bytes | None:
        if path.name == self._name:
            raise OSError(5, "Input/output error")
        return super().read(path, limit)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("phone.key", "names phone.key, which cannot be read: Input/output error"),
        ("boot.toml", "cannot be read: Input/output error"),
    ],
)
def test_a_worn_out_card_is_told(desk: Desk, name: str, sentence: str) -> None:
    desk.put()
    if name == "boot.toml":
        desk.card = desk.card.rename(desk.card.with_name(name))
    with pytest.raises(ConfigError, match=sentence):
        desk.inbox(DeafDisk(name)).take()
    assert desk.config.phone.name == "Before"


def test_a_secret_file_that_has_become_another_one_stays(desk: Desk) -> None:
    desk.put()
    with pytest.raises(ClearingError):
        desk.inbox(LockedDisk()).take()
    other = desk.card.parent / "home.txt"
    other.write_bytes(bytes(300_000))
    desk.take()
    assert other.stat().st_size == 300_000
    assert is_taken(desk)


def test_files_are_given_to_the_phones_user(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    desk = Desk.at(tmp_path)
    desk.put()
    desk.inbox(Disk((65534, 65534))).take()
    (secret, *_) = desk.target.with_name("secrets").iterdir()
    assert (secret.stat().st_uid, secret.stat().st_gid) == (65534, 65534)
    assert (desk.target.stat().st_uid, desk.target.stat().st_gid) == (0, 65534)
