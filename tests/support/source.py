"""The phone's own source as data: who imports whom, and how long things are."""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module.

    Attributes:
        target: Its dotted name; a submodule's own name in `from package import submodule`.
        line: Where.
        is_deferred: Whether it stands inside a function.
    """

    target: str
    line: int
    is_deferred: bool

    @property
    def is_standard_library(self) -> bool:
        """Whether Python itself brings it."""
        return self.target.split(".")[0] in sys.stdlib_module_names


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the phone.

    Attributes:
        name: Its dotted name; a package's is that of its folder.
        path: Where it stands.
        tree: What it says.
    """

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[Import]:
        """Every import, wherever it stands."""
        yield from _imports(self.tree, is_deferred=False)

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def code_lines(self) -> set[int]:
        """The lines that hold something other than a comment or a docstring."""
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.path.read_text()).readline):
            if token.type not in _SILENT:
                lines.update(range(token.start[0], token.end[0] + 1))
        return lines - set(_docstring_lines(self.tree))


def modules() -> list[Module]:
    """Every module of `agent` and `hw`."""
    files = [file for package in ("agent", "hw") for file in sorted((ROOT / package).rglob("*.py"))]
    return [Module(_name(file), file, ast.parse(file.read_text())) for file in files]


def is_under(name: str, *prefixes: str) -> bool:
    """Whether a dotted name is one of `prefixes` or stands inside one."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(node: ast.AST, *, is_deferred: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, is_deferred)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(_target(child, alias.name), child.lineno, is_deferred)
        else:
            yield from _imports(child, is_deferred=is_deferred or isinstance(child, Function))


def _target(node: ast.ImportFrom, name: str) -> str:
    package = node.module or ""
    inside = ROOT.joinpath(*package.split("."), name)
    return (
        f"{package}.{name}" if inside.is_dir() or inside.with_suffix(".py").is_file() else package
    )


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
