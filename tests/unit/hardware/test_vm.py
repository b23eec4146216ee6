"""What the throw-away machines are told, before one is started."""

import subprocess
from pathlib import Path

import pytest
from hardware import missing, plug, service, vm

from support.pulled_plug import Said

KERNEL = Path("/kernel")


@pytest.mark.parametrize(
    "script",
    [
        vm.in_the_machine(KERNEL, ["pytest", "-k", "a b"]),
        plug.script(KERNEL),
        missing.script(KERNEL, ["-k", "a b"]),
        service.prepare_script(),
        service.tests_script(["-k", "a b"]),
    ],
    ids=["command", "plug", "missing", "prepare", "service"],
)
def test_each_script_is_one_that_bash_understands(script: str) -> None:
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_first_program_is_one_that_a_shell_understands() -> None:
    for ending in (vm.COMMAND_ENDS, missing.ENDS):
        subprocess.run(["sh", "-n"], input=vm.INIT + ending, text=True, check=True)


def test_a_command_keeps_its_words() -> None:
    assert vm.in_the_machine(KERNEL, ["echo", "a b"]).endswith("\necho 'a b'\n")


def test_a_moment_that_is_passed_over_is_a_moment_too() -> None:
    cut = plug.Cut("words", 0.0)
    due = {moment: cut.is_due(Said(moment)) for moment in ("rings", "words", "verified", "alarm")}
    assert due == {"rings": False, "words": True, "verified": True, "alarm": False}


def test_systemds_root_is_made_by_a_script_that_a_shell_understands() -> None:
    script = service.root_script(Path("/shared"), Path("/layer"))
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def test_nothing_of_the_unit_is_changed_but_the_program() -> None:
    changed = {line.partition("=")[0] for line in service.DROP_IN.splitlines() if "=" in line}
    assert changed == {"ExecStart"}


def test_where_its_hardware_is_simulated_it_learns_where_to_find_it_and_nothing_else() -> None:
    lines = [line for line in missing.DROP_IN.splitlines() if not line.startswith("#")]
    changed = {line.partition("=")[0] for line in lines if "=" in line}
    assert changed == {"ExecStart", "Environment", "DeviceAllow"}
