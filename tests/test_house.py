"""What holds the house together: who imports whom, how long things are, and the linters."""

import ast
import os
import re
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from agent.late import LATE, late
from support.source import ROOT, Module, is_under, modules

MODULES = modules()

# What turns events into actions: it knows every part, but no hardware and no PJSIP.
PUMP = (
    "agent.acquaintances",
    "agent.associations",
    "agent.ear",
    "agent.errands",
    "agent.candidates",
    "agent.keying",
    "agent.ledger",
    "agent.menu_answers",
    "agent.orders",
    "agent.panel",
    "agent.ports",
    "agent.preference_rows",
    "agent.pump",
    "agent.settings",
    "agent.translate",
)
PARTS = (
    "agent.clock",
    "agent.config",
    "agent.contact",
    "agent.media",
    "agent.network.judgement",
    "agent.phone",
    "agent.redact",
    "agent.screens",
    "agent.sdes",
    "agent.sip",
    "agent.sip_uri",
    "agent.store",
    "agent.systemd",
    "agent.upkeep",
    "agent.zrtp",
    "hw.board",
    "hw.ring_tones",
    "hw.types",
)

# Each row: a module or package, and what it may import besides itself and the standard
# library. The longest name that fits a module counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "agent": (),
    "agent.arguments": ("agent.shell.options", "agent.version"),
    "agent.clock": (),
    "agent.contact": (),
    "agent.errors": (),
    "agent.frozen": (),
    "agent.late": (),
    "agent.redact": (),
    "agent.sip_uri": (),
    "agent.systemd": (),
    "agent.version": (),
    "agent.config": ("agent.errors", "agent.late", "agent.sip_uri"),
    "agent.zrtp": ("cryptography",),
    "agent.phone": ("hw.types",),
    "agent.screens": ("agent.late", "agent.phone", "hw.types", "PIL"),
    "agent.media": ("agent.zrtp.events", "hw.board", "pjsua2"),
    "agent.sdes": ("agent.zrtp.events",),
    "agent.trust": ("cryptography",),
    "agent.sip": (
        *("agent.config", "agent.late", "agent.media", "agent.sdes", "agent.sip_uri"),
        *("agent.trust", "cryptography", "dns", "hw.board", "pjsua2"),
    ),
    "agent.store": (
        *("agent.contact", "agent.errors", "agent.late", "agent.sip_uri", "agent.zrtp"),
        "cryptography",
    ),
    **dict.fromkeys(PUMP, PUMP + PARTS),
    "agent.factory": ("agent.arguments", "agent.errors", "agent.fleet.disk"),
    "agent.fresh_start": (
        *("agent.config", "agent.factory.mark", "agent.fleet.disk", "agent.phone"),
        *("agent.shell.options", "agent.store"),
    ),
    "agent.own_addresses": (),
    "agent.network": (),
    "agent.looking": (),
    "agent.health": ("agent.looking", "agent.phone"),
    "agent.self_check": ("agent.phone",),
    "agent.daemon": (
        *(*PUMP, *PARTS, "agent.arguments", "agent.boards", "agent.control"),
        *("agent.fleet", "agent.following", "agent.fresh_start", "agent.health", "agent.network"),
        "agent.update.desk",
        *("agent.core_files", "agent.last_words", "agent.own_addresses", "agent.self_check"),
        "agent.version",
        *("agent.slack", "hw"),
    ),
    "agent.demo": ("agent.arguments", "agent.config", "agent.zrtp.pgp_words", "hw"),
    "agent.upkeep": ("agent.sip_uri", "agent.store"),
    "agent.vcard": ("agent.contact", "agent.sip_uri"),
    "agent.control": (
        *("agent.clock", "agent.contact", "agent.phone", "agent.store", "agent.upkeep"),
    ),
    "agent.shell": (
        *("agent.clock", "agent.config", "agent.contact", "agent.control", "agent.errors"),
        *("agent.late", "agent.phone", "agent.vcard"),
    ),
    "agent.shell.memory": (
        *("agent.clock", "agent.config", "agent.control", "agent.fleet", "agent.settings"),
        *("agent.store", "agent.upkeep"),
    ),
    "agent.cli": (*("agent.arguments", "agent.errors", "agent.late", "agent.shell.options"),),
    "agent.boards": ("agent.config", "agent.errors", "hw"),
    "agent.fleet": ("agent.config", "agent.errors", "agent.redact", "cryptography"),
    "agent.core_files": (),
    "agent.last_words": (
        *("agent.arguments", "agent.config", "agent.fleet", "agent.phone", "agent.screens", "hw"),
    ),
    "agent.update": (),
    "agent.update.slots": ("agent.fleet.disk", "agent.update.autoboot"),
    "agent.update.backend": ("agent.arguments", "agent.errors", "agent.update"),
    "agent.update.download": ("agent.config.fleet", "agent.fleet.files", "agent.fleet.https"),
    "agent.update.updating": ("agent.phone.machine",),
    "agent.update.desk": (
        *("agent.config", "agent.fleet.disk", "agent.looking", "agent.phone", "agent.update"),
    ),
    "agent.update.worker": ("agent.fleet.disk", "agent.phone.machine", "agent.update"),
    "agent.update.command": ("agent.arguments", "agent.config", "agent.errors", "agent.update"),
    "agent.update.prove": (
        *("agent.arguments", "agent.config", "agent.control", "agent.errors"),
        *("agent.shell.client", "agent.update"),
    ),
    "agent.failure": ("agent.arguments", "agent.config", "agent.last_words", "agent.phone"),
    "agent.following": (
        *("agent.boards", "agent.clock", "agent.fleet", "agent.late", "agent.phone"),
    ),
    "agent.take_config": (
        *("agent.arguments", "agent.boards", "agent.config", "agent.errors", "agent.fleet"),
    ),
    "agent.machine": ("agent.arguments", "agent.boards", "agent.config", "agent.errors", "hw"),
    "agent.check_config": (
        *("agent.arguments", "agent.boards", "agent.config", "agent.sip.settings", "agent.trust"),
    ),
    "agent.checkup": (
        *("agent.arguments", "agent.boards", "agent.config", "agent.shell.client", "hw"),
    ),
    "agent.doctor": (
        *("agent.arguments", "agent.boards", "agent.config", "agent.control", "agent.late"),
        *("agent.following", "agent.health"),
        *("agent.own_addresses", "agent.redact", "agent.shell.client", "agent.sip.events"),
        *("agent.sip.clock", "agent.sip.reasons", "agent.sip.settings", "agent.sip_uri"),
        *("agent.sip.resolver", "agent.store", "agent.trust", "agent.version", "cryptography"),
        "hw",
    ),
    "agent.doctor.judges": (
        "agent.doctor.findings",
        "agent.health",
        "agent.sip.events",
        "agent.sip.reasons",
        "agent.trust.objections",
    ),
    "agent.__main__": ("agent.cli",),
    "hw": ("hw",),
    "hw.types": (),
    "hw.debounce": ("hw.types",),
    "hw.simulator": ("hw", "PIL", "aiohttp"),
}

PURE = (
    *("agent.zrtp", "agent.phone", "agent.screens", "hw.types", "hw.debounce", "agent.vcard"),
    *("agent.health.judgement", "agent.update.autoboot", "agent.update.proof"),
    *("agent.update.updating", "agent.update.version"),
    *("agent.network.judgement", "agent.network.reach", "agent.network.rtnetlink"),
    "agent.sdes",
    *("agent.trust.identity", "agent.trust.judgement", "agent.trust.objections"),
    *("agent.trust.pins", "agent.trust.revocation"),
    *("agent.control.intake", "agent.control.protocol", "agent.control.tell"),
    *("agent.fleet.kept", "agent.fleet.ledger", "agent.fleet.parting"),
    *("agent.fleet.permission", "agent.fleet.signature", "agent.fleet.timetable"),
    *("agent.doctor.certificates", "agent.doctor.findings", "agent.doctor.judges"),
    "agent.doctor.told",
    *("agent.doctor.options", "agent.doctor.patient", "agent.doctor.sntp", "agent.doctor.stun"),
)
"""What decides: values in, values out."""
IMPURE = (
    *("asyncio", "multiprocessing", "os", "random", "secrets", "select", "selectors", "signal"),
    *("socket", "sqlite3", "subprocess", "tempfile", "threading", "time"),
)
DRIVERS = ("RPi", "alsaaudio", "luma", "PIL", "smbus2", "spidev")
"""Only there where the hardware is: imported by the class that needs them, when it needs them."""

LONGEST_FILE = 500
LONGEST_FUNCTION = 50
WORD_LISTS = {ROOT / "agent/zrtp/pgp_words.py"}


each_module = pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])


def permitted(module: str) -> tuple[str, ...]:
    row = max((row for row in MAY_IMPORT if is_under(module, row)), key=len)
    itself = () if row == "agent" else (row,)
    return (*MAY_IMPORT[row], *itself, "agent.frozen")


def forbidden_imports(module: Module) -> list[str]:
    allowed = permitted(module.name)
    return [
        f"line {each.line}: {each.target}"
        for each in module.imports()
        if not each.is_standard_library
        and not each.is_deferred
        and not is_under(each.target, *allowed)
    ]


@each_module
def test_imports_go_one_way(module: Module) -> None:
    assert forbidden_imports(module) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("agent.zrtp.session", "from agent import store"),
        ("agent.phone.phone", "from agent.screens.render import render"),
        ("agent.pump", "import pjsua2"),
        ("agent.ledger", "from agent import daemon"),
        ("hw.debounce", "from hw import board"),
        ("hw.keypad", "from agent.clock import Clock"),
        ("hw.keypad", "import RPi.GPIO"),
    ],
)
def test_an_import_that_goes_the_wrong_way_is_seen(module: str, line: str) -> None:
    assert len(forbidden_imports(Module(module, ROOT, ast.parse(line)))) == 1


@each_module
def test_only_drivers_are_imported_late(module: Module) -> None:
    late = [each for each in module.imports() if each.is_deferred]
    wrong = [
        f"line {each.line}: {each.target}"
        for each in late
        if not (is_under(module.name, "hw") and is_under(each.target, *DRIVERS))
    ]
    assert wrong == []


@each_module
def test_what_is_loaded_late_stands_in_one_table(module: Module) -> None:
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
    }
    loads = called & {"import_module", "__import__", "resolve_name"}
    assert loads == ({"import_module"} if module.name == "agent.late" else set())


@each_module
def test_values_cost_no_compiler(module: Module) -> None:
    """`agent.frozen` says why; what may be changed, or has an order, is the standard library's."""
    decorators = {
        ast.unparse(decorator)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
    }
    assert "dataclass(frozen=True, slots=True)" not in decorators


@pytest.mark.parametrize("name", LATE)
def test_whatever_is_loaded_late_is_there(name: str) -> None:
    assert callable(late(name))


@pytest.mark.parametrize(
    "module", [each for each in MODULES if is_under(each.name, *PURE)], ids=lambda each: each.name
)
def test_what_decides_touches_nothing(module: Module) -> None:
    assert [each.target for each in module.imports() if is_under(each.target, *IMPURE)] == []


def test_there_are_no_cycles() -> None:
    names = {module.name for module in MODULES}
    graph = {
        module.name: {each.target for each in module.imports() if each.target in names}
        for module in MODULES
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {' -> '.join(error.args[1])}")


@each_module
def test_no_function_is_long(module: Module) -> None:
    code = module.code_lines()
    lengths = {
        function.name: len(code & set(range(function.lineno, (function.end_lineno or 0) + 1)))
        for function in module.functions()
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def source_files() -> list[Path]:
    listed = run("git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard")
    kinds = {".py", ".pyi", ".c", ".h", ".sh", ".js", ".css", ".html", ".sql", ".toml", ".service"}
    files = [ROOT / name for name in listed.stdout.splitlines()]
    return [file for file in files if file.suffix in kinds and file.is_file()]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_file_is_long() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text().splitlines())
        for file in source_files()
        if file not in WORD_LISTS
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_nothing_is_left_for_later() -> None:
    mark = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    files = [file for file in source_files() if file.suffix != ".toml"]  # ruff's rules are named so
    assert [file.name for file in files if mark.search(file.read_text())] == []


def lint(*command: str) -> None:
    """Runs a linter; where it is missing the test is skipped, but not in CI."""
    tool = shutil.which(command[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if tool is None and "CI" not in os.environ:
        pytest.skip(f"{command[0]} is not installed")
    done = run(tool or command[0], *command[1:])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command", [("ruff", "check", "--quiet"), ("ruff", "format", "--check"), ("mypy",)]
)
def test_python_linters(command: tuple[str, ...]) -> None:
    lint(*command)


def test_shell_scripts() -> None:
    scripts = [str(file) for file in source_files() if file.suffix == ".sh"]
    lint("shellcheck", *scripts, str(ROOT / ".ci/run"))
