"""Somebody whom this phone can call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with an address.

    Attributes:
        name: Who it is.
        number: What is dialled: digits, stars and hashes; empty: they only call.
        uri: The SIP address.
        ring_tone: The name of their ring tone; empty: the usual one.
    """

    name: str
    number: str
    uri: str
    ring_tone: str = ""
