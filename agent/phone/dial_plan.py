"""From what was dialled to whom to call."""

from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address

from agent.frozen import frozen
from agent.phone.names import address_of


@frozen
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


@frozen
class Account:
    """An account at a SIP server.

    Attributes:
        name: Its name in the configuration.
        domain: Its SIP domain.
        voice_mail: What is dialled for its voice mail; empty: there is none.
    """

    name: str
    domain: str
    voice_mail: str = ""


@frozen
class Rule:
    """Where numbers of one form go.

    Attributes:
        pattern: Digits and stars as they are dialled; "x" = any digit, "." at the end = any
            further ones, or none.
        account: The account that the call goes through.
        strip: So many of the first digits are left out.
        prefix: What is put before the others.
    """

    pattern: str
    account: str
    strip: int = 0
    prefix: str = ""

    def fits(self, dialled: str) -> bool:
        """Whether the number has this form."""
        form = self.pattern.removesuffix(".")
        if len(dialled) != len(form) and (form == self.pattern or len(dialled) < len(form)):
            return False
        return all(
            digit == wanted or (wanted == "x" and digit.isdecimal())
            for digit, wanted in zip(dialled, form, strict=False)
        )

    def rewritten(self, dialled: str) -> str:
        """The number as the account's server wants it."""
        return self.prefix + dialled[self.strip :]


@frozen
class Destination:
    """Whom to call; `account` empty = directly to the address."""

    name: str
    uri: str
    account: str


@frozen
class DialPlan:
    """Who can be dialled.

    Attributes:
        contacts: They come first, whatever their number looks like.
        accounts: A number that no contact has and no rule fits goes through the first of them.
        direct_calls: Whether 192*0*2*7 calls the phone at 192.0.2.7.
        rules: The first one that fits says where a number goes.
        emergency: Numbers that nothing may keep from being called: they come before all
            else, and go through any account whose server can be reached.
        emergency_only: Whether there is nobody else to be called: the phone is locked.
    """

    contacts: tuple[Contact, ...] = ()
    accounts: tuple[Account, ...] = ()
    direct_calls: bool = True
    rules: tuple[Rule, ...] = ()
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

    def is_at(self, entry: str, uri: str) -> bool:
        """Whether an entry of a list of people, a number or an address, means this address."""
        found = self.find(entry)
        return found is not None and _bare(found.uri) == _bare(uri)

    def resolve(
        self, dialled: str, ready: Callable[[str], bool] = lambda _account: False
    ) -> Destination | None:
        """Whom the person calls by these digits and stars, or this SIP address; None if nobody.

        Args:
            dialled: What was dialled.
            ready: Whether an account's server can be reached; it matters in an emergency.
        """
        if dialled in self.emergency and self.accounts:
            through = next((each for each in self.accounts if ready(each.name)), self.accounts[0])
            return _at(through, dialled, dialled)
        if self.emergency_only and not self.is_emergency(dialled):
            return None
        return self.find(dialled)

    def find(self, dialled: str) -> Destination | None:
        """The same where the phone itself sends calls somewhere: a lock does not change that."""
        for contact in self.contacts:
            if contact.number == dialled != "":
                return Destination(contact.name, contact.uri, contact.account)
        if dialled.lower().startswith(("sip:", "sips:")):
            return self._at_address(dialled)
        if self.direct_calls and (address := _as_address(dialled)):
            return Destination(address, f"sip:{address}", "")
        return self._through_account(dialled) if dialled else None

    def _at_address(self, uri: str) -> Destination:
        """Through the account at that server, if there is one."""
        host = _bare(uri).partition(":")[2].rpartition("@")[2].partition(":")[0]
        account = next((each.name for each in self.accounts if each.domain == host), "")
        return Destination(self.name_at(uri) or address_of(uri), uri, account)

    def _through_account(self, dialled: str) -> Destination | None:
        accounts = {each.name: each for each in self.accounts}
        for rule in self.rules:
            if rule.account in accounts and rule.fits(dialled):
                return _at(accounts[rule.account], dialled, rule.rewritten(dialled))
        return _at(self.accounts[0], dialled, dialled) if self.accounts else None


def _at(account: Account, dialled: str, number: str) -> Destination:
    return Destination(dialled, f"sip:{number}@{account.domain}", account.name)


def _as_address(dialled: str) -> str:
    """192*0*2*7 as 192.0.2.7; empty if it is no such thing."""
    try:
        return str(IPv4Address(dialled.replace("*", ".")))
    except AddressValueError:
        return ""


def _bare(uri: str) -> str:
    return uri.partition(";")[0].partition("?")[0].lower()
