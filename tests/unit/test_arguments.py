import tomllib
from pathlib import Path

import pytest

from agent.arguments import (
    CheckConfigOptions,
    DemoOptions,
    MachineSettingsOptions,
    Options,
    RunOptions,
    TakeConfigOptions,
    TellFailureOptions,
    TryBoardOptions,
    TryHandsetOptions,
    parse_arguments,
)
from agent.control.requests import (
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Resume,
    Status,
    Unverify,
)
from agent.shell.options import AskOptions, CardsOptions, Where
from support.source import ROOT

DEMO = Path("build/demo")
A_TOML = Where(Path("a.toml"))


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("run --config a.toml", RunOptions(Path("a.toml"))),
        ("check-config a.toml", CheckConfigOptions(Path("a.toml"))),
        ("tell-failure", TellFailureOptions()),
        ("tell-failure --config a.toml", TellFailureOptions(Path("a.toml"))),
        ("take-config", TakeConfigOptions()),
        (
            "take-config a.toml --config b.toml --owner sotto",
            TakeConfigOptions(Path("a.toml"), Path("b.toml"), "sotto"),
        ),
        ("take-config https://a/b", TakeConfigOptions(url="https://a/b")),
        ("machine-settings run/m", MachineSettingsOptions(Path("run/m"))),
        (
            "machine-settings m --config a.toml",
            MachineSettingsOptions(Path("m"), Path("a.toml")),
        ),
        ("test-handset --config a.toml", TryHandsetOptions(Path("a.toml"))),
        (
            "test-handset --config a.toml --headset --seconds 3.5",
            TryHandsetOptions(Path("a.toml"), headset=True, seconds=3.5),
        ),
        ("test-board", TryBoardOptions(Path("/etc/sotto/sotto.toml"))),
        ("test-board --config a.toml", TryBoardOptions(Path("a.toml"))),
        ("test-board --config a.toml --seconds 60", TryBoardOptions(Path("a.toml"), 60.0)),
        ("status", AskOptions(Status(), Where())),
        ("status --json --socket s", AskOptions(Status(), Where(None, Path("s")), as_json=True)),
        ("call 102 --config a.toml", AskOptions(Call("102"), A_TOML)),
        ("answer", AskOptions(Answer(), Where())),
        ("hangup", AskOptions(HangUp(), Where())),
        ("hold", AskOptions(Hold(), Where())),
        ("resume", AskOptions(Resume(), Where())),
        ("confirm tactics adviser", AskOptions(Confirm(("tactics", "adviser")), Where())),
        ("differ", AskOptions(Differ(), Where())),
        ("events --json", AskOptions(Events(), Where(), as_json=True)),
        ("log", AskOptions(Log(security=False, limit=20), Where())),
        ("log --security --limit 7", AskOptions(Log(security=True, limit=7), Where())),
        ("peers --config a.toml", AskOptions(Peers(), A_TOML)),
        ("peers list --config a.toml --json", AskOptions(Peers(), A_TOML, as_json=True)),
        ("peers --json", AskOptions(Peers(), Where(), as_json=True)),
        ("peers unverify --config a.toml Bob", AskOptions(Unverify("Bob"), A_TOML)),
        ("peers unverify Bob --config a.toml", AskOptions(Unverify("Bob"), A_TOML)),
        ("peers --config a.toml forget 00ff", AskOptions(Forget("00ff"), A_TOML)),
        ("contacts", AskOptions(Contacts(), Where())),
        ("contacts list", AskOptions(Contacts(), Where())),
        ("contacts export - --config a.toml", CardsOptions("export", None, A_TOML)),
        ("contacts import c.vcf", CardsOptions("import", Path("c.vcf"), Where())),
        ("demo", DemoOptions(script=False, port=8080, terminal=False, state_dir=DEMO)),
        ("demo --script", DemoOptions(script=True, port=8080, terminal=False, state_dir=DEMO)),
        (
            "demo --port 9000 --terminal --state-dir x",
            DemoOptions(script=False, port=9000, terminal=True, state_dir=Path("x")),
        ),
    ],
)
def test_what_a_line_means(line: str, options: Options) -> None:
    assert parse_arguments(line.split()) == options


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "required: COMMAND"),
        ("run", "required: --config"),
        ("run --conf a.toml", "required: --config"),
        ("ring", "invalid choice: 'ring'"),
        ("check-config", "required: FILE"),
        ("test-handset --config a.toml --seconds 0", '"0" is no number of seconds'),
        ("test-board --config a.toml --seconds nan", '"nan" is no number of seconds'),
        ("call", "required: NUMBER"),
        ("confirm", "required: WORD"),
        ("log --limit 0", '"0" is no number from 1 to 500'),
        ("log --limit many", '"many" is no number'),
        ("peers forget --config a.toml", "required: WHO"),
        ("peers Bob --config a.toml", "invalid choice: 'Bob'"),
        ("contacts import", "required: FILE"),
        ("demo --port 0", '"0" is no port'),
        ("demo --port eighty", '"eighty" is no port'),
    ],
)
def test_a_line_that_means_nothing_is_told(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_arguments(line.split())
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_arguments(["--version"])
    assert caught.value.code == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"sotto {project['version']}\n"


def test_two_words_in_one_argument_are_two() -> None:
    options = parse_arguments(["confirm", "tactics adviser"])
    assert options == AskOptions(Confirm(("tactics", "adviser")), Where())
