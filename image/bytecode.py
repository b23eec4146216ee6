"""Compiles Python without what only a reader of it needs, which a phone keeps in memory for good.

    python -X no_debug_ranges image/bytecode.py FILE-OR-FOLDER ...
    python -X no_debug_ranges image/bytecode.py --tree TREE FILE-OR-FOLDER ...

That are docstrings, and by the option the columns of tracebacks, which keep their lines. Python's
own option leaves out `assert` as well, and wants files with names that Debian's library lacks.
With a TREE, the files are for a machine where that is "/": sources are named so, and not looked at
again. Else a source that was changed is compiled by whoever imports it, docstrings and all.
"""

import argparse
import ast
import marshal
import os
from collections.abc import Iterable
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

_FOR_GOOD = 0b01
"""The flags of PEP 552: the source's hash is in the file, and nobody compares it."""


def main() -> None:
    """Compiles what the arguments name."""
    parser = argparse.ArgumentParser(prog="bytecode.py", description=__doc__)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("sources", nargs="+", type=Path)
    told = parser.parse_args()
    for source in _files(told.sources):
        write(source, told.tree)


def _files(sources: Iterable[Path]) -> Iterable[Path]:
    for source in sources:
        yield from sorted(source.rglob("*.py")) if source.is_dir() else (source,)


def write(source: Path, tree: Path | None = None) -> None:
    """Compiles one file to where Python looks for it, whole or not at all.

    Raises:
        SyntaxError: It is no Python.
    """
    content = source.read_bytes()
    name = source if tree is None else "/" / source.relative_to(tree)
    code = compile(without_docstrings(ast.parse(content, name)), name, "exec", dont_inherit=True)
    if tree is None:
        state = source.stat()
        words = (0, int(state.st_mtime), state.st_size)
        head = b"".join((word & 0xFFFFFFFF).to_bytes(4, "little") for word in words)
    else:
        head = _FOR_GOOD.to_bytes(4, "little") + source_hash(content)
    compiled = Path(cache_from_source(os.fspath(source)))
    compiled.parent.mkdir(parents=True, exist_ok=True)
    new = compiled.with_name(f"{compiled.name}.{os.getpid()}")
    new.write_bytes(MAGIC_NUMBER + head + marshal.dumps(code))
    new.replace(compiled)


def without_docstrings(module: ast.Module) -> ast.Module:
    """The same program, but for what it says of itself.

    The standard library's dataclasses keep theirs: without one they make it up at each start.
    """
    for node in ast.walk(module):
        match node:
            case ast.ClassDef() if any(
                "dataclass" in ast.unparse(by) for by in node.decorator_list
            ):
                pass
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                while ast.get_docstring(node, clean=False) is not None:
                    said = node.body.pop(0)
                    if not (node.body or node is module):
                        node.body.append(ast.copy_location(ast.Pass(), said))
            case _:
                pass
    return module


if __name__ == "__main__":
    main()
