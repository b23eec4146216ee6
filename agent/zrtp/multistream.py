"""What the streams of one call share (RFC 6189 section 4.4.3)."""

from collections.abc import Callable
from dataclasses import replace

from agent.zrtp.agreement import Agreement, Mode, Proven
from agent.zrtp.algorithms import WITHOUT_EXCHANGE
from agent.zrtp.erasure import wipe
from agent.zrtp.errors import ErrorCode, LocalError, RefusalError
from agent.zrtp.negotiation import Choice
from agent.zrtp.non_dh import KeySource

__all__ = ["CallKeys"]


class CallKeys:
    """ZRTPSess, which the first stream of a call brings and the others are keyed from.

    It is there from the moment on in which the peer has proved the keys of the first stream, and
    is destroyed with the last stream of the call (sections 4.5.2 and 4.7.1).

    Attributes:
        peer_zid: 12 octets, the same on all streams; empty until there are keys.
        failed: the first stream ended without keys.
    """

    def __init__(self) -> None:
        self.peer_zid = b""
        self.failed = False
        self._zrtp_session: bytearray | None = None
        self._choice: Choice | None = None
        self._nonces: set[bytes] = set()
        self._streams: list[Callable[[float], None]] = []

    def join(self, go_on: Callable[[float], None]) -> None:
        """Another stream of the call; `go_on` is called when there are keys, or will be none."""
        self._streams.append(go_on)

    def leave(self, go_on: Callable[[float], None]) -> None:
        """A stream of the call is over; with the last one ZRTPSess is destroyed."""
        self._streams = [each for each in self._streams if each != go_on]
        if not self._streams and self._zrtp_session is not None:
            wipe(self._zrtp_session)
            self._zrtp_session = None

    def provide(self, agreement: Agreement, peer_zid: bytes) -> None:
        """Take ZRTPSess from the first stream, whose keys the peer has proved."""
        if agreement.call_keys is not None:
            self.peer_zid = peer_zid
            self._choice = agreement.choice
            self._zrtp_session = bytearray(agreement.call_keys.zrtp_session)

    def announce(self, now: float, *, failed: bool) -> None:
        """The first stream has got as far as it will: the others may go on, or give up."""
        self.failed = failed
        for go_on in tuple(self._streams):
            go_on(now)

    @property
    def has_keys(self) -> bool:
        """Whether other streams can be keyed now."""
        return self._zrtp_session is not None

    def terms(self) -> tuple[Choice, KeySource]:
        """The algorithms for another stream, those of the first, and what its keys come from.

        Raises:
            LocalError: there are no keys.
        """
        if self._zrtp_session is None or self._choice is None:
            raise LocalError("the first stream of the call has no keys")
        choice = replace(self._choice, key_agreement=WITHOUT_EXCHANGE["Mult"])
        return choice, KeySource(Mode.MULTISTREAM, self._zrtp_session, Proven())

    def use_nonce(self, nonce: bytes) -> None:
        """Note the nonce of a Commit, ours or the peer's.

        Raises:
            RefusalError: it was used before in this call (code 0x80): the keys would be the same.
        """
        if nonce in self._nonces:
            raise RefusalError(
                ErrorCode.NONCE_REUSE, "a nonce came for the second time in a call", attack=True
            )
        self._nonces.add(nonce)
