"""What goes out on one media stream: packets, repetitions, and answers given again."""

from collections.abc import Callable
from typing import Final

from agent.zrtp.fragments import DEFAULT_MTU, check_mtu, cut, fits
from agent.zrtp.retransmission import Budget, Repetition, Schedule
from agent.zrtp.wire import Packet, encode_packet

__all__ = ["Stream"]

_SEQUENCE_MASK: Final = 0x7FFF

# An exchange uses five messages of the peer; the rest is room for Hellos that compete.
_MAX_ANSWERS: Final = 16


class Stream:
    """The sending side of one stream.

    Args:
        randbytes: source of randomness, for the first sequence number. It stays below 0x8000:
            some phones take a number that wraps for an old packet.
        mtu: octets of the largest packet; a message that needs more goes out in pieces.

    Attributes:
        ssrc: our source identifier, 32 bits.
    """

    def __init__(self, randbytes: Callable[[int], bytes], mtu: int = DEFAULT_MTU) -> None:
        check_mtu(mtu)
        self.ssrc = 0
        self._mtu = mtu
        self._message_ids: dict[bytes, int] = {}
        self._sequence = int.from_bytes(randbytes(2)) & _SEQUENCE_MASK
        self._packets: list[bytes] = []
        self._repetition: Repetition | None = None
        self._sent_at = 0.0
        self._answers: dict[bytes, bytes | None] = {}
        self._budget = Budget()

    @property
    def due(self) -> float | None:
        """When the repetition or the deadline is due; None when there is none."""
        return None if self._repetition is None else self._repetition.due

    def take_packets(self) -> list[bytes]:
        """Hand over what is to be sent."""
        packets, self._packets = self._packets, []
        return packets

    def send(self, message: bytes) -> None:
        """Send a message once; each packet has the next sequence number (section 5)."""
        if fits(message, self._mtu):
            self._packets.append(encode_packet(Packet(self._sequence, self.ssrc, message)))
            self._sequence += 1
            return
        message_id = self._message_ids.setdefault(message, len(self._message_ids) + 1)
        for fragment in cut(message, message_id, self._mtu):
            self._packets.append(fragment.encode(self._sequence, self.ssrc))
            self._sequence += 1

    def send_repeatedly(self, message: bytes, schedule: Schedule, now: float) -> None:
        """Send a message until `stop`, instead of what was repeated so far."""
        self.send(message)
        self._sent_at = now
        self._repetition = Repetition(message, schedule, now)

    def wait(self, schedule: Schedule, now: float) -> None:
        """Send nothing again, but let a deadline run."""
        self._repetition = Repetition(b"", schedule, now)

    def hurry(self, message: bytes, schedule: Schedule, now: float) -> None:
        """Keep a message going, which somebody is now known to wait for.

        It is sent at once unless that has just happened. A schedule that has ended begins anew,
        one that runs goes on as the longer one.
        """
        if self._repetition is None:
            self.send_repeatedly(message, schedule, now)
            return
        self._repetition.extend(schedule)
        if now - self._sent_at >= schedule[0]:
            self.send(message)

    def extend(self, schedule: Schedule) -> None:
        """Repeat for longer, if anything is being repeated."""
        if self._repetition is not None:
            self._repetition.extend(schedule)

    def stop(self) -> None:
        """Repeat nothing any more."""
        self._repetition = None

    def fall_silent(self) -> None:
        """Repeat nothing, and answer nothing again."""
        self.stop()
        self._answers.clear()

    def handle_due(self, now: float) -> bool:
        """The due time has come: repeat. True when the schedule has ended instead."""
        repetition = self._repetition
        if repetition is None or now < repetition.due:
            return False
        if not repetition.advance(now):
            self.stop()
            return True
        self.send(repetition.message)
        self._sent_at = now
        return False

    def used(self, message: bytes, answer: bytes | None = None) -> None:
        """Remember that a message was used; send the answer, if there is one."""
        self.remember(message, answer)
        if answer is not None:
            self.send(answer)

    def remember(self, message: bytes, answer: bytes | None) -> None:
        """Remember what to answer when a message comes again."""
        if len(self._answers) >= _MAX_ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._answers[message] = answer

    def forget(self, message: bytes) -> None:
        """Take a message for new when it comes again."""
        self._answers.pop(message, None)

    def answer(self, message: bytes, now: float) -> None:
        """Send what somebody asked for who proved nothing, unless too many ask (section 6)."""
        if self._budget.spend(now):
            self.send(message)

    def answer_again(self, message: bytes, now: float) -> bool:
        """Whether this very message was used before; then its answer goes out again."""
        if message not in self._answers:
            return False
        answer = self._answers[message]
        if answer is not None:
            self.answer(answer, now)
        return True
