"""The socket itself: who may ask, how many, and who wastes its time. All of it on this machine."""

import asyncio
import grp
import json
import logging
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.control.intake import SILENCE_S
from agent.control.protocol import LINE_LIMIT, encode_request
from agent.control.requests import Call, Events, HangUp, Log, Request, Status
from agent.control.server import (
    CLIENTS_MAX,
    PENDING_MAX,
    ControlServer,
    ControlSocketError,
    listen,
)
from agent.shell.client import Client, ClientError, NotRunningError
from agent.store import CallRecord
from support.desks import Office
from support.stores import ZID

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
PATIENCE_S = 20


class Socket:
    """A server at work."""

    def __init__(self, office: Office, path: Path, server: ControlServer) -> None:
        self.office = office
        self.path = path
        self.server = server
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        self._writers.append(writer)
        return reader, writer

    async def ask(self, request: Request) -> dict[str, object]:
        """On a connection of its own."""
        reader, writer = await self.connect()
        writer.write(encode_request(request))
        answer: dict[str, object] = json.loads(await reader.readline())
        writer.close()
        return answer

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def serving(folder: Path, group: str = "no-such-group") -> AsyncIterator[Socket]:
    path = folder / "run" / "control"
    office = Office(folder / "state")
    server = ControlServer(office.desk, office.clock, group)
    await server.start(listen(path, group))
    there = Socket(office, path, server)
    try:
        yield there
    finally:
        there.close()
        server.close()
        office.store.close()
        await asyncio.sleep(0)


def run(
    folder: Path, story: Callable[[Socket], Awaitable[None]], group: str = "no-such-group"
) -> None:
    async def told() -> None:
        async with asyncio.timeout(PATIENCE_S), serving(folder, group) as there:
            await story(there)

    asyncio.run(told())


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side has hung up, in whatever way."""
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


def test_a_request_is_answered_and_the_file_is_gone_afterwards(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        answer = await there.ask(Status())
        assert (answer["sotto"], answer["ok"]) == (1, True)

    run(tmp_path, story)
    assert not (tmp_path / "run" / "control").exists()


def test_several_requests_on_one_connection_are_answered_in_order(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        reader, writer = await there.connect()
        writer.write(encode_request(HangUp()) + encode_request(Call("1002")) + b"nonsense\n")
        answers = [json.loads(await reader.readline()) for _ in range(3)]
        assert [answer["ok"] for answer in answers] == [False, True, False]
        assert answers[2]["error"] == "A line is one JSON object in UTF-8."

    run(tmp_path, story)


def test_a_line_without_end_is_refused_and_the_connection_ends(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        reader, writer = await there.connect()
        writer.write(b"x" * LINE_LIMIT)
        assert json.loads(await reader.readline())["error"] == "A line has 64 KiB at most."
        assert await reader.read() == b""

    run(tmp_path, story)


def test_whoever_asks_without_waiting_is_refused(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        reader, writer = await there.connect()
        writer.write(b"\n" * (PENDING_MAX + 1))
        said = (await reader.read()).decode().splitlines()
        assert "Wait for an answer" in said[-1]

    run(tmp_path, story)


def test_so_many_and_no_more(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        readers = []
        for _ in range(CLIENTS_MAX):
            reader, writer = await there.connect()
            writer.write(encode_request(Status()))
            await reader.readline()
            readers.append((reader, writer))
        assert (await there.ask(Status()))["error"] == "8 others are connected; try again later."
        gone, _ = readers[0]
        readers[0][1].write(b"x" * LINE_LIMIT)
        await gone.read()
        assert (await there.ask(Status()))["ok"]

    run(tmp_path, story)


def test_who_says_nothing_is_dropped_when_its_time_is_up(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        reader, writer = await there.connect()
        writer.write(encode_request(Status()))
        await reader.readline()
        there.office.driver.now += SILENCE_S - 0.1
        there.server.sweep()
        writer.write(encode_request(Status()))
        assert await reader.readline()
        there.office.driver.now += SILENCE_S
        there.server.sweep()
        assert await ended(reader)

    run(tmp_path, story)


def test_who_does_not_read_is_dropped_and_the_others_are_served(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        for _ in range(500):
            there.office.store.log_call(
                CallRecord("incoming", "sip:x@" + "x" * 200, "", ZID, 1.0, None, 2.0, "busy", "")
            )
        lazy = socket.socket(socket.AF_UNIX)
        lazy.settimeout(0)
        await asyncio.get_running_loop().sock_connect(lazy, str(there.path))
        asked = encode_request(Log(limit=500)) * 8
        await asyncio.get_running_loop().sock_sendall(lazy, asked)
        assert (await there.ask(Status()))["ok"]
        there.office.driver.now += 11
        there.server.sweep()
        assert (await there.ask(Status()))["ok"]
        received = b""
        while chunk := await asyncio.get_running_loop().sock_recv(lazy, 1 << 20):
            received += chunk
        assert received.count(b'"ok"') < 8
        lazy.close()

    run(tmp_path, story)


def test_what_happens_is_told_to_whoever_follows(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        reader, writer = await there.connect()
        writer.write(encode_request(Events()))
        assert json.loads(await reader.readline())["ok"]
        there.office.driver.now += 1000
        there.server.sweep()
        there.office.desk.answer(Call("1002"))
        there.server.look_soon()
        there.server.look_soon()
        told = json.loads(await reader.readline())["item"]
        assert (told["event"], told["name"], told["state"]) == ("call", "Bob", "calling")
        other, second = await there.connect()
        second.write(encode_request(Events()))
        assert json.loads(await other.readline())["ok"]
        there.office.desk.answer(HangUp())
        there.server.look_soon()
        for each in (reader, other):
            assert json.loads(await each.readline())["item"]["event"] == "call-ended"

    run(tmp_path, story)


def test_what_breaks_an_answer_ends_that_connection_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(there: Socket) -> None:
        other, writer = await there.connect()
        with monkeypatch.context() as broken:
            broken.setattr(there.office.desk, "answer", forbidden)
            reader, asking = await there.connect()
            asking.write(encode_request(Status()) * 2)
            assert await ended(reader)
        writer.write(encode_request(Status()))
        assert json.loads(await other.readline())["ok"]

    run(tmp_path, story)
    assert "PermissionError" in caplog.text


def test_where_nobody_follows_nobody_looks(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        there.server.look_soon()
        assert (await there.ask(Status()))["ok"]

    run(tmp_path, story)


def test_the_files_are_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "new" / "folder" / "control"
    with listen(path, "no-such-group"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_service_makes_them_the_groups_without_chown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemd's @privileged holds chown(2), and the unit takes it away."""
    monkeypatch.setattr(os, "chown", forbidden)
    own = grp.getgrgid(os.getegid()).gr_name
    path = tmp_path / "run" / "control"
    with listen(path, own):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750


def forbidden(*_: object) -> None:
    raise PermissionError


def test_a_group_that_we_are_not_in_stays_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(os, "chown", forbidden)
    other = next(each.gr_name for each in grp.getgrall() if each.gr_gid != os.getegid())
    path = tmp_path / "run" / "control"
    with listen(path, other):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "stays closed to the group" in caplog.text


@as_root
def test_the_files_are_the_groups(tmp_path: Path) -> None:
    path = tmp_path / "run" / "control"
    with listen(path, "daemon"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
        assert (path.group(), path.parent.group()) == ("daemon", "daemon")


def test_a_folder_that_is_open_to_everybody_will_not_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(ControlSocketError, match="is open to everybody: chmod o-rwx"):
        listen(tmp_path / "control")


def test_a_socket_that_a_killed_phone_left_is_replaced(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "control"
    listen(path).close()
    assert path.exists()
    with (
        listen(path),
        pytest.raises(ControlSocketError, match=f"another phone listens on {path}"),
    ):
        listen(path)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "control"
    path.write_text("mine")
    with pytest.raises(ControlSocketError, match="Address already in use"):
        listen(path)
    assert path.read_text() == "mine"


def test_a_path_that_is_too_long_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(ControlSocketError, match="too long"):
        listen(tmp_path / ("x" * 110))


async def as_nobody(path: Path, *groups: str) -> str:
    """Asks as a user who is neither root nor the phone's; returns what came."""
    become = ["setpriv", "--reuid=65534", "--regid=65534"]
    become += [f"--groups={','.join(groups)}"] if groups else ["--clear-groups"]
    done = await asyncio.to_thread(
        subprocess.run,
        [*become, "/usr/bin/python3", "-c", ASK, str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def open_to_all(path: Path) -> None:
    """What an administrator's mistake would do."""
    path.parent.chmod(0o755)
    path.chmod(0o666)


ASK = """
import socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect(sys.argv[1])
    try:
        there.sendall(b'{"sotto": 1, "command": "status"}\\n')
    except BrokenPipeError:
        pass
    print(there.recv(65536).decode())
"""


@as_root
def test_a_member_of_the_group_may_ask_and_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "agent.control.server")

    async def story(there: Socket) -> None:
        assert '"ok":true' in await as_nobody(there.path, "daemon")
        assert "PermissionError" in await as_nobody(there.path)
        open_to_all(there.path)
        assert "Only the group sotto may ask." in await as_nobody(there.path)

    with tempfile.TemporaryDirectory(prefix="sotto-") as folder:
        Path(folder).chmod(0o711)  # pytest's own folders are closed to others
        run(Path(folder), story, "daemon")
    said = caplog.messages
    assert any(line.endswith("of user 65534") for line in said)
    assert any(line.endswith("of user 65534 is not in the group: refused") for line in said)


def test_the_client_asks_and_is_told(tmp_path: Path) -> None:
    async def story(there: Socket) -> None:
        def ask() -> str:
            with Client.at(there.path) as client:
                _, ended = client.ask(Status())
            return str(ended.result["name"])

        assert await asyncio.to_thread(ask) == "Alice"

    run(tmp_path, story)


def test_the_client_says_why_there_is_no_answer(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "control"
    with pytest.raises(NotRunningError, match=f"nobody answers at {path}"), Client.at(path):
        pass
    with listen(path) as listener:
        listener.settimeout(PATIENCE_S)
        with Client.at(path) as client:
            there, _ = listener.accept()
            there.sendall(b"HTTP/1.1 400\r\n\r\n")
            with pytest.raises(ClientError, match="one JSON object"):
                client.ask(Status())
            there.close()
        with Client.at(path) as client:
            there, _ = listener.accept()
            there.close()
            with pytest.raises(ClientError, match="hung up"):
                client.ask(Status())
    with pytest.raises(ClientError, match="too long"), Client.at(tmp_path / ("x" * 110)):
        pass
    assert sys.platform == "linux"
