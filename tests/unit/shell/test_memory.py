"""The memory of a phone that is off, by hand, through the command line."""

import io
import json
from pathlib import Path

import pytest

from agent.cli import main
from agent.store import DATABASE, CallRecord, Contact, Level, Meeting, Store
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


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD", ""))


BOB_CARD = card("FN:Bob", "TEL:102", "IMPP:sip:bob@192.0.2.7")
EVE_CARD = card("FN:Ève", "TEL:7", "IMPP:sip:eve@example.org")


def test_contacts_go_from_one_phone_to_another_and_nobody_is_verified_by_it(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meet_bob(running)
    text = told(capsys, "contacts", "export", "-", "--config", config)
    assert text == BOB_CARD
    assert ZID.hex() not in text
    file = tmp_path / "friends.vcf"
    file.write_text(text + EVE_CARD)
    before = running.peers()
    said = told(capsys, "contacts", "import", str(file), "--config", config)
    assert said.splitlines() == [
        "skipped: Bob, line 1: it stands in the configuration",
        "1 taken over, 1 skipped. Nobody is verified by this.",
    ]
    assert running.peers() == before
    out = tmp_path / "out.vcf"
    assert told(capsys, "contacts", "export", str(out), "--config", config) == "2 written.\n"
    assert out.read_bytes().decode() == BOB_CARD + EVE_CARD
    assert told(capsys, "contacts", "--config", config).splitlines() == [
        "102  Bob  sip:bob@192.0.2.7",
        "7    Ève  sip:eve@example.org",
    ]
    listed = json.loads(told(capsys, "contacts", "list", "--json", "--config", config))
    assert [each["configured"] for each in listed] == [True, False]
    running.close()


def test_what_came_of_each_card_is_told_for_a_program(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cards = [
        EVE_CARD,
        card("FN:Frank", "IMPP:sip:frank@example.org;transport=udp"),
        card("FN:Grace", "TEL:+49 30 1234567"),
        card("TEL:5", "IMPP:sip:nobody@example.org"),
        card("FN:Heidi", "TEL:102", "IMPP:sip:heidi@example.org"),
        card("FN:Ivan", "TEL:7", "IMPP:sip:ivan@example.org"),
        card("FN:Judy"),
    ]
    file = tmp_path / "friends.vcf"
    file.write_text("".join(cards))
    outcomes = json.loads(
        told(capsys, "contacts", "import", str(file), "--json", "--config", config)
    )
    assert [(each["name"], each["why"]) for each in outcomes] == [
        ("Ève", ""),
        (
            "Frank",
            'its SIP address will not do: transport is "udp", but this phone speaks TLS only',
        ),
        ("Grace", "it has no SIP address, and there is no account to call its number through"),
        ("", "it has no name"),
        ("Heidi", "the number 102 is that of Bob in the configuration"),
        ("Ivan", "the number 7 is that of Ève"),
        ("Judy", "it has no SIP address, nor a number"),
    ]
    assert [each["line"] for each in outcomes] == [1, 7, 12, 17, 22, 28, 34]
    assert [each.name for each in running.contacts()] == ["Ève"]
    running.close()


def test_a_mere_number_is_called_through_the_account(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path(config).open("a", encoding="utf-8") as more:
        more.write('[[account]]\nname = "office"\nuri = "sip:alice@example.org"\n')
    file = tmp_path / "friends.vcf"
    file.write_text(card("FN:Grace", "TEL:+49 30 1234567"))
    told(capsys, "contacts", "import", str(file), "--config", config)
    assert running.contacts() == [Contact("Grace", "0049301234567", GRACE)]
    running.close()


GRACE = "sip:0049301234567@example.org"


def test_many_cards_go_in_pieces(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friends.vcf"
    many = 120
    file.write_text("".join(card(f"FN:F{n}", f"IMPP:sip:f{n}@example.org") for n in range(many)))
    said = told(capsys, "contacts", "import", str(file), "--config", config)
    assert said.startswith("120 taken over, 0 skipped.")
    assert len(running.contacts()) == many
    running.close()


def test_contacts_come_from_standard_input(
    running: Store,
    config: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(EVE_CARD.encode())))
    assert told(capsys, "contacts", "import", "-", "--config", config).startswith("1 taken")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    said = refused(capsys, "contacts", "import", "-", "--config", config)
    assert said == "standard input: there is no vCard in it (BEGIN:VCARD)\n"
    running.close()


def test_a_file_that_is_too_long_changes_nothing(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friends.vcf"
    file.write_bytes(EVE_CARD.encode() + b"\n" * (8 * 1024 * 1024))
    said = refused(capsys, "contacts", "import", str(file), "--config", config)
    assert "is too long for a list of contacts" in said
    assert running.contacts() == []
    running.close()


def test_an_import_that_takes_nothing_fails(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friends.vcf"
    file.write_text(BOB_CARD)
    assert main(["contacts", "import", str(file), "--config", config]) == 1
    assert "0 taken over, 1 skipped" in capsys.readouterr().out
    running.close()


def test_a_file_that_cannot_be_opened_is_told(
    running: Store, config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none" / "contacts.vcf")
    said = refused(capsys, "contacts", "import", missing, "--config", config)
    assert said == f"{missing} cannot be read: No such file or directory\n"
    said = refused(capsys, "contacts", "export", missing, "--config", config)
    assert said == f"{missing} cannot be written: No such file or directory\n"
    running.close()


def test_what_was_logged(running: Store, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "log", "--config", config) == "No call yet.\n"
    assert told(capsys, "log", "--security", "--config", config) == "Nothing happened yet.\n"
    running.log_call(
        CallRecord(
            direction="incoming",
            uri="sip:bob@192.0.2.7",
            name="Bob\x1b[31m",
            zid=ZID,
            started=MAY,
            answered=MAY + 3,
            ended=MAY + 68,
            outcome="remote_hung_up",
            security="matched",
        )
    )
    missed = CallRecord(
        direction="incoming",
        uri="sip:eve@example.org",
        name="",
        zid=None,
        started=MAY,
        answered=None,
        ended=MAY + 9,
        outcome="cancelled",
        security="",
    )
    running.log_call(missed)
    first, second = told(capsys, "log", "--config", config).splitlines()
    assert "missed  sip:eve@example.org  -     cancelled       no keys" in first
    assert "from    Bob?[31m             1:05  remote hung up  matched" in second
    (latest,) = json.loads(told(capsys, "log", "--limit", "1", "--json", "--config", config))
    assert (latest["missed"], latest["zid"], latest["uri"]) == (True, None, "sip:eve@example.org")
    running.log_security_event("sas-mismatch", ZID, "sip:bob@192.0.2.7", "")
    said = told(capsys, "log", "--security", "--config", config)
    assert said.endswith(f"  sas-mismatch  sip:bob@192.0.2.7 {ZID.hex()}\n")
    running.close()


@pytest.mark.parametrize(
    "command",
    [["status"], ["call", "102"], ["answer"], ["hangup"], ["confirm", "a"], ["differ"], ["events"]],
)
def test_what_only_a_running_phone_can_do_is_told_with_how_to_start_it(
    running: Store, config: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    said = refused(capsys, *command, "--config", config)
    assert said.startswith("the phone does not run: nobody answers at ")
    assert said.endswith(f"Start it: sotto run --config {config}\n")
    running.close()


def test_a_memory_that_nobody_named_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "peers", "--socket", str(tmp_path / "control"))
    assert said.endswith("Start it: systemctl start sotto, or name its --config FILE\n")
