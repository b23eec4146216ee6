"""Debian's baresip as a phone without screen and sound card: Opus over SDES-SRTP, no ZRTP.

Debian leaves its ZRTP module out, whose library is not free.
"""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 30.0
ADDRESS: Final = "10.77.0.1"
"""Its own: it does not take those of loopback. the device lo gets it."""
_CONFIG: Final = """
poll_method epoll
sip_listen {address}:{sip_port}
net_interface {address}
audio_source {source}
audio_player {player}
audio_alert {player}
ausrc_srate 48000
auplay_srate 48000
ausrc_channels 1
auplay_channels 1
jitter_buffer_delay 5-10
rtp_ports {rtp_port}-{last_port}
opus_bitrate 32000
opus_cbr yes
opus_inbandfec yes
opus_packet_loss 10
opus_stereo no
opus_sprop_stereo no
module_path {modules}
module opus.so
{sounds}
module srtp.so
module_tmp account.so
module_app menu.so
"""
_ACCOUNT: Final = (
    "<sip:{user}@{address}>;regint=0;mediaenc=srtp;audio_codecs=opus/48000/2;answermode=auto\n"
)


@dataclass(frozen=True)
class Setup:
    """How it is started.

    Attributes:
        folder: Its home.
        user: Its name.
        sip_port: Where it listens, without TLS.
        rtp_port: The first of its RTP ports.
        source: Where its sound comes from: "aufile,FILE" (16 bit, 48 kHz), or "alsa,DEVICE".
        player: Where its sound goes to: "alsa,DEVICE"; it plays into no file.
    """

    folder: Path
    user: str
    sip_port: int
    rtp_port: int
    source: str
    player: str

    def write(self) -> None:
        """Writes its configuration, and gives the device lo its address."""
        subprocess.run(["ip", "addr", "replace", f"{ADDRESS}/32", "dev", "lo"], check=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        sounds = {each.partition(",")[0] for each in (self.source, self.player)}
        config = _CONFIG.format(
            address=ADDRESS,
            sip_port=self.sip_port,
            source=self.source,
            player=self.player,
            sounds="\n".join(f"module {each}.so" for each in sorted(sounds)),
            rtp_port=self.rtp_port,
            last_port=self.rtp_port + 99,
            modules=_modules(),
        )
        (self.folder / "config").write_text(config)
        (self.folder / "accounts").write_text(_ACCOUNT.format(user=self.user, address=ADDRESS))
        (self.folder / "contacts").touch()


class Baresip:
    """One that runs; made by `baresip`. It answers by itself."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._heard = ""

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    async def says(self, pattern: str) -> None:
        """Waits for something in what it printed since the last such wait."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := re.search(pattern, self._heard)) is None:
                    chunk = await self._process.stdout.read(4096)
                    assert chunk, f"baresip ended; it had said: {self._heard}"
                    self._heard += chunk.decode(errors="replace")
        except TimeoutError:
            raise AssertionError(f"no {pattern!r} from baresip, but: {self._heard}") from None
        self._heard = self._heard[found.end() :]


def available() -> bool:
    """Whether it is installed."""
    return shutil.which("baresip") is not None


@contextlib.asynccontextmanager
async def baresip(setup: Setup, call: str = "") -> AsyncIterator[Baresip]:
    """Runs it; ends it afterwards.

    Args:
        setup: How.
        call: An address that it calls at once.
    """
    setup.write()
    process = await asyncio.create_subprocess_exec(
        *("baresip", "-v", "-f", str(setup.folder)),
        *(("-e", f"/dial {call}") if call else ()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=setup.folder,
        env=os.environ | {"HOME": str(setup.folder)},
    )
    phone = Baresip(process)
    try:
        await phone.says("baresip is ready")
        yield phone
    finally:
        process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await process.communicate()
        if process.returncode is None:
            process.kill()
            await process.communicate()


def _modules() -> Path:
    return next(iter(Path("/usr/lib").glob("**/baresip/modules")))
