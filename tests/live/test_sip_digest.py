"""Which challenges a phone proves its password to, and what it says where it does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.sip.events import Ended, Registration, RegistrationChanged
from support.certificates import Authority
from support.sip_phone import SipPhone, account_at, settings_for
from support.sip_server import Request, SipServer

pytestmark = pytest.mark.live

PORT = 5070
SHA256 = 'Digest realm="office", nonce="n1", qop="auth", algorithm=SHA-256'
MD5 = 'Digest realm="office", nonce="n1", qop="auth", algorithm=MD5'
NO_QOP = 'Digest realm="office", nonce="n1", algorithm=MD5'
INTEGRITY = 'Digest realm="office", nonce="n1", qop="auth-int", algorithm=SHA-256'
WEAK = "localhost takes only MD5 for the password: see allow_md5"


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(name="server")
def _server(authority: Authority) -> Iterator[SipServer]:
    with SipServer(authority.issue("localhost"), PORT) as server:
        yield server


def phone_at(authority: Authority, folder: Path, *, allow_md5: bool) -> SipPhone:
    account = replace(account_at(PORT, authority.file), allow_md5=allow_md5)
    return SipPhone(settings_for(folder, 5061, accounts=(account,)))


def challenge(request: Request, *challenges: str) -> None:
    is_call = request.method == "INVITE"
    name = "Proxy-Authenticate" if is_call else "WWW-Authenticate"
    status = "407 Proxy Authentication Required" if is_call else "401 Unauthorized"
    request.answer(status, headers="".join(f"{name}: {each}\r\n" for each in challenges))


def accept(request: Request) -> None:
    request.answer("200 OK", headers=f"Contact: {request.header('Contact')};expires=600\r\n")


def told(phone: SipPhone) -> RegistrationChanged:
    return phone.wait_for(RegistrationChanged, lambda each: each.state is not Registration.TRYING)


@pytest.mark.parametrize(
    ("challenges", "algorithm"),
    [
        ((SHA256,), "SHA-256"),
        ((MD5, SHA256), "SHA-256"),
        ((SHA256, MD5), "SHA-256"),
        ((MD5,), "MD5"),
    ],
)
def test_the_strongest_that_is_offered(
    authority: Authority,
    server: SipServer,
    tmp_path: Path,
    challenges: tuple[str, ...],
    algorithm: str,
) -> None:
    with phone_at(authority, tmp_path, allow_md5=True) as phone:
        challenge(server.next("REGISTER"), *challenges)
        proof = server.next("REGISTER")
        authorization = proof.header("Authorization")
        assert f"algorithm={algorithm}" in authorization
        assert "qop=auth" in authorization
        accept(proof)
        assert told(phone).state is Registration.REGISTERED


@pytest.mark.parametrize(
    ("offered", "allow_md5", "reason"),
    [
        (MD5, False, WEAK),
        (NO_QOP, True, "localhost takes only MD5 without qop for the password"),
        (INTEGRITY, True, "localhost asks for a proof of the password that is unknown here"),
    ],
)
def test_one_that_is_too_weak_gets_no_proof(  # noqa: PLR0917 - parametrized
    authority: Authority,
    server: SipServer,
    tmp_path: Path,
    offered: str,
    allow_md5: bool,  # noqa: FBT001 - parametrized
    reason: str,
) -> None:
    with phone_at(authority, tmp_path, allow_md5=allow_md5) as phone:
        challenge(server.next("REGISTER"), offered)
        assert told(phone) == RegistrationChanged("work", Registration.REFUSED, 401, reason)
        assert server.requests == 1


def test_a_call_by_a_server_that_takes_only_weak_ones(
    authority: Authority, server: SipServer, tmp_path: Path
) -> None:
    with phone_at(authority, tmp_path, allow_md5=False) as phone:
        accept(server.next("REGISTER"))
        told(phone)
        phone.order("dial", "mine", "sip:bob@localhost", "work")
        challenge(server.next("INVITE"), MD5)
        ended = phone.wait_for(Ended)
        assert (ended.call, ended.reason) == ("mine", WEAK)


def test_a_nonce_that_is_out_of_date_costs_one_more_question(
    authority: Authority, server: SipServer, tmp_path: Path
) -> None:
    with phone_at(authority, tmp_path, allow_md5=True) as phone:
        challenge(server.next("REGISTER"), SHA256)
        challenge(server.next("REGISTER"), SHA256.replace("n1", "n2") + ", stale=true")
        proof = server.next("REGISTER")
        assert 'nonce="n2"' in proof.header("Authorization")
        accept(proof)
        assert told(phone).state is Registration.REGISTERED


def test_a_password_that_is_refused_is_not_tried_again_and_again(
    authority: Authority, server: SipServer, tmp_path: Path
) -> None:
    with phone_at(authority, tmp_path, allow_md5=True) as phone:
        challenge(server.next("REGISTER"), SHA256)
        challenge(server.next("REGISTER"), SHA256.replace("n1", "n2"))
        assert told(phone).reason == "Server refused: wrong password"
        assert phone.events(2) == []
        assert server.requests == 2
