"""How good a line is, from what PJSIP counts of its packets. Pure.

A call is judged over the last few seconds, and a better judgement has to hold for a while
before it is told, so that the sign on the screen does not flicker.
"""

from collections import deque
from typing import Final

from agent.frozen import frozen
from agent.sip.events import Quality

EVERY_S: Final = 2.0
"""How often a call is looked at, in seconds."""
SILENT_AFTER_S: Final = 3.0
"""After so many seconds without a packet the line is silent."""
BETTER_AFTER: Final = 3
"""So many looks in a row must be better before that is told."""
WINDOW: Final = 4
"""Over so many looks losses are counted."""

# Opus and PJSIP's concealment bridge 2 % unheard; from 8 % on syllables are missing. A delay of
# 150 ms each way is what ITU-T G.114 calls good, and 400 ms its limit. A jitter buffer swallows
# 30 ms without a word.
FAIR_LOSS, POOR_LOSS = 0.02, 0.08
FAIR_JITTER_MS, POOR_JITTER_MS = 30.0, 80.0
FAIR_ROUND_TRIP_MS, POOR_ROUND_TRIP_MS = 300.0, 800.0


@frozen
class Reading:
    """What PJSIP has counted of a stream at one moment.

    Attributes:
        packets: RTP packets that came since the stream began.
        lost: RTP packets that did not, or came too late to be played.
        jitter_ms: How irregularly they come (RFC 3550 section 6.4.1).
        round_trip_ms: From here to there and back; 0 while RTCP has not told.
        expected: Whether packets should come at all: the call is not on hold.
    """

    packets: int
    lost: int
    jitter_ms: float
    round_trip_ms: float
    expected: bool


def grade(loss: float, jitter_ms: float, round_trip_ms: float) -> Quality:
    """The judgement on one stretch of a line on which something came.

    Args:
        loss: The share of the packets that are missing, 0 to 1.
        jitter_ms: Milliseconds.
        round_trip_ms: Milliseconds.
    """
    if loss >= POOR_LOSS or jitter_ms >= POOR_JITTER_MS or round_trip_ms >= POOR_ROUND_TRIP_MS:
        return Quality.POOR
    if loss >= FAIR_LOSS or jitter_ms >= FAIR_JITTER_MS or round_trip_ms >= FAIR_ROUND_TRIP_MS:
        return Quality.FAIR
    return Quality.GOOD


_ORDER: Final = (Quality.GOOD, Quality.FAIR, Quality.POOR, Quality.SILENT)


class Line:
    """One call's line, from the first moment at which somebody listens to it.

    Args:
        now: Seconds of a clock that only grows.
    """

    def __init__(self, now: float) -> None:
        self.told = Quality.GOOD
        self.due = now
        self._readings: deque[Reading] = deque(maxlen=WINDOW)
        self._heard_at = now
        self._better = 0

    def look(self, reading: Reading, now: float) -> Quality | None:
        """Takes in a reading; returns the judgement if it is another one than before."""
        self.due = now + EVERY_S
        latest = self._readings[-1] if self._readings else None
        if latest is not None and reading.packets < latest.packets:
            self._readings.clear()  # a re-INVITE has made a new stream
            latest = None
        came = latest is None or reading.packets > latest.packets
        if not reading.expected or (came and reading.packets > 0):
            self._heard_at = now
        self._readings.append(reading)
        return self._tell(self._judge(now))

    def _judge(self, now: float) -> Quality:
        first, last = self._readings[0], self._readings[-1]
        if now - self._heard_at >= SILENT_AFTER_S:
            return Quality.SILENT
        packets, lost = last.packets - first.packets, max(0, last.lost - first.lost)
        if not last.expected:
            return Quality.GOOD if self.told is Quality.SILENT else self.told
        if packets + lost == 0:
            return self.told
        return grade(lost / (packets + lost), last.jitter_ms, last.round_trip_ms)

    def _tell(self, quality: Quality) -> Quality | None:
        if quality is self.told:
            self._better = 0
            return None
        self._better += 1
        is_better = _ORDER.index(quality) < _ORDER.index(self.told)
        if is_better and self.told is not Quality.SILENT and self._better < BETTER_AFTER:
            return None
        self._better = 0
        self.told = quality
        return quality
