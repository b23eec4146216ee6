"""A list and a bundle from a server that nobody trusts with more than to be the one that was named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.update import download
from agent.update.download import DownloadError, fetch_bundle, fetch_list
from support.certificates import Authority
from support.https_server import Answer, HttpsServer

BUNDLE = b"bundle" * 100_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def running(authority: Authority) -> Iterator[HttpsServer]:
    with HttpsServer(authority.issue("localhost")) as server:
        yield server


@pytest.fixture
def server(running: HttpsServer) -> HttpsServer:
    running.asked.clear()
    running.answer = lambda asked: (
        Answer(b"1.2.0 sotto.raucb\n") if asked.path.endswith(".txt") else Answer(BUNDLE)
    )
    return running


def test_list_and_bundle_come_as_they_are(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    assert fetch_list(server.url("/latest.txt"), authority.file) == "1.2.0 sotto.raucb\n"
    came: list[int] = []
    fetch_bundle(server.url("/sotto.raucb"), tmp_path / "a", came.append, authority.file)
    assert (tmp_path / "a").read_bytes() == BUNDLE
    assert came[-1] == len(BUNDLE)


def refused(url: str, folder: Path, ca_file: Path | None) -> str:
    with pytest.raises(DownloadError) as caught:
        fetch_bundle(url, folder / "a", lambda _: None, ca_file)
    return str(caught.value)


def test_what_breaks_off_is_not_whole(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    server.answer = lambda _: Answer(BUNDLE, length=len(BUNDLE) + 1)
    url = server.url("/sotto.raucb")
    assert "ended before the file did" in refused(url, tmp_path, authority.file)


def test_what_is_too_large_for_any_slot_is_not_fetched_to_its_end(
    server: HttpsServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "BUNDLE_LIMIT", 1000)
    assert "larger than 1000 octets" in refused(server.url("/x"), tmp_path, authority.file)


def test_a_server_that_nobody_vouches_for_is_refused(server: HttpsServer, tmp_path: Path) -> None:
    assert "its certificate is refused" in refused(server.url("/x"), tmp_path, None)


@pytest.mark.parametrize("url", ["http://localhost/x", "file:///etc/passwd", "localhost"])
def test_only_https_will_do(url: str, tmp_path: Path) -> None:
    assert "must begin with https://" in refused(url, tmp_path, None)


def test_a_redirect_leads_elsewhere_but_not_out_of_https(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    identity = authority.issue("localhost")
    with HttpsServer(identity, lambda _: Answer(b"here")) as other:
        places = {"/x": other.url("/y"), "/z": "http://localhost/y"}
        server.answer = lambda asked: Answer(status=302, headers={"Location": places[asked.path]})
        fetch_bundle(server.url("/x"), tmp_path / "a", lambda _: None, authority.file)
    assert (tmp_path / "a").read_bytes() == b"here"
    assert "must begin with https://" in refused(server.url("/z"), tmp_path, authority.file)


def test_a_file_that_is_missing_is_told(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    server.answer = lambda _: Answer(status=404)
    assert "404" in refused(server.url("/x"), tmp_path, authority.file)


def test_a_disk_without_room_is_told_as_such(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "a").symlink_to("/dev/full")
    said = refused(server.url("/x"), tmp_path, authority.file)
    assert said == f"{tmp_path / 'a'}: No space left on device"
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir()
    assert "Is a directory" in refused(server.url("/x"), tmp_path, authority.file)


def test_a_list_that_is_no_text_is_refused(server: HttpsServer, authority: Authority) -> None:
    server.answer = lambda _: Answer(b"\xff")
    with pytest.raises(DownloadError, match="ascii"):
        fetch_list(server.url("/latest.txt"), authority.file)
