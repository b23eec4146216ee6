"""Asks a running phone over its control socket, and waits for the answer."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from agent.control.protocol import (
    LINE_LIMIT,
    ControlError,
    Ended,
    Item,
    encode_request,
    read_answer,
)
from agent.control.requests import Request
from agent.errors import ReportedError

PATIENCE_S: Final = 15.0
"""How long the phone may take for the next line of an answer."""


class ClientError(ReportedError):
    """The phone gave no answer; the message says why."""


class NotRunningError(ClientError):
    """Nobody listens on the socket."""


class Client:
    """A connection to the phone.

    Args:
        connection: The socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    @classmethod
    @contextlib.contextmanager
    def at(cls, path: Path) -> Iterator[Self]:
        """Connects, and hangs up afterwards.

        Raises:
            NotRunningError: Nobody listens there.
            ClientError: It cannot be reached for another reason.
        """
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            try:
                connection.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                raise NotRunningError(f"the phone does not run: nobody answers at {path}") from None
            except PermissionError:
                raise ClientError(
                    f"you may not ask the phone: only root and the members of the group of {path} "
                    "may (usermod -aG sotto YOUR-NAME, then log in again)"
                ) from None
            except OSError as error:
                raise ClientError(f"{path}: {error.strerror or error}") from None
            yield cls(connection)

    def ask(self, request: Request) -> tuple[list[Item], Ended]:
        """Sends a request; returns the items of its answer, and how that ended.

        Raises:
            ClientError: The phone did not answer to the end, or not in this protocol.
        """
        items: list[Item] = []
        with _told():
            with contextlib.suppress(BrokenPipeError):  # it has said why before it hung up
                self._connection.sendall(encode_request(request))
            while not isinstance(answer := read_answer(self._line()), Ended):
                items.append(answer)
        return items, answer

    def follow(self) -> Iterator[Item]:
        """Whatever happens, after `Events` was asked for, until the phone ends.

        Raises:
            ClientError: What the phone says is not in this protocol.
        """
        self._connection.settimeout(None)
        while True:
            with _told():
                answer = read_answer(self._line())
            if isinstance(answer, Ended):
                return
            yield answer

    def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > LINE_LIMIT:
                raise ControlError("The phone's answer is none of this protocol.")
            received = self._connection.recv(LINE_LIMIT)
            if not received:
                raise ClientError("the phone hung up before it had answered")
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise ClientError(f"the phone gave no answer within {PATIENCE_S:.0f} s") from None
    except OSError as error:
        raise ClientError(f"the phone hung up: {error.strerror or error}") from None
    except ControlError as error:
        raise ClientError(str(error)) from None
