"""The people whose phones were verified, and what can be changed of that.

Whoever was only met has no place among them: they are a list of their own, one line further.
"""

from agent.frozen import frozen
from agent.phone.menu.answers import MenuAnswer, PeerEntry, PeersListed
from agent.phone.menu.asking import NoticePage, QuestionPage, TextPage
from agent.phone.menu.contacts import grouped
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import Choose, DetailPage, ListPage, Row
from agent.phone.menu.orders import FetchPeers, ForgetPeer, RenamePeer, UnverifyPeer
from agent.phone.menu.page import BACK, STAY, Known, Page, Step
from agent.phone.menu.values import Caption
from agent.phone.menu.views import Fact


def peers_step(known: Known) -> Step:
    """Opens the list of those who were met."""
    return Step((FetchPeers(),), page=PeersPage(known))


class PeersPage(ListPage):
    """Those who are verified, and below them the way to all others who were met."""

    def __init__(self, known: Known) -> None:
        """Waits for them."""
        super().__init__(Label.PEERS, self._rows)
        self._known = known
        self._peers: tuple[PeerEntry, ...] = ()

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """They, as they are now."""
        if isinstance(answer, PeersListed):
            self._peers = answer.peers
        return STAY

    def _rows(self) -> list[Row]:
        others = len(self._of(verified=False))
        further = [Row(Label.OTHERS_MET, self._others, str(others))] if others else []
        return [*self._of(verified=True), *further]

    def _others(self) -> Step:
        return Step(page=ListPage(Label.OTHERS_MET, lambda: self._of(verified=False)))

    def _of(self, *, verified: bool) -> list[Row]:
        value = Label.VERIFIED if verified else Label.NOT_VERIFIED
        return [
            Row(named(peer), PeerOpener(peer, self._known), value)
            for peer in self._peers
            if peer.verified is verified
        ]


def named(peer: PeerEntry) -> Caption:
    """What the person calls it, or that it has no name yet."""
    return peer.name or Label.NAMELESS


@frozen
class PeerOpener:
    """The step to all about a phone."""

    peer: PeerEntry
    known: Known

    def __call__(self) -> Step:
        """Opens it."""
        peer = self.peer
        options = [Row(Label.RENAME, self._rename)]
        if peer.verified:
            options.append(Row(Label.UNVERIFY, self._unverify))
        options.append(Row(Label.FORGET, self._forget))
        return Step(page=DetailPage(named(peer), _facts(peer), options))

    def _rename(self) -> Step:
        def done(name: str) -> Step:
            if name in {"", self.peer.name}:
                return BACK
            # Whoever gives another name must know to whom: the words are asked for again.
            order = RenamePeer(self.peer.zid, name)
            return Step((order,), back=3, page=NoticePage(Label.RENAMED, name))

        return Step(page=TextPage(Label.RENAME, self.peer.name, self.known, done))

    def _unverify(self) -> Step:
        def yes() -> Step:
            return Step((UnverifyPeer(self.peer.zid),), back=3)

        return Step(page=self._question(Label.UNVERIFY_PEER, yes))

    def _forget(self) -> Step:
        def yes() -> Step:
            return Step((ForgetPeer(self.peer.zid),), back=3)

        return Step(page=self._question(Label.FORGET_PEER, yes))

    def _question(self, question: Label, yes: Choose) -> Page:
        return QuestionPage(question, self.peer.name or grouped(self.peer.zid), yes)


def _facts(peer: PeerEntry) -> list[Fact]:
    keys = Label.POST_QUANTUM if peer.post_quantum else Label.CLASSICAL
    verified = Label.VERIFIED if peer.verified else Label.WAS_VERIFIED
    facts = [
        Fact(verified, peer.verified_on or Label.NEVER),
        Fact(Label.LAST_MET, peer.last_seen),
        Fact(Label.FIRST_MET, peer.first_seen),
        Fact(Label.CALLS, str(peer.calls)),
        Fact(Label.ZID, grouped(peer.zid)),
    ]
    if peer.key_agreement:
        facts += [Fact(Label.KEYS, peer.key_agreement), Fact(Label.KEYS, keys)]
    if peer.enrolled:
        facts.insert(1, Fact(Label.ENROLLED, Label.MAY_LISTEN))
    return [*facts, *(Fact(Label.ADDRESS, uri.removeprefix("sip:")) for uri in peer.addresses)]
