"""SDPs with keys in them: whatever a server or somebody on the way makes of an offer or an answer."""

from hashlib import shake_128
from itertools import count
from typing import Final

from agent.media.descriptions import translate
from agent.sdes.agreement import (
    Agreement,
    DisagreementError,
    Values,
    agree,
    answer,
    is_answerable,
    offer,
)
from agent.sdes.attribute import SUITES, Crypto, UnusableError, read
from agent.sip.offers import keeps_encryption, keys_wanted
from fuzz.meter import Meter

_SIZES: Final = {each.auth_tag_bits: each.salt_size for each in SUITES}


class SdesTarget:
    """An input is a whole SDP."""

    def __init__(self) -> None:
        self.meter = Meter()
        self._numbers = count()
        self._offered = offer(self._randbytes)

    def execute(self, data: bytes) -> None:
        inside = self.meter.measure(lambda: translate(data, inwards=True))
        assert len(inside) <= len(data)
        assert translate(translate(inside, inwards=False), inwards=True) == inside
        sdp = inside.decode("latin-1")
        values = keys_wanted(sdp)
        for value in values:
            self._check_read(value)
        self._check_offer(values)
        self._check_answer(values)
        kept = [keeps_encryption(sdp, by_signalling=each) for each in (False, True)]
        assert not all(kept)
        self.meter.executed()

    def _randbytes(self, size: int) -> bytes:
        return shake_128(next(self._numbers).to_bytes(8, "big")).digest(size)

    @staticmethod
    def _check_read(value: str) -> None:
        """What is honoured has a key of its suite's size, and is what it would be written as."""
        try:
            found = read(value)
        except UnusableError:
            return
        assert isinstance(found, Crypto)
        assert len(found.key.master_salt) == _SIZES[found.key.auth_tag_bits]
        assert read(found.write()) == found

    def _check_offer(self, values: Values) -> None:
        """An offer that is answered gives both sides the same keys."""
        try:
            answered = answer(values, (), (), self._randbytes)
        except DisagreementError:
            assert not is_answerable(values)
            return
        ours, theirs = agree(answered, values), agree(values, answered)
        assert (ours.send, ours.receive) == (theirs.receive, theirs.send)

    def _check_answer(self, values: Values) -> None:
        """An answer that is taken chooses one of our own keys, and never both ways."""
        try:
            agreed = agree(self._offered, values)
        except DisagreementError:
            return
        assert isinstance(agreed, Agreement)
        assert len(values) == 1
        assert agreed.send in {read(each).key for each in self._offered}
        assert agreed.receive.master_key != agreed.send.master_key
