import ast
import importlib.util
import marshal
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from image.bytecode import without_docstrings, write
from support.source import ROOT

PROGRAM = '''"""What it is for."""

from dataclasses import dataclass


class Error(Exception):
    """Something went wrong."""


class Thing:
    """A thing."""

    def act(self, number: int) -> int:
        """Acts."""
        "a docstring as soon as the first one is gone"
        assert number > 0, "a number above 0"
        return number + 1

    async def wait(self) -> None:
        """Waits."""


@dataclass
class Point:
    """A place."""

    x: int
'''


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    source = tmp_path / "usr" / "thing.py"
    source.parent.mkdir()
    source.write_text(PROGRAM, encoding="utf-8")
    return source


def imported(source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("thing", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from codes(each)


def test_a_module_says_nothing_of_itself_and_does_the_same(source: Path) -> None:
    write(source)
    thing = imported(source)
    silent = (thing, thing.Error, thing.Thing, thing.Thing.act, thing.Thing.wait)
    assert [each.__doc__ for each in silent] == [None] * 5
    assert thing.Thing().act(1) == 2
    with pytest.raises(AssertionError, match="a number above 0") as told:
        thing.Thing().act(0)
    line = PROGRAM.splitlines()[told.traceback[-1].lineno]
    assert line == '        assert number > 0, "a number above 0"'
    assert str(told.traceback[-1].path) == str(source)
    assert thing.Point.__doc__ == "A place."


def test_an_edited_source_is_compiled_anew(source: Path) -> None:
    write(source)
    source.write_text('"""Edited."""\n', encoding="utf-8")
    assert imported(source).__doc__ == "Edited."


def test_a_package_names_its_sources_as_on_the_phone_and_does_not_look_at_them(
    source: Path, tmp_path: Path
) -> None:
    write(source, tmp_path)
    compiled = Path(importlib.util.cache_from_source(os.fspath(source)))
    code = marshal.loads(compiled.read_bytes()[16:])  # noqa: S302 - made a line ago
    assert {each.co_filename for each in codes(code)} == {"/usr/thing.py"}
    source.write_text('"""Edited."""\n', encoding="utf-8")
    assert imported(source).__doc__ is None


def test_one_source_becomes_the_same_octets_each_time(source: Path, tmp_path: Path) -> None:
    order = [sys.executable, "-X", "no_debug_ranges", str(ROOT / "image/bytecode.py")]
    order += ["--tree", str(tmp_path), str(source.parent)]
    compiled = Path(importlib.util.cache_from_source(os.fspath(source)))
    made = []
    for seed in ("1", "2"):
        subprocess.run(order, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        made.append(compiled.read_bytes())
    assert made[0] == made[1]
    columns = [each.co_positions() for each in codes(marshal.loads(made[0][16:]))]  # noqa: S302
    assert {place[2] for each in columns for place in each} == {None}


def test_every_module_of_the_phone_is_still_a_program() -> None:
    for source in (*ROOT.glob("agent/**/*.py"), *ROOT.glob("hw/**/*.py")):
        compile(without_docstrings(ast.parse(source.read_bytes())), source, "exec")
