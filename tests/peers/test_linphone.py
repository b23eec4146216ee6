"""Whole phones against Debian's linphonec: calls both ways, the same SAS, speech, the cache.

linphonec calls by TLS and is not called by it (it closes such connections unread), so Kamailio
stands between when it is called.
"""

import asyncio
import logging
import statistics
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.demo.household import Home
from agent.demo.person import Person
from agent.demo.speech import TEXTS, speak
from support import daemon
from support.certificates import Authority, self_signed
from support.kamailio import Kamailio
from support.linphone import RTP_PORT, Exchange, Linphone, Setup, Wish, available, linphone
from support.linphone_talk import check_speech, compare, read_the_same
from support.loopback import Datagram, Loopback, listening
from support.netns import network_namespace

pytestmark = [
    pytest.mark.peer,
    pytest.mark.live,
    pytest.mark.skipif(not available(), reason="no linphonec 5.1 or 5.3 (linphone-cli)"),
]

log = logging.getLogger(__name__)

ALICE_URI = f"sip:alice@localhost:{daemon.ALICE.sip_port};transport=tls"
TALK_S = 3.0
CALLS = 20
LAST_WORDS = {"Confirm2", "Conf2ACK"}
"""What the other side says last, as initiator and as responder."""


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="lins")
def _lins(tmp_path: Path) -> Setup:
    folder = tmp_path / "lin"
    folder.mkdir()
    speech = folder / "speech.wav"
    speak(TEXTS["bob"], "en-us+m3", speech)
    return Setup(folder, self_signed(tmp_path, "lin"), speech)


@asynccontextmanager
async def called(home: Home, lins: Setup) -> AsyncIterator[tuple[Person, Linphone]]:
    """Both phones are switched on, linphonec calls, Alice answers; in the end it hangs up."""
    async with daemon.living_at(home) as alice, linphone(lins) as lin:
        await lin.call(ALICE_URI)
        await daemon.answers(alice)
        yield alice, lin
        await lin.hangs_up()
        await alice.sees("They hung up")


def test_linphone_calls(tmp_path: Path, lins: Setup) -> None:
    """They compare and talk; they know each other again; one of them forgets a secret."""
    home = daemon.furnish(tmp_path)

    async def first() -> None:
        async with called(home, lins) as (alice, lin):
            await compare(alice, lin, "Verified")
            await asyncio.sleep(TALK_S)

    async def again() -> None:
        async with called(home, lins) as (alice, lin):
            await daemon.sees_line(alice, "Verified")
            assert not any(daemon.shown_sas(picture) for picture in alice.seen)
            await lin.sas()

    async def forgotten() -> None:
        async with called(home, lins) as (alice, lin):
            await alice.sees("Something changed", "Compare the words NOW")
            await daemon.heeds_alarm(alice)
            await read_the_same(alice, lin)

    asyncio.run(first())
    check_speech(home, lins)
    assert [each.previously_verified for each in lins.exchanges()] == [False]
    asyncio.run(again())
    assert [each.previously_verified for each in lins.exchanges()] == [True]
    assert lins.forget_secrets() == 1
    asyncio.run(forgotten())
    assert [each.previously_verified for each in lins.exchanges()] == [False]
    assert "cache mismatch" in lins.log.read_text(errors="replace")


def test_linphone_is_called(tmp_path: Path, lins: Setup) -> None:
    """By way of a server: what it relays is verified, so nothing warns of the signalling."""
    authority = Authority(tmp_path)
    with Kamailio(tmp_path, authority.issue("localhost")) as server:
        home = daemon.furnish(
            tmp_path,
            f"""
[[account]]
name = "Office"
uri = "sip:alice@localhost"
password = "secret of alice"
registrar = "sip:localhost:{server.port}"
ca_file = "{authority.file}"

[[contact]]
name = "Lin"
number = "102"
uri = "sip:lin@localhost"
""",
        )
        uri = f"sip:localhost:{server.port};transport=tls"
        registered = replace(lins, server=uri, password="secret of lin")  # noqa: S106 - Kamailio's
        asyncio.run(_calls_twice(home, registered))
    check_speech(home, lins)
    assert [each.previously_verified for each in lins.exchanges()] == [False, True]


async def _calls_twice(home: Home, lins: Setup) -> None:
    async with daemon.living_at(home) as alice, linphone(lins) as lin:
        await alice.sees("Ready")
        await daemon.dials(alice, "102")
        await lin.answer()
        await compare(alice, lin, "Verified, green")
        await asyncio.sleep(TALK_S)
        await daemon.hangs_up(alice, "Ready")
        await lin.says("ended")
        before = len(alice.seen)
        await daemon.dials(alice, "102")
        await lin.answer()
        await daemon.sees_line(alice, "Verified, green")
        shown = alice.seen[before:]
        assert not any(daemon.shown_sas(picture) for picture in shown)
        assert not any("Signalling" in line for picture in alice.seen for line in picture.text)
        await lin.sas()
        await daemon.hangs_up(alice, "Ready")
        await lin.says("ended")


@pytest.mark.parametrize(
    "wish",
    [
        Wish("DH3k", "AES1", "HS32", "B32"),
        Wish("DH3k", "AES3", "HS80", "B256"),
        Wish("X255", "AES1", "HS80", "B256"),
        Wish("X255", "AES3", "HS32", "B32"),
    ],
    ids=lambda wish: f"{wish.key_agreement}-{wish.cipher}-{wish.auth_tag}-{wish.sas}",
)
def test_algorithms(tmp_path: Path, lins: Setup, wish: Wish) -> None:
    home = daemon.furnish(
        tmp_path,
        f"""
[zrtp]
key_agreements = ["{wish.key_agreement}"]
ciphers = ["{wish.cipher}"]
auth_tags = ["{wish.auth_tag}"]
sas = ["{wish.sas}"]
""",
    )
    lins = replace(lins, wish=wish)

    async def call() -> str:
        async with called(home, lins) as (alice, lin):
            sas = await read_the_same(alice, lin)
            await asyncio.sleep(TALK_S)
            return sas

    sas = asyncio.run(call())
    assert lins.exchanges() == [
        Exchange(
            sas=sas,
            previously_verified=False,
            cipher=wish.cipher,
            key_agreement=wish.key_agreement,
            hash="S256",
            auth_tag=wish.auth_tag,
            sas_type=wish.sas,
        )
    ]
    check_speech(home, lins)


def test_many_calls_in_a_row(tmp_path: Path, lins: Setup) -> None:
    """Both commit nearly every time, and always agree on who is who."""
    home = daemon.furnish(tmp_path)

    async def calls(wire: Loopback) -> list[list[Datagram]]:
        async with daemon.living_at(home) as alice, linphone(lins) as lin:
            return [await _short_call(alice, lin, wire) for _ in range(CALLS)]

    with listening() as wire:
        seen = asyncio.run(calls(wire))
    assert len(lins.exchanges()) == CALLS
    times = sorted(_milliseconds(each) for each in seen)
    committed = [{one.source for one in each if one.zrtp == "Commit"} for each in seen]
    log.info("first Hello to Conf2ACK, ms: median %.1f of %s", statistics.median(times), times)
    log.info("both committed in %d of %d", sum(len(each) == 2 for each in committed), CALLS)


async def _short_call(alice: Person, lin: Linphone, wire: Loopback) -> list[Datagram]:
    await lin.call(ALICE_URI)
    await daemon.answers(alice)
    await read_the_same(alice, lin)
    await lin.hangs_up()
    await alice.sees("They hung up")
    await daemon.hangs_up(alice, "Direct calls only")
    return wire.take()


def _milliseconds(call: list[Datagram]) -> float:
    """From the first Hello to Conf2ACK; nothing but ZRTP leaves our phone before it has keys."""
    hello = next(each.at for each in call if each.zrtp == "Hello")
    keys = next(each.at for each in call if each.source == RTP_PORT and each.zrtp in LAST_WORDS)
    ours = range(daemon.ALICE.rtp_port, RTP_PORT)
    assert all(each.zrtp for each in call if each.source in ours and each.at < keys)
    ack = next(each.at for each in call if each.zrtp == "Conf2ACK")
    return round((ack - hello) * 1000, 1)
