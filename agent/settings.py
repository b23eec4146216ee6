"""From the configuration to what each part wants to be told. Pure."""

from collections.abc import Callable, Iterable

from agent.candidates import Candidates, candidates
from agent.config import AccountConfig, Config, ContactConfig, NetworkConfig, TurnConfig
from agent.media.countries import COUNTRIES
from agent.media.tones import ALARM, COMPARE, CONFIRMATION, SECURE, ToneSpec
from agent.phone.actions import Tone
from agent.phone.dial_plan import Account, Contact, DialPlan, Rule
from agent.phone.menu.page import Choices
from agent.phone.preferences import Language, Preferences
from agent.phone.settings import PhoneSettings, Timings
from agent.sip.settings import (
    AccountSettings,
    Marking,
    NatSettings,
    ServerTrust,
    SipSettings,
    TurnSettings,
)
from agent.sip_uri import SipUri
from agent.store import Contact as ImportedContact
from agent.store import TlsIdentity
from agent.upkeep import Configured
from agent.zrtp import DEFAULT_OFFER, Offer
from agent.zrtp.algorithms import is_post_quantum
from agent.zrtp.sas import Sas
from hw.ring_tones import RING_TONES


def tones(country: str) -> dict[Tone, ToneSpec]:
    """How each of the phone's tones sounds in a country.

    Args:
        country: A key of `COUNTRIES`.
    """
    of_country = COUNTRIES[country]
    return {
        Tone.DIAL: of_country.dial,
        Tone.MESSAGE_WAITING: of_country.message_waiting,
        Tone.RINGBACK: of_country.ringback,
        Tone.BUSY: of_country.busy,
        Tone.CONGESTION: of_country.congestion,
        Tone.ERROR: of_country.error,
        Tone.CALL_WAITING: of_country.call_waiting,
        Tone.ALARM: ALARM,
        Tone.CONFIRMED: CONFIRMATION,
        Tone.SECURE: SECURE,
        Tone.COMPARE: COMPARE,
    }


def phone_settings(
    config: Config, imported: Iterable[ImportedContact] = (), *, restored: bool = False
) -> PhoneSettings:
    """What the phone itself wants to know.

    Args:
        config: The configuration; its contacts come first.
        imported: The contacts in the phone's memory.
        restored: Whether that memory is not the one that was left in the phone.
    """
    plan = DialPlan(
        contacts=dial_contacts(config, imported),
        accounts=tuple(
            Account(each.name, _domain(each.uri), each.voice_mail) for each in config.accounts
        ),
        direct_calls=config.sip.direct_calls,
        rules=tuple(
            Rule(each.pattern, each.account, each.strip, each.prefix) for each in config.rules
        ),
        emergency=config.phone.emergency,
    )
    timings = Timings(dial_timeout_s=config.phone.dial_timeout_s)
    preferences = Preferences(language=Language(config.phone.language))
    return PhoneSettings(config.phone.name, plan, timings, restored, preferences)


def dial_contacts(config: Config, imported: Iterable[ImportedContact]) -> tuple[Contact, ...]:
    """Who has a short number; those of the configuration come first.

    Args:
        config: The configuration.
        imported: The contacts in the phone's memory.
    """
    return (
        *(_contact(each, config.accounts) for each in config.contacts),
        *(_contact(each, config.accounts) for each in imported),
    )


def configured(config: Config) -> Configured:
    """What the configuration says of contacts."""
    contacts = tuple(ImportedContact(each.name, each.number, each.uri) for each in config.contacts)
    domain = _domain(config.accounts[0].uri) if config.accounts else ""
    return Configured(contacts, domain)


def choices() -> Choices:
    """What there is to choose from in the menu."""
    countries = ((code, each.country) for code, each in COUNTRIES.items())
    return Choices(tuple(RING_TONES), tuple(countries))


def sip_settings(config: Config, identity: TlsIdentity, instance_id: str) -> SipSettings:
    """What SIP wants to know.

    Args:
        config: The configuration.
        identity: The certificate and key that direct callers are shown.
        instance_id: The phone's own, a URN (RFC 5626 section 4.1).
    """
    return SipSettings(
        display_name=config.phone.name,
        instance_id=instance_id,
        certificate=identity.certificate,
        private_key=identity.private_key,
        listen_host=config.sip.listen_host,
        listen_port=config.sip.listen_port,
        direct_calls=config.sip.direct_calls,
        rtp_port_min=config.media.rtp_port_min,
        rtp_port_count=config.media.rtp_port_max - config.media.rtp_port_min + 1,
        codecs=config.media.codecs,
        echo_cancelling=config.media.echo_cancelling,
        accounts=tuple(_account(each, config.network) for each in config.accounts),
        nat=_nat(config.network),
        direct_ice=config.network.ice,
        marking=Marking(config.network.dscp_media, config.network.dscp_signalling),
    )


def sas_candidates(
    config: Config, randbytes: Callable[[int], bytes]
) -> Callable[[Sas], Candidates] | None:
    """What the person chooses from, where the configuration wants that.

    Args:
        config: The configuration.
        randbytes: So many octets that nobody can foresee.
    """
    if config.zrtp.sas_check != "choose":
        return None
    return lambda sas: candidates(sas, randbytes)


def offer(config: Config) -> Offer:
    """What ZRTP offers: the engine's own order where the configuration names none."""
    wish = config.zrtp
    return Offer(
        hashes=DEFAULT_OFFER.hashes,
        ciphers=wish.ciphers or DEFAULT_OFFER.ciphers,
        auth_tags=wish.auth_tags or DEFAULT_OFFER.auth_tags,
        key_agreements=wish.key_agreements or _key_agreements(wish.post_quantum_only),
        sas_types=wish.sas or DEFAULT_OFFER.sas_types,
        post_quantum_only=wish.post_quantum_only,
    )


def _key_agreements(post_quantum_only: bool) -> tuple[str, ...]:  # noqa: FBT001 - the one question
    usual = DEFAULT_OFFER.key_agreements
    return tuple(name for name in usual if is_post_quantum(name) or not post_quantum_only)


def _nat(network: NetworkConfig) -> NatSettings:
    return NatSettings(network.stun, _turn(network.turn) if network.turn else None)


def _turn(turn: TurnConfig) -> TurnSettings:
    return TurnSettings(
        turn.host, turn.port, turn.transport, turn.user, turn.password, turn.ca_file
    )


def _account(account: AccountConfig, network: NetworkConfig) -> AccountSettings:
    return AccountSettings(
        name=account.name,
        uri=account.uri,
        user=account.user,
        password=account.password,
        registrar=account.registrar,
        trust=ServerTrust.of(account),
        allow_md5=account.allow_md5,
        ice=network.ice if account.ice is None else account.ice,
        keys_by_server=account.policy == "zrtp_or_sdes",
    )


def _contact(
    contact: ContactConfig | ImportedContact, accounts: tuple[AccountConfig, ...]
) -> Contact:
    """A contact at a server where we have an account is called through it."""
    domain = _domain(contact.uri)
    through = next((each.name for each in accounts if _domain(each.uri) == domain), "")
    tone = contact.ring_tone if isinstance(contact, ImportedContact) else ""
    return Contact(contact.name, contact.number, contact.uri, through, tone)


def _domain(uri: str) -> str:
    return SipUri.parse(uri).host
