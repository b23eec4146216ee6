"""Fetching from a server on this machine, and from all the servers that must not be believed."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from agent.fleet import https
from agent.fleet.files import Access, Fetched, FetchError, Known, place_of
from agent.fleet.https import fetch
from support.certificates import DAY, Authority, Identity, self_signed
from support.https_server import Answer, Asked, HttpsServer

TOKEN = "a-token-that-is-hushed"  # noqa: S105 - of nobody
LIMIT = 1000
CONTENT = b"[phone]\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.issue("localhost")


@pytest.fixture(scope="module")
def running(identity: Identity) -> Iterator[HttpsServer]:
    with HttpsServer(identity) as server:
        yield server


@pytest.fixture
def server(running: HttpsServer) -> HttpsServer:
    running.asked.clear()
    running.answer = lambda _: Answer(CONTENT)
    return running


def pin_of(identity: Identity) -> bytes:
    certificate = x509.load_pem_x509_certificate(identity.certificate.read_bytes())
    key = certificate.public_key()
    return hashlib.sha256(
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).digest()


def refusal(url: str, access: Access, limit: int = LIMIT) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(url, access, limit)
    assert TOKEN not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_a_file_is_fetched(server: HttpsServer, authority: Authority) -> None:
    tags = {"ETag": '"7"', "Last-Modified": "Sat, 28 Nov 2026 03:00:00 GMT"}
    server.answer = lambda _: Answer(CONTENT, headers=tags)
    got = fetch(server.url("/a.toml?b=c"), Access(authority.file), LIMIT)
    assert got == Fetched(CONTENT, Known(tags["ETag"], tags["Last-Modified"]))
    (asked,) = server.asked
    assert asked.path == "/a.toml?b=c"
    assert "Authorization" not in asked.headers


def test_what_is_known_is_not_fetched_again(server: HttpsServer, authority: Authority) -> None:
    server.answer = lambda _: Answer(status=304)
    assert fetch(server.url(), Access(authority.file), LIMIT, Known('"7"', "then")) is None
    (asked,) = server.asked
    assert asked.headers["If-None-Match"] == '"7"'
    assert asked.headers["If-Modified-Since"] == "then"


@pytest.mark.parametrize(
    ("token", "sent"),
    [
        (TOKEN, f"Bearer {TOKEN}"),
        ("alice:two words", "Basic " + base64.b64encode(b"alice:two words").decode()),
    ],
)
def test_what_lets_the_phone_in_is_sent(
    server: HttpsServer, authority: Authority, token: str, sent: str
) -> None:
    fetch(server.url(), Access(authority.file, token=token), LIMIT)
    assert server.asked[0].headers["Authorization"] == sent


def test_a_server_that_asks_for_a_certificate_gets_one(
    authority: Authority, identity: Identity
) -> None:
    with HttpsServer(identity, lambda _: Answer(CONTENT), clients=authority.file) as server:
        phone = authority.issue("alice", usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        shown = Access(authority.file, (), phone.certificate, phone.private_key)
        assert fetch(server.url(), shown, LIMIT) == Fetched(CONTENT)
        assert server.url() in refusal(server.url(), Access(authority.file))
    assert len(server.asked) == 1


def test_a_pinned_key_lets_its_server_in_and_no_other(
    server: HttpsServer, authority: Authority, identity: Identity
) -> None:
    pins = (bytes(32), pin_of(identity))
    assert fetch(server.url(), Access(authority.file, pins), LIMIT) == Fetched(CONTENT)
    server.asked.clear()
    said = refusal(server.url(), Access(authority.file, (bytes(32),), token=TOKEN))
    assert said == f"{server.url()}: its public key is none of pinned_key"
    assert server.asked == []


def test_who_is_in_ca_file_may_vouch_whoever_stands_above(
    tmp_path: Path, authority: Authority
) -> None:
    """As for SIP: neither the root nor its own issuer's key number is asked for."""
    office = Authority(tmp_path, "Office CA", above=authority)
    with HttpsServer(office.issue("localhost"), lambda _: Answer(CONTENT)) as server:
        assert fetch(server.url(), Access(office.file), LIMIT) == Fetched(CONTENT)
        assert fetch(server.url(), Access(authority.file), LIMIT) == Fetched(CONTENT)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("self", "self-signed certificate"),
        ("unknown", "unable to get local issuer certificate"),
        ("name", "Hostname mismatch, certificate is not valid for 'localhost'"),
        ("expired", "certificate has expired"),
        ("early", "certificate is not yet valid"),
    ],
)
def test_a_wrong_certificate_is_told_and_nothing_is_sent(
    tmp_path: Path, authority: Authority, kind: str, sentence: str
) -> None:
    wrong = {
        "self": lambda: self_signed(tmp_path, "localhost"),
        "unknown": lambda: Authority(tmp_path, "Another CA").issue("localhost"),
        "name": lambda: authority.issue("example.org"),
        "expired": lambda: authority.issue("localhost", valid_from=-3 * DAY),
        "early": lambda: authority.issue("localhost", valid_from=DAY),
    }[kind]()
    with HttpsServer(wrong) as server:
        said = refusal(server.url(), Access(authority.file, token=TOKEN))
        assert said.startswith(f"{server.url()}: its certificate is refused: ")
        assert sentence in said
        assert server.asked == []


def test_without_a_ca_file_only_the_systems_cas_count(server: HttpsServer) -> None:
    assert "unable to get local issuer certificate" in refusal(server.url(), Access())


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(status=404), "the server answers 404"),
        (Answer(status=401), "does not let this phone in (401)"),
        (Answer(status=403), "does not let this phone in (403)"),
        (Answer(b"x" * 1001), "it is larger than 1000 octets"),
        (Answer(b"x", length=2), "the connection ended before the file did"),
        (Answer(b"x", headers={"Content-Encoding": "gzip"}), "sends it packed"),
    ],
)
def test_an_answer_that_is_none_is_told(
    server: HttpsServer, authority: Authority, answer: Answer, sentence: str
) -> None:
    server.answer = lambda _: answer
    said = refusal(server.url("/p.toml?key=hush"), Access(authority.file, token=TOKEN))
    assert sentence in said
    assert "hush" not in said


@pytest.mark.parametrize(("status", "pause"), [(503, 120.0), (429, 120.0), (404, 0.0)])
def test_a_server_may_ask_to_be_left_alone(
    server: HttpsServer, authority: Authority, status: int, pause: float
) -> None:
    server.answer = lambda _: Answer(status=status, headers={"Retry-After": "120"})
    with pytest.raises(FetchError) as caught:
        fetch(server.url(), Access(authority.file), LIMIT)
    assert caught.value.not_before_s == pause


def test_a_file_that_has_moved_on_the_same_server_is_found(
    server: HttpsServer, authority: Authority
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/new.toml":
            return Answer(CONTENT)
        return Answer(status=302, headers={"Location": "/new.toml"})

    server.answer = answer
    assert fetch(server.url("/old.toml"), Access(authority.file), LIMIT) == Fetched(CONTENT)


@pytest.mark.parametrize(
    "location",
    [
        "https://example.org/phone.toml",
        "http://localhost/phone.toml",
        "https://localhost:1/phone.toml",
        "https://alice:hush@localhost/phone.toml",
        "https://localhost:port/",
        "ftp://localhost/",
        "file:///etc/shadow",
        "",
    ],
)
def test_it_is_followed_to_no_other_server(
    server: HttpsServer, authority: Authority, location: str
) -> None:
    server.answer = lambda _: Answer(status=301, headers={"Location": location})
    said = refusal(server.url(), Access(authority.file, token=TOKEN))
    assert "sent on to" in said or "no HTTP" in said
    assert "hush" not in said


def test_it_is_not_followed_for_ever(server: HttpsServer, authority: Authority) -> None:
    server.answer = lambda _: Answer(status=307, headers={"Location": "/phone.toml"})
    assert "again and again" in refusal(server.url(), Access(authority.file))
    assert len(server.asked) == https.REDIRECTS + 1


def test_a_server_that_is_not_there_is_told(identity: Identity, authority: Authority) -> None:
    with HttpsServer(identity) as server:
        url = server.url()
    assert refusal(url, Access(authority.file)) == f"{url}: Connection refused"


def test_a_server_that_never_ends_is_left(
    server: HttpsServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is shorter than it says, and the connection stays open."""
    monkeypatch.setattr(https, "DEADLINE_S", 0.5)
    over = threading.Event()

    def answer(_: Asked) -> Answer:
        over.wait(60)
        return Answer(CONTENT)

    server.answer = answer
    try:
        assert "did not answer in time" in refusal(server.url(), Access(authority.file))
    finally:
        over.set()


@pytest.mark.parametrize("which", [0, 1], ids=["ca_file", "certificate"])
def test_files_that_are_none_are_told(tmp_path: Path, which: int, server: HttpsServer) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text(f"-----BEGIN CERTIFICATE-----\n{TOKEN}\n-----END CERTIFICATE-----\n")
    access = (Access(ca_file=wrong), Access(certificate=wrong))[which]
    assert "certificate, private_key or ca_file cannot be used" in refusal(server.url(), access)


def test_a_query_is_not_told() -> None:
    assert place_of("https://[2001:db8::1]:8443/a?token=x") == "https://[2001:db8::1]:8443/a"
    assert place_of("https://example.org:443/a") == "https://example.org/a"


def test_a_token_is_not_in_what_python_shows() -> None:
    assert TOKEN not in repr(Access(token=TOKEN))
    assert "[phone]" not in repr(Fetched(CONTENT))
