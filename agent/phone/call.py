"""One call: who it is with, and all that its security depends on."""

from dataclasses import dataclass, replace

from agent.frozen import frozen
from agent.phone.events import (
    Association,
    CallId,
    Quality,
    Remembered,
    SasRelayed,
    TransferOutcome,
    ZrtpHash,
)
from agent.phone.security import Facts, Keys, SecurityState, classify
from agent.phone.views import Half, Notice


@frozen
class TransferOffer:
    """The other side wants to put us through, and the person has not answered yet."""

    uri: str
    name: str
    since: float


@frozen
class Transfer:
    """How far our own transfer of this call came.

    Attributes:
        outcome: How far.
        detail: What the network said, one sentence or empty.
        to: The other call that it is to be joined with; None: somebody who was dialled.
    """

    outcome: TransferOutcome
    detail: str = ""
    to: CallId | None = None


@dataclass(slots=True)
class Call:
    """One call from its first sign to its end.

    Attributes:
        id: Its name.
        incoming: Whether the other side called.
        claimed: Whom the contacts or the signalling say it is with; fit to be shown.
        account: The account that is called; empty for a direct call.
        remembered: The verified phone met before under this address.
        signalling_verified: Whether somebody vouches for the signalling.
        from_known: Whether it came in from where somebody is whom the phone knows.
        answered_at: When the dialog was confirmed; None before.
        keys: Where the SRTP keys come from.
        association: What the latest finished key agreement says; None before the first.
        cache_name: The name kept for this ZID, earlier or in this call.
        confirmed: The person said in this call that the words match.
        denied: The person said in this call that they differ; nothing takes that back.
        offered: A PBX asks to be allowed to listen in, and the person has not answered yet.
        awaits_handset: It was placed or answered with the handset in its cradle, and nobody has
            lifted it since: no sound may pass either way.
        distrusted: The person takes back in this call that the phone was verified.
        put_through: Somebody else made this call happen: a stranger in the middle of a talk.
        moved_on: We let the other side put us through: that it hangs up then is no news.
        early: The other side plays something before it answers.
        held_there: The other side has put us on hold.
        quality: How well it is heard here; None: not known.
        cut: This phone's own network has gone from under it.
        offer: The other side wants to put us through.
        transfer: We want to put the other side through.
        reencryption_refused: Somebody tried to move the call away from ZRTP.
        clear_refused: The other phone itself asked to go on without encryption.
    """

    id: CallId
    incoming: bool
    claimed: str
    account: str = ""
    remembered: Remembered | None = None
    signalling_verified: bool = False
    from_known: bool = False
    answered_at: float | None = None
    keys: Keys = Keys.PENDING
    association: Association | None = None
    cache_name: str = ""
    confirmed: bool = False
    denied: bool = False
    offered: bool = False
    awaits_handset: bool = False
    distrusted: bool = False
    put_through: bool = False
    moved_on: bool = False
    early: bool = False
    held_there: bool = False
    quality: Quality | None = None
    cut: bool = False
    offer: TransferOffer | None = None
    transfer: Transfer | None = None
    reencryption_refused: bool = False
    clear_refused: bool = False

    def agree(self, association: Association) -> bool:
        """There are keys; returns whether it is a new matter for the person.

        It is not when the same was agreed with the same phone under the same SAS (a second
        stream): then what the person has said of it stands.
        """
        before = self.association
        known = before is not None and _matter(before) == _matter(association)
        if known and before is not None and before.candidates:
            # The same candidates in the same order: two sets of them would tell by themselves.
            association = replace(association, candidates=before.candidates)
        if before is None or before.zid != association.zid:
            self.distrusted = False  # that was said of another phone
        self.association = association
        self.keys = Keys.ZRTP
        if not known:
            self.confirmed = self.offered = False
            self.cache_name = association.cache_name
        return not known

    def take_server_keys(self) -> bool:
        """There are keys that the server knows, too; returns whether they will do.

        Not over signalling that nobody vouches for, and never after ZRTP.
        """
        if not self.signalling_verified or self.association is not None:
            return False
        self.keys = Keys.SDES
        return True

    def relayed(self, event: SasRelayed) -> Association | None:
        """What was agreed, with the relayed SAS to compare; None: nobody may relay one here.

        That the PBX was verified says nothing of whoever is behind it.
        """
        found = self.association
        if found is None or not found.enrolled or self.keys is not Keys.ZRTP:
            return None
        return replace(
            found,
            sas=event.sas,
            candidates=event.candidates,
            relayed=True,
            verified_here=False,
            verified_there=event.verified_there,
            disclosure=found.disclosure or event.disclosure,
        )

    def hash_differs(self) -> Association | None:
        """What was agreed, now that the signalling announces another Hello; None: nothing was."""
        found = self.association
        if found is None or self.keys is not Keys.ZRTP:
            return None
        return replace(found, zrtp_hash=ZrtpHash.DIFFERS, cache_name=self.cache_name)

    def distrust(self) -> None:
        """The person trusts this phone no longer, whatever was said of it before."""
        self.distrusted = True
        self.confirmed = False

    @property
    def state(self) -> SecurityState:
        """How secure the call is now."""
        found = self.association
        if found is None:
            return classify(Facts(self.keys, self.signalling_verified))
        return classify(
            Facts(
                keys=self.keys,
                signalling_verified=self.signalling_verified,
                zrtp_hash=found.zrtp_hash,
                cache=found.cache,
                verified_here=found.verified_here and not self.distrusted,
                verified_there=found.verified_there,
                confirmed=self.confirmed,
                denied=self.denied,
                another_phone=found.another_phone is not None,
                disclosure=found.disclosure,
                mitm=found.mitm or found.enrolled,
                weaker=found.weaker_than_before,
                weak=found.weak,
            )
        )

    @property
    def name(self) -> str:
        """Who it is: the cache name once that is proven, else what is claimed.

        Whoever's SAS a PBX relays is not whom the cache knows: that is the PBX.
        """
        known = self.state.is_secure and self.cache_name and not self.is_relayed
        return self.cache_name if known else self.claimed

    @property
    def is_relayed(self) -> bool:
        """Whether the SAS is that of somebody behind a PBX."""
        return self.association is not None and self.association.relayed

    @property
    def exchange(self) -> str:
        """What the PBX is called that was allowed to listen in, if this call is with it."""
        found = self.association
        return self.cache_name if found is not None and found.enrolled else ""

    @property
    def asks_for_trust(self) -> bool:
        """Whether an enrolment waits for the words to be compared in this call."""
        return self.offered and not self.confirmed and not self.denied

    @property
    def sip_name(self) -> str:
        """What is claimed, where it differs from the name; else empty."""
        return self.claimed if self.claimed != self.name else ""

    @property
    def reads(self) -> Half:
        """The half of the SAS that our person reads aloud."""
        return Half.FIRST if self.incoming else Half.SECOND

    @property
    def halves(self) -> tuple[str, str]:
        """The half of the SAS that our person reads aloud, and the one that is to be heard.

        Empty before there are keys.
        """
        sas = self.association.sas if self.association else ("", "")
        first, second = sas if len(sas) > 1 else _halved(sas[0])
        return (first, second) if self.reads is Half.FIRST else (second, first)

    @property
    def candidates(self) -> tuple[str, ...]:
        """What the half that is to be heard may be; empty where the person compares."""
        found = self.association.candidates if self.association else None
        return found[1 if self.reads is Half.FIRST else 0] if found else ()

    @property
    def must_choose(self) -> bool:
        """Whether the half that is to be heard is still to be chosen, and not to be shown."""
        return bool(self.candidates) and not self.confirmed and not self.denied

    def notices(self) -> tuple[Notice, ...]:
        """The further facts that must stand on the screen, the weightiest first."""
        found = self.association
        refused = (Notice.REENCRYPTION_REFUSED,) if self.reencryption_refused else ()
        if found is None:
            return refused
        stripped = found.hash_stripped
        # What signalling announces that nobody vouches for means little: but not if it changes.
        unsigned = self.signalling_verified and found.zrtp_hash is ZrtpHash.MISSING
        lines = (
            (found.enrolled, Notice.ENROLLED),
            (found.mitm and not found.enrolled, Notice.MITM),
            (found.disclosure, Notice.DISCLOSURE),
            (self.clear_refused, Notice.CLEAR_REFUSED),
            (found.aux_mismatch, Notice.AUX_MISMATCH),
            (found.weak, Notice.WEAK),
            (found.weaker_than_before, Notice.WEAKER),
            (stripped, Notice.HASH_STRIPPED),
            (not self.signalling_verified, Notice.SIGNALLING_NOT_VERIFIED),
            (unsigned and not stripped, Notice.HASH_MISSING),
            (not self.state.is_secure and not self.denied, Notice.SAS_NOT_COMPARED),
        )
        return refused + tuple(notice for holds, notice in lines if holds)

    def duration_s(self, now: float) -> int:
        """Whole seconds since the dialog was confirmed; 0 before, and while nobody could talk."""
        # The millionth makes up for what floating point loses: a timer that is due exactly
        # at a whole second must find that second full.
        if self.answered_at is None or not (self.association or self.keys is Keys.SDES):
            return 0
        return int(now - self.answered_at + 1e-6)


def _halved(characters: str) -> tuple[str, str]:
    middle = len(characters) // 2
    return characters[:middle], characters[middle:]


def _matter(association: Association) -> tuple[object, ...]:
    return (
        association.zid,
        association.sas,
        association.relayed,
        association.enrolled,
        association.cache,
        association.zrtp_hash,
        association.another_phone,
        association.weaker_than_before,
        association.weak,
        association.aux_mismatch,
    )
