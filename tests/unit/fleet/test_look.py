"""What becomes of a configuration that a server offers, from the fetching to the next start."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agent.config import Config, load_config
from agent.fleet.files import Access, Fetched, FetchError, Known
from agent.fleet.kept import FILE, STARTS, Kept
from agent.fleet.look import look
from agent.fleet.whole import RefusedError, Whole, load_whole, serial_number, url_of
from agent.following import begin_trial, end_trial
from support.minisign import Signer

SIGNER, OTHER = Signer(), Signer(b"o" * 32, b"another1")
URL = "https://example.org/phones/1.toml"
OWN = """
[phone]
name = "New phone"
board = "simulator"
state_dir = "."
[fleet]
url = "https://example.org/phones/1.toml"
"""
NEW = (
    '[phone]\nname = "Reception"\n[[account]]\nname = "office"\nuri = "sip:a@b.c"\npassword = "x"\n'
)


@dataclass
class Web:
    """A server; what lies there may be changed."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def put(self, text: str, signer: Signer | None = None) -> None:
        self.files = {URL: text.encode()}
        if signer:
            self.files[f"{URL}.minisig"] = signer.sign(text.encode())

    def get(self, url: str, access: Access, limit: int, known: Known | None) -> Fetched | None:  # noqa: ARG002 - as `fetch`
        self.asked.append((url, known.etag if known else ""))
        if url not in self.files:
            raise FetchError(f"{url}: the server answers 404")
        etag = str(hash(self.files[url]))
        if known and known.etag == etag:
            return None
        return Fetched(self.files[url], Known(etag))


@dataclass
class Phone:
    """A phone that looks, keeps, and starts anew."""

    file: Path
    web: Web
    check: Callable[[Config], None] = lambda _: None

    def own(self, text: str) -> None:
        self.file.touch(mode=0o600)
        self.file.write_text(text)

    @property
    def whole(self) -> Whole:
        return load_whole(self.file, self.check)

    def looks(self) -> Kept | None:
        whole = self.whole
        in_use = whole.kept is not None and whole.kept.url == URL and not whole.problem
        new = look(whole.own, URL, whole.kept, self.web.get, self.check, in_use=in_use)
        if new is not None:
            (self.file.parent / FILE).write_bytes(new.encode())
        return new

    def refuses(self) -> str:
        before = self.whole.config
        with pytest.raises(RefusedError) as caught:
            self.looks()
        assert self.whole.config == before
        return str(caught.value)

    @property
    def name(self) -> str:
        return self.whole.config.phone.name


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def phone(tmp_path: Path, web: Web) -> Phone:
    phone = Phone(tmp_path / "sotto.toml", web)
    phone.own(OWN)
    return phone


@pytest.fixture
def signed(phone: Phone) -> Phone:
    phone.own(f'{OWN}public_key = ["{OTHER.public_key}", "{SIGNER.public_key}"]\n')
    return phone


def version(number: int, name: str = "Reception") -> str:
    return f'[phone]\nname = "{name}"\n[fleet]\nversion = {number}\n'


def test_what_is_new_is_taken_once(phone: Phone, web: Web) -> None:
    web.put(NEW)
    assert phone.name == "New phone"
    assert phone.looks() is not None
    assert phone.name == "Reception"
    assert phone.whole.config.accounts[0].password == "x"  # noqa: S105 - of nobody
    assert phone.whole.config.file == phone.file
    assert phone.looks() is None
    assert web.asked[0][1] == ""
    assert web.asked[-1][1] != ""


def test_the_same_text_with_another_mark_is_nothing_new(phone: Phone, web: Web) -> None:
    web.put(NEW)
    kept = phone.looks()
    assert kept is not None
    (phone.file.parent / FILE).write_bytes(replace(kept, etag="another").encode())
    assert phone.looks() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[phone\n", f"{URL}, line 1: this is no TOML"),
        (
            "[phone]\nname = 'x'\nbord = 'y'\n",
            f"{URL}, line 3: phone.bord comes from the net only in a signed configuration",
        ),
        (
            NEW.replace("sip:a@b.c", "mailto:a@b.c"),
            f"{URL}, line 5: account[1].uri holds a password, or is no SIP address",
        ),
        ("[zrtp]\nsas = ['B32']\n", f"{URL}, line 2: zrtp.sas comes from the net only in a signed"),
    ],
)
def test_a_wrong_one_is_refused_with_its_line(phone: Phone, web: Web, text: str, said: str) -> None:
    web.put(text)
    assert said in phone.refuses()
    assert phone.name == "New phone"


def test_a_wrong_one_leaves_the_one_before(phone: Phone, web: Web) -> None:
    web.put(NEW)
    phone.looks()
    web.put("[phone]\nname = 1\n")
    assert f"{URL}, line 2: phone.name is a whole number" in phone.refuses()
    assert phone.name == "Reception"


def test_what_is_no_text_is_told(phone: Phone, web: Web) -> None:
    web.files = {URL: b"# a\n# \xff\n"}
    assert phone.refuses() == f"{URL}, line 2: is not UTF-8 text here"


def test_a_signature_is_fetched_where_one_is_asked_for(signed: Phone, web: Web) -> None:
    web.put(version(7) + "[zrtp]\nciphers = ['AES1']\n", SIGNER)
    kept = signed.looks()
    assert kept is not None
    assert kept.version == 7
    assert signed.whole.config.zrtp.ciphers == ("AES1",)


def test_without_a_signature_nothing_is_taken(signed: Phone, web: Web) -> None:
    web.put(version(7))
    with pytest.raises(FetchError, match="minisig: the server answers 404"):
        signed.looks()
    assert signed.name == "New phone"


def test_another_ones_signature_is_refused(signed: Phone, web: Web) -> None:
    web.put(version(7), Signer(b"m" * 32, b"mallory!"))
    assert "which is none of public_key" in signed.refuses()


def test_a_text_changed_under_its_signature_is_refused(signed: Phone, web: Web) -> None:
    web.put(version(7), SIGNER)
    web.files[URL] = version(8).encode()
    assert "it was changed after it was signed" in signed.refuses()


def test_an_old_one_cannot_be_brought_back(signed: Phone, web: Web) -> None:
    web.put(version(7), SIGNER)
    signed.looks()
    web.put(version(6, "Older"), SIGNER)
    assert "fleet.version is 6, but this phone has had 7 already" in signed.refuses()
    web.put(version(7, "Another"), SIGNER)
    assert "fleet.version is 7, but this phone has had 7 already" in signed.refuses()
    web.put(version(8, "Newer"), OTHER)
    assert signed.looks() is not None
    assert signed.name == "Newer"


def test_nor_by_way_of_another_address_or_of_none_at_all(signed: Phone, web: Web) -> None:
    web.put(version(7), SIGNER)
    signed.looks()
    text = signed.file.read_text()
    signed.own(text.replace("1.toml", "2.toml"))
    assert signed.name == "New phone"
    signed.own(text)
    web.put(version(6), SIGNER)
    assert "this phone has had 7 already" in signed.refuses()


def test_a_signed_one_without_a_version_is_refused(signed: Phone, web: Web) -> None:
    web.put(NEW, SIGNER)
    assert "fleet.version is missing" in signed.refuses()


def test_what_was_kept_is_checked_again_at_each_start(signed: Phone, web: Web) -> None:
    web.put(version(7), SIGNER)
    signed.looks()
    kept = signed.file.parent / FILE
    kept.write_bytes(kept.read_bytes().replace(b"Reception", b"Deception"))
    assert "it was changed after it was signed" in signed.whole.problem
    assert signed.name == "New phone"
    signed.looks()
    assert signed.name == "Reception"


def test_a_key_that_is_asked_for_from_now_on_counts_at_once(phone: Phone, web: Web) -> None:
    web.put(NEW)
    phone.looks()
    phone.own(f'{OWN}public_key = ["{SIGNER.public_key}"]\n')
    assert "it is not signed" in phone.whole.problem
    assert phone.name == "New phone"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"url": 1, "text": 2}', b"\xff"])
def test_a_damaged_memory_of_it_is_told_and_mended(phone: Phone, web: Web, content: bytes) -> None:
    (phone.file.parent / FILE).write_bytes(content)
    assert "cannot be read; it is fetched anew" in phone.whole.problem
    web.put(NEW)
    assert phone.looks() is not None
    assert phone.name == "Reception"


def test_a_phone_without_that_section_has_no_more_than_its_own(phone: Phone, web: Web) -> None:
    web.put(NEW)
    phone.looks()
    phone.own(OWN.partition("[fleet]")[0])
    assert phone.whole == Whole(phone.whole.own, phone.whole.own)
    assert look(load_config(phone.file), URL, None, web.get, phone.check, in_use=False) is None


def test_the_machines_own_number_stands_in_the_address(phone: Phone) -> None:
    phone.own(OWN.replace("/1.toml", "/{serial}.toml"))
    fleet = load_config(phone.file).fleet
    assert fleet is not None
    assert url_of(fleet, "10000000abc") == "https://example.org/phones/10000000abc.toml"
    assert serial_number().isalnum()


def test_a_password_is_not_in_what_python_shows(phone: Phone, web: Web) -> None:
    web.put(NEW.replace('"x"', '"geheim"'))
    assert "geheim" not in repr(phone.looks())
    assert "geheim" not in repr(phone.whole)


def starts(phone: Phone, *, ready: bool) -> None:
    """The phone starts with what it has, and becomes ready or not."""
    whole = phone.whole
    begin_trial(whole)
    if ready:
        end_trial(phone.whole)


def test_a_phone_that_does_not_start_with_it_goes_back_to_its_own(phone: Phone, web: Web) -> None:
    web.put(NEW)
    phone.looks()
    for _ in range(STARTS):
        assert phone.name == "Reception"
        starts(phone, ready=False)
    assert phone.name == "New phone"
    assert phone.whole.problem == f"{URL}: the phone did not start with it"
    assert phone.refuses() == f"{URL}: the phone did not start with it"
    web.put(NEW.replace("Reception", "Mended"))
    phone.looks()
    assert phone.name == "Mended"


def test_what_has_proven_itself_is_not_doubted_again(phone: Phone, web: Web) -> None:
    web.put(NEW)
    phone.looks()
    starts(phone, ready=True)
    kept = (phone.file.parent / FILE).read_bytes()
    for _ in range(STARTS + 1):
        starts(phone, ready=False)
    assert phone.name == "Reception"
    assert (phone.file.parent / FILE).read_bytes() == kept, "no write where nothing is new"


def test_a_phone_of_its_own_configuration_is_not_on_trial(phone: Phone) -> None:
    starts(phone, ready=True)
    assert not (phone.file.parent / FILE).exists()
