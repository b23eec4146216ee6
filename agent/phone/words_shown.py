"""The SAS of a call as its person is asked about it: to be compared whole, or chosen by ear."""

from agent.phone.call import Call
from agent.phone.events import Association
from agent.phone.sas_check import CONFIRMING, DENYING, SasCheck, Verdicts, choosing
from agent.phone.settings import Timings
from agent.phone.views import ChooseSas, CompareSas


def check_of(call: Call, timings: Timings, now: float, *, legible: bool) -> SasCheck:
    """The question as it comes up now.

    Args:
        call: The call.
        timings: How long things take.
        now: The time.
        legible: Whether there is a display; without one nobody can say that the words match.
    """
    asked = not call.denied and (call.asks_for_trust or not call.state.is_secure)
    return SasCheck(now, timings, asked=asked, verdicts=_verdicts(call) if legible else DENYING)


def _verdicts(call: Call) -> Verdicts:
    return choosing(call.candidates, call.halves[1]) if call.must_choose else CONFIRMING


def view_of(call: Call, check: SasCheck, found: Association, now: float) -> CompareSas | ChooseSas:
    """What is to be shown; never both halves where one of them is still to be chosen.

    Args:
        call: The call.
        check: How far the person is with the question.
        found: What was agreed.
        now: The time.
    """
    exchange = call.exchange if found.relayed else ""
    weaker = found.weaker_than_before and check.asked
    if call.must_choose:
        return ChooseSas(
            name=call.name,
            half=call.halves[0],
            candidates=call.candidates,
            state=call.state,
            choosable=check.is_confirmable(now),
            held=check.choosing,
            asked=check.asked,
            signalling_verified=call.signalling_verified,
            differing=check.differing,
            weaker=weaker,
            relayed=found.relayed,
            exchange=exchange,
        )
    return CompareSas(
        name=call.name,
        sas=found.sas,
        reads=call.reads,
        state=call.state,
        confirmable=check.is_confirmable(now),
        holding=check.confirming,
        asked=check.asked,
        signalling_verified=call.signalling_verified,
        differing=check.differing,
        weaker=weaker,
        relayed=found.relayed,
        exchange=exchange,
    )
