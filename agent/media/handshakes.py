"""TLS connections whose handshake is done, shown before PJSIP sends or reads anything on them."""

from collections.abc import Callable

from agent.frozen import frozen
from agent.media import _gate


@frozen
class Handshake:
    """What is known of a connection, in the order in which the C module tells it.

    Attributes:
        handle: PJSIP's handle of it.
        transport: Pjsua's id of the transport that made it; -1: of none that pjsua knows.
        incoming: Whether the other side opened it.
        is_up: Whether it is about to be used; else it has ended, and the answer does not count.
        name: Whom it was opened to: the host of the URI that the request went by, an address
            without brackets; for an incoming one the other side's address.
        port: The other end's port.
        faults: What PJSIP found wrong with the certificate (pj_ssl_cert_verify_flag_t).
        result: OpenSSL's last word on it (X509_V_ERR_...), 0 if all is well; -1: none.
        asked: Whether the server asked for a certificate of ours; TLS 1.2 alone tells that.
        sent: The certificates that the other side sent, its own first, as DER.
        verified: The chain that OpenSSL made of them, as far as it got, its own first.
    """

    handle: int
    transport: int
    incoming: bool
    is_up: bool
    name: str
    port: int
    faults: int
    result: int
    asked: bool
    sent: tuple[bytes, ...]
    verified: tuple[bytes, ...]


def judge(whether: Callable[[Handshake], bool] | None) -> None:
    """Lets each new connection live or not; after each libInit, on the thread that polls.

    Args:
        whether: Says so. All but True, an exception too, shuts the connection down with
            nothing sent on it; None: nobody is there any more, so none lives.

    Raises:
        RuntimeError: PJSIP is not up, or does not tell of its connections.
    """
    if whether is None:
        _gate.judge_connections(None)
        return
    decide = whether
    _gate.judge_connections(lambda *facts: decide(Handshake(*facts)))
