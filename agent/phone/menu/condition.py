"""How the phone stands: its accounts and addresses, what it is, and what is wrong with it."""

from collections.abc import Iterator

from agent.phone.menu.answers import AboutTold, MenuAnswer, NetworkTold, PhoneChecked
from agent.phone.menu.contacts import grouped
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import DetailPage
from agent.phone.menu.orders import CheckPhone, FetchAbout, FetchNetwork
from agent.phone.menu.page import STAY, Known, Step
from agent.phone.menu.values import Sentence, Span
from agent.phone.menu.views import Fact

LICENCE = "GPL-3.0-or-later"


def network_step(known: Known) -> Step:
    """Opens the network's page."""
    return Step((FetchNetwork(),), page=NetworkPage(known))


def check_step() -> Step:
    """Begins to look at everything, and opens the page that says what came of it."""
    return Step((CheckPhone(),), page=CheckPage())


def about_step() -> Step:
    """Opens the page about the phone."""
    return Step((FetchAbout(),), page=AboutPage())


class NetworkPage(DetailPage):
    """How the phone stands in the network, and where its configuration comes from."""

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
        addresses, fetched = self._told.addresses, self._told.configuration
        return (
            *(self._known.accounts or (Fact(Label.ACCOUNT, Label.NONE),)),
            *(Fact(Label.OWN_ADDRESS, each) for each in addresses or (Label.NONE,)),
            *((Fact(Label.CONFIGURATION, fetched),) if fetched else ()),
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


class CheckPage(DetailPage):
    """What is wrong with the phone, and what to do: the first to be mended first."""

    def __init__(self) -> None:
        """Waits for what is found."""
        super().__init__(Label.CHECK, (Fact(Label.CHECK, Label.CHECKING),))

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """What was found."""
        if isinstance(answer, PhoneChecked):
            self._facts = tuple(_told(answer))
            self._top = 0
        return STAY


def _told(answer: PhoneChecked) -> Iterator[Fact]:
    if answer.failed:
        yield Fact(Label.CHECK, Label.CHECK_FAILED)
    elif not answer.troubles:
        yield Fact(Label.CHECK, Label.CHECK_WELL)
    for each in answer.troubles:
        yield Fact(Label.CHECK_WRONG if each.wrong else Label.CHECK_WATCH, Sentence(each.sentence))
        if each.advice:
            yield Fact(Label.CHECK_ADVICE, Sentence(each.advice))
