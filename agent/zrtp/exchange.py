"""What the steps of the state machine do, gathered from those who can do them.

An `Exchange` does not know in which state it is, only what it holds; the table in `state` and
`Session` see to it that a step is asked for when it makes sense. A step either does all of its
work or raises.
"""

from agent.zrtp.commits import Commits
from agent.zrtp.confirming import Confirming
from agent.zrtp.errors import Ignored, NotUsedError, RefusalError
from agent.zrtp.established import Established, EstablishedStream
from agent.zrtp.events import Failed
from agent.zrtp.greeting import Greeting
from agent.zrtp.held import Held
from agent.zrtp.messages import ErrorMessage
from agent.zrtp.requests import Requests
from agent.zrtp.retransmission import T2
from agent.zrtp.roster import Contender, Roster
from agent.zrtp.state import Step
from agent.zrtp.wire import Packet

__all__ = ["Exchange"]


class Exchange:
    """What we do in one ZRTP exchange.

    Args:
        held: what it holds.
        roster: whose turn it is with a peer.
        contender: the session, as the roster knows it.
        prefer_preshared: commit in Preshared mode where that is possible.

    Attributes:
        greeting: knows about Hellos.
        commits: knows about Commits.
    """

    def __init__(
        self, held: Held, roster: Roster, contender: Contender, *, prefer_preshared: bool
    ) -> None:
        self._held = held
        self.greeting = Greeting(held)
        self.commits = Commits(held, roster, contender, prefer_preshared=prefer_preshared)
        self._steps = (
            self.greeting.steps | self.commits.steps | Confirming(held).steps | Requests(held).steps
        )

    def carry_out(self, step: Step, packet: Packet) -> None:
        """Do what a step says.

        Args:
            step: what is to be done.
            packet: what caused it; empty when no packet did.

        Raises:
            NotUsedError: the message is not to be used after all.
            RefusalError: the exchange cannot go on.
        """
        self._steps[step](packet)

    def check_source(self, packet: Packet) -> None:
        """Before an exchange anybody may speak whose Hello came, in it only the peer.

        Raises:
            NotUsedError: this SSRC may not.
        """
        known = self._held.discovery.found
        if known and packet.ssrc not in known:
            raise NotUsedError(Ignored.WRONG_SOURCE)

    def refuse(self, refusal: RefusalError) -> None:
        """End the exchange and say so to the peer and to the host."""
        held = self._held
        held.forget()
        if refusal.code is not None:
            held.stream.send_repeatedly(ErrorMessage(refusal.code).serialize(), T2, held.now)
        held.events.append(Failed(refusal.code, refusal.reason, refusal.attack))

    def sas_verified(self) -> None:
        """The user compared the SAS and it is the same.

        Raises:
            LocalError: this is not the first stream of its call.
        """
        established = self._held.progress_as(Established)
        self._held.events.extend(established.sas_verified(self._held.kept_for(established.peer)))

    def sas_mismatch(self) -> None:
        """The user compared the SAS and it differs.

        Raises:
            LocalError: this is not the first stream of its call.
        """
        self._held.events.append(self._held.progress_as(Established).sas_mismatch())

    def accept_enrolment(self) -> None:
        """The user trusts the PBX.

        Raises:
            LocalError: nothing was offered, or the SAS was not compared.
        """
        established = self._held.progress_as(Established)
        kept = self._held.kept_for(established.peer)
        self._held.events.append(established.accept_enrolment(kept))

    def keys_were_made(self) -> None:
        """Both sides are secure: later exchanges with this peer may build on that."""
        self.commits.note(self._held.progress_as(EstablishedStream))
