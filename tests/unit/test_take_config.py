"""`sotto take-config FILE` from the command line."""

from pathlib import Path

import pytest

from agent.cli import main

GOOD = '[phone]\nname = "Alice"\nboard = "simulator"\n'
HUSH = 'password = "geheim"\n'
ACCOUNT = '[[account]]\nname = "office"\nuri = "sip:alice@example.org"\n'


def take(folder: Path, *more: str) -> int:
    return main(["take-config", str(folder / "sotto.toml"), *more])


def test_a_card_is_taken_over_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sotto.toml").write_text(GOOD + ACCOUNT + HUSH)
    (tmp_path / "etc").mkdir()
    target = tmp_path / "etc" / "sotto.toml"
    assert take(tmp_path, "--config", str(target)) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/sotto.toml is the configuration now, as {target}.",
        "1 secrets or files went to the phone's own.",
        "What stays on the card holds no secret; its old cells may still do.",
    ]
    assert take(tmp_path, "--config", str(target)) == 0
    assert capsys.readouterr().out == "Nothing new on the card.\n"
    assert "geheim" not in target.read_text()


def test_a_wrong_one_is_told_at_three_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sotto.toml").write_text(GOOD + 'bord = "x"\n')
    target = tmp_path / "etc" / "sotto.toml"
    target.parent.mkdir()
    assert take(tmp_path, "--config", str(target)) == 2
    sentence = 'line 4: phone.bord is not known; did you mean "board"?'
    assert sentence in capsys.readouterr().err
    assert sentence in (tmp_path / "sotto-error.txt").read_text()
    assert sentence in target.with_name("refused.txt").read_text()
    (tmp_path / "sotto.toml").write_text(GOOD)
    assert take(tmp_path, "--config", str(target)) == 0
    assert not (tmp_path / "sotto-error.txt").exists()
    assert not target.with_name("refused.txt").exists()


def test_a_board_that_there_is_not_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sotto.toml").write_text(GOOD.replace("simulator", "abacus"))
    (tmp_path / "etc").mkdir()
    assert take(tmp_path, "--config", str(tmp_path / "etc" / "sotto.toml")) == 2
    assert "abacus" in capsys.readouterr().err


def test_a_user_that_there_is_not_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(tmp_path, "--owner", "nobody-of-this-name") == 1
    assert "no user nobody-of-this-name" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sotto.toml").write_text(GOOD)
    assert take(tmp_path, "--config", str(tmp_path / "none" / "sotto.toml")) == 1
    assert "none/sotto.toml.new: No such file or directory" in capsys.readouterr().err
