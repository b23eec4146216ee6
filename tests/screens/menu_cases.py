"""The pages of the menu, each found by the keys that lead to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from agent.phone.events import AccountChanged, AccountCondition
from agent.phone.menu.answers import ContactProblem, Erased, PhoneChecked, Trouble
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Moment, Sentence
from agent.phone.menu.views import (
    Fact,
    Line,
    Locked,
    LockedLine,
    MenuDetail,
    MenuErase,
    MenuList,
    MenuNotice,
    MenuNumber,
    MenuPin,
    MenuQuestion,
    MenuText,
)
from agent.phone.views import View
from support.station_driver import Memory, StationDriver

_LONG: Final = "Bundesbeauftragte für den Datenschutz und die Informationsfreiheit"
_ADDRESS: Final = "conference-room-4711@exchange.example.org"
_DAY: Final = date(2026, 11, 28)

_BY_KEYS: Final[Mapping[str, str]] = {
    "main": "m",
    "main-below": "m*",
    "contacts": "m!",
    "contacts-search-pending": "m!22",
    "contacts-search": "m!22 ",
    "contacts-nothing-found": "m!9 ",
    "contact": "m!#!",
    "contact-below": "m!#!888",
    "contact-not-verified": "m!##!8",
    "contact-configured": "m!###!",
    "contact-options": "m!#!!",
    "contact-configured-options": "m!###!!",
    "contact-ring-tone": "m!#!!88!",
    "contact-delete": "m!#!!*!",
    "contact-edit": "m!#!!8!",
    "contact-edit-name": "m!#!!8!!",
    "contact-edit-number": "m!#!!8!8!",
    "contact-edit-address": "m!#!!8!88!",
    "contact-edit-address-pending": "m!#!!8!88!cc1",
    "contact-new": "m!!",
    "contact-new-name": "m!!!22 666",
    "contact-kept": "m!#!!8!888!",
    "calls": "m8!",
    "calls-missed": "m8!!",
    "calls-received": "m8!8!",
    "calls-dialled": "m8!88!",
    "call-missed": "m8!!!",
    "call-received": "m8!8!!",
    "call-dialled": "m8!88!!",
    "call-options": "m8!88!!!",
    "calls-clear": "m8!888!",
    "calls-none": "m8!888!!",
    "calls-missed-none": "m8!888!!!",
    "peers": "m88!",
    "peer": "m88!!",
    "peer-keys": "m88!!8888",
    "peer-enrolled": "m88!8!!",
    "peer-enrolled-below": "m88!8!!88888",
    "peers-others": "m88!8!",
    "peer-options": "m88!!!",
    "peer-rename": "m88!!!!",
    "peer-renamed": "m88!!!!<<<222!",
    "peer-unverify": "m88!!!8!",
    "peer-forget": "m88!!!88!",
    "peer-not-verified-any-longer": "m88!!!8!!!",
    "settings": "m888!",
    "settings-middle": "m888!88888",
    "settings-below": "m888!**",
    "volume": "m888!!",
    "volume-earpiece": "m888!!!",
    "volume-ringer": "m888!!8!",
    "volume-headset": "m888!!88!*****",
    "ring-tone": "m888!8!8",
    "forwarding": "m888!8888!",
    "forwarding-target": "m888!8888!!",
    "forwarding-after": "m888!8888!888!",
    "hot-line": "m888!88888!",
    "hot-line-after": "m888!88888!8!",
    "speed-dial": "m888!888888!",
    "language": "m888!8888888!",
    "display": "m888!****!",
    "brightness": "m888!****!!",
    "screen-off": "m888!****!8!",
    "tones": "m888!**!",
    "pin-none": "m888!***!",
    "pin-new": "m888!***!!1234",
    "pin-too-short": "m888!***!!12!",
    "pin-again": "m888!***!!1234!",
    "pins-differ": "m888!***!!1234!4321!",
    "pin-kept": "m888!***!!1234!1234!",
    "pin": "m888!***!!1234!1234!!",
    "pin-lock-after": "m888!***!!1234!1234!!8!",
    "pin-old": "m888!***!!1234!1234!!88!",
    "pin-wrong": "m888!***!!1234!1234!!88!4444!",
    "main-with-pin": "m888!***!!1234!1234!!mmmm*",
    "network": "m8888!",
    "network-below": "m8888!88",
    "network-fingerprint": "m8888!888",
    "about": "m888888!",
    "check": "m88888!",
    "erase": "*#*37273#*#",
    "settings-end": "m888!*",
    "reset": "m888!*!",
}


def _by_keys(keys: str) -> View:
    driver = StationDriver()
    driver.keys(keys.replace("<", "m"))
    return driver.view


def _without_accounts() -> View:
    driver = StationDriver()
    driver.happens(AccountChanged("work", AccountCondition.REFUSED, "Server refused: password"))
    driver.keys("m8888!")
    return driver.view


def _cut_off() -> View:
    driver = StationDriver()
    driver.memory.calls = [replace(each, talked_s=None) for each in driver.memory.calls]
    driver.keys("m8!88!!")
    return driver.view


def _refused(problem: ContactProblem) -> View:
    driver = StationDriver(memory=Memory(problem=problem))
    driver.keys("m!#!!8!888!")
    return driver.view


def _failed() -> View:
    driver = StationDriver()
    driver.memory.fails = True
    driver.keys("m!")
    return driver.view


def _checked(*troubles: Trouble, keys: str = "", failed: bool = False) -> View:
    driver = StationDriver()
    driver.keys("m88888!")
    driver.told(PhoneChecked(troubles, failed))
    driver.keys(keys)
    return driver.view


_TROUBLES: Final = (
    Trouble(
        "The network gave this phone no address: it made one up (169.254).",
        "Is the router on, and does it give addresses (DHCP)? Then plug the cable in anew.",
    ),
    Trouble("The voltage was too low since the start.", "Let air get to it.", wrong=False),
)


def _locked(keys: str = "", pin: str = "1234", missed: int = 0) -> View:
    driver = StationDriver(memory=Memory(pin=pin, missed=missed))
    driver.keys(keys)
    return driver.view


def _erased(*, complete: bool, trimmed: bool, configured: bool = False) -> View:
    driver = StationDriver()
    driver.told(Erased(complete, trimmed, configured))
    return driver.view


MENU_CASES: Final[Mapping[str, View]] = {
    **{f"menu-{name}": _by_keys(keys) for name, keys in _BY_KEYS.items()},
    **{f"menu-contact-{each.name.lower()}": _refused(each) for each in ContactProblem},
    "menu-call-cut-off": _cut_off(),
    "menu-network-refused": _without_accounts(),
    "menu-memory-failed": _failed(),
    "menu-check-well": _checked(),
    "menu-check-failed": _checked(failed=True),
    "menu-check-wrong": _checked(*_TROUBLES),
    "menu-check-advice": _checked(*_TROUBLES, keys="8"),
    "menu-check-watch": _checked(*_TROUBLES, keys="88"),
    "menu-list-long": MenuList(
        _LONG,
        (Line(_LONG, _ADDRESS), Line("Bob", _ADDRESS), Line(_LONG, Moment(_DAY, 23, 59))),
        1,
        above=True,
        below=True,
        typed=_LONG,
    ),
    "menu-detail-long": MenuDetail(_LONG, (Fact(Label.NAME, _LONG * 3), Fact("home", _LONG))),
    "menu-detail-long-below": MenuDetail(
        "Bob", (Fact("home", "Bob"), Fact(Label.NAME, _LONG * 3)), above=True
    ),
    **{
        f"menu-security-{each.name.lower()}": MenuDetail("Bob", (Fact(Label.SECURITY, each),))
        for each in Label
        if each.name.startswith("SECURITY_")
    },
    "menu-peer-withstands": MenuDetail("Bob", (Fact(Label.KEYS, Label.POST_QUANTUM),)),
    "menu-peer-first-met": MenuDetail("Bob", (Fact(Label.FIRST_MET, _DAY),)),
    "menu-network-nothing": MenuDetail(
        Label.NETWORK,
        (Fact(Label.ACCOUNT, Label.NONE), Fact(Label.OWN_ADDRESS, Label.NONE)),
    ),
    "menu-network-configuration": MenuDetail(
        Label.NETWORK, (Fact(Label.CONFIGURATION, "https://example.org/phones/1.toml"),)
    ),
    **{
        f"out-of-order-{each.name.lower().replace('_', '-')}": MenuDetail(
            Label.OUT_OF_ORDER, (Fact("watchdog", each),)
        )
        for each in (Label.BROKE_DOWN, Label.STOOD_STILL, Label.MEMORY_SHORT, Label.GAVE_UP)
    },
    "out-of-order-card-unreadable": MenuDetail(
        Label.OUT_OF_ORDER, (Fact("card", Label.CARD_UNREADABLE),)
    ),
    "out-of-order-cannot-start": MenuDetail(
        Label.OUT_OF_ORDER,
        (
            Fact(
                Label.CANNOT_START,
                Sentence("Cannot listen on 0.0.0.0:5061: Address already in use"),
            ),
        ),
    ),
    "menu-chosen": MenuList(
        Label.TONES, (Line(Label.CONFIGURED, Label.CHOSEN), Line(Label.USUAL, Label.NONE)), 0
    ),
    "menu-text-empty": MenuText(Label.NAME, "", 0, upper=True),
    "menu-text-space": MenuText(Label.NAME, "Bob ", 4, upper=True),
    "menu-text-digits": MenuText(Label.NAME, "Bob", 1, digits=True),
    "menu-text-long": MenuText(Label.ADDRESS, _ADDRESS, len(_ADDRESS), pending=True),
    "menu-text-long-begin": MenuText(Label.ADDRESS, _ADDRESS, 3),
    "menu-text-longest": MenuText(Label.ADDRESS, _ADDRESS * 2, 40),
    "menu-update": MenuQuestion(Label.UPDATE_OFFERED, "1.2.0", Label.LATER),
    "menu-question-long": MenuQuestion(Label.DELETE_CONTACT, _LONG),
    "menu-notice-long": MenuNotice(Label.NUMBER_TAKEN, _LONG),
    "menu-number-none": MenuNumber(Label.RINGER, 0, 0, 100, " %"),
    "menu-number-all": MenuNumber(Label.RINGER, 100, 0, 100, " %"),
    "menu-pin-longest": MenuPin(Label.ENTER_PIN, 12),
    "menu-pin-wait": MenuPin(Label.ENTER_PIN, 0, wrong=True, wait_s=512),
    "menu-erase-holding": MenuErase(holding=True),
    "menu-erasing": MenuErase(erasing=True),
    "menu-erased": _erased(complete=True, trimmed=False),
    "menu-erased-trimmed": _erased(complete=True, trimmed=True),
    "menu-erased-not-all": _erased(complete=False, trimmed=False),
    "menu-reset-not-all": _erased(complete=True, trimmed=False, configured=True),
    "menu-reset-holding": MenuErase(holding=True, reset=True),
    "locked": _locked(),
    "locked-missed-one": _locked(missed=1),
    "locked-missed-many": _locked(missed=12),
    "locked-clock-not-set": Locked(missed=2),
    "locked-pin": _locked("12"),
    "locked-pin-wrong": _locked("9999!"),
    "locked-line": LockedLine(),
    "locked-line-digits": LockedLine("0301234567"),
    "locked-line-long": LockedLine("00493012345678901234567890"),
}
"""All kinds of pages, and all pages that the keys lead to."""

MENU_SHORTENED: Final = frozenset(
    {
        "locked-line-long",
        "menu-detail-long",
        "menu-list-long",
        "menu-text-longest",
        "menu-text-long",
        "menu-text-long-begin",
    }
)
"""Those of them with names and addresses that are too long for the panel."""

MENU_IN_EVERY_LANGUAGE: Final = frozenset(
    {
        "locked-line-digits",
        "locked-missed-many",
        "locked-pin-wrong",
        "menu-erase",
        "menu-erase-holding",
        "menu-erased",
        "menu-erased-not-all",
        "menu-erased-trimmed",
        "out-of-order-broke-down",
        "out-of-order-cannot-start",
        "out-of-order-gave-up",
        "menu-peer-forget",
        "menu-update",
        "menu-peer-renamed",
        "menu-peer-unverify",
        "menu-reset",
        "menu-reset-holding",
        "menu-reset-not-all",
    }
)
"""Those on which trust or the whole memory depends."""
