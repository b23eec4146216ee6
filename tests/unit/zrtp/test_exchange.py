"""Two sessions that have a whole exchange with each other."""

import pytest

from agent.zrtp import (
    DEFAULT_OFFER,
    CacheState,
    CacheUpdate,
    HelloHash,
    LocalError,
    Negotiating,
    Offer,
    PeerFound,
    ReceiveKeysReady,
    Role,
    Secured,
    State,
)
from agent.zrtp.confirm import open_confirm
from agent.zrtp.established import EstablishedStream
from agent.zrtp.held import Identity
from agent.zrtp.messages import MessageType
from agent.zrtp.state import Step
from agent.zrtp.wire import Packet, decode_packet
from support.zrtp_pair import Endpoint, Line, Pair, initiated_by, is_type


def test_the_first_call() -> None:
    pair = Pair()
    alice, bob = pair.call()
    for secured, peer in ((alice, pair.bob), (bob, pair.alice)):
        assert secured.peer_zid == peer.zid
        assert secured.cache is CacheState.NEW
        assert secured.hello_hash is HelloHash.MATCHED
        assert not secured.verified_here
        assert not secured.verified_there
        assert not secured.disclosure
        assert not secured.mitm
        assert secured.algorithms.key_agreement == "X255"
        assert len(secured.send.master_key) == 32
        assert len(secured.send.master_salt) == 14
        assert secured.send.auth_tag_bits == 80
        assert len(secured.sas.words) == 2


def test_both_retain_the_same_secret() -> None:
    pair = Pair()
    pair.call()
    of_bob = pair.alice.store.kept[pair.bob.zid]
    of_alice = pair.bob.store.kept[pair.alice.zid]
    assert of_bob == of_alice
    assert of_bob.rs1 is not None
    assert len(of_bob.rs1) == 32
    assert of_bob.rs2 is None
    assert not of_bob.verified


@pytest.mark.parametrize("initiator", ["alice", "bob"])
@pytest.mark.parametrize("sas", ["B32", "B256"])
@pytest.mark.parametrize("auth_tag", ["HS32", "HS80"])
@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
@pytest.mark.parametrize("hash_", ["S256", "S384"])
@pytest.mark.parametrize("key_agreement", ["X255", "E255", "EC25"])
def test_every_algorithm(
    *, key_agreement: str, hash_: str, cipher: str, auth_tag: str, sas: str, initiator: str
) -> None:
    offer = Offer((hash_,), (cipher,), (auth_tag,), (key_agreement,), (sas,))
    pair = Pair(
        Endpoint("alice", offer=offer),
        Endpoint("bob", offer=offer),
        tamper=initiated_by(initiator),
    )
    alice, _ = pair.call()
    agreed = alice.algorithms
    assert (agreed.hash, agreed.cipher, agreed.auth_tag) == (hash_, cipher, auth_tag)
    assert (agreed.key_agreement, agreed.sas) == (key_agreement, sas)
    assert alice.role is (Role.INITIATOR if initiator == "alice" else Role.RESPONDER)
    assert len(alice.send.master_key) == (16 if cipher == "AES1" else 32)
    assert alice.send.auth_tag_bits == int(auth_tag[2:])
    assert alice.sas.rendering == sas


@pytest.mark.parametrize("cipher", ["AES1", "AES3"])
def test_a05_finite_field_diffie_hellman(cipher: str) -> None:
    offer = Offer(ciphers=(cipher,), key_agreements=("DH3k",))
    alice, _ = Pair(Endpoint("alice", offer=offer), Endpoint("bob", offer=offer)).call()
    assert alice.algorithms.key_agreement == "DH3k"
    assert len(alice.send.master_key) == (16 if cipher == "AES1" else 32)


def test_two_phones_with_nothing_in_common_meet_in_what_is_mandatory() -> None:
    first = Offer(("S384",), ("AES3",), ("HS80",), ("X255",), ("B256",))
    second = Offer((), (), (), ("EC25",), ())
    alice, _ = Pair(Endpoint("alice", offer=first), Endpoint("bob", offer=second)).call()
    agreed = alice.algorithms
    assert agreed.key_agreement == "DH3k"
    assert (agreed.hash, agreed.cipher, agreed.sas) == ("S256", "AES1", "B32")


def test_who_starts_later_initiates_and_nothing_is_sent_in_vain() -> None:
    pair = Pair()
    pair.start(right_after=1.0)
    started = pair.now
    pair.run(until=started + 5)
    alice, bob = pair.secured()
    assert bob.role is Role.INITIATOR
    assert alice.role is Role.RESPONDER
    kinds = MessageType
    assert pair.bob.sent_types == [kinds.HELLO, kinds.COMMIT, kinds.DHPART2, kinds.CONFIRM2]
    assert pair.alice.sent_types[-5:] == [
        kinds.HELLO_ACK,
        kinds.HELLO,
        kinds.DHPART1,
        kinds.CONFIRM1,
        kinds.CONF2_ACK,
    ]


def test_four_round_trips_from_hello_to_secure() -> None:
    pair = Pair(line=Line(delay=0.020))
    pair.start(right_after=1.0)
    started = pair.now
    pair.run(until=started + 5)
    assert pair.now - started <= 8 * 0.020 + 1e-6


def test_c08_the_order_of_events_at_the_initiator() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.call()
    kinds = [type(event) for event in pair.alice.events]
    assert kinds == [PeerFound, Negotiating, ReceiveKeysReady, Secured]
    ready, secured = pair.alice.only(ReceiveKeysReady), pair.alice.only(Secured)
    assert ready.key == secured.receive


def test_c09_the_order_of_events_at_the_responder() -> None:
    pair = Pair(tamper=initiated_by("bob"))
    pair.call()
    kinds = [type(event) for event in pair.alice.events]
    assert kinds == [PeerFound, Negotiating, ReceiveKeysReady, Secured]
    assert pair.alice.only(Negotiating).role is Role.RESPONDER
    assert pair.alice.only(ReceiveKeysReady).key == pair.alice.only(Secured).receive


def test_f04_conf2ack_waits_until_the_host_has_taken_secured() -> None:
    pair = Pair(tamper=initiated_by("bob"))
    pair.start()
    session = pair.alice.session
    # Everything up to the Confirm2, which is given to Alice by hand.
    confirm2 = run_until_sent(pair, MessageType.CONFIRM2)
    session.receive(confirm2, pair.now)
    assert session.state is State.SECURE
    assert session.packets_to_send() == []
    assert isinstance(session.next_event(), ReceiveKeysReady)
    assert session.packets_to_send() == []
    secured = session.next_event()
    assert isinstance(secured, Secured)
    assert secured.update is not None
    (packet,) = session.packets_to_send()
    assert decode_packet(packet).message[4:12] == b"Conf2ACK"


def run_until_sent(pair: Pair, kind: MessageType) -> bytes:
    """Run until Bob has sent a message of this type, and take it from the line."""
    caught: list[bytes] = []
    before = pair.tamper

    def catch(sender: str, packet: bytes) -> list[bytes]:
        if sender == "bob" and decode_packet(packet).message[4:12] == kind.value:
            caught.append(packet)
            return []
        return before(sender, packet)

    pair.tamper = catch
    while not caught:
        pair.run(until=pair.now + 0.01)
        pair.now += 0.01
    return caught[0]


def test_f03_authentic_srtp_counts_as_conf2ack() -> None:
    pair = Pair()
    pair.tamper = initiated_by("bob")
    pair.start()
    run_until_sent(pair, MessageType.CONFIRM2)
    bob = pair.bob.session
    bob.srtp_received(pair.now)
    assert pair.bob.pump() == []
    assert bob.state is State.SECURE
    assert bob.next_timer() is None
    assert pair.bob.only(Secured).update is not None


@pytest.mark.parametrize("state", [State.IDLE, State.DISCOVERING])
def test_srtp_means_nothing_before(state: State) -> None:
    alice = Endpoint("alice")
    if state is State.DISCOVERING:
        alice.session.start(0.0, ssrc=1)
    alice.session.srtp_received(1.0)
    assert alice.session.state is state
    assert alice.session.next_event() is None


def test_srtp_in_a_secure_call_means_nothing_more() -> None:
    pair = Pair()
    pair.call()
    pair.alice.session.srtp_received(pair.now)
    pair.bob.session.srtp_received(pair.now)
    pair.secured()


def test_t02_sequence_numbers_begin_below_the_middle_and_count_packets() -> None:
    pair = Pair()
    pair.call()
    for endpoint in (pair.alice, pair.bob):
        numbers = [decode_packet(packet).sequence for packet in endpoint.sent]
        assert numbers[0] < 0x8000
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert {decode_packet(packet).ssrc for packet in endpoint.sent} == {endpoint.ssrc}


def test_a_run_can_be_replayed_octet_for_octet() -> None:
    first, second = Pair(), Pair()
    first.call()
    second.call()
    assert first.alice.sent == second.alice.sent
    assert first.bob.sent == second.bob.sent
    assert first.alice.events == second.alice.events


def test_other_randomness_gives_other_keys() -> None:
    first, _ = Pair(Endpoint("alice", seed=1), Endpoint("bob", seed=1)).call()
    second, _ = Pair(Endpoint("alice", seed=2), Endpoint("bob", seed=1)).call()
    assert first.send != second.send
    assert first.sas != second.sas


def test_h05_hello_hash_is_announced_before_any_packet() -> None:
    alice = Endpoint("alice")
    (value,) = alice.session.hello_hashes
    version, digits = value.split(" ")
    assert version == "1.10"
    assert len(bytes.fromhex(digits)) == 32
    assert digits == digits.lower()
    assert alice.session.packets_to_send() == []


def test_a_client_id_has_sixteen_ascii_characters() -> None:
    pair = Pair()
    pair.call()
    assert pair.alice.only(PeerFound).client_id == "Test bob"
    session = Endpoint("a very long name of a phone, with ümlauts").session
    session.start(0.0, ssrc=1)
    (packet,) = session.packets_to_send()
    assert decode_packet(packet).message[16:32] == b"Test a very long"


def test_f11_a_zid_has_twelve_octets() -> None:
    with pytest.raises(LocalError, match="12 octets, not 11"):
        Identity(bytes(11), "phone")


def test_a_session_is_started_once() -> None:
    session = Endpoint("alice").session
    session.start(0.0, ssrc=1)
    with pytest.raises(LocalError, match="started once"):
        session.start(1.0, ssrc=1)


def test_a_closed_session_is_not_started() -> None:
    session = Endpoint("alice").session
    session.close(0.0)
    with pytest.raises(LocalError):
        session.start(1.0, ssrc=1)


def test_k07_a_closed_session_is_silent_and_deaf() -> None:
    pair = Pair()
    pair.call()
    alice = pair.alice.session
    alice.close(pair.now)
    assert alice.next_timer() is None
    for packet in pair.bob.sent:
        alice.receive(packet, pair.now)
    alice.srtp_received(pair.now)
    alice.handle_timer(pair.now + 100)
    alice.update_peer_hello_hashes(("1.10 " + "00" * 32,))
    assert alice.packets_to_send() == []
    assert alice.next_event() is None
    assert alice.state is State.CLOSED
    assert alice.counters.out_of_state >= len(pair.bob.sent)


def test_closing_in_the_middle_sends_nothing() -> None:
    pair = Pair()
    pair.start()
    run_until_sent(pair, MessageType.COMMIT)
    pair.alice.session.close(pair.now)
    assert pair.alice.pump() == []


@pytest.mark.parametrize("verdict", ["sas_verified", "sas_mismatch"])
def test_there_is_no_sas_before_the_session_is_secure(verdict: str) -> None:
    session = Endpoint("alice").session
    session.start(0.0, ssrc=1)
    with pytest.raises(LocalError, match="no SAS to compare while the session is DISCOVERING"):
        getattr(session, verdict)()


def test_a_step_without_what_it_needs_is_a_fault_of_ours() -> None:
    session = Endpoint("alice").session
    with pytest.raises(LocalError, match="needs Initiator"):
        session._exchange.carry_out(Step.SEND_DHPART2, Packet(0, 0, b""))


def test_events_show_no_secret() -> None:
    pair = Pair()
    alice, _ = pair.call()
    pair.alice.session.sas_verified()
    pair.alice.pump()
    shown = repr(pair.alice.events)
    update = pair.alice.only(CacheUpdate)
    for secret in (alice.send.master_key, alice.receive.master_salt, update.secrets.rs1):
        assert repr(secret) not in shown


def test_a11_what_may_be_left_out_is_never_sent() -> None:
    pair = Pair()
    pair.call()
    sent = {*pair.alice.sent_types, *pair.bob.sent_types}
    assert not sent & {MessageType.GO_CLEAR, MessageType.CLEAR_ACK, MessageType.PING}


def test_l01_r04_we_disclose_nothing_and_allow_no_go_clear() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.call()
    for side, kind in ((pair.alice, MessageType.CONFIRM2), (pair.bob, MessageType.CONFIRM1)):
        held = side.session._held.progress
        assert isinstance(held, EstablishedStream)
        keys = held._agreement.keys.of_role(held._agreement.role)
        said = open_confirm(side.sent_message(kind), keys, held._agreement.choice.hash)
        assert not any((said.disclosure, said.allow_clear, said.enrollment))
        assert said.signature is None


def test_k08_every_random_number_is_drawn_anew() -> None:
    first = Pair()
    first.call()
    second = Pair(Endpoint("alice", seed=1), Endpoint("bob", seed=1))
    second.call()
    sides = (first.alice, first.bob, second.alice, second.bob)
    drawn = [octets for side in sides for octets in side.drawn if len(octets) >= 8]
    assert len(drawn) == len(set(drawn))
    assert len(drawn) > 20


def test_t08_an_exchange_takes_no_more_than_the_media_that_it_is_for() -> None:
    """Octets in any second on a line that loses everything after the Hellos; G.711 takes 8000."""
    offers = [DEFAULT_OFFER, Offer(key_agreements=("DH3k",))]
    for offer in offers:
        alice, bob = Endpoint("alice", offer=offer), Endpoint("bob", offer=offer)
        pair = Pair(alice, bob)
        pair.start()
        pair.run(until=pair.now + 0.05)
        pair.tamper = lambda _sender, _packet: []
        sent: list[tuple[float, int]] = []
        before = len(alice.sent)
        while (due := pair.next_due()) is not None and due < pair.now + 30:
            pair.run(until=due)
            sent += [(pair.now, len(packet) + 28) for packet in alice.sent[before:]]
            before = len(alice.sent)
        rates = [
            sum(octets for at, octets in sent if start <= at < start + 1.0) for start, _ in sent
        ]
        assert max(rates) < 8000 + 50 * 40


@pytest.mark.parametrize("kind", [MessageType.DHPART1, MessageType.CONFIRM1])
def test_what_the_responder_repeats_is_known_to_the_initiator(kind: MessageType) -> None:
    def twice(_sender: str, packet: bytes) -> list[bytes]:
        return [packet, packet] if is_type(packet, kind) else [packet]

    pair = Pair(tamper=twice)
    alice, _ = pair.call()
    initiator = pair.alice if alice.role is Role.INITIATOR else pair.bob
    assert initiator.session.counters.duplicates >= 1
    assert initiator.session.counters.out_of_state == 0
