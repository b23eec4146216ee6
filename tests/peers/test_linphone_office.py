"""Whole phones and Debian's linphonec in one office, behind Kamailio: all that both can agree on.

Each line of the table is two calls, one from either side. In the first the words are compared, in
the second the phones know each other. Who initiates the ZRTP exchange is settled by losing the
HelloACKs of one side, since both phones commit otherwise, and the initiator picks the hash.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Final

import pytest

from agent.demo.household import Home
from agent.demo.person import Person
from agent.demo.speech import TEXTS, speak
from support import daemon
from support.certificates import Authority, self_signed
from support.kamailio import Kamailio
from support.linphone import RTP_PORT, Exchange, Linphone, Setup, Wish, available, linphone
from support.linphone_talk import check_speech, compare
from support.loopback import Datagram, Loopback, listening
from support.netns import network_namespace

pytestmark = [
    pytest.mark.peer,
    pytest.mark.live,
    pytest.mark.skipif(not available(), reason="no linphonec 5.1 or 5.3 (linphone-cli)"),
]

ALICE_URI: Final = "sip:alice@localhost"
LIN: Final = "102"
GREEN: Final = "Verified, green"
TALK_S: Final = 3.0
WARNINGS: Final = ("Signalling", "not announced", "Altered", "No longer announced")
"""What the panel says where the signalling or its a=zrtp-hash is not as it should be."""
RTP_PORTS: Final = {
    "theirs": f"{RTP_PORT}",
    "ours": f"{daemon.ALICE.rtp_port}-{RTP_PORT - 1}",
}


@dataclass(frozen=True)
class Calls:
    """Two calls.

    Attributes:
        wish: What both phones are set to.
        caller: Who calls first; the other one calls back.
        initiators: Who initiates ZRTP, in the first call and in the second.
    """

    wish: Wish
    caller: str
    initiators: tuple[str, str]

    def __str__(self) -> str:
        return "-".join((*astuple(self.wish), self.caller))

    def expected_hash(self, initiator: str) -> str:
        """linphonec's is the one that it was told; ours goes by the key agreement."""
        strong = self.wish.key_agreement == "X448"
        return self.wish.hash if strong or initiator == "theirs" else "S256"


# Where we commit to S256 and linphonec is set to S384, libbzrtp does not find the secret that it
# kept, not even with another libbzrtp (test_libbzrtp.py). So S384 comes from linphonec there.
TABLE: Final = (
    Calls(Wish("DH3k", "AES1", "HS80", "B32", "S256"), "theirs", ("theirs", "ours")),
    Calls(Wish("DH3k", "AES3", "HS32", "B256", "S384"), "ours", ("ours", "theirs")),
    Calls(Wish("X255", "AES3", "HS32", "B32", "S256"), "theirs", ("ours", "theirs")),
    Calls(Wish("X255", "AES1", "HS80", "B256", "S384"), "ours", ("theirs", "theirs")),
    Calls(Wish("X448", "AES1", "HS32", "B256", "S256"), "theirs", ("theirs", "ours")),
    Calls(Wish("X448", "AES3", "HS80", "B32", "S384"), "ours", ("ours", "theirs")),
)


def other(side: str) -> str:
    return "ours" if side == "theirs" else "theirs"


@dataclass(frozen=True)
class Office:
    """The office's server, and who vouches for it."""

    server: Kamailio
    ca_file: Path


@pytest.fixture(name="office", scope="module")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    authority = Authority(folder)
    with network_namespace(), Kamailio(folder, authority.issue("localhost")) as server:
        yield Office(server, authority.file)


def at_ours(folder: Path, office: Office, wish: Wish) -> Home:
    """A phone of ours in the office that has these algorithms alone, beside the mandatory ones."""
    return daemon.furnish(
        folder,
        f"""
[[account]]
name = "Office"
uri = "{ALICE_URI}"
password = "secret of alice"
registrar = "sip:localhost:{office.server.port}"
ca_file = "{office.ca_file}"

[[contact]]
name = "Lin"
number = "{LIN}"
uri = "sip:lin@localhost"

[zrtp]
key_agreements = ["{wish.key_agreement}"]
ciphers = ["{wish.cipher}"]
auth_tags = ["{wish.auth_tag}"]
sas = ["{wish.sas}"]
""",
    )


def at_theirs(folder: Path, office: Office, wish: Wish) -> Setup:
    """A linphonec as docs/servers.md sets it up."""
    home = folder / "lin"
    home.mkdir()
    speech = home / "speech.wav"
    speak(TEXTS["bob"], "en-us+m3", speech)
    return Setup(
        home,
        self_signed(folder, "lin"),
        speech,
        wish,
        server=f"sip:localhost:{office.server.port};transport=tls",
        password="secret of lin",  # noqa: S106 - Kamailio's
        mandatory=True,
        ca_file=office.ca_file,
    )


@contextlib.contextmanager
def initiating(side: str) -> Iterator[None]:
    """This side's HelloACKs are lost, so that the other one has nothing to commit after."""
    hello_ack = int.from_bytes(b"HelloACK")
    table = f"""
    table inet lost {{
        chain arriving {{
            type filter hook input priority 0;
            udp sport {RTP_PORTS[side]} @th,192,64 {hello_ack:#x} drop
        }}
    }}"""
    subprocess.run(["nft", "-f", "-"], input=table.encode(), check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "lost"], check=True)


async def set_up(alice: Person, lin: Linphone, caller: str) -> None:
    """One side calls, the other one answers."""
    if caller == "ours":
        await daemon.dials(alice, LIN)
        await lin.answer()
    else:
        await lin.call(ALICE_URI)
        await daemon.answers(alice)


async def hang_up(alice: Person, lin: Linphone) -> None:
    await lin.hangs_up()
    await alice.sees("They hung up")
    await daemon.hangs_up(alice, "Ready")


async def two_calls(home: Home, lins: Setup, calls: Calls, wire: Loopback) -> None:
    async with daemon.living_at(home) as alice, linphone(lins) as lin:
        await alice.sees("Ready")
        first, second = calls.initiators
        with initiating(first):
            await set_up(alice, lin, calls.caller)
            await compare(alice, lin, GREEN)
            await asyncio.sleep(TALK_S)
            await hang_up(alice, lin)
        check_wire(wire.take(), first)
        before = len(alice.seen)
        with initiating(second):
            await set_up(alice, lin, other(calls.caller))
            await daemon.sees_line(alice, GREEN)
            await lin.sas()
            assert not any(daemon.shown_sas(picture) for picture in alice.seen[before:])
            await hang_up(alice, lin)
        check_wire(wire.take(), second)
        lines = {line for picture in alice.seen for line in picture.text}
        assert not [line for line in lines if any(each in line for each in WARNINGS)]


def check_wire(call: list[Datagram], initiator: str) -> None:
    """The side meant to did initiate, and neither sent sound before there were keys."""
    (source,) = {each.source for each in call if each.zrtp == "DHPart2"}
    assert (source == RTP_PORT) == (initiator == "theirs")
    media = [each for each in call if daemon.ALICE.rtp_port <= each.source <= RTP_PORT]
    keys = next(index for index, each in enumerate(media) if each.zrtp == "Confirm1")
    assert not any(is_rtp(each) for each in media[:keys])


def is_rtp(packet: Datagram) -> bool:
    """Or RTCP; linphonec sends STUN, too."""
    return packet.payload[0] >> 6 == 2


@pytest.mark.parametrize("calls", TABLE, ids=str)
def test_both_call_and_know_each_other_again(tmp_path: Path, office: Office, calls: Calls) -> None:
    """The same words on both, speech both ways; green: their a=zrtp-hash came and was right."""
    home, lins = at_ours(tmp_path, office, calls.wish), at_theirs(tmp_path, office, calls.wish)
    with listening() as wire:
        asyncio.run(two_calls(home, lins, calls, wire))
    check_speech(home, lins)
    exchanges = lins.exchanges()
    assert exchanges == [
        Exchange(
            sas=each.sas,
            previously_verified=again,
            cipher=calls.wish.cipher,
            key_agreement=calls.wish.key_agreement,
            hash=calls.expected_hash(initiator),
            auth_tag=calls.wish.auth_tag,
            sas_type=calls.wish.sas,
        )
        for each, again, initiator in zip(exchanges, (False, True), calls.initiators, strict=True)
    ]


def test_the_table_has_every_pair() -> None:
    columns = list(zip(*(astuple(each.wish) for each in TABLE), strict=True))
    for one, two in combinations(columns, 2):
        assert set(zip(one, two, strict=True)) == set(product(set(one), set(two)))
