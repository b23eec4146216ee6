"""Tells a person what a configuration makes the phone do. Passwords are not told."""

from agent.config.values import (
    AccountConfig,
    Config,
    ContactConfig,
    FleetConfig,
    NetworkConfig,
    RuleConfig,
    WifiConfig,
)


def describe(config: Config) -> list[str]:
    """What the phone would do, one line each."""
    phone, sip, media = config.phone, config.sip, config.media
    certificate = sip.certificate or f"its own, kept in {phone.state_dir}"
    calls = "taken and placed" if sip.direct_calls else "refused"
    ports = f"{media.rtp_port_min} to {media.rtp_port_max}"
    echo = "echo is cancelled" if media.echo_cancelling else "echo stays"
    return [
        f"Phone:       {phone.name}, on the board {phone.board}",
        f"Language:    {phone.language}",
        f"State:       {phone.state_dir}",
        f"Control:     {phone.control_socket}",
        f"Listens:     TLS on {sip.listen_host}:{sip.listen_port}, certificate {certificate}",
        f"Direct:      calls without a server are {calls}",
        f"Media:       {', '.join(media.codecs)}; RTP ports {ports}; {echo}",
        f"Network:     {_network(config.network)}",
        *([_wifi(config.wifi)] if config.wifi else []),
        f"ZRTP:        {_zrtp(config)}",
        f"Sounds:      the tones of {phone.country}, ring tone {phone.ring_tone}",
        f"Emergency:   {' '.join(phone.emergency) or 'no number'}",
        f"Log:         {config.log_level}",
        *([_fleet(config.fleet)] if config.fleet else []),
        *(_account(account) for account in config.accounts),
        *(_rule(rule) for rule in config.rules),
        *(_contact(contact) for contact in config.contacts),
    ]


def _zrtp(config: Config) -> str:
    zrtp = config.zrtp
    chosen = [
        " ".join(names)
        for names in (zrtp.key_agreements, zrtp.ciphers, zrtp.auth_tags, zrtp.sas)
        if names
    ]
    algorithms = "; ".join(chosen) if chosen else "the engine's own choice of algorithms"
    answer = "put to the person" if zrtp.pbx_enrolment == "ask" else "refused"
    check = "chosen by ear" if zrtp.sas_check == "choose" else "compared"
    keys = "keys of the last call are proposed" if zrtp.preshared else "keys are made for each call"
    return f"{algorithms}; {keys}; the words are {check}; a PBX that asks to listen in is {answer}"


def _network(network: NetworkConfig) -> str:
    turn = network.turn
    relay = f"TURN at {turn.host}:{turn.port} over {turn.transport}" if turn else "no TURN"
    stun = f"STUN at {', '.join(network.stun)}" if network.stun else "no STUN"
    ways = f"ICE with {stun}, {relay}" if network.ice else "no ICE"
    return f"{ways}; DSCP {network.dscp_media} for media, {network.dscp_signalling} for SIP"


def _wifi(wifi: WifiConfig) -> str:
    password = "with a password" if wifi.password else "open to all"
    hidden = ", hidden" if wifi.hidden else ""
    channels = f"channels of {wifi.country}" if wifi.country else "channels that all countries have"
    return f"Wi-Fi:       {wifi.network}, {password}{hidden}; {channels}"


def _account(account: AccountConfig) -> str:
    password = "with a password" if account.password else "without a password"
    trust = _trust(account)
    ice = {None: "", True: "; with ICE", False: "; without ICE"}[account.ice]
    return (
        f"Account:     {account.name}: {account.uri} at {account.registrar}, "
        f"as {account.user} {password}; {trust}; policy {account.policy}{ice}"
    )


def _trust(account: AccountConfig) -> str:
    trust = f"trusts {account.ca_file} only" if account.ca_file else "trusts the system's CAs"
    if account.crl_file:
        trust += f", asks {account.crl_file}"
    if account.pinned_keys:
        trust += f", wants one of {len(account.pinned_keys)} keys"
    if account.client_certificate:
        trust += f", shows {account.client_certificate}"
    return trust


def _fleet(fleet: FleetConfig) -> str:
    place = fleet.url.partition("?")[0]
    signed = "signed by a known key" if fleet.public_keys else "without a signature"
    return f"Fleet:       more of this comes from {place}, every {fleet.every_s:.0f} s, {signed}"


def _contact(contact: ContactConfig) -> str:
    return f"Contact:     {contact.number} is {contact.name}, {contact.uri}"


def _rule(rule: RuleConfig) -> str:
    change = f", without its first {rule.strip}" if rule.strip else ""
    change += f", with {rule.prefix} before it" if rule.prefix else ""
    return f"Rule:        {rule.pattern} goes through {rule.account}{change}"
