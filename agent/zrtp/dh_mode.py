"""The exchange in Diffie-Hellman mode (RFC 6189 section 4.4.1): messages in, messages out.

The same four messages serve for key encapsulation: `kem` tells what stands in them then.

No time, no repetition: the order of calls is the session's business (`state.TRANSITIONS`). Each
step is an object of its own, so that what is not known yet cannot be asked for: `Initiator` or
`Responder` holds a key pair and turns the peer's DHPart into an `Agreement`.

What each message makes checkable, and when it is checked (sections 8.1.1 and 9):

    Commit    H2 against H3 of the Hello, then the Hello's MAC with H2
    DHPart1   H1 against H3 (the initiator sees no H2), then the Hello's MAC
    DHPart2   H1 against H2, then the Commit's MAC with H1, the public value, hvi
    Confirm   its own MAC, then H0 against H1, then the DHPart's MAC with H0
"""

import hmac
from hashlib import new
from typing import Final

from agent.zrtp.agreement import Agreement, Mode, OurSide, PeerSide, Proven
from agent.zrtp.erasure import wipe
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.hash_chain import check_image, check_mac, image
from agent.zrtp.kem import Decapsulator, Encapsulator
from agent.zrtp.key_agreement import KeyPair, generate_key_pair
from agent.zrtp.key_schedule import KdfContext, SessionKeys, derive_s0
from agent.zrtp.messages import Commit, DHPart1, DHPart2
from agent.zrtp.negotiation import Choice, type_block
from agent.zrtp.retained_secrets import SecretIds, match, secret_ids
from agent.zrtp.state import Role

__all__ = ["Initiator", "Responder", "check_commit"]

# Section 4.4.1.1: hvi is cut to 256 bits, whatever the hash.
_HVI_LENGTH: Final = 32


def check_commit(commit: Commit, peer: PeerSide) -> None:
    """Check that a Commit comes from who sent the Hello, and that the Hello was not altered.

    Raises:
        NotUsedError: another chain: somebody else sent it.
        RefusalError: the Hello's MAC is wrong, or the Commit names another ZID (section 5.4).
    """
    check_image(commit.h2, peer.hello.h3)
    check_mac(peer.raw_hello, commit.h2, "Hello")
    if commit.zid != peer.hello.zid:
        raise RefusalError(
            ErrorCode.MALFORMED_PACKET,
            "the Commit names another ZID than the Hello of the same sender",
            attack=True,
        )


def _new_key_pair(ours: OurSide, choice: Choice) -> KeyPair:
    # Section 5.1.5: a finite-field exponent is twice as long as the AES key.
    return generate_key_pair(choice.key_agreement, 2 * choice.cipher.key_length, ours.randbytes)


def _initiators_key(ours: OurSide, choice: Choice) -> tuple[KeyPair, bytes]:
    """The ephemeral key, and what the Commit shows of it."""
    if not choice.key_agreement.is_kem:
        return _new_key_pair(ours, choice), b""
    key = Decapsulator(choice.key_agreement, choice.hash, ours.randbytes)
    return key, key.public_key


def _hvi(choice: Choice, dhpart2: bytes, responder_hello: bytes) -> bytes:
    """Section 4.4.1.1, over whole messages."""
    return new(choice.hash.digest, dhpart2 + responder_hello).digest()[:_HVI_LENGTH]


def _our_ids(role: Role, ours: OurSide, peer: PeerSide, choice: Choice) -> SecretIds:
    return secret_ids(peer.secrets, role, ours.chain.h3, choice.hash, ours.randbytes)


class Initiator:
    """The side that sends the Commit; its DHPart2 is fixed before, because hvi covers it.

    Attributes:
        choice: the algorithms that we chose.
        key_pair: our ephemeral key; with Diffie-Hellman it outlives a lost contention (section
            4.2).
        hvi: 32 octets.
        commit: the whole Commit.
        dhpart2: the whole DHPart2, to be sent after DHPart1.
    """

    def __init__(self, ours: OurSide, peer: PeerSide, choice: Choice) -> None:
        self.choice = choice
        self.key_pair, public_key = _initiators_key(ours, choice)
        ids = _our_ids(Role.INITIATOR, ours, peer, choice)
        part = DHPart2(ours.chain.h1, ids, self.key_pair.public_value)
        self.dhpart2 = part.serialize(ours.chain.h0)
        self.hvi = _hvi(choice, self.dhpart2, peer.raw_hello)
        self.commit = Commit(
            ours.chain.h2,
            ours.zid,
            type_block(choice.hash.name),
            type_block(choice.cipher.name),
            type_block(choice.auth_tag.name),
            type_block(choice.key_agreement.name),
            type_block(choice.sas.name),
            self.hvi,
            public_key,
        ).serialize(ours.chain.h1)
        self._ours = ours
        self._peer = peer

    def receive_dhpart1(self, message: bytes) -> Agreement:
        """Take in the responder's DHPart1.

        Raises:
            NotUsedError: it is malformed, or not from the sender of the Hello.
            RefusalError: the Hello was altered, or pvr is bad.
        """
        part = DHPart1.parse(message, self.choice.key_agreement.pvr_length)
        h2 = image(part.h1)
        check_image(h2, self._peer.hello.h3)
        check_mac(self._peer.raw_hello, h2, "Hello")
        dh_result = self.key_pair.shared_secret(part.public_value)
        context = KdfContext.of_dh_mode(
            self.choice.hash,
            (self._ours.zid, self._peer.hello.zid),
            (self._peer.raw_hello, self.commit, message, self.dhpart2),
        )
        return _agreement(
            Role.INITIATOR,
            self._ours,
            self._peer,
            choice=self.choice,
            part=part,
            raw_part=message,
            dh_result=dh_result,
            context=context,
        )


def _responders_key(
    ours: OurSide, choice: Choice, commit: bytes, previous: Initiator | None
) -> KeyPair:
    kind = choice.key_agreement
    if kind.is_kem:
        return Encapsulator(kind, choice.hash, ours.randbytes, Commit.parse(commit).public_key)
    if previous is not None and (
        previous.choice.key_agreement == kind and previous.choice.cipher == choice.cipher
    ):
        return previous.key_pair
    return _new_key_pair(ours, choice)


class Responder:
    """The side that received the Commit that counts.

    Args:
        ours: our side.
        peer: the peer; its Commit passed `check_commit`.
        choice: the algorithms of that Commit.
        commit: the whole Commit, as it came.
        previous: what we committed to ourselves, when contention was lost: its key pair is kept
            if it fits (section 4.2).

    Attributes:
        choice: as given.
        dhpart1: the whole DHPart1.

    Raises:
        RefusalError: the public key in the Commit is bad.
    """

    def __init__(
        self,
        ours: OurSide,
        peer: PeerSide,
        choice: Choice,
        commit: bytes,
        previous: Initiator | None = None,
    ) -> None:
        self.choice = choice
        self._key_pair = _responders_key(ours, choice, commit, previous)
        ids = _our_ids(Role.RESPONDER, ours, peer, choice)
        part = DHPart1(ours.chain.h1, ids, self._key_pair.public_value)
        self.dhpart1 = part.serialize(ours.chain.h0)
        self._ours = ours
        self._peer = peer
        self._commit = commit

    def receive_dhpart2(self, message: bytes) -> Agreement:
        """Take in the initiator's DHPart2.

        Raises:
            NotUsedError: it is malformed, or not from the sender of the Commit.
            RefusalError: the Commit was altered, pvi is bad, or hvi does not commit to this
                DHPart2: without that check the SAS could be forged (section 4.4.1.1).
        """
        part = DHPart2.parse(message, self.choice.key_agreement.pvi_length)
        commit = Commit.parse(self._commit)
        check_image(part.h1, commit.h2)
        check_mac(self._commit, part.h1, "Commit")
        dh_result = self._key_pair.shared_secret(part.public_value)
        hvi = _hvi(self.choice, message, self._ours.hello)
        if not hmac.compare_digest(hvi, commit.commitment):
            raise RefusalError(
                ErrorCode.HVI_MISMATCH,
                "the peer's DHPart2 is not the one that its Commit announced",
                attack=True,
            )
        context = KdfContext.of_dh_mode(
            self.choice.hash,
            (self._peer.hello.zid, self._ours.zid),
            (self._ours.hello, self._commit, self.dhpart1, message),
        )
        return _agreement(
            Role.RESPONDER,
            self._ours,
            self._peer,
            choice=self.choice,
            part=part,
            raw_part=message,
            dh_result=dh_result,
            context=context,
        )


def _agreement(
    role: Role,
    ours: OurSide,
    peer: PeerSide,
    *,
    choice: Choice,
    part: DHPart1 | DHPart2,
    raw_part: bytes,
    dh_result: bytes,
    context: KdfContext,
) -> Agreement:
    """All keys; DHResult, s0, s1, s2 and s3 are forgotten with this call (section 4.4.1.4)."""

    def check_chain(h0: bytes) -> None:
        check_image(h0, part.h1)
        check_mac(raw_part, h0, "DHPart")

    shared = match(peer.secrets, part.ids, role, peer.hello.h3, choice.hash)
    s0 = derive_s0(choice.hash, dh_result, context, shared)
    keys = SessionKeys.derive(choice.hash, choice.cipher, choice.auth_tag, s0, context)
    wipe(s0)
    return Agreement(
        role,
        ours,
        peer,
        mode=Mode.DIFFIE_HELLMAN,
        choice=choice,
        keys=keys,
        proven=Proven.by(shared),
        check_chain=check_chain,
    )
