"""A call of two whole phones, but for SIP, sockets and hardware (see support.two_phones)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.demo.person import sas_words
from agent.sip import events as sip
from agent.store import StoreError
from agent.zrtp.wire import crc32c
from hw.board import HandsetDevices
from hw.types import Device, DeviceBack, DeviceMissing, HeadsetPlugged, Key
from support.two_phones import Pair, TestPhone


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    yield made
    made.close()


def confirm(pair: Pair) -> None:
    pair.wait(1.6)
    for phone in (pair.alice, pair.bob):
        pair.hold(phone, Key.CONFIRM, 0.6)
        phone.press(Key.CONFIRM)
    pair.settle()


def call(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(0.5)


def hang_up(pair: Pair) -> None:
    pair.alice.replace()
    pair.settle()
    pair.bob.replace()
    pair.wait(5)


def both_words(pair: Pair) -> list[tuple[str, str] | None]:
    return [sas_words(phone.board.pictures[-1]) for phone in (pair.alice, pair.bob)]


def red(phone: TestPhone) -> bool:
    return phone.board.leds.red


def test_both_panels_show_the_same_words_and_each_keeps_the_other(pair: Pair) -> None:
    call(pair)
    hers, his = both_words(pair)
    assert hers is not None
    assert hers == his
    assert red(pair.alice)
    confirm(pair)
    assert "Bob" in pair.alice.text
    assert "Verified" in pair.alice.text
    assert "Alice" in pair.bob.text
    assert not red(pair.alice)
    hang_up(pair)
    (peer,) = pair.alice.store.peers()
    assert (peer.name, peer.verified) == ("Bob", True)
    (record,) = pair.bob.store.calls(9)
    assert (record.direction, record.security, record.outcome) == (
        "incoming",
        "new",
        "remote_hung_up",
    )


def test_the_keys_fit_and_differ_by_direction_and_by_call(pair: Pair) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    call(pair)
    alice, bob = pair.alice.wire.keys, pair.bob.wire.keys
    assert alice[1, "send"] == bob[1, "receive"]
    assert alice[1, "receive"] == bob[1, "send"]
    all_keys = {key.master_key for key in alice.values()}
    assert len(all_keys) == 4


def test_the_second_call_is_verified_unasked(pair: Pair) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    shown = len(pair.alice.board.pictures)
    call(pair)
    assert "Verified" in pair.alice.text
    assert "Verified" in pair.bob.text
    assert not any(sas_words(picture) for picture in pair.alice.board.pictures[shown:])


def test_the_disk_comes_before_the_key_and_the_key_before_the_screen(pair: Pair) -> None:
    call(pair)
    for phone in (pair.alice, pair.bob):
        words = sas_words(phone.board.pictures[-1])
        assert words is not None
        diary = [line.lower() for line in phone.diary]
        shown = next(i for i, line in enumerate(diary) if words[0] in line)
        assert diary.index("commit") < diary.index("send key") < shown
    answers = [phone for phone in (pair.alice, pair.bob) if last_packet(phone) > committed(phone)]
    assert len(answers) == 1, "only the responder has a packet left to send: Conf2ACK"


def last_packet(phone: TestPhone) -> int:
    return max(i for i, line in enumerate(phone.diary) if line == "packet")


def committed(phone: TestPhone) -> int:
    return phone.diary.index("commit")


def test_secrets_that_cannot_be_kept_open_no_gate(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(update: object) -> None:
        raise StoreError(f"the disk is full ({type(update).__name__})")

    monkeypatch.setattr(pair.bob.store, "commit_secrets", full)
    call(pair)
    pair.wait(15)
    assert not [key for key in pair.bob.wire.keys if key[1] == "send"]
    assert not pair.bob.sip.audio
    assert not pair.bob.sip.up
    assert both_words(pair)[1] is None


@pytest.mark.parametrize("message", [b"DHPart1 ", b"DHPart2 ", b"Confirm1", b"Confirm2"])
def test_an_altered_message_is_an_attack_and_no_audio(pair: Pair, message: bytes) -> None:
    def alter(packet: bytes) -> bytes:
        return tampered(packet) if message_type(packet) == message else packet

    pair.alice.wire.alter = pair.bob.wire.alter = alter
    call(pair)
    pair.wait(20)
    assert not pair.alice.sip.audio
    assert not pair.bob.sip.audio
    assert not pair.alice.sip.up
    assert not pair.bob.sip.up
    told = [p.text for phone in (pair.alice, pair.bob) for p in phone.board.pictures]
    assert any(
        "attack" in " ".join(text).lower()
        or "altered" in " ".join(text).lower()
        or "tamper" in " ".join(text).lower()
        for text in told
    ), told[-6:]


def message_type(packet: bytes) -> bytes:
    """Where a message begins: a piece of one has eight octets more before it."""
    return packet[24:32] if packet[0] == 0x11 else packet[16:24]


def tampered(packet: bytes) -> bytes:
    """Changes the last octet before the CRC, and mends that, as only an attacker would."""
    covered = packet[:-5] + bytes([packet[-5] ^ 1])
    return covered + crc32c(covered).to_bytes(4, "little")


def test_both_are_told_what_only_one_of_them_found_out(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its Error message has to do, even if it never hangs up: nobody is left waiting for sound."""

    async def forgets(_call: str, _code: int) -> None:
        pass

    # Which of them is the responder, and so finds out, is chance.
    for phone in (pair.alice, pair.bob):
        monkeypatch.setattr(phone.sip, "hang_up", forgets)

    def alter(packet: bytes) -> bytes:
        return tampered(packet) if message_type(packet) == b"Confirm2" else packet

    pair.alice.wire.alter = pair.bob.wire.alter = alter
    call(pair)
    pair.wait(20)
    assert "ATTACKED" in pair.alice.text
    assert "ATTACKED" in pair.bob.text


def test_a_phone_without_zrtp_gets_no_audio(pair: Pair) -> None:
    pair.bob.sip.cut_hash = True
    pair.bob.wire.alter = lambda _packet: None
    call(pair)
    pair.wait(30)
    assert not pair.alice.sip.audio
    assert not pair.alice.sip.up
    assert any("No encryption there" in " ".join(p.text) for p in pair.alice.board.pictures)


@pytest.mark.parametrize("heard", ["the announcement alone", "its Hello"])
def test_a_phone_that_has_zrtp_and_is_not_heard_fell_silent(pair: Pair, heard: str) -> None:
    def silenced(packet: bytes) -> bytes | None:
        return packet if heard == "its Hello" and message_type(packet) == b"Hello   " else None

    pair.alice.wire.alter = pair.bob.wire.alter = silenced
    call(pair)
    pair.wait(30)
    assert not pair.alice.sip.audio
    assert not pair.alice.sip.up
    told = [" ".join(picture.text) for picture in pair.alice.board.pictures]
    assert any("fell silent before the call was secure" in text for text in told)
    assert not any("No encryption" in text for text in told)
    (told_of,) = pair.alice.store.calls(9)
    assert told_of.security == "timed_out"


def test_a_key_pressed_too_soon_confirms_nothing(pair: Pair) -> None:
    call(pair)
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    assert sas_words(pair.alice.board.pictures[-1]) is not None
    assert not pair.alice.store.peers()[0].verified


def test_words_confirmed_when_the_stream_is_gone_verify_nothing(pair: Pair) -> None:
    call(pair)
    pair.wait(1.6)
    pair.alice.wire.destroy()
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    (peer,) = pair.alice.store.peers()
    assert not peer.verified
    assert not [each for each in pair.alice.store.security_events(9) if "sas" in each.kind]


def test_a_flag_is_on_the_disk_no_sooner_than_the_secrets_that_it_is_for(pair: Pair) -> None:
    """A plug that is pulled in between may cost a flag, and gives nobody one."""
    call(pair)
    pair.alice.diary.clear()
    confirm(pair)
    written = [line for line in pair.alice.diary if line in {"commit", "confirm"}]
    assert written == ["commit", "confirm"]


def test_words_that_differ_take_the_flag_and_silence_the_call(pair: Pair) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    call(pair)
    pair.alice.press(Key.CONFIRM)
    pair.wait(2)
    pair.hold(pair.alice, Key.STAR, 0.6)
    assert "WIRETAPPED" in pair.alice.text.upper()
    assert not pair.alice.sip.audio
    assert not pair.alice.store.peers()[0].verified
    assert pair.alice.store.security_events(9)[0].kind == "sas-mismatch"
    hang_up(pair)
    call(pair)
    assert "Verified" not in pair.alice.text


def test_a_lost_cache_alarms_whoever_remembers(pair: Pair, tmp_path: Path) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    pair.bob.store.forget(pair.alice.store.zid)
    call(pair)
    assert "changed" in pair.alice.text.lower()
    assert red(pair.alice)
    hang_up(pair)
    call(pair)
    assert "changed" in pair.alice.text.lower(), "unconfirmed, the next call shows the same"
    assert tmp_path.exists()


def test_handset_that_is_unplugged_and_plugged_in_again(pair: Pair) -> None:
    call(pair)
    pair.alice.post(DeviceMissing(Device.HANDSET, "the sound card went away"))
    pair.alice.post(DeviceMissing(Device.LEDS, "of no concern to SIP"))
    pair.alice.post(DeviceBack(Device.HANDSET))
    told = [line for line in pair.alice.diary if line.startswith(("handset", "speak"))]
    assert told == ["handset lost: the sound card went away", "speak into handset"]
    assert sas_words(pair.alice.board.pictures[-1]) is not None


def test_a_card_that_comes_back_under_another_name_is_taken_up(pair: Pair) -> None:
    call(pair)
    alice = pair.alice
    alice.pump.post(DeviceMissing(Device.HANDSET, "the sound card went away"))
    alice.board.handset.devices = HandsetDevices("renumbered", "renumbered")
    alice.pump.post(DeviceBack(Device.HANDSET))
    pair.settle()
    assert alice.sip.devices.capture == "renumbered"


def test_a_handset_that_sip_cannot_open_is_told_and_not_asked_for_again_at_once(
    pair: Pair,
) -> None:
    alice = pair.alice
    before = list(alice.diary)
    alice.pump.post(sip.AudioMissing("The handset cannot be opened: it is busy."))
    pair.settle()
    assert "it is busy" in alice.text
    assert not any(each.startswith("speak into") for each in alice.diary[len(before) :])


def test_a_headset_is_spoken_into_while_it_is_plugged_in(pair: Pair) -> None:
    alice = pair.alice
    alice.pump.post(HeadsetPlugged())
    pair.settle()
    assert alice.sip.devices.capture == "headset"
    alice.lift()
    assert alice.sip.devices.capture == "handset"
