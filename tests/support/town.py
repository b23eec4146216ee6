"""Alice, Bob, and Mallory with a phone of her own: who pretends to be whom, and who believes it."""

from dataclasses import dataclass, field
from pathlib import Path

from agent.demo.person import sas_words
from agent.sip import events as sip
from agent.store import Peer
from agent.zrtp import RetainedSecrets
from hw.types import Key
from support.two_phones import Pair, TestPhone, World


@dataclass
class Town(Pair):
    """Three phones; calls go from one to another, one at a time."""

    mallory: TestPhone = field(kw_only=True)

    @classmethod
    def built(cls, folder: Path) -> "Town":
        world = World()
        alice, bob, mallory = (
            TestPhone(world, name, index, folder)
            for index, name in enumerate(("Alice", "Bob", "Mallory"), start=1)
        )
        alice.meet(bob)
        bob.meet(alice)
        mallory.meet(alice)
        return cls(world, alice, bob, mallory=mallory)

    @property
    def phones(self) -> tuple[TestPhone, ...]:
        return (self.alice, self.bob, self.mallory)

    def call(self, caller: TestPhone, callee: TestPhone) -> None:
        """Calls, and the other one lifts the handset; both look at what there is to see."""
        introduce(caller, callee)
        caller.lift()
        caller.press(*(Key(digit) for digit in numbers_of(caller)), Key.CALL)
        self.settle()
        callee.lift()
        self.wait(1.0)

    def call_verified(self, caller: TestPhone, callee: TestPhone) -> None:
        """A call in which both compare the words, as far as they are asked to, and hang up."""
        self.call(caller, callee)
        self.confirm(caller, callee)
        self.hang_up(caller, callee)

    def confirm(self, *phones: TestPhone) -> None:
        """Each of them says that the words match, and takes the name that is proposed."""
        self.wait(1.6)
        for phone in phones:
            if not words_of(phone) and phone.sip.call not in phone.sip.audio:
                phone.press(Key.CONFIRM)  # past the alarm
                self.wait(1.6)
            if words_of(phone):
                self.hold(phone, Key.CONFIRM, 0.6)
            if "Who is it?" in phone.text:
                phone.press(Key.CONFIRM)
        self.settle()

    def hang_up(self, caller: TestPhone, callee: TestPhone) -> None:
        caller.replace()
        self.settle()
        callee.replace()
        self.wait(5)

    def retarget(self, phone: TestPhone, to: TestPhone) -> None:
        """The other end of a call moves elsewhere (a transfer, another branch of a fork).

        The dialog here stays; its media begin anew with the one who lifts the handset there.
        """
        gone, leg = phone.other, phone.wire.gate
        gone.sip.up, gone.sip.call = False, ""
        phone.wire.destroy()
        gone.wire.destroy()
        introduce(phone, to)
        phone.wire.open(leg)
        to.wire.open()
        to.sip.calls += 1
        to.sip.call = f"in-{to.sip.calls}"
        to.post(
            sip.IncomingCall(to.sip.call, to.wire.gate, "", phone.name, phone.uri, phone.sip.tls)
        )
        self.settle()
        to.lift()
        self.wait(1.0)


def introduce(one: TestPhone, another: TestPhone) -> None:
    """Whatever one sends arrives at the other."""
    one.other, another.other = another, one


def disguise(phone: TestPhone, as_one: TestPhone) -> None:
    """Its calls come under somebody else's name and address, and theirs arrive at it."""
    phone.name, phone.uri = as_one.name, as_one.uri


def numbers_of(caller: TestPhone) -> str:
    """What the caller has to dial: each has one contact."""
    return "101" if caller.index != 1 else "102"


def words_of(phone: TestPhone) -> tuple[str, str] | None:
    """The words on the panel."""
    return sas_words(phone.board.pictures[-1])


def seen_since(phone: TestPhone, pictures: int) -> str:
    """All that stood on the panel since there were so many pictures."""
    return " / ".join(" ".join(picture.text) for picture in phone.board.pictures[pictures:])


def known(phone: TestPhone, other: TestPhone) -> Peer:
    """What a phone knows of another one."""
    peer = phone.store.peer(other.store.zid)
    assert peer is not None
    return peer


def secrets(phone: TestPhone, other: TestPhone) -> RetainedSecrets | None:
    """What a phone retains for another one."""
    return phone.store.retained_secrets(other.store.zid)


def has_sound(phone: TestPhone) -> bool:
    """Whether the handset is the call's."""
    return bool(phone.sip.audio)
