"""Above the words: why they are asked about, and with whom."""

from agent.phone.security import SecurityState
from agent.phone.views import ChooseSas, CompareSas
from agent.screens.fonts import SMALL
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import BAR, FIRST, PAD, Align, Canvas
from agent.screens.words import Words


def put_reason(canvas: Canvas, view: CompareSas | ChooseSas, usual: str, words: Words) -> int:
    """Says why and with whom; returns the first row that is free below.

    Args:
        canvas: Where.
        view: The question.
        usual: What it says for the state alone, with `{name}` in it.
        words: The language.
    """
    weaker = view.weaker and not view.state.is_alarm
    # The name is no more than what an unverified signalling claims.
    unsigned = view.state is SecurityState.SIGNALLING_NOT_VERIFIED and not weaker
    title = words.compare_weaker if weaker else usual
    title = title.format(name=words.called(view.name))
    if unsigned:
        canvas.bar(WARNING, words.signalling_not_verified)
    elif view.state.is_secure:
        canvas.marked(LOCK, title, SMALL, FIRST, left=PAD)
    elif view.state.is_alarm or weaker:
        canvas.bar(WARNING, title)
    else:
        canvas.line(title, SMALL, FIRST, align=Align.CENTRE)
    further = _further(view, words, told=unsigned or view.signalling_verified)
    if not further:
        return BAR + 1
    canvas.marked(WARNING, further, SMALL, BAR + 2, left=PAD)
    return BAR + 2 + SMALL.rows


def _further(view: CompareSas | ChooseSas, words: Words, *, told: bool) -> str:
    """The second line, or none; `told`: nothing is left to say of the signalling."""
    if not view.relayed:
        return "" if told else words.signalling_not_verified
    sentence = words.relayed_by if told else words.relayed_unsigned_by
    return sentence.format(name=words.called(view.exchange))
