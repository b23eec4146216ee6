from pathlib import Path
from textwrap import dedent

import pytest

from agent.config import CONTROL_SOCKET, Config, ConfigError, load_config, parse_config
from agent.config.loader import (
    AUTH_TAGS,
    CIPHERS,
    CODECS,
    KEY_AGREEMENTS,
    POST_QUANTUM,
    SAS_TYPES,
)
from agent.zrtp import algorithms

ACCOUNT = '[[account]]\nname = "a"\nuri = "sip:a@b.example"\n'
PASSWORD = "geheim"  # noqa: S105 - of nobody
SMALLEST = '[phone]\nname = "Alice"\nboard = "simulator"\n'


def parse(text: str, folder: Path = Path("/etc/sotto")) -> Config:
    return parse_config(dedent(text), folder / "sotto.toml")


def problems(text: str, folder: Path = Path("/etc/sotto")) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        parse(text, folder)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_the_smallest_file_gets_all_defaults() -> None:
    config = parse(SMALLEST)
    assert config.phone.name == "Alice"
    assert config.phone.state_dir == Path("/var/lib/sotto")
    assert config.phone.control_socket == CONTROL_SOCKET
    assert config.phone.dial_timeout_s == 4.0
    assert config.phone.language == "en"
    assert config.phone.emergency == ("112", "911", "999")
    assert (config.phone.country, config.phone.ring_tone) == ("eu", "classic")
    assert config.media.echo_cancelling
    assert (config.sip.listen_host, config.sip.listen_port) == ("0.0.0.0", 5061)  # noqa: S104
    assert config.sip.certificate is None
    assert config.sip.direct_calls
    assert (config.media.rtp_port_min, config.media.rtp_port_max) == (16384, 16483)
    assert config.media.codecs == CODECS
    assert config.zrtp.key_agreements == config.zrtp.ciphers == config.zrtp.sas == ()
    assert config.zrtp.pbx_enrolment == "refuse"
    assert config.zrtp.sas_check == "confirm"
    assert not config.accounts
    assert not config.contacts
    assert config.log_level == "INFO"


def test_every_key_is_read(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem", "speech.wav"):
        (tmp_path / name).touch()
    config = parse(
        """
        [phone]
        name = "Alice"
        board = "zero-oled"
        state_dir = "state"
        dial_timeout_s = 3
        country = "de"
        ring_tone = "marimba"
        language = "de"
        emergency = ["110", "112"]
        [sip]
        listen = "[::1]:5071"
        certificate = "cert.pem"
        private_key = "key.pem"
        direct_calls = false
        [media]
        rtp_port_min = 20000
        rtp_port_max = 20019
        codecs = ["PCMA"]
        echo_cancelling = false
        [zrtp]
        key_agreements = ["DH3k"]
        ciphers = ["AES1"]
        auth_tags = ["HS32"]
        sas = ["B32"]
        pbx_enrolment = "ask"
        sas_check = "choose"
        [[account]]
        name = "Home"
        uri = "sip:alice@example.org:5071"
        user = "alice-1"
        password = "geheim"
        registrar = "sip:proxy.example.org"
        ca_file = "ca.pem"
        policy = "zrtp_or_sdes"
        [[contact]]
        name = "Bob"
        number = "*2#"
        uri = "sip:192.0.2.7"
        [simulator]
        socket = "/run/board"
        microphone_file = "speech.wav"
        earpiece_file = "heard.wav"
        [log]
        level = "debug"
        """,
        tmp_path,
    )
    assert config.phone.state_dir == tmp_path / "state"
    assert config.phone.control_socket == tmp_path / "state" / "control"
    assert config.phone.dial_timeout_s == 3.0
    assert config.phone.language == "de"
    assert config.phone.emergency == ("110", "112")
    assert (config.phone.country, config.phone.ring_tone) == ("de", "marimba")
    assert (config.sip.listen_host, config.sip.listen_port) == ("[::1]", 5071)
    assert (config.sip.certificate, config.sip.private_key) == (
        tmp_path / "cert.pem",
        tmp_path / "key.pem",
    )
    assert not config.sip.direct_calls
    assert (config.media.rtp_port_min, config.media.rtp_port_max) == (20000, 20019)
    assert config.media.codecs == ("PCMA",)
    assert not config.media.echo_cancelling
    assert (config.zrtp.auth_tags, config.zrtp.sas) == (("HS32",), ("B32",))
    assert config.zrtp.pbx_enrolment == "ask"
    assert config.zrtp.sas_check == "choose"
    (account,) = config.accounts
    assert (account.name, account.user, account.password) == ("Home", "alice-1", PASSWORD)
    assert (account.registrar, account.ca_file) == ("sip:proxy.example.org", tmp_path / "ca.pem")
    (contact,) = config.contacts
    assert (contact.name, contact.number, contact.uri) == ("Bob", "*2#", "sip:192.0.2.7")
    assert config.simulator.socket == Path("/run/board")
    assert config.simulator.microphone_file == tmp_path / "speech.wav"
    assert config.simulator.earpiece_file == tmp_path / "heard.wav"
    assert config.simulator.sound_socket is None
    assert config.log_level == "DEBUG"


def test_a_handset_is_a_browser_or_a_recording() -> None:
    config = parse(SMALLEST + '[simulator]\nsound_socket = "ear"\nsocket = "board"\n')
    assert config.simulator.sound_socket == Path("/etc/sotto/ear")
    found = problems(SMALLEST + '[simulator]\nsound_socket = "ear"\nearpiece_file = "ear.wav"\n')
    assert found == [
        (6, 'simulator.earpiece_file stands beside "sound_socket"; take one of the two away')
    ]


def test_user_and_registrar_follow_from_the_address() -> None:
    config = parse(SMALLEST + '[[account]]\nname = "Home"\nuri = "sip:alice@example.org"\n')
    assert config.accounts[0].user == "alice"
    assert config.accounts[0].registrar == "sip:example.org"
    assert config.accounts[0].password == ""


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("[phone]\nname = 3", 5, "phone.name is a whole number, but must be text in quotes"),
        ('[phone]\nname = "  "', 5, "phone.name must not be empty"),
        ('[phone]\nname = "a\\nb"', 5, "phone.name must be one line of printable characters"),
        ('[phone]\nname = "A"\ndial_timeout_s = "four"', 6, "phone.dial_timeout_s is text in"),
        (
            '[phone]\nname = "A"\nemergency = ["112", "9-1-1"]',
            6,
            'phone.emergency is "9-1-1", but can only hold digits, * and # (32 at most)',
        ),
        (
            '[phone]\nname = "A"\nemergency = [112]',
            6,
            "phone.emergency must hold texts only",
        ),
        (
            '[phone]\nname = "A"\nlanguage = "deutsch"',
            6,
            'phone.language is "deutsch", but must be one of en, de, fr, es',
        ),
        (
            '[phone]\nname = "A"\ncountry = "dk"',
            6,
            'phone.country is "dk", but must be one of eu, at',
        ),
        (
            '[phone]\nname = "A"\nring_tone = "loud"',
            6,
            'phone.ring_tone is "loud", but must be one',
        ),
        ('[phone]\nname = "A"\ndial_timeout_s = 99', 6, "phone.dial_timeout_s is 99, but must lie"),
        ('[phone]\nname = "A"\nstate-dir = "/x"', 6, 'did you mean "state_dir"?'),
        ("[phone]", 4, "phone.name is missing; it must be text in quotes"),
    ],
)
def test_wrong_values_of_the_phone(lines: str, line: int, message: str) -> None:
    found = problems("# a comment\n\n\n" + lines + '\nboard = "simulator"\n')
    assert [(line, True)] == [(at, message in text) for at, text in found]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('[sip]\nlisten = "0.0.0.0:70000"', 'sip.listen is "0.0.0.0:70000", but "70000" is no'),
        ('[sip]\nlisten = "::1:5061"', "an IPv6 address must stand in brackets"),
        ('[sip]\nlisten = "example.org:5061"', "it must be an address of this machine"),
        ("[sip]\ndirect_calls = 1", "sip.direct_calls is a whole number, but must be true or f"),
        ('[sip]\ncertificate = "/dev/null"', "sip.certificate names /dev/null, where"),
        ('[sip]\nprivate_key = "/etc/hostname"', 'sip.private_key needs "certificate" beside it'),
        (
            f'{ACCOUNT}crl_file = "/nowhere.crl"',
            "account[1].crl_file names /nowhere.crl, where there",
        ),
        (f'{ACCOUNT}client_key = "/dev/null"', 'client_key needs "client_certificate" beside it'),
        (f'{ACCOUNT}pinned_key = ["abc"]', 'pinned_key is "abc", but must be the SHA-256 of a'),
        (f"{ACCOUNT}pinned_key = [3]", "account[1].pinned_key must hold texts only"),
        ("[media]\nrtp_port_min = 16385", "RTP begins at an even port"),
        ("[media]\nrtp_port_min = 80", "must lie between 1024 and 65000"),
        ("[media]\nrtp_port_min = 20000\nrtp_port_max = 20006", "must be 20007 or more: each call"),
        ("[media]\nrtp_port_max = 16383", "is 16383, but must be 16391 or more"),
        ("[media]\nrtp_port_max = 70000", "must lie between 1024 and 65535"),
        ("[media]\nrtp_port_min = true", "media.rtp_port_min is true or false, but must be a wh"),
        ('[media]\ncodecs = ["opus", "GSM"]', 'media.codecs is "GSM", but must be one of opus,'),
        ("[media]\ncodecs = []", "media.codecs must name at least one of opus, G722, PCMU, PCMA"),
        ('[media]\ncodecs = ["opus", "opus"]', "media.codecs names one of them twice"),
        ("[media]\necho_cancelling = 1", "media.echo_cancelling is a whole number, but must be"),
        ("[media]\ncodecs = 3", "media.codecs is a whole number, but must be a list in square"),
        (
            '[zrtp]\nsas_check = "guess"',
            'zrtp.sas_check is "guess", but must be one of confirm, ch',
        ),
        ('[zrtp]\nsas = ["B64"]', 'zrtp.sas is "B64", but must be one of B256, B32'),
        ('[log]\nlevel = "loud"', 'log.level is "loud", but must be one of debug, info,'),
        ("log = 1979-05-27", "log is a date or time, but must be a section"),
        ('[simulator]\nmicrophone_file = "none.wav"', "names /etc/sotto/none.wav, where there is"),
        ("[acount]", 'acount is not known; did you mean "account"?'),
        (
            "[wholly_other]",
            "account, contact, fleet, log, media, network, phone, rule, simulator, sip, wifi, zrtp",
        ),
        ('[account]\nname = "A"', "account must be written with double brackets: [[account]]"),
    ],
)
def test_wrong_values_elsewhere(lines: str, message: str) -> None:
    found = [text for _, text in problems(lines + "\n" + SMALLEST)]
    assert any(message in text for text in found), found


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("alice@example.org", 'must begin with "sip:"'),
        ("sip:example.org", 'needs a part before "@"'),
        ("sip:alice@exa mple.org", "is no host name"),
        ("sip:alice@example.org;transport=udp", "this phone speaks TLS only"),
    ],
)
def test_wrong_addresses_of_an_account(uri: str, reason: str) -> None:
    found = problems(SMALLEST + f'[[account]]\nname = "Home"\nuri = "{uri}"\n')
    assert [(line, reason in text) for line, text in found] == [(6, True)]


def test_a_registrar_has_no_user() -> None:
    found = problems(
        SMALLEST + '[[account]]\nname="H"\nuri="sip:a@b.org"\nregistrar="sip:a@b.org"\n'
    )
    assert [(line, 'has no part before "@"' in text) for line, text in found] == [(7, True)]


def test_several_mistakes_are_told_together_from_top_to_bottom() -> None:
    found = problems(
        """\
        [phone]
        name = "Alice"
        board = "Not A Board"
        [[contact]]
        name = "Bob"
        number = "bob"
        uri = "sip:bob@example.org"
        [[contact]]
        name = "Carol"
        number = "2"
        uri = "tel:+43"
        """
    )
    assert [line for line, _ in found] == [3, 6, 11]
    assert found[1][1].startswith('contact[1].number is "bob", but can only hold digits')
    assert found[2][1].startswith('contact[2].uri is "tel:+43", but')


def test_numbers_and_account_names_are_given_once() -> None:
    contact = '[[contact]]\nname = "B"\nnumber = "2"\nuri = "sip:b@example.org"\n'
    account = '[[account]]\nname = "Home"\nuri = "sip:a@example.org"\n'
    found = problems(SMALLEST + contact + contact + account + account)
    assert found == [
        (10, 'contact[2].number is "2", which an earlier one has, too'),
        (16, 'account[2].name is "Home", which an earlier one has, too'),
    ]


def test_broken_toml_names_the_line() -> None:
    ((line, message),) = problems('[phone]\nname = "Alice\n')
    assert line == 2
    assert message.startswith("this is no TOML: ")


def test_toml_that_ends_too_early_names_the_last_line() -> None:
    ((line, _),) = problems("[media]\ncodecs = [\n")
    assert line == 2


def test_the_sentence_names_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_text('[phone]\nname = "Alice"\nboard = 3\n')
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    sentence = "phone.board is a whole number, but must be text in quotes"
    assert str(caught.value) == f"{file}, line 3: {sentence}"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file"):
        load_config(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.write_bytes(b"[phone]\n\xff\n")
    with pytest.raises(ConfigError, match="line 2: is not UTF-8 text here"):
        load_config(file)


def with_password(folder: Path, lines: str, mode: int = 0o600) -> Path:
    file = folder / "sotto.toml"
    account = '[[account]]\nname = "Home"\nuri = "sip:alice@example.org"\n'
    file.write_text(SMALLEST + account + lines)
    file.chmod(mode)
    return file


def test_a_password_never_shows_in_repr(tmp_path: Path) -> None:
    config = load_config(with_password(tmp_path, 'password = "geheim"\n'))
    assert config.accounts[0].password == PASSWORD
    assert PASSWORD not in repr(config)


def test_a_password_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    source = tmp_path / "pw"
    source.write_text("geheim\nmore\n")
    source.chmod(0o600)
    config = load_config(with_password(tmp_path, 'password_file = "pw"\n', 0o644))
    assert config.accounts[0].password == PASSWORD


def test_the_mark_of_an_editor_is_no_part_of_a_password(tmp_path: Path) -> None:
    source = tmp_path / "pw"
    source.write_bytes(b"\xef\xbb\xbfgeheim\r\n")
    source.chmod(0o600)
    config = load_config(with_password(tmp_path, 'password_file = "pw"\n'))
    assert config.accounts[0].password == PASSWORD


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0, "cannot be read"),
        (b"", 0o600, "first line is empty"),
        (b"\xff\n", 0o600, "not UTF-8"),
        (b"geheim\n", 0o644, "everybody on this machine may read"),
    ],
)
def test_a_password_file_that_will_not_do(
    tmp_path: Path, content: bytes | None, mode: int, reason: str
) -> None:
    if content is not None:
        (tmp_path / "pw").write_bytes(content)
        (tmp_path / "pw").chmod(mode)
    with pytest.raises(ConfigError, match=reason):
        load_config(with_password(tmp_path, 'password_file = "pw"\n'))


def test_a_password_in_a_file_for_all_eyes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 7: account\[1\]\.password can be read by every"):
        load_config(with_password(tmp_path, 'password = "geheim"\n', 0o644))


def test_a_password_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("geheim\n")
    (tmp_path / "pw").chmod(0o600)
    with pytest.raises(ConfigError, match="take one of the two away"):
        load_config(with_password(tmp_path, 'password = "a"\npassword_file = "pw"\n'))


def test_a_password_of_the_wrong_type_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(with_password(tmp_path, "password = 4711\n"))
    assert "4711" not in str(caught.value)


def test_the_names_of_algorithms_are_those_that_the_engine_has() -> None:
    assert set(KEY_AGREEMENTS) == set(algorithms.KEY_AGREEMENTS)
    # A call with AES2 would be agreed on, and then find no SRTP.
    assert set(CIPHERS) == set(algorithms.CIPHERS) - {"AES2"}
    assert set(AUTH_TAGS) == set(algorithms.AUTH_TAGS)
    assert set(SAS_TYPES) == set(algorithms.SAS_TYPES)
    assert set(POST_QUANTUM) == {
        name for name in KEY_AGREEMENTS if algorithms.is_post_quantum(name)
    }


def test_more_key_agreements_than_a_hello_holds_are_refused() -> None:
    names = ", ".join(f'"{name}"' for name in KEY_AGREEMENTS[:7])
    with pytest.raises(ConfigError, match=r"key_agreements must name 6 of them at the most"):
        parse(f"{SMALLEST}[zrtp]\nkey_agreements = [{names}]\n")


def test_post_quantum_only_takes_no_classical_name() -> None:
    text = f'{SMALLEST}[zrtp]\npost_quantum_only = true\nkey_agreements = ["X3M3", "X255"]\n'
    with pytest.raises(ConfigError, match="X3M3, MLK3, MLK2 alone"):
        parse(text)


def test_preshared_mode_is_proposed_only_where_the_configuration_says_so() -> None:
    assert not parse(SMALLEST).zrtp.preshared
    assert parse(f"{SMALLEST}[zrtp]\npreshared = true\n").zrtp.preshared
    with pytest.raises(ConfigError, match="preshared"):
        parse(f'{SMALLEST}[zrtp]\npreshared = "yes"\n')


@pytest.mark.parametrize("text", ["x = " + "[" * 3000, "x = " + "{a=" * 3000])
def test_what_is_nested_without_end_is_told(text: str) -> None:
    assert problems(text) == [(None, "is nested too deeply to be read")]


def test_a_number_of_thousands_of_digits_is_told() -> None:
    said = [(None, "holds a number with too many digits to be read")]
    assert problems(f"x = {'9' * 5000}") == said
    wrong = "phone.dial_timeout_s is inf, but must lie between 1 and 30"
    assert problems(f"{SMALLEST}dial_timeout_s = {'9' * 400}") == [(4, wrong)]


@pytest.mark.parametrize("key", ["ca_file", "password_file", "crl_file"])
def test_the_home_of_nobody_is_told(key: str) -> None:
    wrong = f'account[1].{key} is "~nobody-at-all/x", but nobody here has such a home'
    said = problems(f'{SMALLEST}{ACCOUNT}{key} = "~nobody-at-all/x"')
    assert (7, f"{wrong}: write the whole path") in said


def test_the_state_folder_may_be_nobodys_home_either() -> None:
    text = SMALLEST.replace("board", 'state_dir = "~nobody-at-all"\nboard')
    assert "nobody here has such a home" in problems(text)[0][1]


@pytest.mark.parametrize(
    "lines",
    [
        ACCOUNT + 'ca_file = "{}"',
        (
            '[network.turn]\nserver = "a.example"\nuser = "a"\npassword = "b"\ntransport = "tls"\n'
            'ca_file = "{}"'
        ),
        '[fleet]\nurl = "https://a.example/"\nca_file = "{}"',
    ],
)
def test_a_file_that_cannot_even_be_looked_for_is_told(tmp_path: Path, lines: str) -> None:
    ((_, said),) = problems(SMALLEST + lines.format("a" * 300), tmp_path)
    assert said.endswith("which cannot be looked at: File name too long")


def test_what_somebody_calls_a_key_moves_no_cursor_and_begins_no_line() -> None:
    ((line, said),) = problems(f'{SMALLEST}"\\u001b[2J\\nall is well" = 1')
    assert line == 4
    assert said.startswith(r"phone.\x1b[2J\nall is well is not known")


@pytest.mark.parametrize("token", ["alice:größer als", "abc|1"])
def test_a_token_may_be_a_user_with_a_password_or_a_bearers(tmp_path: Path, token: str) -> None:
    fleet = load_config(with_token(tmp_path, token)).fleet
    assert fleet is not None
    assert fleet.token == token


@pytest.mark.parametrize("token", ["schlüssel", "two words"])
def test_a_token_that_no_header_can_hold_is_told_and_not_repeated(
    tmp_path: Path, token: str
) -> None:
    with pytest.raises(
        ConfigError, match=r"line 6: fleet\.token must be ASCII without a space"
    ) as it:
        load_config(with_token(tmp_path, token))
    assert token not in str(it.value)


def with_token(folder: Path, token: str) -> Path:
    file = folder / "sotto.toml"
    file.write_text(f'{SMALLEST}[fleet]\nurl = "https://a.example/"\ntoken = "{token}"\n')
    file.chmod(0o600)
    return file
