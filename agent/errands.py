"""Carries out what the menu asks for: the phone's memory, its volumes, what it is. Decides nothing.

A choice goes to the disk first and to the phone afterwards: what the panel shows as chosen will
be so after a power cut, too.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import assert_never

from agent import menu_answers, preference_rows, upkeep
from agent.phone import events
from agent.phone.menu import answers, orders
from agent.phone.menu.answers import NO_ADDRESS, ContactProblem, MenuAnswer
from agent.phone.preferences import Preferences
from agent.ports import Household, Memory
from agent.sip_uri import SipUri, SipUriError, identity_of
from agent.store import Contact, StoreError
from hw.types import Output

log = logging.getLogger(__name__)

CALLS_SHOWN = 200
"""So many calls of the log are listed."""

Told = MenuAnswer | events.SettingsChanged | events.ContactsChanged
"""What the phone hears of an errand."""


class Errands:
    """From an order of the menu to the memory or a part, and back with an answer."""

    def __init__(
        self,
        memory: Memory,
        household: Household,
        *,
        monotonic: Callable[[], float],
        ring: Callable[[str | None], None],
        set_volume: Callable[[Output, int], None],
        set_country: Callable[[str], None],
    ) -> None:
        """Does nothing yet.

        Args:
            memory: The phone's memory.
            household: What else there is to be shown and done.
            monotonic: Seconds that only grow.
            ring: Rings with a tone of this name, or no longer.
            set_volume: Sets how loud an output is, in percent.
            set_country: Says whose tones are heard; empty: as configured.
        """
        self._memory = memory
        self._household = household
        self._monotonic = monotonic
        self._ring = ring
        self._set_volume = set_volume
        self._set_country = set_country
        self._preferences = household.preferences

    def begin(self) -> list[Told]:
        """The phone has started: sets what was chosen before; returns what it ought to know."""
        self._apply(Preferences(), self._preferences)
        try:
            is_set, failures = self._memory.pin_state()
            missed = self._memory.unseen_missed_calls()
        except StoreError as error:
            # Not to be read is not to be opened: the phone stays locked.
            log.error("whether there is a PIN cannot be read: %s", error)  # noqa: TRY400
            return [answers.PinKnown(is_set=True, starting=True)]
        known = answers.PinKnown(is_set, failures, starting=True)
        told: list[Told] = [known, answers.MissedCounted(missed)]
        if self._household.erased is not None:
            told.append(self._household.erased)
        return told

    def missed(self) -> list[Told]:
        """A call is over: how many were missed by now."""
        try:
            return [answers.MissedCounted(self._memory.unseen_missed_calls())]
        except StoreError as error:
            log.error("the missed calls cannot be counted: %s", error)  # noqa: TRY400
            return []

    def carry_out(self, order: orders.MenuOrder) -> list[Told]:
        """Does it; returns what the phone is to hear."""
        try:
            return self._carry_out(order)
        except StoreError as error:
            log.error("the menu's order was not carried out: %s", error)  # noqa: TRY400
            return [answers.MemoryFailed()]

    def _carry_out(self, order: orders.MenuOrder) -> list[Told]:
        match order:
            case orders.FetchContacts() | orders.SaveContact() | orders.DeleteContact():
                return self._of_contacts(order)
            case (
                orders.FetchCalls()
                | orders.MarkCallsSeen()
                | orders.DeleteCall()
                | orders.ClearCalls()
            ):
                return self._of_calls(order)
            case (
                orders.FetchPeers()
                | orders.RenamePeer()
                | orders.UnverifyPeer()
                | orders.ForgetPeer()
            ):
                return self._of_peers(order)
            case orders.CheckPin() | orders.SetPin():
                return self._of_pin(order)
            case _:
                return self._of_phone(order)

    def _of_phone(
        self,
        order: orders.FetchNetwork
        | orders.FetchAbout
        | orders.CheckPhone
        | orders.SavePreferences
        | orders.SetVolume
        | orders.PreviewRingTone
        | orders.EraseEverything
        | orders.ResetPhone
        | orders.AnswerUpdate,
    ) -> list[Told]:
        house = self._household
        match order:
            case orders.FetchNetwork():
                fetched = house.configuration()
                return [answers.NetworkTold(house.addresses(), house.fingerprint, fetched)]
            case orders.FetchAbout():
                uptime = int(self._monotonic() - house.started)
                return [answers.AboutTold(house.version, self._memory.zid.hex(), uptime)]
            case orders.CheckPhone():
                house.check()
            case orders.SavePreferences(preferences):
                return self._choose(preferences)
            case orders.SetVolume(output, percent):
                self._set_volume(output, percent)
            case orders.PreviewRingTone(name):
                self._ring(name)
            case orders.EraseEverything():
                log.warning("everything is erased: the person wants it")
                house.erase()
            case orders.ResetPhone():
                log.warning("a factory reset begins: the person wants it")
                return [] if house.reset() else [answers.MemoryFailed()]
            case orders.AnswerUpdate(wanted):
                house.answer_update(wanted)
            case _:
                assert_never(order)
        return []

    # Choices

    def _choose(self, chosen: Preferences) -> list[Told]:
        targets = (chosen.forward_always, chosen.forward_busy, chosen.forward_no_answer)
        numbers = (number for _, number in chosen.speed_dial)
        if not all(map(preference_rows.is_target, (*targets, chosen.hot_line, *numbers))):
            return [answers.ContactRefused(ContactProblem.ADDRESS)]
        before = self._preferences
        self._memory.save_preferences(preference_rows.write(before, chosen))
        self._preferences = chosen
        self._apply(before, chosen)
        return [events.SettingsChanged(chosen)]

    def _apply(self, before: Preferences, chosen: Preferences) -> None:
        volumes = {
            Output.EARPIECE: (before.earpiece_volume, chosen.earpiece_volume),
            Output.RINGER: (before.ringer_volume, chosen.ringer_volume),
            Output.HEADSET: (before.headset_volume, chosen.headset_volume),
        }
        for output, (old, new) in volumes.items():
            if new is not None and new != old:
                self._set_volume(output, new)
        if chosen.country != before.country:
            self._set_country(chosen.country)

    # Contacts

    def _of_contacts(
        self, order: orders.FetchContacts | orders.SaveContact | orders.DeleteContact
    ) -> list[Told]:
        match order:
            case orders.FetchContacts():
                return [self._contacts()]
            case orders.SaveContact():
                return self._save(order)
            case orders.DeleteContact(uri):
                self._memory.delete_contact(uri)
                chosen = self._ring_through(uri, "", rings=False)
                return [*chosen, *self._contacts_changed()]
            case _:
                assert_never(order)

    def _save(self, order: orders.SaveContact) -> list[Told]:
        typed = order.contact
        if not typed.name.strip():  # told first: it is what the form begins with
            return [answers.ContactRefused(ContactProblem.NAME)]
        bare = typed.uri == NO_ADDRESS and typed.number and self._household.domain
        address = upkeep.address_of(typed.number, self._household.domain) if bare else typed.uri
        try:
            uri = str(SipUri.parse(address))
        except SipUriError:
            return [answers.ContactRefused(ContactProblem.ADDRESS)]
        contact = Contact(typed.name.strip(), typed.number, uri, typed.ring_tone)
        if (refused := self._problem(contact, order.before)) is not None:
            return [refused]
        if order.before:
            self._memory.replace_contact(order.before, contact)
        else:
            self._memory.replace_contact(uri, contact)
        chosen = self._ring_through(order.before, uri, rings=typed.rings_through)
        return [*chosen, answers.ContactKept(), *self._contacts_changed()]

    def _problem(self, contact: Contact, before: str) -> answers.ContactRefused | None:
        if not contact.name.isprintable():
            return answers.ContactRefused(ContactProblem.NAME)
        if not set(contact.number) <= set("0123456789*#"):
            return answers.ContactRefused(ContactProblem.NUMBER)
        identity, was = identity_of(contact.uri), identity_of(before)
        for other in (*self._household.configured, *self._memory.contacts()):
            if identity_of(other.uri) == was:
                continue
            if identity_of(other.uri) == identity:
                return answers.ContactRefused(ContactProblem.ADDRESS_TAKEN, other.name)
            if contact.number and other.number == contact.number:
                return answers.ContactRefused(ContactProblem.NUMBER_TAKEN, other.name)
        return None

    def _ring_through(self, before: str, after: str, *, rings: bool) -> list[Told]:
        """Keeps in step who rings through do-not-disturb; returns the choice if it is another."""
        gone = {identity_of(each) for each in (before, after) if each}
        listed = self._preferences.ring_through
        others = tuple(each for each in listed if identity_of(each) not in gone)
        through = (*others, after) if rings else others
        if set(through) == set(listed):
            return []
        return self._choose(replace(self._preferences, ring_through=through))

    def _contacts_changed(self) -> list[Told]:
        dialled = self._household.dial_contacts(self._memory.contacts())
        return [events.ContactsChanged(dialled), self._contacts()]

    def _contacts(self) -> answers.ContactsListed:
        return answers.ContactsListed(
            menu_answers.contact_entries(
                self._household.configured,
                self._memory.contacts(),
                self._memory.peers(),
                self._preferences.ring_through,
            )
        )

    # Calls, peers, the PIN

    def _of_calls(
        self,
        order: orders.FetchCalls | orders.MarkCallsSeen | orders.DeleteCall | orders.ClearCalls,
    ) -> list[Told]:
        match order:
            case orders.FetchCalls():
                return [self._calls()]
            case orders.MarkCallsSeen():
                self._memory.mark_calls_seen()
                return self.missed()
            case orders.DeleteCall(number):
                self._memory.delete_call(number)
            case orders.ClearCalls():
                self._memory.clear_calls()
            case _:
                assert_never(order)
        return [self._calls(), *self.missed()]

    def _calls(self) -> answers.CallsListed:
        known: Iterable[Contact] = (*self._memory.contacts(), *self._household.configured)
        calls = self._memory.numbered_calls(CALLS_SHOWN)
        return answers.CallsListed(menu_answers.call_entries(calls, known))

    def _of_peers(
        self,
        order: orders.FetchPeers | orders.RenamePeer | orders.UnverifyPeer | orders.ForgetPeer,
    ) -> list[Told]:
        match order:
            case orders.FetchPeers():
                pass
            case orders.RenamePeer(zid, name):
                self._memory.rename_peer(bytes.fromhex(zid), name)
                self._log("renamed-by-hand", zid, name)
            case orders.UnverifyPeer(zid):
                self._memory.unverify(bytes.fromhex(zid))
                self._log("unverified-by-hand", zid)
            case orders.ForgetPeer(zid):
                self._memory.forget(bytes.fromhex(zid))
                self._log("forgotten-by-hand", zid)
            case _:
                assert_never(order)
        peers = self._memory.peers()
        listed = menu_answers.peer_entries(peers, self._memory.calls_by_zid())
        return [answers.PeersListed(listed)]

    def _log(self, kind: str, zid: str, detail: str = "") -> None:
        self._memory.log_security_event(kind, bytes.fromhex(zid), "", detail)

    def _of_pin(self, order: orders.CheckPin | orders.SetPin) -> list[Told]:
        match order:
            case orders.CheckPin(pin):
                right, failures = self._memory.check_pin(pin)
                if not right:
                    log.warning("a wrong PIN was typed, number %d in a row", failures)
                    detail = f"number {failures} in a row"
                    self._memory.log_security_event("wrong-pin", None, "", detail)
                return [answers.PinChecked(right, failures)]
            case orders.SetPin(pin):
                self._memory.set_pin(pin)
                return [answers.PinKnown(bool(pin)), answers.Done()]
            case _:
                assert_never(order)
