"""Reads a configuration file: TOML in, `Config` or a `ConfigError` with everything wrong out."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from agent.config import checks
from agent.config.dial_plan import read_rules
from agent.config.errors import ConfigError, Problem
from agent.config.fleet import https_url, read_fleet
from agent.config.locate import Lines
from agent.config.network import read_network
from agent.config.reader import Problems, Table
from agent.config.secret_file import is_open_to_all, secret_of
from agent.config.values import (
    CONTROL_SOCKET,
    EMERGENCY,
    STATE_DIR,
    AccountConfig,
    Config,
    ContactConfig,
    MediaConfig,
    PhoneConfig,
    SimulatorConfig,
    SipConfig,
    ZrtpConfig,
)
from agent.config.wifi import read_wifi
from agent.sip_uri import TLS_PORT

CODECS: Final = ("opus", "G722", "PCMU", "PCMA")
KEY_AGREEMENTS: Final = (
    *("X3M3", "MLK3", "MLK2", "K448", "X448", "K255", "X255", "E255"),
    *("EC38", "EC25", "DH3k", "DH2k"),
)
POST_QUANTUM: Final = ("X3M3", "MLK3", "MLK2")
MAX_KEY_AGREEMENTS: Final = 6
"""A Hello has room for seven, and one of them is Mult (RFC 6189 section 5.2)."""
CIPHERS: Final = ("AES3", "AES1")  # AES2 is ZRTP's too, but not the gate's
AUTH_TAGS: Final = ("GCM", "HS80", "HS32")
SAS_TYPES: Final = ("B256", "B32")
SAS_CHECKS: Final = ("confirm", "choose")
PBX_ENROLMENTS: Final = ("refuse", "ask")
LANGUAGES: Final = ("en", "de", "fr", "es")
POLICIES: Final = ("zrtp", "zrtp_or_sdes")
COUNTRIES: Final = ("eu", "at", "au", "ch", "de", "es", "fr", "it", "jp", "nl", "uk", "us")
RING_TONES: Final = (
    *("classic", "two-tone", "bell", "marimba", "chirp", "low", "urgent", "gong", "silent"),
)
LOG_LEVELS: Final = ("debug", "info", "warning", "error")

_BYTE_ORDER_MARK: Final = "\ufeff"
_SYNTAX_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_RTP_PORT_DEFAULT: Final = 16384
_RTP_PORT_LOW: Final = 1024
_RTP_PORT_HIGH: Final = 65000  # leaves room above for the ports of several calls
_RTP_PORTS: Final = 100
_RTP_PORTS_LEAST: Final = 8
_PORT_MAX: Final = 65535


def load_config(file: Path) -> Config:
    """Reads and checks a configuration file, and the password files that it names.

    Raises:
        ConfigError: It cannot be read, is no TOML, or says something that will not do.
    """
    file = file.absolute()
    return parse_config(_text_of(file), file)


def load_updates(file: Path) -> str:
    """Where newer firmware is looked for; empty: nowhere.

    For a process that may not read the phone's passwords, and has no need to: no file that the
    configuration names is opened.

    Raises:
        ConfigError: The file cannot be read, is no TOML, or says something else there.
    """
    file = file.absolute()
    text = _text_of(file)
    problems = Problems(Lines(text))
    updates = _updates(Table(parse_document(text, file), (), problems).table("phone"))
    if found := problems.in_order():
        raise ConfigError(file, found)
    return updates


def _text_of(file: Path) -> str:
    try:
        return decoded(file.read_bytes())
    except OSError as error:
        raise ConfigError(file, (Problem(f"cannot be read: {error.strerror}"),)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(file, (Problem("is not UTF-8 text here", line),)) from error


def decoded(octets: bytes) -> str:
    """The text of a configuration file, without the mark that some editors put before it.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    return octets.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)


def parse_config(text: str, file: Path) -> Config:
    """Checks the text of a configuration file.

    Args:
        text: TOML.
        file: Where it stands; relative paths count from its folder.

    Raises:
        ConfigError: It is no TOML, or says something that will not do.
    """
    return check_document(parse_document(text, file), Lines(text), file)


def parse_document(text: str, file: Path) -> dict[str, Any]:
    """What stands in a configuration file, not looked at yet.

    Raises:
        ConfigError: It is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, (_syntax_problem(str(error), text),)) from error
    except RecursionError:
        raise ConfigError(file, (Problem("is nested too deeply to be read"),)) from None
    except ValueError as error:  # Python's own limit
        sentence = "holds a number with too many digits to be read"
        raise ConfigError(file, (Problem(sentence),)) from error


def check_document(document: Mapping[str, Any], lines: Lines, file: Path) -> Config:
    """Checks what stands in a configuration file.

    Args:
        document: Its tables.
        lines: Where they stand.
        file: As for `parse_config`.

    Raises:
        ConfigError: It says something that will not do.
    """
    problems = Problems(lines)
    config = _config(Table(document, (), problems), file)
    found = problems.in_order()
    if found:
        raise ConfigError(file, found)
    return config


def _syntax_problem(message: str, text: str) -> Problem:
    place = _SYNTAX_PLACE.search(message)
    line = int(place.group(1)) if place and place.group(1) else len(text.splitlines())
    reason = message[: place.start()] if place else message
    return Problem(f"this is no TOML: {reason}", max(line, 1))


def _config(root: Table, file: Path) -> Config:
    folder = file.parent
    accounts, contacts = root.tables("account"), root.tables("contact")
    read = tuple(_account(each, file) for each in accounts)
    config = Config(
        file=file,
        phone=_phone(root.table("phone"), folder),
        sip=_sip(root.table("sip"), folder),
        media=_media(root.table("media")),
        zrtp=_zrtp(root.table("zrtp")),
        accounts=read,
        contacts=tuple(_contact(each) for each in contacts),
        rules=read_rules(root.tables("rule"), read),
        simulator=_simulator(root.table("simulator"), folder),
        log_level=_log_level(root.table("log")),
        fleet=read_fleet(root.table("fleet"), file) if root.has("fleet") else None,
        network=read_network(root.table("network"), file),
        wifi=read_wifi(root.table("wifi"), file) if root.has("wifi") else None,
    )
    _refuse_twice(accounts, "name", [account.name for account in config.accounts])
    _refuse_twice(contacts, "number", [contact.number for contact in config.contacts])
    for table, contact in zip(contacts, config.contacts, strict=True):
        if contact.number in config.phone.emergency:
            table.wrong("number", f'is "{contact.number}", which is an emergency number')
    root.close()
    return config


def _phone(table: Table, folder: Path) -> PhoneConfig:
    state_dir = table.path("state_dir", folder, str(STATE_DIR))
    # A phone that keeps its state elsewhere is not the one that this machine is.
    socket = CONTROL_SOCKET if state_dir == STATE_DIR else state_dir / CONTROL_SOCKET.name
    section = PhoneConfig(
        name=table.text("name"),
        state_dir=state_dir,
        board=table.text("board", check=checks.board_name),
        dial_timeout_s=table.number("dial_timeout_s", 4.0, 1.0, 30.0),
        country=table.choice("country", "eu", COUNTRIES),
        ring_tone=table.choice("ring_tone", "classic", RING_TONES),
        language=table.choice("language", "en", LANGUAGES),
        emergency=table.texts("emergency", EMERGENCY, checks.number),
        control_socket=table.path("control_socket", folder, str(socket)),
        updates=_updates(table),
    )
    table.close()
    return section


def _updates(table: Table) -> str:
    return table.text("updates", "", https_url)


def _sip(table: Table, folder: Path) -> SipConfig:
    listen = table.text("listen", f"0.0.0.0:{TLS_PORT}", checks.listen_address)
    host, port = checks.split_listen(listen)
    section = SipConfig(
        listen_host=host,
        listen_port=port,
        certificate=table.optional_path("certificate", folder),
        private_key=table.optional_path("private_key", folder),
        direct_calls=table.switch("direct_calls", default=True),
    )
    _must_be_together(table, "certificate", "private_key")
    _must_be_files(table, certificate=section.certificate, private_key=section.private_key)
    table.close()
    return section


def _media(table: Table) -> MediaConfig:
    port = table.whole_number("rtp_port_min", _RTP_PORT_DEFAULT, _RTP_PORT_LOW, _RTP_PORT_HIGH)
    if port % 2:
        table.wrong("rtp_port_min", f"is {port}, but RTP begins at an even port")
    last = table.whole_number("rtp_port_max", port + _RTP_PORTS - 1, _RTP_PORT_LOW, _PORT_MAX)
    if last - port + 1 < _RTP_PORTS_LEAST:
        table.wrong(
            "rtp_port_max",
            f"is {last}, but must be {port + _RTP_PORTS_LEAST - 1} or more: each call takes two "
            f"ports, keeps them for a moment after its end, and rtp_port_min is {port}",
        )
    section = MediaConfig(
        rtp_port_min=port,
        rtp_port_max=last,
        codecs=table.names("codecs", CODECS, CODECS),
        echo_cancelling=table.switch("echo_cancelling", default=True),
    )
    table.close()
    return section


def _zrtp(table: Table) -> ZrtpConfig:
    section = ZrtpConfig(
        key_agreements=table.names(
            "key_agreements", (), KEY_AGREEMENTS, at_most=MAX_KEY_AGREEMENTS
        ),
        ciphers=table.names("ciphers", (), CIPHERS),
        auth_tags=table.names("auth_tags", (), AUTH_TAGS),
        sas=table.names("sas", (), SAS_TYPES),
        pbx_enrolment=table.choice("pbx_enrolment", "refuse", PBX_ENROLMENTS),
        sas_check=table.choice("sas_check", "confirm", SAS_CHECKS),
        post_quantum_only=table.switch("post_quantum_only", default=False),
        preshared=table.switch("preshared", default=False),
    )
    classical = [name for name in section.key_agreements if name not in POST_QUANTUM]
    if section.post_quantum_only and classical:
        wanted = ", ".join(POST_QUANTUM)
        table.wrong("key_agreements", f"must name {wanted} alone where post_quantum_only is true")
    table.close()
    return section


def _account(table: Table, file: Path) -> AccountConfig:
    uri = table.text("uri", check=checks.account_uri)
    account = AccountConfig(
        name=table.text("name"),
        uri=uri,
        user=table.text("user", checks.user_of(uri)),
        password=secret_of(table, file),
        registrar=table.text("registrar", checks.registrar_of(uri), checks.registrar),
        ca_file=table.optional_path("ca_file", file.parent),
        policy=table.choice("policy", "zrtp", POLICIES),
        allow_md5=table.switch("allow_md5", default=True),
        voice_mail=table.text("voice_mail", "", checks.number_or_uri),
        password_file=table.optional_path("password_file", file.parent),
        ice=table.switch("ice", default=False) if table.has("ice") else None,
        crl_file=table.optional_path("crl_file", file.parent),
        pinned_keys=tuple(
            each.removeprefix("sha256//")
            for each in table.texts("pinned_key", (), checks.pinned_key)
        ),
        client_certificate=table.optional_path("client_certificate", file.parent),
        client_key=table.optional_path("client_key", file.parent),
    )
    _must_be_files(
        table,
        ca_file=account.ca_file,
        crl_file=account.crl_file,
        client_certificate=account.client_certificate,
        client_key=account.client_key,
    )
    _must_be_together(table, "client_certificate", "client_key")
    _must_be_secret(table, client_key=account.client_key)
    table.close()
    return account


def _contact(table: Table) -> ContactConfig:
    contact = ContactConfig(
        name=table.text("name"),
        number=table.text("number", check=checks.number),
        uri=table.text("uri", check=checks.contact_uri),
    )
    table.close()
    return contact


def _simulator(table: Table, folder: Path) -> SimulatorConfig:
    section = SimulatorConfig(
        socket=table.optional_path("socket", folder),
        microphone_file=table.optional_path("microphone_file", folder),
        earpiece_file=table.optional_path("earpiece_file", folder),
        sound_socket=table.optional_path("sound_socket", folder),
    )
    if section.earpiece_file is not None and section.sound_socket is not None:
        table.wrong("earpiece_file", 'stands beside "sound_socket"; take one of the two away')
    _must_be_files(table, microphone_file=section.microphone_file)
    table.close()
    return section


def _log_level(table: Table) -> str:
    level = table.choice("level", "info", LOG_LEVELS)
    table.close()
    return level.upper()


def _refuse_twice(tables: list[Table], key: str, values: list[str]) -> None:
    for position, table in enumerate(tables):
        if values[position] in values[:position]:
            table.wrong(key, f'is "{values[position]}", which an earlier one has, too')


def _must_be_files(table: Table, **paths: Path | None) -> None:
    for key, path in paths.items():
        table.must_be_file(key, path)


def _must_be_together(table: Table, first: str, second: str) -> None:
    for present, missing in ((first, second), (second, first)):
        if table.has(present) and not table.has(missing):
            table.wrong(present, f'needs "{missing}" beside it')


def _must_be_secret(table: Table, **paths: Path | None) -> None:
    for key, path in paths.items():
        if path is not None and is_open_to_all(path):
            table.wrong(
                key, f"names {path}, which everybody on this machine may read; chmod o-rwx it"
            )
