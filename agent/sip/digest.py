"""Which proofs of a password this phone gives (RFC 7616, RFC 8760). Pure.

SHA-256 is always given. MD5 is given where the account allows it, and only with qop: without it
a proof that somebody has seen is a table of guesses' best friend, since no number of this phone's
own is in it. PJSIP itself takes the strongest of several challenges.
"""

import re
from typing import Final

from agent.frozen import frozen

_STRONG: Final = frozenset({"SHA-256", "SHA-512-256"})
_CHALLENGE: Final = re.compile(
    r"^(?:WWW|Proxy)-Authenticate[ \t]*:[ \t]*(\w+)[ \t]+(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_PARAMETER: Final = re.compile(r'(\w+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@frozen
class _Challenge:
    algorithm: str
    qop: frozenset[str]

    @property
    def has_auth(self) -> bool:
        return "auth" in self.qop


def objection(message: str, host: str, *, allow_md5: bool) -> str:
    """Why no proof is given to a challenge; empty: one is given.

    Args:
        message: The whole 401 or 407.
        host: The server's name, for the sentence.
        allow_md5: Whether the account allows MD5.
    """
    head = message.replace("\r\n", "\n").partition("\n\n")[0]
    challenges = [
        _read(each[1]) for each in _CHALLENGE.findall(head) if each[0].lower() == "digest"
    ]
    strong = [each for each in challenges if each.algorithm in _STRONG]
    if any(each.has_auth or not each.qop for each in strong):
        return ""
    weak = [each for each in challenges if each.algorithm == "MD5"]
    if not weak:
        return f"{host} asks for a proof of the password that is unknown here"
    if not allow_md5:
        return f"{host} takes only MD5 for the password: see allow_md5"
    if not any(each.has_auth for each in weak):
        return f"{host} takes only MD5 without qop for the password"
    return ""


def wants_other_nonce(message: str) -> bool:
    """Whether the proof was right but for its nonce, which is out of date (stale=true)."""
    head = message.replace("\r\n", "\n").partition("\n\n")[0]
    return any(
        re.search(r'\bstale[ \t]*=[ \t]*"?true\b', parameters, re.IGNORECASE)
        for _, parameters in _CHALLENGE.findall(head)
    )


def _read(parameters: str) -> _Challenge:
    found = {
        name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(parameters)
    }
    qop = frozenset(
        each.strip().lower() for each in found.get("qop", "").split(",") if each.strip()
    )
    return _Challenge(found.get("algorithm", "MD5").upper(), qop)
