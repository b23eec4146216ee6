"""What is left of the secrets of a call when it is over (RFC 6189 section 4.7.3)."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import FunctionType

import pytest

from agent.zrtp import RetainedSecrets, Secured, State, dh_mode
from agent.zrtp.agreement import Agreement
from agent.zrtp.algorithms import AUTH_TAGS, CIPHERS, HASHES, Hash
from agent.zrtp.erasure import wipe
from agent.zrtp.established import Confirmed, Established
from agent.zrtp.key_schedule import KdfContext, SessionKeys, StreamKeys, derive_s0
from agent.zrtp.messages import MessageType
from agent.zrtp.retained_secrets import SharedSecrets
from support.zrtp_pair import Endpoint, MemoryStore, Pair, initiated_by, losing

SHORTEST_SECRET = 8


def octets_held(thing: object, seen: set[int]) -> Iterator[bytes]:
    """Every string of octets that can be reached from an object of the engine."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, bytes | bytearray):
        yield bytes(thing)
        return
    children: list[object] = []
    if isinstance(thing, dict):
        children = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset) or (
        hasattr(thing, "popleft") and hasattr(thing, "__iter__")
    ):
        children = list(thing)
    elif isinstance(thing, FunctionType):
        children = [cell.cell_contents for cell in thing.__closure__ or ()]
    elif callable(thing) and hasattr(thing, "__self__"):
        children = [thing.__self__]
    if is_dataclass(thing) and not isinstance(thing, type):
        children += [getattr(thing, field.name) for field in fields(thing)]
    if type(thing).__module__.startswith("agent.zrtp"):
        children += list(getattr(thing, "__dict__", {}).values())
    for child in children:
        yield from octets_held(child, seen)


def secrets_of(endpoint: Endpoint) -> dict[str, bytes]:
    """What nobody may learn, gathered while the call is still up."""
    held = endpoint.session._held
    chain = held.ours.chain
    found = {"h0": chain.h0, "h1": chain.h1, "h2": chain.h2}
    for event in endpoint.all(Secured):
        for name, key in (("send", event.send), ("receive", event.receive)):
            found[f"{name} key"], found[f"{name} salt"] = key.master_key, key.master_salt
    for number, drawn in enumerate(endpoint.drawn):
        if len(drawn) >= 32:
            found[f"drawn {number}"] = drawn
    for kept in endpoint.store.kept.values():
        cached = {name: getattr(kept, name) for name in ("rs1", "rs2", "auxsecret", "pbxsecret")}
        found |= {name: secret for name, secret in cached.items() if secret is not None}
    if endpoint.session.call.has_keys:
        found["ZRTPSess"] = bytes(endpoint.session.call.terms()[1].key)
    progress = held.progress
    keys = getattr(getattr(progress, "_agreement", progress), "keys", None)
    return found | (keys_by_name(keys) if isinstance(keys, StreamKeys) else {})


def keys_by_name(keys: StreamKeys) -> dict[str, bytes]:
    return {
        f"{role} {name}": bytes(getattr(own, name))
        for role, own in (("initiator", keys.initiator), ("responder", keys.responder))
        for name in ("srtp_key", "srtp_salt", "mac_key", "zrtp_key")
        if any(getattr(own, name))
    }


def left_over(endpoint: Endpoint, secrets: dict[str, bytes]) -> set[str]:
    session = endpoint.session
    # What belongs to the host is no part of the session: the source of randomness.
    remaining = list(octets_held(session, {id(session._held.ours.randbytes), id(endpoint)}))
    return {
        name
        for name, secret in secrets.items()
        for octets in remaining
        if len(secret) >= SHORTEST_SECRET and secret in octets
    }


def secured_before() -> Pair:
    """A second call, with every kind of secret."""
    sides = []
    for name, other in (("alice", "bob"), ("bob", "alice")):
        secrets = RetainedSecrets(
            b"1" * 32, b"2" * 32, verified=True, auxsecret=b"a" * 32, pbxsecret=b"p" * 32
        )
        store = MemoryStore({Endpoint(other).zid: secrets})
        sides.append(Endpoint(name, store=store))
    return Pair(*sides, tamper=initiated_by("alice"))


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_k07_no_secret_survives_the_end_of_a_call(name: str) -> None:
    pair = secured_before()
    pair.call()
    endpoint = pair.alice if name == "alice" else pair.bob
    secrets = secrets_of(endpoint)
    assert {"h0", "rs1", "rs2", "ZRTPSess", "initiator mac_key", "send key"} <= set(secrets)
    assert "ZRTPSess" in left_over(endpoint, secrets)
    endpoint.session.close(pair.now)
    assert left_over(endpoint, secrets) == set()
    assert endpoint.session.state is State.CLOSED


def test_k07_nor_does_one_that_is_still_waiting_to_be_fetched() -> None:
    pair = secured_before()
    pair.start()
    session = pair.alice.session
    while not any(isinstance(event, Secured) for event in session._held.events):
        due = pair.next_due()
        assert due is not None
        pair.now = due
        if session.state is State.CONFIRM2_SENT:
            session.srtp_received(pair.now)
        else:
            pair.run(until=due)
    (secured,) = [event for event in session._held.events if isinstance(event, Secured)]
    secrets = {"key": secured.send.master_key, **secrets_of(pair.alice)}
    session.close(pair.now)
    assert session.next_event() is None
    assert left_over(pair.alice, secrets) == set()


@pytest.mark.parametrize("lost", [MessageType.DHPART1, MessageType.CONFIRM1, MessageType.CONF2_ACK])
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_k07_e01_nor_does_one_of_an_exchange_that_failed(name: str, lost: MessageType) -> None:
    pair = secured_before()
    acks, losses = initiated_by("alice"), losing(lost)
    pair.tamper = lambda sender, packet: losses(sender, packet) if acks(sender, packet) else []
    pair.start()
    pair.run(until=pair.now + 1.0)
    endpoint = pair.alice if name == "alice" else pair.bob
    secrets = secrets_of(endpoint)
    pair.run()
    pair.alice.session.close(pair.now)
    pair.bob.session.close(pair.now)
    assert left_over(endpoint, secrets) == set()


def test_k07_an_exchange_that_failed_holds_nothing_though_it_is_not_closed() -> None:
    pair = secured_before()
    acks, losses = initiated_by("alice"), losing(MessageType.CONFIRM1)
    pair.tamper = lambda sender, packet: losses(sender, packet) if acks(sender, packet) else []
    pair.start()
    pair.run(until=pair.now + 1.0)
    secrets = secrets_of(pair.alice)
    pair.run()
    assert pair.alice.session.state is State.FAILED
    assert left_over(pair.alice, secrets) == set()


@pytest.mark.parametrize(
    ("lost", "kind"),
    [
        (MessageType.CONFIRM1, Agreement),
        (MessageType.CONF2_ACK, Confirmed),
        (MessageType.PING, Established),
    ],
    ids=["before Confirm", "before Conf2ACK", "secure"],
)
def test_k07_keys_are_overwritten_and_not_only_let_go_of(lost: MessageType, kind: type) -> None:
    pair = secured_before()
    acks, losses = initiated_by("alice"), losing(lost)
    pair.tamper = lambda sender, packet: losses(sender, packet) if acks(sender, packet) else []
    pair.start()
    pair.run(until=pair.now + 1.0)
    progress = pair.alice.session._held.progress
    assert isinstance(progress, kind)
    agreement = progress if isinstance(progress, Agreement) else agreement_of(progress)
    assert any(agreement.keys.initiator.mac_key)
    pair.alice.session.close(pair.now)
    for own in (agreement.keys.initiator, agreement.keys.responder):
        for secret in (own.srtp_key, own.srtp_salt, own.mac_key, own.zrtp_key):
            assert not any(secret)


def agreement_of(progress: object) -> Agreement:
    if isinstance(progress, Confirmed):
        return progress.agreement
    assert isinstance(progress, Established)
    return progress._agreement


def test_k06_d08_s0_and_dhresult_are_gone_when_the_keys_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[bytearray] = []
    results: list[bytes] = []

    def recording(
        hash_: Hash, dh_result: bytes, context: KdfContext, shared: SharedSecrets
    ) -> bytearray:
        made.append(derive_s0(hash_, dh_result, context, shared))
        results.append(dh_result)
        return made[-1]

    monkeypatch.setattr(dh_mode, "derive_s0", recording)
    pair = secured_before()
    pair.call()
    assert len(made) == 2
    for s0 in made:
        assert s0 == bytes(len(s0))
    assert results[0] == results[1]
    for endpoint in (pair.alice, pair.bob):
        assert left_over(endpoint, {"DHResult": results[0]}) == set()


def test_k07_the_keys_of_the_media_leave_the_session_with_secured() -> None:
    pair = secured_before()
    alice, _ = pair.call()
    keys = {"send": alice.send.master_key, "receive": alice.receive.master_key}
    pair.alice.events.clear()
    assert left_over(pair.alice, keys) == set()


def test_k07_wiping_leaves_zeros_of_the_same_length() -> None:
    secrets = bytearray(b"secret"), bytearray(b"another one")
    wipe(*secrets)
    assert secrets == (bytearray(6), bytearray(11))


def test_k07_all_keys_of_a_call_can_be_wiped() -> None:
    context = KdfContext(b"i" * 12, b"r" * 12, b"t" * 32)
    s0 = b"s" * 32
    keys = SessionKeys.derive(HASHES["S256"], CIPHERS["AES3"], AUTH_TAGS["HS80"], s0, context)
    keys.wipe()
    for own in (keys.initiator, keys.responder):
        for secret in (own.srtp_key, own.srtp_salt, own.mac_key, own.zrtp_key):
            assert not any(secret)
    assert not any(keys.rs1)
    assert not any(keys.zrtp_session)


def test_the_walk_finds_what_is_hidden() -> None:
    pair = Pair()
    pair.call()
    held = pair.alice.session._held.progress
    assert isinstance(held, Established)
    assert isinstance(held._agreement, Agreement)
    found = set(octets_held(held, set()))
    assert bytes(held._agreement.keys.initiator.mac_key) in found
