"""The phone's memory by hand, through the command line."""

import io
import json
from pathlib import Path

import pytest

from agent.cli import main
from agent.store import DATABASE, Level, Meeting, Store
from agent.zrtp import CacheUpdate, RetainedSecrets
from support.stores import OTHER_ZID, ZID, Wall, counting_bytes

CONFIG = """
[phone]
name = "Alice"
state_dir = "state"
board = "simulator"

[[contact]]
name = "Bob"
number = "102"
uri = "sip:bob@192.0.2.7"
"""
MAY = 1_777_777_777.0
EVE_WITH_BOBS_NUMBER = b"""{"format": "sotto-contacts", "version": 1, "contacts": [
    {"name": "Eve", "number": "102", "uri": "sip:eve@example.org"}
]}"""
SECRET = b"\x5a" * 32


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "sotto.toml"
    file.write_text(CONFIG)
    return str(file)


@pytest.fixture
def running(config: str, tmp_path: Path) -> Store:
    """The memory of a phone that runs."""
    store = Store.open(tmp_path / "state" / DATABASE, Wall(MAY), counting_bytes())
    assert config
    return store


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def meet_bob(store: Store) -> None:
    level = Level("X3M3", post_quantum=True)
    store.confirm(Meeting(ZID, "sip:bob@192.0.2.7", level, announced=True))
    store.name_peer(ZID, "Bob")
    store.met(Meeting(ZID, "sip:bob@example.org"), proven=False)


def test_nobody_was_met_yet(
    running: Store, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "peers", "--config", config) == "No phone was met yet.\n"
    assert told(capsys, "peers", "--json", "--config", config) == "[]\n"
    running.close()


def test_who_was_met(running: Store, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    meet_bob(running)
    running.met(Meeting(OTHER_ZID, "", Level("X255", post_quantum=False)), proven=False)
    running.met(Meeting(b"third phone.", ""), proven=False)
    said = told(capsys, "peers", "--config", config)
    assert f"Bob: verified 2026-05-03\n  {ZID.hex()}\n  last met 2026-05-03\n" in said
    assert "  X3M3, post-quantum\n" in said
    assert "  sip:bob@192.0.2.7\n  sip:bob@example.org, only claimed\n" in said
    assert f"No name: never verified\n  {OTHER_ZID.hex()}" in said
    assert "  X255, not post-quantum\n" in said
    assert f"  {b'third phone.'.hex()}\n  last met 2026-05-03\n" in said
    running.close()


def test_who_was_met_as_json_without_a_secret(
    running: Store, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    running.commit_secrets(CacheUpdate(ZID, RetainedSecrets(SECRET, None, verified=True)))
    meet_bob(running)
    said = told(capsys, "peers", "--config", config, "--json")
    (peer,) = json.loads(said)
    assert peer == {
        "zid": ZID.hex(),
        "name": "Bob",
        "first_seen": "2026-05-03T03:09:37+00:00",
        "last_seen": "2026-05-03T03:09:37+00:00",
        "verified": True,
        "last_verified": "2026-05-03T03:09:37+00:00",
        "last_uri": "sip:bob@example.org",
        "level": {"key_agreement": "X3M3", "post_quantum": True},
        "addresses": [
            {
                "uri": "sip:bob@192.0.2.7",
                "first_seen": "2026-05-03T03:09:37+00:00",
                "last_seen": "2026-05-03T03:09:37+00:00",
                "last_proven": "2026-05-03T03:09:37+00:00",
                "announced": True,
            },
            {
                "uri": "sip:bob@example.org",
                "first_seen": "2026-05-03T03:09:37+00:00",
                "last_seen": "2026-05-03T03:09:37+00:00",
                "last_proven": None,
                "announced": False,
            },
        ],
        "enrolled": False,
    }
    assert SECRET.hex() not in said
    running.close()


@pytest.mark.parametrize("who", ["Bob", "bob", ZID.hex(), ZID.hex().upper()])
def test_a_phone_loses_its_flag_while_the_phone_runs(
    running: Store, config: str, capsys: pytest.CaptureFixture[str], who: str
) -> None:
    meet_bob(running)
    said = told(capsys, "peers", "unverify", who, "--config", config)
    assert said.startswith(f"Bob ({ZID.hex()}): no longer verified")
    peer = running.peer(ZID)
    assert peer is not None
    assert not peer.verified
    assert running.verified_at_uri("sip:bob@192.0.2.7") == [peer], "XA21: that it was is kept"
    assert running.security_events(1)[0].kind == "unverified-by-hand"
    assert "no longer verified; it was on 2026-05-03" in told(capsys, "peers", "--config", config)
    running.close()


@pytest.mark.parametrize("action", ["unverify", "forget"])
def test_r03_an_enrolment_is_seen_and_taken_back(
    running: Store, config: str, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    kept = RetainedSecrets(SECRET, None, verified=True, pbxsecret=SECRET)
    running.commit_secrets(CacheUpdate(ZID, kept))
    meet_bob(running)
    allowed = "it was allowed to listen in"
    assert allowed in told(capsys, "peers", "--config", config)
    said = told(capsys, "peers", action, "Bob", "--config", config)
    assert said.endswith("; what it was allowed as a telephone system has ended\n")
    assert allowed not in told(capsys, "peers", "--config", config)
    left = running.retained_secrets(ZID)
    assert left is None or (left.rs1, left.pbxsecret) == (SECRET, None)
    running.close()


def test_a_phone_is_forgotten_while_the_phone_is_off(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running.commit_secrets(CacheUpdate(ZID, RetainedSecrets(SECRET, None, verified=True)))
    running.close()
    assert "forgotten" in told(capsys, "peers", "forget", ZID.hex(), "--config", config)
    assert told(capsys, "peers", "--config", config) == "No phone was met yet.\n"
    files = [file.read_bytes() for file in (tmp_path / "state").iterdir()]
    assert not any(SECRET in content for content in files)
    again = Store.open(tmp_path / "state" / DATABASE, Wall(), counting_bytes())
    assert again.restored == ""
    again.close()


def test_who_is_not_known_or_not_the_only_one_is_told(
    running: Store, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    meet_bob(running)
    said = refused(capsys, "peers", "forget", "Carol", "--config", config)
    assert 'no phone is called "Carol"' in said
    running.name_peer(OTHER_ZID, "bob")
    said = refused(capsys, "peers", "forget", "Bob", "--config", config)
    assert '2 phones are called "Bob"; say which: ' in said
    assert ZID.hex() in said
    assert OTHER_ZID.hex() in said
    running.close()


def test_without_a_database_none_is_made(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "never started" in refused(capsys, "peers", "--config", config)
    assert not (tmp_path / "state").exists()


def test_xa22_a_restored_memory_is_told_and_not_changed(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meet_bob(running)
    running.close()
    (tmp_path / "state" / f"{DATABASE}-seal").unlink()
    assert main(["peers", "--config", config]) == 0
    captured = capsys.readouterr()
    assert "Bob: verified" in captured.out
    assert captured.err.startswith("This memory was moved or restored: ")
    assert "start the phone once" in refused(capsys, "peers", "forget", "Bob", "--config", config)


def test_contacts_go_from_one_phone_to_another_and_nobody_is_verified_by_it(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meet_bob(running)
    file = tmp_path / "contacts.json"
    text = told(capsys, "contacts", "export", "-", "--config", config)
    document = json.loads(text)
    assert document["contacts"] == [{"name": "Bob", "number": "102", "uri": "sip:bob@192.0.2.7"}]
    assert ZID.hex() not in text
    document["contacts"].append({"name": "Ève", "uri": "sip:eve@example.org"})
    file.write_text(json.dumps(document))
    before = running.peers()
    said = told(capsys, "contacts", "import", str(file), "--config", config)
    assert said.startswith("1 contacts taken over, 1 left to the configuration.")
    assert running.peers() == before
    out = tmp_path / "out.json"
    assert told(capsys, "contacts", "export", str(out), "--config", config) == ""
    assert [each["name"] for each in json.loads(out.read_text("utf-8"))["contacts"]] == [
        "Bob",
        "Ève",
    ]
    running.close()


def test_contacts_come_from_standard_input(
    running: Store,
    config: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = '{"format": "sotto-contacts", "version": 1, "contacts": []}'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert told(capsys, "contacts", "import", "-", "--config", config).startswith("0 contacts")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    said = refused(capsys, "contacts", "import", "-", "--config", config)
    assert said == "standard input: byte 0 is no UTF-8\n"
    running.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "contacts.json: line 1, column 2: this is no JSON"),
        (b"\xff\xfe", "contacts.json: byte 0 is no UTF-8"),
        (b" " * (8 * 1024 * 1024 + 1), "contacts.json is too long"),
        (
            EVE_WITH_BOBS_NUMBER,
            "Eve cannot have the number 102: in the configuration it is that of Bob",
        ),
    ],
)
def test_a_bad_file_changes_nothing(
    running: Store,
    config: str,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    message: str,
) -> None:
    file = Path(config).with_name("contacts.json")
    file.write_bytes(content)
    assert message in refused(capsys, "contacts", "import", str(file), "--config", config)
    assert running.contacts() == []
    running.close()


def test_a_file_that_cannot_be_opened_is_told(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none" / "contacts.json")
    said = refused(capsys, "contacts", "import", missing, "--config", config)
    assert said == f"{missing} cannot be read: No such file or directory\n"
    said = refused(capsys, "contacts", "export", missing, "--config", config)
    assert said == f"{missing} cannot be written: No such file or directory\n"
    running.close()
