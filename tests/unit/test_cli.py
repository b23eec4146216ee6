import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import main

GOOD = '[phone]\nname = "Alice"\nboard = "simulator"\n'


def written(folder: Path, text: str) -> str:
    file = folder / "sotto.toml"
    file.write_text(text)
    return str(file)


def test_check_config_says_what_the_phone_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-config", written(tmp_path, GOOD)]) == 0
    assert "Alice, on the board simulator" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["check-config"], ["run", "--config"]])
def test_a_wrong_configuration_is_told_in_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    file = written(tmp_path, '[phone]\nname = "Alice"\nbord = "simulator"\n')
    assert main([*command, file]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"{file}, line 1: phone.board is missing; it must be text in quotes",
        f'{file}, line 3: phone.bord is not known; did you mean "board"?',
    ]


def test_a_demo_in_no_terminal_says_so_before_any_phone_starts(tmp_path: Path) -> None:
    words = ["-m", "agent", "demo", "--terminal", "--state-dir", str(tmp_path / "demo")]
    ran = subprocess.run(
        [sys.executable, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    told = ran.stdout.decode()
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert told == "The demo failed: --terminal needs a terminal to type and to draw on\n"
    assert not (tmp_path / "demo").exists()


def test_a_question_to_a_running_phone_loads_no_phone(tmp_path: Path) -> None:
    program = (
        "import sys; from agent.cli import main; "
        f"status = main(['status', '--socket', {str(tmp_path / 'none')!r}]); "
        "print(status, *sorted(name for name in sys.modules if name.count('.') < 2))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    status, *loaded = asked.stdout.split()
    assert "the phone does not run" in asked.stderr
    assert status == "1"
    heavy = {"PIL", "agent.daemon", "agent.sip", "agent.store", "agent.zrtp", "asyncio", "hw.pi"}
    heavy |= {"cryptography", "pjsua2", "sqlite3", "agent.screens", "importlib.metadata"}
    assert heavy & set(loaded) == set()


def test_a_phone_loads_nothing_that_it_may_never_need() -> None:
    """Each of these takes time of every start, and up to a megabyte and a half for good."""
    program = "import sys; from agent.late import late; late('run'); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = {
        "agent.demo",
        "agent.doctor",
        "agent.fleet.https",
        "agent.update.worker",
        "agent.vcard",
    }
    heavy |= {
        "PIL.JpegImagePlugin",
        "PIL.PngImagePlugin",
        "PIL._imagingft",
        "aiohttp",
        "dns",
        "luma",
        "multiprocessing",
    }
    heavy |= {"http.client", "importlib.metadata", "unittest", "urllib.request", "zipfile"}
    heavy |= {"difflib", "ssl", "uuid"}
    assert heavy & set(run.stdout.split()) == set()


def test_what_a_phone_goes_without_at_its_start_can_be_had_later() -> None:
    program = (
        "import gc; from agent.late import late; before = gc.get_threshold(); late('run'); "
        "late('fetch'); import PIL._imagingft, ssl; context = ssl.create_default_context(); "
        "print(context.verify_mode.name, gc.get_threshold() == before, gc.isenabled())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.split() == ["CERT_REQUIRED", "True", "True"]


def test_who_has_seen_enough_of_the_output_is_no_error_to_tell(tmp_path: Path) -> None:
    order = [sys.executable, "-m", "agent", "check-config", written(tmp_path, GOOD)]
    reader = subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert reader.stdout is not None
    reader.stdout.close()
    _, said = reader.communicate(timeout=60)
    assert (said, reader.returncode) == (b"", 1)
