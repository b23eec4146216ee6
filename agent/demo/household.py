"""Alice's and Bob's phones: each a daemon of its own with its own files."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from agent.frozen import frozen

START_SECONDS: Final = 40.0
"""How long a phone may take until its board can be seen."""
STOP_SECONDS: Final = 5.0
"""How long it may take to end after SIGTERM, before it is killed."""


class DemoError(Exception):
    """The demo cannot go on; the message is a sentence for the person who started it."""


@frozen
class Resident:
    """One phone of the demo.

    Attributes:
        name: Its person, lower case: also the name of its folder.
        number: What the other one dials.
        sip_port: Its TLS port on loopback.
        rtp_port: Its lowest RTP port.
        voice: The espeak-ng voice that speaks into its microphone.
    """

    name: str
    number: str
    sip_port: int
    rtp_port: int
    voice: str

    @property
    def title(self) -> str:
        """The name as the other phone's display shows it."""
        return self.name.capitalize()


ALICE: Final = Resident("alice", "101", 15061, 16400, "en-gb+f3")
BOB: Final = Resident("bob", "102", 15062, 16500, "en-us+m3")


@frozen
class Home:
    """Where one phone lives."""

    resident: Resident
    folder: Path
    sockets: Path

    @property
    def config(self) -> Path:
        """Its configuration file."""
        return self.folder / "sotto.toml"

    @property
    def socket(self) -> Path:
        """Where its board is seen and pressed (a path short enough for a Unix socket)."""
        return self.sockets / f"{self.resident.name}.sock"

    @property
    def sound(self) -> Path:
        """Where a browser is its handset, if it was furnished so."""
        return self.sockets / f"{self.resident.name}.sound"

    @property
    def microphone(self) -> Path:
        """What is spoken into its microphone."""
        return self.folder / "microphone.wav"

    @property
    def earpiece(self) -> Path:
        """What its earpiece played since the phone started."""
        return self.folder / "earpiece.wav"

    @property
    def journal(self) -> Path:
        """What its daemon had to say."""
        return self.folder / "journal.log"

    def furnish(self, other: Resident, *, live: bool = False) -> None:
        """Writes the configuration; database and TLS identity make themselves.

        Args:
            other: Who else there is to call.
            live: A browser may be the handset; then nothing of what is heard is kept. Else
                the earpiece is a file.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        me = self.resident
        ear = ("sound_socket", self.sound) if live else ("earpiece_file", self.earpiece)
        self.config.write_text(
            f"""# {me.title}'s phone. Written anew at each start of the demo.
[phone]
name = "{me.title}"
state_dir = "{self.folder}"
board = "simulator"

[sip]
listen = "127.0.0.1:{me.sip_port}"

[media]
rtp_port_min = {me.rtp_port}

[simulator]
socket = "{self.socket}"
microphone_file = "{self.microphone}"
{ear[0]} = "{ear[1]}"

[[contact]]
name = "{other.title}"
number = "{other.number}"
uri = "sip:{other.name}@127.0.0.1:{other.sip_port}"
""",
            encoding="utf-8",
        )


@contextlib.asynccontextmanager
async def running(home: Home, patience: float = START_SECONDS) -> AsyncIterator[None]:
    """Runs the phone of this home; ends it afterwards.

    Args:
        home: Where it lives.
        patience: How many seconds it may take until its board can be seen.

    Raises:
        DemoError: It did not start; the last lines of its journal are in the message.
    """
    with home.journal.open("wb") as journal:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "agent",
            "run",
            "--config",
            str(home.config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=journal,
            stderr=journal,
        )
    try:
        await _until_seen(home, process, patience)
        yield
    finally:
        await _end(process)


async def _until_seen(home: Home, process: asyncio.subprocess.Process, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            while not _answers(home.socket):
                if process.returncode is not None:
                    raise DemoError(_why(home, f"ended with status {process.returncode}"))
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DemoError(_why(home, f"did not start within {patience:.0f} s")) from None


def _answers(path: Path) -> bool:
    """Whether somebody listens; the socket's file is there a moment before that."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _why(home: Home, what: str) -> str:
    lines = home.journal.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    said = "\n  ".join(lines) or "nothing"
    return f"{home.resident.title}'s phone {what}. Its journal ({home.journal}) says:\n  {said}"


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
