"""What `sotto update look` needs of the configuration: it may not read the phone's passwords."""

from pathlib import Path

import pytest

from agent.arguments import UpdateOptions
from agent.config import ConfigError
from agent.update import command
from agent.update.rauc import Rauc
from agent.update.slots import BootSlots
from agent.update.worker import VERSION, Worker

LIST = "https://example.org/sotto/latest.txt"
ACCOUNT = '[[account]]\nname = "a"\nuri = "sip:a@b.example"\npassword_file = "secrets/1-password"\n'


class _Looks(Worker):
    """A worker that notes the address instead of asking there."""

    def __init__(self, root: Path) -> None:
        (root / VERSION).parent.mkdir(parents=True)
        (root / VERSION).write_text("1.0.0\n", "ascii")
        super().__init__(root, Rauc(), BootSlots(root, root / "notes", "A", {}, tries=False))
        self.asked: list[str] = []

    def look_on_net(self, url: str) -> str | None:
        self.asked.append(url)
        return None


@pytest.fixture(name="worker")
def _worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Looks:
    made = _Looks(tmp_path)
    monkeypatch.setattr(command, "slots_of", lambda _: None)
    monkeypatch.setattr(command, "Worker", lambda *_: made)
    return made


def _look(tmp_path: Path, phone: str) -> int:
    file = tmp_path / "sotto.toml"
    file.write_text(f'[phone]\nname = "A"\nboard = "simulator"\n{phone}\n{ACCOUNT}')
    return command.run(UpdateOptions("look", config=file))


def test_the_list_is_asked_for_without_a_look_at_any_password(
    tmp_path: Path, worker: _Looks
) -> None:
    assert _look(tmp_path, f'updates = "{LIST}"') == 0
    assert worker.asked == [LIST]


def test_without_a_list_nobody_is_asked(tmp_path: Path, worker: _Looks) -> None:
    assert _look(tmp_path, "") == 0
    assert worker.asked == []


@pytest.mark.parametrize("updates", ['"http://example.org/"', "1"])
def test_an_address_that_is_none_is_told_with_its_line(
    tmp_path: Path, worker: _Looks, updates: str
) -> None:
    with pytest.raises(ConfigError, match=r"line 4: phone\.updates"):
        _look(tmp_path, f"updates = {updates}")
    assert worker.asked == []
