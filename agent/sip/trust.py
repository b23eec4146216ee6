"""Lets a connection live only if the server has proved all that its account demands."""

import logging
import time
from collections.abc import Callable

from cryptography import x509

from agent.media.handshakes import Handshake
from agent.sip.reasons import NOTHING_SHOWN, Shown
from agent.sip.settings import SYSTEM_CAS, ServerTrust
from agent.trust.files import TrustFileError, read_certificates, read_lists
from agent.trust.judgement import Demand, Moment, Proof, Verify, objections
from agent.trust.objections import Flaw, Objection

log = logging.getLogger(__name__)


class Doorkeeper:
    """Judges every TLS connection of this phone, before it is used.

    Args:
        built: When this software was made, in seconds since 1970.
        synchronised: Whether the clock was set by the network; None: nobody knows.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        built: float,
        synchronised: Callable[[], bool | None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._built = built
        self._synchronised = synchronised
        self._now = now
        self._open: set[int] = set()
        self._guarded: dict[int, ServerTrust] = {}
        self._shown: dict[int, Shown] = {}

    def leave_open(self, transport: int) -> None:
        """Lets everybody through: the transport of calls that nobody vouches for.

        Args:
            transport: Pjsua's id of it.
        """
        self._open.add(transport)

    def guard(self, transport: int, trust: ServerTrust) -> None:
        """Demands this of whoever is spoken to by a transport; nobody comes in by it.

        Args:
            transport: Pjsua's id of it.
            trust: What is demanded.
        """
        self._guarded[transport] = trust

    def admit(self, made: Handshake) -> bool:
        """Whether a connection may live; see `agent.media.handshakes.judge`."""
        trust = self._guarded.get(made.transport)
        if trust is None:
            self._shown[made.handle] = Shown(made.name, made.port)
            return made.transport in self._open
        # One that was up was judged when it came up: what it ends by is another matter.
        judged = made.is_up or made.faults
        found = self._objections(made, trust) if judged else ()
        self._shown[made.handle] = Shown(
            made.name,
            made.port,
            objections=found,
            certificate_seen=bool(made.sent),
            certificate_asked=made.asked,
            certificate_given=trust.client_certificate is not None,
        )
        return not found and not made.incoming

    def shown(self, handle: int) -> Shown:
        """What became of a connection's handshake; it is forgotten with that.

        Args:
            handle: PJSIP's handle of the connection.
        """
        return self._shown.pop(handle, NOTHING_SHOWN)

    def _objections(self, made: Handshake, trust: ServerTrust) -> tuple[Objection, ...]:
        proof = Proof(made.name, Verify(made.faults), made.result, made.sent, made.verified)
        moment = Moment(self._now(), self._built, self._synchronised())
        # Read anew each time: a list that was fetched since counts without a restart.
        try:
            lists = None if trust.crl_file is None else read_lists(trust.crl_file)
        except TrustFileError as error:
            log.warning("crl_file %s", error)
            return (Objection(Flaw.LIST_UNREADABLE),)
        known = _authorities(trust) if made.faults else ()
        return objections(proof, Demand(trust.pinned_keys, lists, known), moment)


def _authorities(trust: ServerTrust) -> tuple[x509.Certificate, ...]:
    """Whom the phone trusts; nobody, if the file went away meanwhile: then PJSIP trusts nobody."""
    try:
        return read_certificates(trust.ca_file or SYSTEM_CAS)
    except TrustFileError:
        return ()
