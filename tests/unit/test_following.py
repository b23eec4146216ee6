"""What the daemon makes of the configuration's ways: what is told, and when the phone is idle."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.clock import SystemClock
from agent.fleet.inbox import REFUSED
from agent.following import Following, is_idle, refusal, whole_configuration
from agent.phone.report import Doing, Report
from support.certificates import Authority
from support.https_server import Answer, HttpsServer

OWN = '[phone]\nname = "Alice"\nboard = "simulator"\nstate_dir = "."\n'
AT_REST = Report(Doing.ON_HOOK, lifted=False, calls=(), accounts=(), faults=(), restored=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sotto.toml"
    file.touch(mode=0o600)
    file.write_text(OWN)
    return file


def following(file: Path, told: list[str], apply: Callable[[], None]) -> Following:
    return Following(
        whole_configuration(file),
        SystemClock(),
        report=lambda: AT_REST,
        apply=apply,
        refused=told.append,
    )


def test_a_phone_at_rest_is_idle_and_no_other() -> None:
    assert is_idle(AT_REST)
    assert not is_idle(replace(AT_REST, lifted=True))
    assert not is_idle(replace(AT_REST, doing=Doing.RINGING_HERE))


def test_what_a_card_brought_and_was_refused_is_told(file: Path) -> None:
    told: list[str] = []
    assert refusal(whole_configuration(file)) == ""
    file.with_name(REFUSED).write_text("sotto.toml, line 3: phone.bord is not known\n")
    fleet = following(file, told, lambda: None)
    fleet.start()()
    assert told == ["sotto.toml, line 3: phone.bord is not known"]
    assert fleet.told() == ""
    fleet.look_soon()


def test_a_new_configuration_is_kept_and_applied(file: Path, tmp_path: Path) -> None:
    """The first look comes within five seconds after the start."""
    authority = Authority(tmp_path)
    told: list[str] = []
    with HttpsServer(authority.issue("localhost")) as server:
        file.write_text(f'{OWN}[fleet]\nurl = "{server.url()}"\nca_file = "{authority.file}"\n')
        server.answer = lambda _: Answer(b'[phone]\nname = "Reception"\n')

        async def run() -> str:
            applied = asyncio.Event()
            fleet = following(file, told, applied.set)
            end = fleet.start()
            async with asyncio.timeout(60):
                await applied.wait()
            end()
            return fleet.told()

        assert asyncio.run(run()).startswith(f"{server.url()}, of 20")
    whole = whole_configuration(file)
    assert whole.config.phone.name == "Reception"
    assert whole.is_on_trial
    assert told == [""]
