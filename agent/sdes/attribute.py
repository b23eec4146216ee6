"""One a=crypto attribute of an SDP, to and fro (RFC 4568 sections 4, 6 and 9)."""

import base64
import binascii
import re
from typing import Final

from agent.frozen import frozen
from agent.zrtp.events import SrtpKey


@frozen
class Suite:
    """A crypto suite that the gate has (RFC 4568 section 6.2).

    Attributes:
        name: As the SDP spells it.
        key_size: Octets of the master key.
        salt_size: Octets of the master salt.
        auth_tag_bits: As in `SrtpKey`.
    """

    name: str
    key_size: int
    salt_size: int
    auth_tag_bits: int


SUITES: Final = (
    Suite("AEAD_AES_256_GCM", 32, 12, 128),  # RFC 7714 section 14.2
    Suite("AEAD_AES_128_GCM", 16, 12, 128),
    Suite("AES_256_CM_HMAC_SHA1_80", 32, 14, 80),  # RFC 6188 section 4
    Suite("AES_CM_128_HMAC_SHA1_80", 16, 14, 80),
    Suite("AES_CM_128_HMAC_SHA1_32", 16, 14, 32),
)
"""In the order in which we offer them."""

LONGEST: Final = 255
"""A longer value is none that we could use: the gate has no room for it either."""
LEAST_LIFETIME: Final = 1 << 31
"""A key for fewer packets could come to its end within a call, and nobody here counts them.
2^31 is what RFC 3711 section 9.2 allows SRTCP at the most: more than a year of speech."""
_MOST_LIFETIME: Final = 1 << 48
_WINDOW: Final = 128
"""The gate's replay window (RFC 3711 section 3.3.2), in packets."""

# Section 9.1: tag, suite, keys, session parameters; visible ASCII between single or more blanks.
_ATTRIBUTE: Final = re.compile(
    r"(?P<tag>0|[1-9][0-9]{0,8})[ \t]+(?P<suite>[A-Za-z0-9_]+)[ \t]+"
    r"(?P<keys>[!-~]+)(?P<parameters>(?:[ \t]+[!-~]+)*)"
)
# Section 9.2, without an MKI: no packet of ours has one.
_INLINE: Final = re.compile(
    r"inline:(?P<key>[A-Za-z0-9+/]+={0,2})(?:\|(?P<power>2\^)?(?P<lifetime>[0-9]{1,15}))?"
)
_WINDOW_HINT: Final = re.compile(r"WSH=([0-9]{2,3})")


class UnusableError(ValueError):
    """An a=crypto that we cannot honour; its text is for the journal and has no key in it."""


@frozen
class Crypto:
    """What one a=crypto says.

    Attributes:
        tag: Names it among those of one media line.
        suite: How packets are protected.
        key: The key of what its author sends.
    """

    tag: int
    suite: Suite
    key: SrtpKey

    @property
    def secret(self) -> bytes:
        """Master key and salt, one after the other, as they travel."""
        return self.key.master_key + self.key.master_salt

    def write(self) -> str:
        """The attribute's value: what stands behind "a=crypto:"."""
        return f"{self.tag} {self.suite.name} inline:{base64.b64encode(self.secret).decode()}"


def make(tag: int, suite: Suite, secret: bytes) -> Crypto:
    """An attribute with this key.

    Args:
        tag: Its tag, 0 to 999,999,999.
        suite: Its suite.
        secret: Master key and salt, of the suite's own lengths.

    Raises:
        UnusableError: The secret has another length.
    """
    if len(secret) != suite.key_size + suite.salt_size:
        raise UnusableError(f"a key of {len(secret)} octets is none of {suite.name}")
    key, salt = secret[: suite.key_size], secret[suite.key_size :]
    return Crypto(tag, suite, SrtpKey(key, salt, suite.auth_tag_bits))


def read(value: str) -> Crypto:
    """Reads the value of an a=crypto attribute.

    Args:
        value: What stands behind "a=crypto:".

    Raises:
        UnusableError: It is none by the grammar, or it asks for what the gate does not do: an
            unknown suite, a key by another method, several keys or an MKI, a lifetime that a
            call could outlast, packets that are not encrypted or not authenticated, a key
            derivation rate, forward error correction.
    """
    found = _ATTRIBUTE.fullmatch(value) if len(value) <= LONGEST else None
    if found is None:
        raise UnusableError("this is no crypto attribute")
    suite = next((each for each in SUITES if each.name == found["suite"]), None)
    if suite is None:
        raise UnusableError("the crypto suite is not known")
    for parameter in found["parameters"].split():
        _judge(parameter)
    return make(int(found["tag"]), suite, _secret(found["keys"]))


def _judge(parameter: str) -> None:
    """Section 6.3: what we cannot do must not be passed over, unless it begins with a dash."""
    hint = _WINDOW_HINT.fullmatch(parameter)
    if parameter.startswith("-") or (hint and int(hint[1]) <= _WINDOW):
        return
    raise UnusableError("a session parameter asks for what this phone does not do")


def _secret(keys: str) -> bytes:
    found = _INLINE.fullmatch(keys)
    if found is None:
        raise UnusableError("the key is not one single key without an MKI")
    if found["lifetime"] is not None:
        number = int(found["lifetime"])
        # No shift by what somebody else wrote: 2^999999999999999 would fill the memory.
        lifetime = 1 << min(number, 64) if found["power"] else number
        if not LEAST_LIFETIME <= lifetime <= _MOST_LIFETIME:
            raise UnusableError("the key's lifetime is none that a call keeps within")
    try:
        secret = base64.b64decode(found["key"], validate=True)
    except binascii.Error:
        raise UnusableError("the key is not base64") from None
    if base64.b64encode(secret).decode() != found["key"]:
        raise UnusableError("the key is not base64 as RFC 4648 section 3.5 writes it")
    return secret
