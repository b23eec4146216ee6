"""A phone of `support.two_phones` that behaves as a PBX: it sets flags, and relays a SAS."""

from dataclasses import replace

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.zrtp import CacheUpdate, Session, agreement
from agent.zrtp.algorithms import Hash
from agent.zrtp.confirm import Assertions, seal_confirm
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm, Hello, MessageType, plain_message
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.two_phones import Pair, TestPhone

_RELAY_ACK = plain_message(MessageType.RELAY_ACK)


class Pbx:
    """Makes a phone one.

    Attributes:
        enrolling: Whether it asks to be trusted (E flag).
    """

    def __init__(self, phone: TestPhone, monkeypatch: pytest.MonkeyPatch) -> None:
        self.phone = phone
        self.enrolling = True
        self._sessions: list[Session] = []
        monkeypatch.setattr(agreement, "seal_confirm", self._seal)
        phone.prepare = self._prepare
        phone.off()
        phone.on()

    def _prepare(self, session: Session) -> None:
        """Gives the Hello the M flag."""
        held = session._held
        hello = replace(Hello.parse(held.ours.hello), mitm=True).serialize(held.ours.chain.h2)
        held.ours = replace(held.ours, hello=hello)
        self._sessions.append(session)

    def _seal(
        self, kind: MessageType, assertions: Assertions, iv: bytes, keys: RoleKeys, hash_: Hash
    ) -> bytes:
        ours = {session._held.ours.chain.h0 for session in self._sessions}
        if assertions.h0 in ours:
            assertions = replace(assertions, enrollment=self.enrolling)
        return seal_confirm(kind, assertions, iv, keys, hash_)

    def keep(self, pbxsecret: bytes | None) -> None:
        """Stores the secret that both derived, as a PBX does whether the phone agrees or not."""
        zid = self.phone.other.store.zid
        kept = self.phone.store.retained_secrets(zid)
        assert kept is not None
        self.phone.store.commit_secrets(CacheUpdate(zid, replace(kept, pbxsecret=pbxsecret)))

    def relay(self, pair: Pair, sashash: bytes) -> None:
        """Sends the other phone the SAS that this one has with somebody else; it acknowledges."""
        wire, other = self.phone.wire, self.phone.other.wire
        (agreed,) = (
            held._agreement
            for held in (session._held.progress for session in self._sessions)
            if isinstance(held, EstablishedStream)
        )
        keys = agreed.keys.of_role(agreed.role)
        iv = bytes(16)
        encryptor = Cipher(AES(keys.zrtp_key), CFB(iv)).encryptor()
        sealed = encryptor.update(bytes(4) + b"B256" + sashash) + encryptor.finalize()
        mac = mac64(keys.mac_key, sealed, agreed.choice.hash.digest)
        message = Confirm(mac, iv, sealed).serialize(MessageType.SAS_RELAY)
        ssrc = 1000 * (1 + self.phone.index) + wire.gate
        answers: list[bytes] = []
        passed = other.alter

        def overhear(packet: bytes) -> bytes:
            answers.append(packet)
            return packet

        other.alter = overhear
        other.take(encode_packet(Packet(9, ssrc, message)))
        pair.settle()
        other.alter = passed
        assert [decode_packet(packet).message for packet in answers] == [_RELAY_ACK]
