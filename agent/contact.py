"""Somebody whom this phone can call."""

from agent.frozen import frozen


@frozen
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
