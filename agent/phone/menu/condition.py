"""How the phone stands: its accounts and addresses, and what it is."""

from agent.phone.menu.answers import AboutTold, MenuAnswer, NetworkTold
from agent.phone.menu.contacts import grouped
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import DetailPage
from agent.phone.menu.orders import FetchAbout, FetchNetwork
from agent.phone.menu.page import STAY, Known, Step
from agent.phone.menu.values import Span
from agent.phone.menu.views import Fact

LICENCE = "GPL-3.0-or-later"


def network_step(known: Known) -> Step:
    """Opens the network's page."""
    return Step((FetchNetwork(),), page=NetworkPage(known))


def about_step() -> Step:
    """Opens the page about the phone."""
    return Step((FetchAbout(),), page=AboutPage())


class NetworkPage(DetailPage):
    """Each account and why it stands so, the own addresses, the certificate's fingerprint."""

    def __init__(self, known: Known) -> None:
        """Shows the accounts, and waits for the rest.

        Args:
            known: How the accounts stand.
        """
        self._known = known
        self._told = NetworkTold((), "")
        super().__init__(Label.NETWORK, self._all())

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """The rest."""
        if isinstance(answer, NetworkTold):
            self._told = answer
            self._facts = self._all()
        return STAY

    def _all(self) -> tuple[Fact, ...]:
        addresses = self._told.addresses
        return (
            *(self._known.accounts or (Fact(Label.ACCOUNT, Label.NONE),)),
            *(Fact(Label.OWN_ADDRESS, each) for each in addresses or (Label.NONE,)),
            Fact(Label.CERTIFICATE, grouped(self._told.fingerprint)),
        )


class AboutPage(DetailPage):
    """What the phone is."""

    def __init__(self) -> None:
        """Waits to be told."""
        super().__init__(Label.ABOUT, (Fact(Label.LICENCE, LICENCE),))

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """What it is."""
        if isinstance(answer, AboutTold):
            self._facts = (
                Fact(Label.VERSION, answer.version),
                Fact(Label.ZID, grouped(answer.zid)),
                Fact(Label.UPTIME, Span(answer.uptime_s)),
                Fact(Label.LICENCE, LICENCE),
            )
        return STAY
