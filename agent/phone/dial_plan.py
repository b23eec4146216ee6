"""From what was dialled to whom to call."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from agent.phone.names import address_of


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with a short number.

    Attributes:
        name: What the person of this phone calls them.
        number: What is dialled: digits and stars; empty: they only call.
        uri: Their SIP address.
        account: The account that the call goes through; empty = directly to the address.
        ring_tone: The name of their ring tone; empty: the usual one.
    """

    name: str
    number: str
    uri: str
    account: str = ""
    ring_tone: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a SIP server, by its name in the configuration, and its SIP domain."""

    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom to call; `account` empty = directly to the address."""

    name: str
    uri: str
    account: str


@dataclass(frozen=True, slots=True)
class DialPlan:
    """Who can be dialled.

    Attributes:
        contacts: They come first, whatever their number looks like.
        accounts: A number that no contact has goes through the first of them.
        direct_calls: Whether 192*0*2*7 calls the phone at 192.0.2.7.
        emergency: Numbers that nothing may keep from being called.
        emergency_only: Whether there is nobody else to be called: the phone is locked.
    """

    contacts: tuple[Contact, ...] = ()
    accounts: tuple[Account, ...] = ()
    direct_calls: bool = True
    emergency: tuple[str, ...] = ()
    emergency_only: bool = False

    def is_emergency(self, dialled: str) -> bool:
        """Whether nothing may keep this number from being called."""
        return dialled in self.emergency

    def name_of(self, dialled: str) -> str:
        """The contact whose number this is; empty if it is nobody's."""
        return next((c.name for c in self.contacts if c.number == dialled != ""), "")

    def name_at(self, uri: str) -> str:
        """The contact whose address this is, whatever its parameters; empty if nobody's."""
        bare = _bare(uri)
        return next((c.name for c in self.contacts if _bare(c.uri) == bare), "")

    def resolve(self, dialled: str) -> Destination | None:
        """Whom these digits and stars, or this SIP address, call; None if nobody."""
        if self.emergency_only and not self.is_emergency(dialled):
            return None
        for contact in self.contacts:
            if contact.number == dialled != "":
                return Destination(contact.name, contact.uri, contact.account)
        if dialled.lower().startswith(("sip:", "sips:")):
            return self._at_address(dialled)
        if self.direct_calls and (address := _as_address(dialled)):
            return Destination(address, f"sip:{address}", "")
        if self.accounts and dialled:
            first = self.accounts[0]
            return Destination(dialled, f"sip:{dialled}@{first.domain}", first.name)
        return None

    def _at_address(self, uri: str) -> Destination:
        """Through the account at that server, if there is one."""
        host = _bare(uri).partition(":")[2].rpartition("@")[2].partition(":")[0]
        account = next((each.name for each in self.accounts if each.domain == host), "")
        return Destination(self.name_at(uri) or address_of(uri), uri, account)


def _as_address(dialled: str) -> str:
    """192*0*2*7 as 192.0.2.7; empty if it is no such thing."""
    try:
        return str(IPv4Address(dialled.replace("*", ".")))
    except AddressValueError:
        return ""


def _bare(uri: str) -> str:
    return uri.partition(";")[0].partition("?")[0].lower()
