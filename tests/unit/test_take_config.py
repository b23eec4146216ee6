"""`sotto take-config FILE` from the command line."""

from pathlib import Path

import pytest

from agent.cli import main
from agent.config import load_config
from support.certificates import Authority
from support.https_server import Answer, HttpsServer
from support.minisign import Signer

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
        "Secrets and files that went to the phone's own: 1.",
        "What stays on the card holds no secret; its old cells may still do.",
    ]
    assert take(tmp_path, "--config", str(target)) == 0
    assert capsys.readouterr().out == "Nothing new.\n"
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


def test_a_configuration_is_taken_from_the_net_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server has a certificate of an authority that this phone's configuration names."""
    authority = Authority(tmp_path)
    target = tmp_path / "etc" / "sotto.toml"
    target.parent.mkdir()
    target.touch(mode=0o640)
    target.write_text(GOOD)
    with HttpsServer(authority.issue("localhost")) as server:
        url = server.url("/alice.toml")
        fleet = f'[fleet]\nurl = "{url}"\nca_file = "{authority.file}"\n'
        server.answer = lambda _: Answer((GOOD + ACCOUNT + HUSH + fleet).encode())
        assert main(["take-config", url, "--config", str(target)]) == 1
        assert "certificate is refused" in capsys.readouterr().err
        target.write_text(GOOD.replace("Alice", "Before") + fleet)
        assert main(["take-config", url, "--config", str(target)]) == 0
        assert f"{url} is the configuration now" in capsys.readouterr().out
        assert load_config(target).phone.name == "Alice"
        assert "geheim" not in target.read_text()
        assert main(["take-config", f"{url}?again", "--config", str(target)]) == 0
        server.answer = lambda _: Answer(b"[phone]\nbord = 1\n")
        assert main(["take-config", url, "--config", str(target)]) == 2
        assert "line 2: phone.bord is not known" in capsys.readouterr().err
        signed = target.read_text() + f'public_key = ["{Signer().public_key}"]\n'
        target.write_text(signed)
        server.answer = lambda _: Answer(GOOD.encode())
        assert main(["take-config", url, "--config", str(target)]) == 1
        assert "its signature is no file of minisign" in capsys.readouterr().err
    assert target.read_text() == signed


def test_only_https_is_spoken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = ["--config", str(tmp_path / "sotto.toml")]
    assert main(["take-config", "https://alice:hush@example.org/", *target]) == 1
    said = capsys.readouterr().err
    assert "has a user or password in it" in said
    assert "hush" not in said
