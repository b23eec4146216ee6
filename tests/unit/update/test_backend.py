"""RAUC's questions, put to the command as RAUC puts them, on a card in a folder."""

from pathlib import Path

import pytest

from agent.cli import main
from agent.update.autoboot import autoboot
from agent.update.backend import CARD, COMMAND_LINE, LAYOUT, MAILBOX, NOTES
from support.source import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in (CARD, NOTES, COMMAND_LINE, LAYOUT, MAILBOX):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / CARD).mkdir()
    (tmp_path / LAYOUT).write_text((ROOT / "image/card/layout.sh").read_text())
    (tmp_path / CARD / "autoboot.txt").write_bytes(autoboot("A", {"A": 2, "B": 3}))
    (tmp_path / COMMAND_LINE).write_text("root=PARTUUID=534f5454-05 sotto.slot=A\n")
    (tmp_path / MAILBOX).touch()
    return tmp_path


def asked(root: Path, *words: str) -> int:
    return main(["update-slot", *words, "--root", str(root)])


def test_an_installation_as_rauc_does_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(root, "begin") == 0
    assert [asked(root, *words) for words in (["get-current"], ["get-primary"])] == [0, 0]
    assert asked(root, "set-state", "B", "bad") == asked(root, "get-state", "B") == 0
    assert asked(root, "set-primary", "B") == asked(root, "get-primary") == 0
    assert asked(root, "get-state", "B") == 0
    (root / COMMAND_LINE).write_text("sotto.slot=B\n")
    assert asked(root, "begin") == asked(root, "set-state", "B", "good") == 0
    assert asked(root, "get-current") == 0
    assert capsys.readouterr().out.split() == ["A", "A", "bad", "B", "good", "B"]
    assert b"boot_partition=3\n[tryboot]" in (root / CARD / "autoboot.txt").read_bytes()


def test_a_trial_that_failed_is_told_in_the_journal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(root, "set-primary", "B")
    assert asked(root, "begin") == 0
    assert "slot B did not prove itself" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["set-state", "A", "bad"], ["set-state", "C", "good"], ["get-state"], ["format"]]
)
def test_what_must_not_be_or_is_unknown_fails(
    root: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(root, *words) == 1
    assert capsys.readouterr().err


@pytest.mark.parametrize("file", [LAYOUT, COMMAND_LINE])
def test_a_machine_without_such_a_card_says_so(root: Path, file: str) -> None:
    (root / file).write_text("")
    assert asked(root, "get-primary") == 1
    (root / file).unlink()
    assert asked(root, "get-primary") == 1
