"""Keys that the signalling carries: what they are good for, and what they must never do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.media.gate import GateDescribed, KeyReuseError, SrtpReceived
from agent.phone import views
from agent.phone.actions import HangUp, Refusal, SendDtmf, Tone
from agent.phone.events import (
    Answered,
    CallEnded,
    CallId,
    Dialled,
    EarlyMedia,
    Encrypted,
    EncryptedToServer,
    EndReason,
    Securing,
    TurnedAway,
)
from agent.phone.security import SecurityState
from agent.sdes import agreement
from agent.sip import events as sip
from agent.zrtp import State
from hw.types import HookLifted, HookReplaced, Key, Leds
from support.phone_driver import OUT, PhoneDriver, association, incoming
from support.two_phones import Pair, TestPhone


@pytest.fixture
def driver() -> PhoneDriver:
    return PhoneDriver()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both have an account at a server that may carry keys, and the server cuts out the hash."""
    made = Pair.at_home(tmp_path)
    for phone in made.phones:
        phone.sip.tls = phone.sip.carries_keys = phone.sip.cut_hash = True
    yield made
    made.close()


class TestOnThePhone:
    """What the person sees and hears."""

    def test_the_server_can_listen_and_the_red_lamp_says_so(self, driver: PhoneDriver) -> None:
        driver.call_bob()
        driver.happens(EncryptedToServer(OUT))
        driver.wait(61)
        driver.sees(views.InCall("Bob", SecurityState.SERVER_CAN_LISTEN, 61))
        assert driver.leds == Leds(red=True)
        assert driver.audio == OUT
        assert driver.tone is None

    def test_keys_send_digits_and_there_are_no_words(self, driver: PhoneDriver) -> None:
        driver.call_bob()
        driver.happens(EncryptedToServer(OUT))
        driver.actions()
        driver.dial("4")
        assert driver.actions() == (SendDtmf(OUT, "4"),)
        driver.press(Key.CONFIRM)
        driver.sees(views.InCall("Bob", SecurityState.SERVER_CAN_LISTEN, 0))
        driver.press(Key.CALL)
        assert driver.muted

    def test_zrtp_begins_the_ritual_whatever_was_before(self, driver: PhoneDriver) -> None:
        driver.call_bob()
        driver.happens(EncryptedToServer(OUT))
        driver.happens(Securing(OUT))
        driver.sees(views.Securing)
        assert driver.audio is None
        driver.happens(Encrypted(OUT, association()))
        driver.sees(views.CompareSas)
        assert driver.audio == OUT

    def test_nothing_of_the_servers_does_after_zrtp(self, driver: PhoneDriver) -> None:
        driver.talk_to_bob(association())
        driver.actions()
        driver.happens(EncryptedToServer(OUT))
        driver.sees(views.NotEncrypted("Bob"))
        assert HangUp(OUT, Refusal.NOT_ENCRYPTED) in driver.actions()
        assert driver.audio is None

    def test_signalling_that_nobody_vouches_for_carries_no_keys(self, driver: PhoneDriver) -> None:
        driver.call_bob(signalling_verified=False)
        driver.happens(EncryptedToServer(OUT))
        driver.sees(views.NotEncrypted("Bob"))
        assert driver.audio is None

    def test_an_announcement_before_the_answer_is_heard(self, driver: PhoneDriver) -> None:
        driver.happens(HookLifted())
        driver.dial("1002#")
        driver.happens(Dialled(OUT, signalling_verified=True))
        driver.happens(EarlyMedia(OUT), EncryptedToServer(OUT))
        driver.sees(views.Calling("Bob", hears=SecurityState.SERVER_CAN_LISTEN))
        assert (driver.audio, driver.muted) == (OUT, True)
        driver.happens(Answered(OUT))
        driver.sees(views.InCall("Bob", SecurityState.SERVER_CAN_LISTEN, 0))
        assert not driver.muted

    def test_who_was_turned_away_for_the_encryption_is_told(self, driver: PhoneDriver) -> None:
        driver.happens(TurnedAway("Office", "sip:600@example.org"))
        driver.sees(views.NotEncrypted("Office"))
        assert driver.leds == Leds(red=True)
        driver.wait(60)
        driver.sees(views.Idle)
        driver.happens(TurnedAway("", "sip:bob@example.org"), incoming())
        driver.sees(views.Ringing)

    def test_and_in_a_call_as_well(self, driver: PhoneDriver) -> None:
        driver.call_bob()
        driver.happens(EncryptedToServer(OUT), TurnedAway("Office", "sip:600@example.org"))
        driver.sees(views.NotEncrypted("Office"))
        assert driver.audio == OUT
        driver.press(Key.STAR)
        driver.sees(views.InCall)
        driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP), HookReplaced())
        driver.sees(views.Idle)
        assert driver.tone is not Tone.ALARM


def call(pair: Pair, seconds: float = 0.5) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(seconds)


def deaf(*phones: TestPhone) -> None:
    """Their ZRTP reaches nobody, as through a PBX."""
    for phone in phones:
        phone.wire.alter = lambda _packet: None


def confirm(pair: Pair) -> None:
    pair.wait(1.6)
    for phone in pair.phones:
        pair.hold(phone, Key.CONFIRM, 0.6)
        phone.press(Key.CONFIRM)
    pair.settle()


def hang_up(pair: Pair) -> None:
    pair.alice.replace()
    pair.settle()
    pair.bob.replace()
    pair.wait(5)


def describe_again(phone: TestPhone, change: Callable[[], tuple[str, ...]]) -> None:
    """A re-INVITE with another key of the other side's."""
    gate = phone.wire.gate
    theirs = change()
    own = agreement.answer(theirs, (), (), phone.randbytes) if theirs else ()
    phone.wire.happen(GateDescribed(gate, gate, own, theirs, ()))


def one_key(phone: TestPhone) -> tuple[str, ...]:
    return agreement.offer(phone.randbytes)[3:4]


class TestThroughAPbx:
    """ZRTP does not pass."""

    @pytest.fixture(autouse=True)
    def _pbx(self, pair: Pair) -> None:
        deaf(*pair.phones)

    def test_both_say_all_the_call_that_the_server_can_listen(self, pair: Pair) -> None:
        call(pair)
        for phone in pair.phones:
            assert "Server can listen" in phone.text
            keys = [each for each in phone.diary if "key" in each]
            assert keys == ["receive key of the server", "send key of the server"]
            assert phone.sip.audio
            assert phone.board.leds.red
        pair.wait(30)
        for phone in pair.phones:
            assert "Server can listen" in phone.text
        hang_up(pair)
        (record,) = pair.alice.store.calls(9)
        assert record.security == "server can listen"

    def test_the_keys_are_those_of_the_signalling(self, pair: Pair) -> None:
        call(pair)
        hers, his = (
            {way: key for (_, way), key in phone.wire.keys.items()} for phone in pair.phones
        )
        assert hers["send"] == his["receive"]
        assert hers["receive"] == his["send"]

    def test_a_new_key_in_mid_call_takes_the_place_of_the_old_one(self, pair: Pair) -> None:
        call(pair)
        before = dict(pair.alice.wire.keys)
        describe_again(pair.alice, lambda: one_key(pair.alice))
        assert set(pair.alice.wire.keys.values()).isdisjoint(before.values())
        assert "Server can listen" in pair.alice.text

    def test_the_same_keys_again_change_nothing(self, pair: Pair) -> None:
        call(pair)
        held = pair.alice.pump._associations.of_call(_call_of(pair.alice))
        assert held is not None
        said = len(pair.alice.diary)
        theirs = one_key(pair.alice)
        describe_again(pair.alice, lambda: theirs)
        once = held.by_server
        gate = pair.alice.wire.gate
        own = agreement.answer(theirs, (), (), pair.alice.randbytes)
        pair.alice.wire.happen(GateDescribed(gate, gate, own, theirs, ()))
        assert held.by_server != once  # another own key was made for this test
        pair.alice.wire.happen(GateDescribed(gate, gate, own, theirs, ()))
        assert pair.alice.diary[said:].count("send key of the server") == 2

    def test_keys_of_an_answer_that_comes_before_the_word_of_dialling(self, pair: Pair) -> None:
        """The answer took another way through the phone than SIP's own word, and was quicker."""
        pair.alice.sip.tells_late = True
        call(pair)
        assert "Server can listen" in pair.alice.text
        assert "send key of the server" in pair.alice.diary

    def test_keys_that_come_so_early_are_never_taken_for_those_of_the_call_before(
        self, pair: Pair
    ) -> None:
        pair.alice.sip.tells_late = pair.alice.wire.has_one_leg = True
        for _ in range(2):
            call(pair)
            assert "Server can listen" in pair.alice.text
            hang_up(pair)

    def test_keys_that_are_taken_away_end_the_call(self, pair: Pair) -> None:
        call(pair)
        describe_again(pair.alice, tuple)
        pair.settle()
        assert "No encryption there" in pair.alice.text
        assert not pair.alice.sip.audio

    def test_a_key_that_was_in_use_before_ends_the_call(
        self, pair: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call(pair)

        def refuse(*_: object, **__: object) -> None:
            raise KeyReuseError("used before")

        monkeypatch.setattr(pair.alice.wire, "install_keys", refuse)
        describe_again(pair.alice, lambda: one_key(pair.alice))
        pair.settle()
        assert "could not agree" in pair.alice.text

    def test_our_own_key_sent_back_ends_the_call(self, pair: Pair) -> None:
        call(pair)
        gate, ours = pair.alice.wire.gate, one_key(pair.alice)
        pair.alice.wire.happen(GateDescribed(gate, gate, ours, ours, ()))
        pair.settle()
        assert "No encryption there" in pair.alice.text

    def test_sound_under_the_servers_key_is_nothing_that_zrtp_hears_of(
        self, pair: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call(pair)
        held = pair.alice.pump._associations.of_call(_call_of(pair.alice))
        assert held is not None
        heard: list[float] = []
        monkeypatch.setattr(held.session, "srtp_received", heard.append)
        gate = pair.alice.wire.gate
        pair.alice.wire.happen(SrtpReceived(gate, gate, by_signalling=True))
        assert heard == []
        pair.alice.wire.happen(SrtpReceived(gate, gate))
        assert len(heard) == 1


class TestZrtpOverIt:
    """Both phones have ZRTP, and it passes."""

    def test_zrtp_wins(self, pair: Pair) -> None:
        call(pair)
        for phone in pair.phones:
            assert "Server can listen" not in phone.text
            keys = [each for each in phone.diary if each.endswith(("key", "server"))]
            assert keys[:2] == ["receive key of the server", "send key of the server"]
            assert keys[2:4] in (["receive key", "receive key"], ["receive key", "send key"])
            assert keys[-1] == "send key"
        confirm(pair)
        assert "Verified" in pair.alice.text

    def test_what_was_announced_gets_no_key_of_the_server(self, pair: Pair) -> None:
        for phone in pair.phones:
            phone.sip.cut_hash = False
        call(pair)
        assert not any("of the server" in each for phone in pair.phones for each in phone.diary)
        confirm(pair)
        assert "Verified, green" in pair.alice.text

    def test_what_was_announced_and_does_not_come_ends_the_call(self, pair: Pair) -> None:
        """Somebody who only drops packets must not get the call into the server's hands."""
        for phone in pair.phones:
            phone.sip.cut_hash = False
        deaf(*pair.phones)
        call(pair, 30)
        for phone in pair.phones:
            assert "Server can listen" not in phone.text
            assert not phone.sip.audio
        assert not any("of the server" in each for phone in pair.phones for each in phone.diary)

    def test_no_key_of_the_server_gets_in_after_zrtp(self, pair: Pair) -> None:
        call(pair)
        keys = dict(pair.alice.wire.keys)
        held = pair.alice.pump._associations.of_call(_call_of(pair.alice))
        assert held is not None
        assert held.session.state is State.SECURE
        for change in (lambda: one_key(pair.alice), tuple):
            describe_again(pair.alice, change)
            assert pair.alice.wire.keys == keys
            assert "Server can listen" not in pair.alice.text


class TestDowngrade:
    """A phone was verified under this address."""

    @pytest.fixture(autouse=True)
    def _verified(self, pair: Pair) -> None:
        call(pair)
        confirm(pair)
        hang_up(pair)
        for phone in pair.phones:
            phone.diary.clear()

    def test_less_than_zrtp_is_refused_loudly(self, pair: Pair) -> None:
        deaf(*pair.phones)
        call(pair, 30)
        assert "You verified them, but now only the server would encrypt" in pair.alice.text
        assert pair.alice.board.leds.red
        for phone in pair.phones:
            assert not any("of the server" in each for each in phone.diary)
            assert not phone.sip.audio
        kinds = [each.kind for each in pair.alice.store.security_events(9)]
        assert "downgrade" in kinds

    def test_zrtp_goes_on_as_ever(self, pair: Pair) -> None:
        call(pair)
        assert "Verified" in pair.alice.text


def test_a_call_that_was_turned_away_is_a_missed_one(pair: Pair) -> None:
    pair.alice.post(sip.TurnedAway("in-9", "Office", "Switchboard", "sip:600@example.org"))
    assert "Switchboard" in pair.alice.text
    assert "No encryption there" in pair.alice.text
    (record,) = pair.alice.store.calls(9)
    assert (record.direction, record.outcome, record.answered) == (
        "incoming",
        "no_common_encryption",
        None,
    )
    assert pair.alice.store.unseen_missed_calls() == 1


def _call_of(phone: TestPhone) -> CallId:
    return CallId(phone.sip.call)
