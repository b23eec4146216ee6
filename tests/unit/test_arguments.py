from importlib import metadata
from pathlib import Path

import pytest

from agent.arguments import (
    CheckConfigOptions,
    ContactsOptions,
    DemoOptions,
    Options,
    PeersOptions,
    RunOptions,
    parse_arguments,
)

DEMO = Path("build/demo")


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("run --config a.toml", RunOptions(Path("a.toml"))),
        ("check-config a.toml", CheckConfigOptions(Path("a.toml"))),
        ("peers --config a.toml", PeersOptions(Path("a.toml"))),
        ("peers --config a.toml --json", PeersOptions(Path("a.toml"), as_json=True)),
        ("peers unverify --config a.toml Bob", PeersOptions(Path("a.toml"), "unverify", "Bob")),
        ("peers unverify Bob --config a.toml", PeersOptions(Path("a.toml"), "unverify", "Bob")),
        ("peers --config a.toml forget 00ff", PeersOptions(Path("a.toml"), "forget", "00ff")),
        ("contacts export - --config a.toml", ContactsOptions(Path("a.toml"), "export")),
        (
            "contacts import --config a.toml c.json",
            ContactsOptions(Path("a.toml"), "import", Path("c.json")),
        ),
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
        ("peers", "required: --config"),
        ("peers forget --config a.toml", "required: WHO"),
        ("peers Bob --config a.toml", "invalid choice: 'Bob'"),
        ("contacts --config a.toml", "required: ACTION"),
        ("contacts import c.json", "required: --config"),
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
    assert capsys.readouterr().out == f"sotto {metadata.version('sotto')}\n"
