"""Forgetting keys (RFC 6189 sections 4.4.1.4, 4.4.2.4, 4.6.1 and 4.7.3), as far as Python lets one.

What is done: a key that lives longer than one call of a function is a `bytearray`, and is
overwritten with zeros when its time is over; everything else that is secret loses its last
reference at the same moment. After `Session.close` nothing that the session still holds is
secret.

What is not: `hmac`, `hashlib` and `cryptography` hand out `bytes`, which cannot be overwritten.
The copy that each derivation leaves behind, and what goes to the host in events (SRTP keys,
retained secrets), stays in freed memory until something else is written there. Private keys of
elliptic curves lie in OpenSSL, which clears them when they are freed. Neither can keep the
kernel from writing memory to a disk: a phone should run without swap and without core dumps.
"""

__all__ = ["Octets", "wipe"]

Octets = bytes | bytearray
"""What is read as octets, whether it can be overwritten or not."""


def wipe(*secrets: bytearray) -> None:
    """Overwrite with zeros; the length stays."""
    for secret in secrets:
        secret[:] = bytes(len(secret))
