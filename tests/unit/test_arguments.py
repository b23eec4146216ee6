from importlib import metadata
from pathlib import Path

import pytest

from agent.arguments import CheckConfigOptions, DemoOptions, Options, RunOptions, parse_arguments

DEMO = Path("build/demo")


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("run --config a.toml", RunOptions(Path("a.toml"))),
        ("check-config a.toml", CheckConfigOptions(Path("a.toml"))),
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
