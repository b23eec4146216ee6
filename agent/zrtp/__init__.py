"""ZRTP (RFC 6189) as a state machine without I/O: packets and the time in, packets and events out.

`Session` is driven by three things: packets that arrive (`receive`), time that passes
(`handle_timer`, when `next_timer` says so), and the user (`sas_verified`, `sas_mismatch`,
`accept_enrolment`). After each of them the host fetches all events (`next_event`), acts on them,
and then fetches what is to be sent (`packets_to_send`).

All sessions of a phone share one `Roster`, so that only one exchange at a time is going on with
each peer. A call that has more than one media stream has a session for each; the further ones are
given that of the first.

How far secrets are erased: see `erasure`. Which of the RFC's demands are met by which test:
docs/conformance.md.
"""

from agent.zrtp.algorithms import DEFAULT_OFFER, Offer
from agent.zrtp.errors import ErrorCode, LocalError
from agent.zrtp.events import (
    Algorithms,
    CacheUpdate,
    ClearRefused,
    EnrolmentOffered,
    Event,
    Failed,
    HelloHash,
    HelloHashDiffers,
    Negotiating,
    NoZrtpPeer,
    PeerError,
    PeerFound,
    PeerSilent,
    ReceiveKeysReady,
    SasRelayed,
    Secured,
    SharedSecret,
    SrtpKey,
    StreamSecured,
)
from agent.zrtp.greeting import hello_zid
from agent.zrtp.held import Identity
from agent.zrtp.retained_secrets import CacheState, RetainedSecrets, SecretStore
from agent.zrtp.roster import Roster
from agent.zrtp.sas import Sas
from agent.zrtp.session import Counters, Session
from agent.zrtp.state import Role, State

__all__ = [
    "DEFAULT_OFFER",
    "Algorithms",
    "CacheState",
    "CacheUpdate",
    "ClearRefused",
    "Counters",
    "EnrolmentOffered",
    "ErrorCode",
    "Event",
    "Failed",
    "HelloHash",
    "HelloHashDiffers",
    "Identity",
    "LocalError",
    "Negotiating",
    "NoZrtpPeer",
    "Offer",
    "PeerError",
    "PeerFound",
    "PeerSilent",
    "ReceiveKeysReady",
    "RetainedSecrets",
    "Role",
    "Roster",
    "Sas",
    "SasRelayed",
    "SecretStore",
    "Secured",
    "Session",
    "SharedSecret",
    "SrtpKey",
    "State",
    "StreamSecured",
    "hello_zid",
]
