"""Debian's linphonec as a phone without screen and sound card: its console, its log."""

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from support.certificates import Identity

PATIENCE_S: Final = 30.0
USER: Final = "lin"
TLS_PORT: Final = 25061
RTP_PORT: Final = 27000
PROMPT: Final = "linphonec> "
REGISTERED: Final = "to [LinphoneRegistrationOk]"

_OUTCOME: Final = re.compile(r"ZRTP secrets on: SAS is (\S+) previously verified (yes|no)")
_ALGORITHMS: Final = re.compile(
    r"used during negotiation: Cipher: (\S+) - KeyAgreement: (\S+) - Hash: (\S+)"
    r" - AuthTag: (\S+) - Sas Rendering: (.+)"
)
# Left: how linphonec's log says it; right: RFC 6189 sections 5.1.2 to 5.1.6.
_NAMES: Final = {
    "AES-128": "AES1",
    "AES-256": "AES3",
    "DHM-3072": "DH3k",
    "ECDH-255": "X255",
    "ECDH-448": "X448",
    "X25519": "X255",  # so since 5.3
    "SHA-256": "S256",
    "SHA-384": "S384",
    "HMAC-SHA1-32": "HS32",
    "HMAC-SHA1-80": "HS80",
    "Base32": "B32",
    "PGP-WordList": "B256",
}


_KEPT: Final = ("PATH", "ALSA_CONFIG_PATH", "PULSE_SERVER", "PULSE_RUNTIME_PATH")


@dataclass(frozen=True)
class Wish:
    """Which algorithms a phone puts first, by the names of RFC 6189; empty: its own order."""

    key_agreement: str = ""
    cipher: str = ""
    auth_tag: str = ""
    sas: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Exchange:
    """What linphonec's log says of a ZRTP exchange; names are those of RFC 6189."""

    sas: str
    previously_verified: bool
    cipher: str
    key_agreement: str
    hash: str
    auth_tag: str
    sas_type: str


@dataclass(frozen=True)
class Setup:
    """How linphonec is started.

    Attributes:
        folder: Its home: its configuration, cache and log.
        identity: Its TLS certificate. PJSIP asks callers for one, as TLS lets it; without
            any, linphonec stops at a question for a password.
        speech: What is spoken into its microphone.
        wish: What its Hello puts first.
        server: A SIP URI to register at as "lin"; empty: calls without a server only.
        password: Its password there.
        mandatory: Whether it sends no sound before it has keys, and makes no call without.
        ca_file: Who must vouch for the server; None: anybody may, as with a phone's own
            certificate, which is signed by nobody.
        sip_port: Where it listens for SIP without TLS; 0: nowhere.
        tls_port: Where it listens for SIP over TLS.
        rtp_port: Where its sound comes and goes.
        card: The ALSA PCM that it speaks and hears by; empty: files.
    """

    folder: Path
    identity: Identity
    speech: Path | None = None
    wish: Wish = field(default_factory=Wish)
    server: str = ""
    password: str = ""
    mandatory: bool = False
    ca_file: Path | None = None
    sip_port: int = 0
    tls_port: int = TLS_PORT
    rtp_port: int = RTP_PORT
    card: str = ""

    @property
    def log(self) -> Path:
        """Where it tells everything."""
        return self.folder / "linphone.log"

    @property
    def earpiece(self) -> Path:
        """What its earpiece played in all its calls."""
        return self.folder / "earpiece.wav"

    def write(self) -> Path:
        """Writes its configuration, anew at each start, because it changes the file itself."""
        # Without this folder it stops half-started.
        (self.folder / ".local/share/linphone").mkdir(parents=True, exist_ok=True)
        file = self.folder / "linphonerc"
        sections = _common(self) | _codecs() | self._account()
        sections["sip"] = {
            **sections["sip"],
            "client_cert_chain": str(self.identity.certificate),
            "client_cert_key": str(self.identity.private_key),
            "default_proxy": 0 if self.server else -1,
            "media_encryption_mandatory": int(self.mandatory),
            **_trust(self.ca_file),
            **_zrtp(self.wish),
        }
        file.write_text("\n".join(_section(name, keys) for name, keys in sections.items()))
        return file

    def exchanges(self) -> list[Exchange]:
        """The ZRTP exchanges of all its calls, in order."""
        text = self.log.read_text(errors="replace")
        pairs = zip(_OUTCOME.findall(text), _ALGORITHMS.findall(text), strict=True)
        return [
            Exchange(
                outcome[0],
                outcome[1] == "yes",
                *(_NAMES.get(name.strip(), name) for name in algorithms),
            )
            for outcome, algorithms in pairs
        ]

    def forget_secrets(self) -> int:
        """Replaces the retained secrets of every peer by others; returns how many peers."""
        file = self.folder / ".linphone-zidcache"
        with contextlib.closing(sqlite3.connect(file)) as cache, cache:
            return cache.execute("UPDATE zrtp SET rs1 = randomblob(32), rs2 = NULL").rowcount

    def _account(self) -> dict[str, Mapping[str, object]]:
        if not self.server:
            return {}
        proxy = {
            "reg_proxy": f"<{self.server}>",
            "reg_route": f"<{self.server}>",
            "reg_identity": f"sip:{USER}@localhost",
            "reg_expires": 600,
            "reg_sendregister": 1,
            "publish": 0,
        }
        secret = {"username": USER, "passwd": self.password, "realm": "localhost"}
        return {"proxy_0": proxy, "auth_info_0": secret}


class Linphone:
    """A linphonec that runs; made by `linphone`."""

    def __init__(self, setup: Setup, process: asyncio.subprocess.Process) -> None:
        self.setup = setup
        self._process = process
        self._heard = ""

    async def order(self, line: str) -> None:
        """Types a line into its console."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def says(self, pattern: str, patience: float = PATIENCE_S) -> re.Match[str]:
        """Waits for something in what it printed since the last such wait."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(patience):
                while (found := re.search(pattern, self._heard)) is None:
                    chunk = await self._process.stdout.read(4096)
                    assert chunk, f"linphonec ended; it had said: {self._heard}"
                    self._heard += chunk.decode(errors="replace")
        except TimeoutError:
            raise AssertionError(f"no {pattern!r} from linphonec, but: {self._heard}") from None
        self._heard = self._heard[found.end() :]
        return found

    async def call(self, uri: str) -> None:
        """Calls an address."""
        await self.order(f"call {uri}")

    async def answer(self) -> None:
        """Waits for a call, and answers it."""
        await self.says(r"Receiving new incoming call")
        await self.order("answer")

    async def sas(self) -> str:
        """Waits until it is secure; returns the SAS that it shows."""
        return (await self.says(r"is fully encrypted and auth token is (\S+)\.\s"))[1]

    async def confirms(self) -> None:
        """Says that the SAS matched."""
        await self.order("zrtp-set-verified")

    async def hangs_up(self) -> None:
        """Ends the call."""
        await self.order("terminate")
        await self.says(r"Call \d+ with .* ended")

    async def registered(self) -> None:
        """Waits until the server knows it."""
        await self._logs(REGISTERED)

    async def reaches(self, state: str) -> None:
        """Waits until its call is in a state for the first time, such as "Paused"."""
        await self._logs(f" to LinphoneCall{state}\n")

    async def _logs(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while text not in self.setup.log.read_text(errors="replace"):  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.05)


def available() -> bool:
    """Whether a linphonec is installed whose log is read here: Debian 12's or 13's."""
    if shutil.which("linphonec") is None:
        return False
    said = subprocess.run(["linphonec", "--version"], capture_output=True, text=True, check=False)
    return re.search(r"version: 5\.[13]\.", said.stdout) is not None


@contextlib.asynccontextmanager
async def linphone(setup: Setup) -> AsyncIterator[Linphone]:
    """Runs linphonec, with files for a microphone and an earpiece; ends it afterwards."""
    process = await asyncio.create_subprocess_exec(
        "linphonec",
        *("-c", str(setup.write()), "-d", "5", "-l", str(setup.log)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=setup.folder,
        env={
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "HOME": str(setup.folder),
            "TERM": "dumb",
        },
    )
    phone = Linphone(setup, process)
    try:
        await phone.says(PROMPT)
        if not setup.card:
            await _use_files(phone, setup)
        if setup.server:
            await phone.registered()
        yield phone
    finally:
        await _end(phone, process)


async def _use_files(phone: Linphone, setup: Setup) -> None:
    """One order after the other: of lines that come together, 5.3 obeys the last alone."""
    await phone.order("soundcard use files")
    await phone.says(rf"Using wav files instead of soundcard\.\s*{PROMPT}")
    if setup.speech is not None:
        await phone.order(f"play {setup.speech}")
        await phone.says(PROMPT)
    await phone.order(f"record {setup.earpiece}")
    await phone.says(PROMPT)


async def _end(phone: Linphone, process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ConnectionError, TimeoutError):
        await phone.order("quit")
        async with asyncio.timeout(PATIENCE_S):
            await process.communicate()
    if process.returncode is None:
        process.kill()
        await process.communicate()


def _common(setup: Setup) -> dict[str, Mapping[str, object]]:
    return {
        "sip": {
            # Its TLS port is there, and turns away whoever calls: it can only call by TLS.
            "sip_port": setup.sip_port,
            "sip_tcp_port": 0,
            "sip_tls_port": setup.tls_port,
            "bind_address": "127.0.0.1",
            "contact": f"sip:{USER}@127.0.0.1:{setup.sip_port or setup.tls_port}",
            "use_ipv6": 0,
            "ipv6_migration_done": 1,
            "multi_transport_migration_done": 1,
            "guess_hostname": 0,
            "register_only_when_network_is_up": 0,
            "media_encryption": "zrtp",
        },
        "net": {"firewall_policy": 0, "mtu": 1300, "dns_srv_enabled": 0},
        "rtp": {"audio_rtp_port": setup.rtp_port, "bind_address": "127.0.0.1"},
        "sound": {"echocancellation": 0, "local_ring": "", "remote_ring": "", **_card(setup)},
        "video": {"enabled": 0, "capture": 0, "display": 0},
        "storage": {"uri": "null", "call_logs_db_uri": "null"},
        "misc": {"uuid": "0"},
    }


def _card(setup: Setup) -> dict[str, object]:
    if not setup.card:
        return {}
    name = f"ALSA: {setup.card}"
    devices = dict.fromkeys(("playback_dev_id", "ringer_dev_id", "capture_dev_id"), name)
    return {"alsadev": setup.card, **devices}


def _codecs() -> dict[str, Mapping[str, object]]:
    return {"audio_codec_0": {"mime": "opus", "rate": 48000, "channels": 2, "enabled": 1}}


def _trust(ca_file: Path | None) -> dict[str, object]:
    if ca_file is None:
        return {"verify_server_certs": 0, "verify_server_cn": 0}
    return {"verify_server_certs": 1, "verify_server_cn": 1, "root_ca": str(ca_file)}


def _zrtp(wish: Wish) -> dict[str, object]:
    keys = {
        "zrtp_key_agreements_suites": ("KEY_AGREEMENT", wish.key_agreement),
        "zrtp_cipher_suites": ("CIPHER", wish.cipher),
        "zrtp_auth_suites": ("AUTHTAG", wish.auth_tag),
        "zrtp_sas_suites": ("SAS", wish.sas),
        "zrtp_hash_suites": ("HASH", wish.hash),
    }
    return {key: f"MS_ZRTP_{kind}_{name.upper()}" for key, (kind, name) in keys.items() if name}


def _section(name: str, keys: Mapping[str, object]) -> str:
    lines = [f"[{name}]", *(f"{key}={value}" for key, value in keys.items())]
    return "\n".join(lines) + "\n"
