"""One call as PJSIP has it: pjsua2's object, and what PJSIP tells of it."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import pjsua2 as pj

from agent.frozen import frozen
from agent.media import dialogs
from agent.sip.guard import guarded, guarded_answer
from agent.sip.holding import Holding
from agent.sip.naming import Server
from agent.sip.quality import Line
from agent.sip.redirects import may_follow
from agent.sip.roaming import Roaming

DECLINE: Final = 603
NOT_ACCEPTABLE_HERE: Final = 488


@frozen
class Dialling:
    """How a call that goes by an account was dialled.

    Attributes:
        uri: Whom it is for.
        server: Where the INVITE went; None: nobody knew.
    """

    uri: str
    server: Server | None


class Registry(Protocol):
    """Who owns the legs, and decides."""

    def state_changed(self, leg: "CallLeg", *, answered: bool) -> None:
        """Reads a call's new state and tells it."""
        ...

    def media_changed(self, leg: "CallLeg") -> None:
        """Reads how a call's media stand now."""
        ...

    def offered(self, leg: "CallLeg", sdp: str) -> bool:
        """Judges what the other side wants to make of the media; whether that may be."""
        ...

    def reinvite_answered(self, leg: "CallLeg", code: int) -> None:
        """An INVITE of ours has a final answer."""
        ...

    def transfer_progressed(self, leg: "CallLeg", code: int, *, is_last: bool) -> None:
        """The other side says how far it got with our REFER."""
        ...

    def broke(self, leg: "CallLeg", reason: str) -> None:
        """A callback failed."""
        ...


class CallLeg(pj.Call):  # type: ignore[misc] # pjsua2 has no types
    """One call as PJSIP has it.

    Args:
        calls: The registry that owns it.
        name: The call's name.
        account: The pjsua2 account it belongs to.
        host: Whom the signalling goes to, for sentences.
        leg: pjsua's id of an incoming call.
    """

    def __init__(
        self, calls: Registry, name: str, account: Any, host: str, leg: int = pj.PJSUA_INVALID_ID
    ) -> None:
        super().__init__(account, leg)
        self._calls = calls
        self.name = name
        self.account = account
        self.host = host
        self.source = ""  # "address:port" that the INVITE came from
        self.is_incoming = leg != pj.PJSUA_INVALID_ID
        self.ended_here = False
        self.offered_keys = False
        self.rang = False
        self.has_early_media = False
        self.was_up = False
        self.wants_audio = False
        self.remote_held = False
        self.transferring = False
        self.transfer_to: CallLeg | None = None
        self.replaces: str | None = None
        self.was_redirected = False
        self.line: Line | None = None
        self.dialled: Dialling | None = None
        self.objection = ""
        self.was_elsewhere = False
        self.holding = Holding(owns_call_id=not self.is_incoming)
        self.roaming = Roaming(owns_call_id=not self.is_incoming)
        self.was_sought = False

    @guarded
    def arrive(self, announce: Callable[[], None]) -> None:
        """An incoming call is announced; if that fails it is hung up."""
        announce()

    def rings_here(self) -> bool:
        """Whether it came in, and nobody has answered it yet."""
        early = {pj.PJSIP_INV_STATE_INCOMING, pj.PJSIP_INV_STATE_EARLY}
        return self.is_incoming and self.isActive() and self.getInfo().state in early

    @guarded
    def onCallState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """The dialog goes from one state to the next."""
        answered = parameters.e.body.tsxState.type == pj.PJSIP_EVENT_RX_MSG
        self._calls.state_changed(self, answered=answered)

    @guarded
    def onCallMediaState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A stream came up, went away or was replaced."""
        del parameters
        self._calls.media_changed(self)

    @guarded
    def onCallRxOffer(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A re-INVITE or an UPDATE wants other media; what cannot be judged is refused."""
        parameters.statusCode = NOT_ACCEPTABLE_HERE
        if self._calls.offered(self, dialogs.offered_sdp(self.getId())):
            parameters.statusCode = pj.PJSIP_SC_OK

    @guarded
    def onCallTxOffer(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A re-INVITE without an offer wants ours: who answers it may be another phone."""
        del parameters
        dialogs.offer_fresh_hello(self.getId())

    @guarded
    def onCallTsxState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A transaction within the dialog goes from one state to the next."""
        transaction = parameters.e.body.tsxState.tsx
        if (
            transaction.method == "INVITE"
            and transaction.role == pj.PJSIP_ROLE_UAC
            and transaction.state in {pj.PJSIP_TSX_STATE_COMPLETED, pj.PJSIP_TSX_STATE_TERMINATED}
        ):
            self._calls.reinvite_answered(self, transaction.statusCode)

    @guarded
    def onCallTransferRequest(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """REFER: nobody but the person at this phone makes it call."""
        parameters.statusCode = DECLINE
        if self.transfer_to is not None:
            parameters.newCall = self.transfer_to
            parameters.opt = media_options()
            parameters.statusCode = pj.PJSIP_SC_ACCEPTED

    @guarded
    def onCallTransferStatus(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """The other side says how far it got with our REFER."""
        self._calls.transfer_progressed(self, parameters.statusCode, is_last=parameters.finalNotify)

    @guarded_answer(pj.PJSIP_REDIRECT_REJECT)
    def onCallRedirected(self, parameters: Any) -> int:  # noqa: N802 - pjsua2's name
        """3xx: the other side is somewhere else; whoever is meant stays the same on the screen."""
        event = parameters.e
        # The target that PJSIP names has lost its transport: so the message itself is read.
        response = str(event.body.tsxState.src.rdata.wholeMsg)
        if event.type != pj.PJSIP_EVENT_TSX_STATE or not may_follow(
            response, domain=self.domain, followed=self.was_redirected
        ):
            return int(pj.PJSIP_REDIRECT_REJECT)
        self.was_redirected = True
        return int(pj.PJSIP_REDIRECT_ACCEPT)

    @guarded
    def onCallReplaceRequest(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """Replaces: nobody takes the place of the one at the other end."""
        parameters.statusCode = DECLINE

    @property
    def domain(self) -> str | None:
        """The domain of the account by which it goes; None: it is a direct call."""
        domain: str | None = self.account.domain
        return domain

    def broke(self, reason: str) -> None:
        """A callback failed: the call cannot be trusted any more."""
        self._calls.broke(self, reason)


def media_options() -> Any:
    """One audio stream; PJSIP 2.17 would offer real-time text as well."""
    options = pj.CallSetting(True)  # noqa: FBT003 - pjsua2's own way to ask for defaults
    options.audioCount = 1
    options.videoCount = 0
    options.textCount = 0
    return options
