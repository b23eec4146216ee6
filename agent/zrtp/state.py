"""The state machine of one ZRTP exchange: who may do what when, as a table.

Theory
------
A session looks for a peer (Hello, HelloACK), then one side commits and becomes the initiator,
the other the responder, then the two roles walk through DHPart and Confirm, and both end in
SECURE. The initiator alone repeats its messages (RFC 6189 section 6).

    DISCOVERING --HelloACK--> ACKNOWLEDGED        we were heard, and have heard no Hello
         |                         |
       Hello                     Hello
         v                         v
    PEER_FOUND ---HelloACK---> ACQUAINTED         left at once, unless we have to wait our turn
         |                         |
         |                   Commit is sent
         |                         v
         |                    COMMIT_SENT -> DHPART2_SENT -> CONFIRM2_SENT
       Commit                      |                               |
         |           Commit with the larger hvi      Conf2ACK or authentic SRTP
         v                         |                               v
    DHPART1_SENT <-----------------+                            SECURE
         |                                                         ^
         +-------------> CONFIRM1_SENT ------------Confirm2--------+

Preshared and Multistream mode have no DHPart: PRESHARED_COMMIT_SENT and MULTISTREAM_COMMIT_SENT
lead straight to CONFIRM2_SENT, and a Commit of theirs straight to CONFIRM1_SENT.

States are named for what we know or have sent last, inputs for what happened, steps as orders.

Rules that hold for the whole table:

* A pair that is not in the table is not used and changes nothing; it is counted.
* A step does all of its work or none. It may find that the message is not to be used
  (`NotUsedError`: a false hash image, the smaller hvi); then the state stays as it is. It may find
  that the exchange cannot go on (`RefusalError`); then the state is FAILED, whatever the table says.
* FAILED and CLOSED are final. No packet leads out of them.
* What somebody without the keys can send does not touch SECURE: Error, Hello, Commit, a foreign
  SSRC (section 4.7.1).

Where the table is not the whole truth:

* A message that is octet for octet one that was used before is answered as it was the first time
  and never reaches the table (section 6: retransmissions are identical). Commit, DHPart2,
  Confirm2 and Hello are repeated by the other side in this way.
* The kinds of Commit are told apart before the table is asked: by their key agreement type, by
  whether this is the first stream of its call, and by whether we hold the key that a Preshared
  one names (`commits.classify`).
* Messages of a foreign SSRC, or of our own one, are sorted out before (section 4.1).
* That a Hello is not of who acknowledged ours is found out before (`greeting.classify`).
* On entering ACQUAINTED the session asks at once in which mode it may commit, and whether it is
  its turn (`commits.go_signal`); if not, it waits there and asks again.
"""

from enum import Enum, auto
from types import MappingProxyType
from typing import Final

__all__ = ["FINAL", "TRANSITIONS", "Input", "Role", "State", "Step"]


class Role(Enum):
    """Who sent the Commit that counts: the initiator. The other is the responder."""

    INITIATOR = "initiator"
    RESPONDER = "responder"

    @property
    def other(self) -> "Role":
        """The role of the peer of who is in this one."""
        return Role.RESPONDER if self is Role.INITIATOR else Role.INITIATOR


class State(Enum):
    """How far the exchange got."""

    IDLE = auto()
    DISCOVERING = auto()
    ACKNOWLEDGED = auto()
    PEER_FOUND = auto()
    ACQUAINTED = auto()
    COMMIT_SENT = auto()
    PRESHARED_COMMIT_SENT = auto()
    MULTISTREAM_COMMIT_SENT = auto()
    DHPART2_SENT = auto()
    CONFIRM2_SENT = auto()
    DHPART1_SENT = auto()
    CONFIRM1_SENT = auto()
    SECURE = auto()
    FAILED = auto()
    CLOSED = auto()


class Input(Enum):
    """What happened: a message of that name came in, unless the comment says otherwise."""

    START = auto()  # the host wants the exchange to begin
    HELLO = auto()
    HELLO_OF_ANOTHER = auto()  # not of who acknowledged ours
    HELLO_ACK = auto()
    MAY_COMMIT = auto()  # we know each other, and it is our turn: commit in Diffie-Hellman mode
    MAY_COMMIT_PRESHARED = auto()  # the same, and both hold a secret that serves
    MAY_COMMIT_MULTISTREAM = auto()  # the same, on another stream of a call that is secure
    KEYS_MISSING = auto()  # the first stream of the call will not give us any
    COMMIT = auto()  # in Diffie-Hellman mode
    PRESHARED_COMMIT = auto()  # with a key that we hold as well
    FOREIGN_PRESHARED_COMMIT = auto()  # with one that we do not hold, or do not trust
    MULTISTREAM_COMMIT = auto()
    MISPLACED_COMMIT = auto()  # in Multistream mode on a first stream, in another on a further one
    COMMIT_OVERRULED = auto()  # one that came on another stream takes precedence over ours
    DHPART1 = auto()
    DHPART2 = auto()
    CONFIRM1 = auto()
    CONFIRM2 = auto()
    CONF2_ACK = auto()
    SRTP = auto()  # the first SRTP packet with a good tag
    ERROR = auto()
    ERROR_ACK = auto()
    GO_CLEAR = auto()
    SAS_RELAY = auto()
    PING = auto()
    UNANSWERED = auto()  # the retry schedule, or the patience of the responder, ran out
    HELLO_DISOWNED = auto()  # an SDP that came late announces another Hello than the one in use


class Step(Enum):
    """What is to be done; `exchange.Exchange` knows who does it."""

    SEND_HELLO = auto()
    MEET_PEER = auto()
    MEET_ANOTHER_PEER = auto()
    MEET_LATE_PEER = auto()
    MEET_UNACQUAINTED_PEER = auto()
    WAIT_FOR_HELLO = auto()
    STOP_HELLO = auto()
    SEND_COMMIT = auto()
    SEND_PRESHARED_COMMIT = auto()
    SEND_MULTISTREAM_COMMIT = auto()
    ACCEPT_COMMIT = auto()
    ACCEPT_PRESHARED_COMMIT = auto()
    ACCEPT_MULTISTREAM_COMMIT = auto()
    OVERRULE_PRESHARED = auto()
    RESOLVE_CONTENTION = auto()
    RESOLVE_PRESHARED_CONTENTION = auto()
    RESOLVE_MULTISTREAM_CONTENTION = auto()
    DISCARD_COMMIT = auto()
    WITHDRAW_COMMIT = auto()
    REFUSE_MISPLACED_COMMIT = auto()
    REFUSE_MIXED_COMMITS = auto()
    REFUSE_WITHOUT_KEYS = auto()
    SEND_DHPART2 = auto()
    SEND_CONFIRM1 = auto()
    SEND_CONFIRM2 = auto()
    FINISH_AS_RESPONDER = auto()
    FINISH_AS_INITIATOR = auto()
    REPORT_NO_PEER = auto()
    FORGET_PEER = auto()
    REFUSE_PEER = auto()
    REPORT_HASH = auto()
    GIVE_UP = auto()
    END_BY_PEER = auto()
    IGNORE_ERROR = auto()
    STOP_REPEATING = auto()
    ANSWER_PING = auto()
    REFUSE_GO_CLEAR = auto()
    RECEIVE_SAS_RELAY = auto()


FINAL: Final = frozenset({State.FAILED, State.CLOSED})

_Table = dict[tuple[State, Input], tuple[Step, State]]

_DISCOVERY: Final[_Table] = {
    (State.IDLE, Input.START): (Step.SEND_HELLO, State.DISCOVERING),
    (State.DISCOVERING, Input.HELLO): (Step.MEET_PEER, State.PEER_FOUND),
    (State.DISCOVERING, Input.HELLO_ACK): (Step.WAIT_FOR_HELLO, State.ACKNOWLEDGED),
    (State.DISCOVERING, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.DISCOVERING),
    (State.ACKNOWLEDGED, Input.HELLO): (Step.MEET_LATE_PEER, State.ACQUAINTED),
    # Anybody can send a HelloACK: whose Hello comes after it may not have heard ours.
    (State.ACKNOWLEDGED, Input.HELLO_OF_ANOTHER): (Step.MEET_UNACQUAINTED_PEER, State.PEER_FOUND),
    (State.ACKNOWLEDGED, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.ACKNOWLEDGED),
    (State.PEER_FOUND, Input.HELLO_ACK): (Step.STOP_HELLO, State.ACQUAINTED),
    (State.PEER_FOUND, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.PEER_FOUND),
    (State.ACQUAINTED, Input.MAY_COMMIT): (Step.SEND_COMMIT, State.COMMIT_SENT),
    (State.ACQUAINTED, Input.MAY_COMMIT_PRESHARED): (
        Step.SEND_PRESHARED_COMMIT,
        State.PRESHARED_COMMIT_SENT,
    ),
    (State.ACQUAINTED, Input.MAY_COMMIT_MULTISTREAM): (
        Step.SEND_MULTISTREAM_COMMIT,
        State.MULTISTREAM_COMMIT_SENT,
    ),
    # No exchange is in progress yet that an Error could end, and nobody vouches for its sender.
    (State.DISCOVERING, Input.ERROR): (Step.IGNORE_ERROR, State.DISCOVERING),
    (State.ACKNOWLEDGED, Input.ERROR): (Step.IGNORE_ERROR, State.ACKNOWLEDGED),
}

_ALREADY_FOUND: Final = (State.PEER_FOUND, State.ACQUAINTED)

_MEETING: Final[_Table] = {
    (state, happened): transition
    for state in _ALREADY_FOUND
    for happened, transition in {
        # Another Hello: the first may have been false (section 9), so it may be replaced.
        Input.HELLO: (Step.MEET_ANOTHER_PEER, state),
        Input.HELLO_DISOWNED: (Step.FORGET_PEER, State.DISCOVERING),
        Input.COMMIT: (Step.ACCEPT_COMMIT, State.DHPART1_SENT),
        Input.PRESHARED_COMMIT: (Step.ACCEPT_PRESHARED_COMMIT, State.CONFIRM1_SENT),
        # Section 4.4.2.3: who has no matching secret answers with a DH Commit of its own.
        Input.FOREIGN_PRESHARED_COMMIT: (Step.OVERRULE_PRESHARED, State.COMMIT_SENT),
        Input.MULTISTREAM_COMMIT: (Step.ACCEPT_MULTISTREAM_COMMIT, State.CONFIRM1_SENT),
        Input.MISPLACED_COMMIT: (Step.REFUSE_MISPLACED_COMMIT, State.FAILED),
    }.items()
}

_WITHOUT_KEYS: Final[_Table] = {
    (state, Input.KEYS_MISSING): (Step.REFUSE_WITHOUT_KEYS, State.FAILED)
    for state in (State.DISCOVERING, State.ACKNOWLEDGED, *_ALREADY_FOUND)
}

_CONTENTION: Final[_Table] = {
    # Section 4.2: the Commit with the lower hvi is discarded, and a Preshared one by any DH one.
    (State.COMMIT_SENT, Input.COMMIT): (Step.RESOLVE_CONTENTION, State.DHPART1_SENT),
    (State.COMMIT_SENT, Input.PRESHARED_COMMIT): (Step.DISCARD_COMMIT, State.COMMIT_SENT),
    (State.COMMIT_SENT, Input.FOREIGN_PRESHARED_COMMIT): (Step.DISCARD_COMMIT, State.COMMIT_SENT),
    (State.PRESHARED_COMMIT_SENT, Input.COMMIT): (Step.ACCEPT_COMMIT, State.DHPART1_SENT),
    (State.PRESHARED_COMMIT_SENT, Input.PRESHARED_COMMIT): (
        Step.RESOLVE_PRESHARED_CONTENTION,
        State.CONFIRM1_SENT,
    ),
    (State.PRESHARED_COMMIT_SENT, Input.FOREIGN_PRESHARED_COMMIT): (
        Step.OVERRULE_PRESHARED,
        State.COMMIT_SENT,
    ),
    (State.MULTISTREAM_COMMIT_SENT, Input.MULTISTREAM_COMMIT): (
        Step.RESOLVE_MULTISTREAM_CONTENTION,
        State.CONFIRM1_SENT,
    ),
    **{
        (state, Input.MISPLACED_COMMIT): (Step.REFUSE_MIXED_COMMITS, State.FAILED)
        for state in (
            State.COMMIT_SENT,
            State.PRESHARED_COMMIT_SENT,
            State.MULTISTREAM_COMMIT_SENT,
        )
    },
    # The same rules hold for a Commit that came on another stream: ours waits for that exchange.
    **{
        (state, Input.COMMIT_OVERRULED): (Step.WITHDRAW_COMMIT, State.ACQUAINTED)
        for state in (State.COMMIT_SENT, State.PRESHARED_COMMIT_SENT)
    },
}

_INITIATOR: Final[_Table] = {
    (State.COMMIT_SENT, Input.DHPART1): (Step.SEND_DHPART2, State.DHPART2_SENT),
    (State.PRESHARED_COMMIT_SENT, Input.CONFIRM1): (Step.SEND_CONFIRM2, State.CONFIRM2_SENT),
    (State.MULTISTREAM_COMMIT_SENT, Input.CONFIRM1): (Step.SEND_CONFIRM2, State.CONFIRM2_SENT),
    (State.DHPART2_SENT, Input.CONFIRM1): (Step.SEND_CONFIRM2, State.CONFIRM2_SENT),
    (State.CONFIRM2_SENT, Input.CONF2_ACK): (Step.FINISH_AS_INITIATOR, State.SECURE),
    # Section 4.6: the first valid SRTP counts as Conf2ACK.
    (State.CONFIRM2_SENT, Input.SRTP): (Step.FINISH_AS_INITIATOR, State.SECURE),
}

_RESPONDER: Final[_Table] = {
    (State.DHPART1_SENT, Input.DHPART2): (Step.SEND_CONFIRM1, State.CONFIRM1_SENT),
    (State.CONFIRM1_SENT, Input.CONFIRM2): (Step.FINISH_AS_RESPONDER, State.SECURE),
}

_SECURE: Final[_Table] = {
    (State.SECURE, Input.GO_CLEAR): (Step.REFUSE_GO_CLEAR, State.SECURE),
    (State.SECURE, Input.SAS_RELAY): (Step.RECEIVE_SAS_RELAY, State.SECURE),
    # Section 4.7.1: an Error needs no key, so it must not end what is protected by keys.
    (State.SECURE, Input.ERROR): (Step.IGNORE_ERROR, State.SECURE),
    (State.SECURE, Input.HELLO_DISOWNED): (Step.REPORT_HASH, State.SECURE),
}

_FAILED: Final[_Table] = {
    (State.FAILED, Input.ERROR_ACK): (Step.STOP_REPEATING, State.FAILED),
    (State.FAILED, Input.UNANSWERED): (Step.STOP_REPEATING, State.FAILED),
    (State.FAILED, Input.ERROR): (Step.IGNORE_ERROR, State.FAILED),
}

_IN_EXCHANGE: Final = (
    State.COMMIT_SENT,
    State.PRESHARED_COMMIT_SENT,
    State.MULTISTREAM_COMMIT_SENT,
    State.DHPART2_SENT,
    State.CONFIRM2_SENT,
    State.DHPART1_SENT,
    State.CONFIRM1_SENT,
)

_ENDINGS: Final[_Table] = {
    **{
        (state, Input.ERROR): (Step.END_BY_PEER, State.FAILED)
        for state in (*_ALREADY_FOUND, *_IN_EXCHANGE)
    },
    **{(state, Input.UNANSWERED): (Step.GIVE_UP, State.FAILED) for state in _IN_EXCHANGE},
    **{(state, Input.HELLO_DISOWNED): (Step.REFUSE_PEER, State.FAILED) for state in _IN_EXCHANGE},
}

# Section 5.15: every endpoint answers a Ping, whatever else it is doing.
_PINGS: Final[_Table] = {
    (state, Input.PING): (Step.ANSWER_PING, state)
    for state in State
    if state not in {State.IDLE, State.FAILED, State.CLOSED}
}

TRANSITIONS: Final = MappingProxyType(
    _DISCOVERY
    | _MEETING
    | _WITHOUT_KEYS
    | _CONTENTION
    | _INITIATOR
    | _RESPONDER
    | _SECURE
    | _FAILED
    | _ENDINGS
    | _PINGS
)
"""From a state and an input to what is to be done and the state after it."""
