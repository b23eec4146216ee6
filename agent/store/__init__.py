"""What must survive a pulled plug: retained secrets, peers, the call log, the phone's identity."""

from agent.contact import Contact
from agent.store.call_log import BROKEN_OFF, OPEN, CallRecord, SecurityEvent
from agent.store.erasure import Erasure
from agent.store.errors import StoreError
from agent.store.identity import TlsIdentity, fingerprint_of, read_tls_identity
from agent.store.peers import Address, Level, Meeting, Peer
from agent.store.store import DATABASE, Store

__all__ = [
    "BROKEN_OFF",
    "DATABASE",
    "OPEN",
    "Address",
    "CallRecord",
    "Contact",
    "Erasure",
    "Level",
    "Meeting",
    "Peer",
    "SecurityEvent",
    "Store",
    "StoreError",
    "TlsIdentity",
    "fingerprint_of",
    "read_tls_identity",
]
