"""The state machine of one ZRTP exchange: who may do what when, as a table.

Theory
------
A session looks for a peer (Hello, HelloACK), then one side commits and becomes the initiator,
the other the responder, then the two roles walk through DHPart and Confirm, and both end in
SECURE. The initiator alone repeats its messages (RFC 6189 section 6).

    DISCOVERING --HelloACK--> ACKNOWLEDGED        we were heard, and have heard no Hello
         |                         |
       Hello                     Hello            (Commit goes out in place of a HelloACK)
         v                         v
    PEER_FOUND ---HelloACK---> COMMIT_SENT -> DHPART2_SENT -> CONFIRM2_SENT
         |                         |                               |
       Commit       Commit with the larger hvi          Conf2ACK or authentic SRTP
         v                         |                               v
    DHPART1_SENT <-----------------+                            SECURE
         |                                                         ^
         +-------------> CONFIRM1_SENT ------------Confirm2--------+

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
* The three kinds of Commit are told apart before the table is asked, by their key agreement type.
* Messages of a foreign SSRC, or of our own one, are sorted out before (section 4.1).
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
    COMMIT_SENT = auto()
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
    HELLO_ACK = auto()
    COMMIT = auto()  # in Diffie-Hellman mode
    PRESHARED_COMMIT = auto()
    MULTISTREAM_COMMIT = auto()
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
    """What is to be done; `exchange.Exchange` has a method for each."""

    SEND_HELLO = auto()
    MEET_PEER = auto()
    MEET_ANOTHER_PEER = auto()
    WAIT_FOR_HELLO = auto()
    COMMIT_TO_NEW_PEER = auto()
    COMMIT_TO_KNOWN_PEER = auto()
    OVERRULE_PRESHARED = auto()
    ACCEPT_COMMIT = auto()
    RESOLVE_CONTENTION = auto()
    DISCARD_PRESHARED = auto()
    REFUSE_MULTISTREAM = auto()
    REFUSE_MIXED_COMMITS = auto()
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
    ACKNOWLEDGE_SAS_RELAY = auto()


FINAL: Final = frozenset({State.FAILED, State.CLOSED})

_Table = dict[tuple[State, Input], tuple[Step, State]]

_DISCOVERY: Final[_Table] = {
    (State.IDLE, Input.START): (Step.SEND_HELLO, State.DISCOVERING),
    (State.DISCOVERING, Input.HELLO): (Step.MEET_PEER, State.PEER_FOUND),
    (State.DISCOVERING, Input.HELLO_ACK): (Step.WAIT_FOR_HELLO, State.ACKNOWLEDGED),
    (State.DISCOVERING, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.DISCOVERING),
    (State.ACKNOWLEDGED, Input.HELLO): (Step.COMMIT_TO_NEW_PEER, State.COMMIT_SENT),
    (State.ACKNOWLEDGED, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.ACKNOWLEDGED),
    # Another Hello: the first may have been false (section 9), so it may be replaced until Commit.
    (State.PEER_FOUND, Input.HELLO): (Step.MEET_ANOTHER_PEER, State.PEER_FOUND),
    (State.PEER_FOUND, Input.HELLO_ACK): (Step.COMMIT_TO_KNOWN_PEER, State.COMMIT_SENT),
    (State.PEER_FOUND, Input.COMMIT): (Step.ACCEPT_COMMIT, State.DHPART1_SENT),
    # Section 4.4.2.3: who has no matching secret answers with a DH Commit of its own.
    (State.PEER_FOUND, Input.PRESHARED_COMMIT): (Step.OVERRULE_PRESHARED, State.COMMIT_SENT),
    (State.PEER_FOUND, Input.MULTISTREAM_COMMIT): (Step.REFUSE_MULTISTREAM, State.FAILED),
    (State.PEER_FOUND, Input.UNANSWERED): (Step.REPORT_NO_PEER, State.PEER_FOUND),
    (State.PEER_FOUND, Input.HELLO_DISOWNED): (Step.FORGET_PEER, State.DISCOVERING),
    # No exchange is in progress yet that an Error could end, and nobody vouches for its sender.
    (State.DISCOVERING, Input.ERROR): (Step.IGNORE_ERROR, State.DISCOVERING),
    (State.ACKNOWLEDGED, Input.ERROR): (Step.IGNORE_ERROR, State.ACKNOWLEDGED),
}

_INITIATOR: Final[_Table] = {
    # Section 4.2: the Commit with the lower hvi is discarded, and a Preshared one by any DH one.
    (State.COMMIT_SENT, Input.COMMIT): (Step.RESOLVE_CONTENTION, State.DHPART1_SENT),
    (State.COMMIT_SENT, Input.PRESHARED_COMMIT): (Step.DISCARD_PRESHARED, State.COMMIT_SENT),
    (State.COMMIT_SENT, Input.MULTISTREAM_COMMIT): (Step.REFUSE_MIXED_COMMITS, State.FAILED),
    (State.COMMIT_SENT, Input.DHPART1): (Step.SEND_DHPART2, State.DHPART2_SENT),
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
    (State.SECURE, Input.SAS_RELAY): (Step.ACKNOWLEDGE_SAS_RELAY, State.SECURE),
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
    State.DHPART2_SENT,
    State.CONFIRM2_SENT,
    State.DHPART1_SENT,
    State.CONFIRM1_SENT,
)

_ENDINGS: Final[_Table] = {
    (State.PEER_FOUND, Input.ERROR): (Step.END_BY_PEER, State.FAILED),
    **{(state, Input.ERROR): (Step.END_BY_PEER, State.FAILED) for state in _IN_EXCHANGE},
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
    _DISCOVERY | _INITIATOR | _RESPONDER | _SECURE | _FAILED | _ENDINGS | _PINGS
)
