"""An exchange without DHPart: Preshared and Multistream mode (RFC 6189 sections 4.4.2, 4.4.3).

The initiator puts a nonce into its Commit, the responder has the random H3 in its Hello, and both
derive keys from what they share already. So all is known as soon as the Commit is.

What each message makes checkable (sections 8.1.1 and 9):

    Commit      H2 against H3 of the Hello, then the Hello's MAC with H2
    Confirm1    its own MAC, then H0 against H3 (the initiator sees neither H2 nor H1), then the
                Hello's MAC
    Confirm2    its own MAC, then H0 against H2 of the Commit, then the Commit's MAC
"""

from typing import Final

from agent.frozen import frozen
from agent.zrtp.agreement import Agreement, Mode, OurSide, PeerSide, Proven
from agent.zrtp.erasure import wipe
from agent.zrtp.hash_chain import check_image, check_mac, image
from agent.zrtp.key_schedule import KdfContext, SessionKeys, StreamKeys, kdf
from agent.zrtp.messages import Commit
from agent.zrtp.negotiation import Choice, type_block
from agent.zrtp.state import Role

__all__ = ["NONCE_LENGTH", "KeySource", "Proposal", "answer", "propose"]

NONCE_LENGTH: Final = 16
"""Octets of the nonce in a Commit; in Preshared mode the keyID follows it."""

_LABELS: Final = {Mode.PRESHARED: "ZRTP PSK", Mode.MULTISTREAM: "ZRTP MSK"}


@frozen
class KeySource:
    """What both sides share already.

    Attributes:
        mode: PRESHARED or MULTISTREAM.
        key: preshared_key or ZRTPSess.
        proven: the retained secrets that are in it.
        key_id: in Preshared mode, 8 octets that stand for it in the Commit.
    """

    mode: Mode
    key: bytearray
    proven: Proven
    key_id: bytes = b""

    def derive(self, choice: Choice, context: KdfContext) -> StreamKeys:
        """All keys of the stream, and of the call in Preshared mode; s0 is forgotten."""
        bits = choice.hash.length * 8
        s0 = kdf(choice.hash, self.key, _LABELS[self.mode], context.serialize(), bits)
        kind = StreamKeys if self.mode is Mode.MULTISTREAM else SessionKeys
        keys = kind.derive(choice.hash, choice.cipher, choice.auth_tag, s0, context)
        wipe(s0)
        if self.mode is Mode.PRESHARED:
            # Section 4.4.2.4: at once. ZRTPSess serves for more streams.
            wipe(self.key)
        return keys


@frozen
class Proposal:
    """Our Commit in one of these modes, and the keys that it leads to if it is accepted.

    Attributes:
        commit: the whole message.
        nonce: 16 octets.
        agreement: the keys, and our Confirm2.
    """

    commit: bytes
    nonce: bytes
    agreement: Agreement


def propose(
    ours: OurSide, peer: PeerSide, choice: Choice, source: KeySource, nonce: bytes
) -> Proposal:
    """Become the initiator."""
    commit = Commit(
        ours.chain.h2,
        ours.zid,
        type_block(choice.hash.name),
        type_block(choice.cipher.name),
        type_block(choice.auth_tag.name),
        type_block(choice.key_agreement.name),
        type_block(choice.sas.name),
        nonce + source.key_id,
    ).serialize(ours.chain.h1)
    zids = (ours.zid, peer.hello.zid)
    context = KdfContext.of_other_modes(choice.hash, zids, peer.raw_hello, commit)

    def check_chain(h0: bytes) -> None:
        h2 = image(image(h0))
        check_image(h2, peer.hello.h3)
        check_mac(peer.raw_hello, h2, "Hello")

    agreement = Agreement(
        Role.INITIATOR,
        ours,
        peer,
        mode=source.mode,
        choice=choice,
        keys=source.derive(choice, context),
        proven=source.proven,
        check_chain=check_chain,
    )
    return Proposal(commit, nonce, agreement)


def answer(
    ours: OurSide, peer: PeerSide, choice: Choice, source: KeySource, commit: bytes
) -> Agreement:
    """Become the responder to a whole Commit that passed `dh_mode.check_commit`."""
    zids = (peer.hello.zid, ours.zid)
    context = KdfContext.of_other_modes(choice.hash, zids, ours.hello, commit)
    h2 = Commit.parse(commit).h2

    def check_chain(h0: bytes) -> None:
        h1 = image(h0)
        check_image(h1, h2)
        check_mac(commit, h1, "Commit")

    return Agreement(
        Role.RESPONDER,
        ours,
        peer,
        mode=source.mode,
        choice=choice,
        keys=source.derive(choice, context),
        proven=source.proven,
        check_chain=check_chain,
    )
