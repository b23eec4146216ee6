import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.digest import objection

SHA = 'WWW-Authenticate: Digest realm="a, b", nonce="n", qop="auth", algorithm=SHA-256'
MD5 = 'WWW-Authenticate: Digest realm="a", nonce="n", algorithm=MD5, qop="auth,auth-int"'
UNNAMED = 'Proxy-Authenticate: Digest realm="a", nonce="n", qop="auth"'
BARE = 'WWW-Authenticate: Digest realm="a", nonce="n", algorithm=MD5'
INTEGRITY = 'WWW-Authenticate: Digest realm="a", nonce="n", qop="auth-int", algorithm=SHA-256'
BASIC = 'WWW-Authenticate: Basic realm="a"'
SESSION = 'WWW-Authenticate: Digest realm="a", nonce="n", algorithm=MD5-sess, qop="auth"'
UNKNOWN = "h asks for a proof of the password that is unknown here"
WEAK = "h takes only MD5 for the password: see allow_md5"
NO_QOP = "h takes only MD5 without qop for the password"


@pytest.mark.parametrize(
    ("challenges", "allowed", "forbidden"),
    [
        ([SHA], "", ""),
        ([SHA.replace('qop="auth", ', "")], "", ""),
        ([SHA.replace("SHA-256", '"sha-256"')], "", ""),
        ([SHA.replace("SHA-256", "SHA-512-256")], "", ""),
        ([MD5, SHA], "", ""),
        ([SHA, BARE], "", ""),
        ([MD5], "", WEAK),
        ([UNNAMED], "", WEAK),
        ([BARE], NO_QOP, WEAK),
        ([MD5.replace('"auth,auth-int"', '"auth-int"')], NO_QOP, WEAK),
        ([INTEGRITY], UNKNOWN, UNKNOWN),
        ([INTEGRITY, MD5], "", WEAK),
        ([BASIC], UNKNOWN, UNKNOWN),
        ([SESSION], UNKNOWN, UNKNOWN),
        ([], UNKNOWN, UNKNOWN),
    ],
)
def test_which_challenges_get_a_proof(challenges: list[str], allowed: str, forbidden: str) -> None:
    message = "\r\n".join(["SIP/2.0 401 Unauthorized", *challenges, "", ""])
    assert objection(message, "h", allow_md5=True) == allowed
    assert objection(message, "h", allow_md5=False) == forbidden


def test_what_stands_in_the_body_is_no_challenge() -> None:
    assert objection(f"SIP/2.0 401 No\r\n\r\n{SHA}\r\n", "h", allow_md5=True) == UNKNOWN


@given(st.text())
def test_anything_at_all_gets_an_answer(message: str) -> None:
    assert objection(message, "h", allow_md5=False) in {"", UNKNOWN, WEAK, NO_QOP}
