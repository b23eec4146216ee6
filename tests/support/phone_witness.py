"""What can be known of a phone's calls from outside: much simpler than the phone itself."""

from dataclasses import dataclass, field, replace

from agent.phone.actions import (
    AcceptTransfer,
    Action,
    AllowEnrolment,
    Answer,
    ConfirmSas,
    DenySas,
    Dial,
    HangUp,
    Redirect,
    Ring,
    Unverify,
)
from agent.phone.events import (
    Answered,
    Association,
    Cache,
    CallEnded,
    CallId,
    Dialled,
    EarlyMedia,
    Encrypted,
    EncryptedToServer,
    HashDiffers,
    IncomingCall,
    PhoneEvent,
    SasRelayed,
    Securing,
    ZrtpHash,
)


@dataclass(slots=True)
class KnownCall:
    """The facts of one call."""

    vouched: bool = False
    association: Association | None = None
    keyed: bool = False
    confirmed: bool = False
    denied: bool = False
    distrusted: bool = False
    answered: bool = False
    early: bool = False

    def agreed(self, new: Association) -> None:
        old, self.association, self.keyed = self.association, new, True
        if old is None or (old.zid, old.sas) != (new.zid, new.sas):
            self.confirmed = False
        if old is None or old.zid != new.zid:
            self.distrusted = False

    def may_be_secure(self) -> bool:
        found = self.association
        if found is None or not self.keyed or self.denied:
            return False
        known = found.cache is Cache.MATCHED and found.verified_here and found.verified_there
        alarming = (
            found.zrtp_hash is ZrtpHash.DIFFERS
            or found.another_phone is not None
            or found.weaker_than_before
            # Of somebody behind a PBX nothing is known; of the PBX there is.
            or found.relayed
        )
        return self.confirmed or (known and not alarming and not self.distrusted)

    def may_be_seen(self) -> bool:
        """Whether the person may see both halves of the SAS."""
        found = self.association
        return found is not None and (not found.candidates or self.confirmed or self.denied)

    def may_be_green(self) -> bool:
        found = self.association
        return (
            found is not None
            and self.may_be_secure()
            and self.vouched
            and found.zrtp_hash is ZrtpHash.MATCHED
            and not found.mitm
            and not found.enrolled
            and not found.disclosure
            and not found.weak
        )


@dataclass(slots=True)
class Witness:
    """Writes down what happens and what the phone asks for.

    Attributes:
        calls: The calls that are not over.
        came: Every call that ever came in; its name is never used again.
    """

    calls: dict[CallId, KnownCall] = field(default_factory=dict)
    came: dict[CallId, bool] = field(default_factory=dict)

    def asked(self, action: Action) -> None:
        match action:
            case Dial(call) | AcceptTransfer(new_call=call):
                assert call not in self.calls
                self.calls[call] = KnownCall()
            case Ring(call) | Answer(call):
                self.calls.setdefault(call, KnownCall(vouched=self.came[call]))
            case HangUp(call) | Redirect(call):
                self.calls.pop(call, None)
            case ConfirmSas(call):
                known = self.calls[call]
                assert known.keyed
                known.confirmed, known.distrusted = True, False
            case DenySas(call):
                self.calls[call].denied = True
                self._doubt(call, denied=True)
            case Unverify(call):
                self.calls[call].confirmed = False
                self.calls[call].distrusted = True
                self._doubt(call, denied=False)
            case AllowEnrolment(call):
                known = self.calls[call]
                assert known.confirmed
                assert known.keyed
                assert not known.denied
            case _:
                pass

    def _doubt(self, call: CallId, *, denied: bool) -> None:
        """A phone that is not trusted in one call is trusted in none, unless in its own right."""
        found = self.calls[call].association
        for each in self.calls.values():
            same = found and each.association and each.association.zid == found.zid
            if each is not self.calls[call] and same and not (denied and each.confirmed):
                each.confirmed, each.distrusted = False, True

    def happened(self, event: PhoneEvent) -> None:
        match event:
            case IncomingCall(call):
                self.came.setdefault(call, event.signalling_verified)
            case CallEnded(call):
                self.calls.pop(call, None)
            case (
                Dialled(call)
                | Answered(call)
                | EarlyMedia(call)
                | Securing(call)
                | Encrypted(call)
                | EncryptedToServer(call)
                | SasRelayed(call)
                | HashDiffers(call)
            ) if call in self.calls:
                self._of(self.calls[call], event)
            case _:
                pass

    def _of(self, known: KnownCall, event: PhoneEvent) -> None:
        match event:
            case Dialled(_, verified):
                known.vouched = verified
            case Answered():
                known.answered = True
            case EarlyMedia():
                known.early = True
            case Securing():
                known.keyed = False
            case Encrypted(_, association):
                known.agreed(association)
            case EncryptedToServer():
                # Never after ZRTP, and never by signalling that anybody may have written.
                known.keyed = known.vouched and known.association is None
            case HashDiffers() if known.keyed and known.association is not None:
                known.association = replace(known.association, zrtp_hash=ZrtpHash.DIFFERS)
                known.confirmed = False
            case SasRelayed(_, sas) if known.keyed and known.association is not None:
                if known.association.enrolled:
                    relayed = replace(known.association, sas=sas, verified_here=False, relayed=True)
                    known.agreed(replace(relayed, candidates=event.candidates))
            case _:
                pass
