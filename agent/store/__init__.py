"""What must survive a pulled plug: retained secrets, peers, the call log, the phone's identity."""

from agent.store.call_log import CallRecord, SecurityEvent
from agent.store.errors import StoreError
from agent.store.identity import TlsIdentity, read_tls_identity
from agent.store.peers import Peer
from agent.store.store import Store

__all__ = [
    "CallRecord",
    "Peer",
    "SecurityEvent",
    "Store",
    "StoreError",
    "TlsIdentity",
    "read_tls_identity",
]
