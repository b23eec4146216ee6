"""What two SDPs agree on in their a=crypto attributes (RFC 4568 section 5 and 7).

Every function here takes and gives the attributes' values: what stands behind "a=crypto:" on
the lines of one audio stream.
"""

from collections.abc import Callable, Iterable, Iterator

from agent.frozen import frozen
from agent.sdes.attribute import SUITES, Crypto, UnusableError, make, read
from agent.zrtp.events import SrtpKey

Values = tuple[str, ...]


class DisagreementError(ValueError):
    """There is no key to be had from these two SDPs; its text is for the journal."""


@frozen
class Agreement:
    """The keys of both directions.

    Attributes:
        suite: The name of the crypto suite.
        send: The key of what we send.
        receive: The key of what the other side sends.
    """

    suite: str
    send: SrtpKey
    receive: SrtpKey


def offer(randbytes: Callable[[int], bytes]) -> Values:
    """An offer with every suite, each with a key of its own.

    Args:
        randbytes: So many octets that nobody can foresee.
    """
    return tuple(
        make(tag, suite, randbytes(suite.key_size + suite.salt_size)).write()
        for tag, suite in enumerate(SUITES, 1)
    )


def offer_again(own: Values, theirs: Values) -> Values:
    """The offer in a call that has keys: the same key again, so that no context begins anew.

    Args:
        own: What our latest SDP said.
        theirs: What the other side's latest SDP said.

    Raises:
        DisagreementError: They have agreed on nothing.
    """
    ours, _ = _chosen(own, theirs)
    return (ours.write(),)


def answer(
    offered: Values, own: Values, theirs: Values, randbytes: Callable[[int], bytes]
) -> Values:
    """The answer to an offer: the first of its attributes that we can honour.

    Our key stays the same as long as the other side's does. A new key of theirs may be that of
    another machine, which knows nothing of the packets that we have sent: it gets a new one of
    ours, and both begin at rollover counter 0 (section 7.1.4).

    Args:
        offered: What is offered.
        own: What our latest SDP said; empty: there was none.
        theirs: What the other side's latest SDP said; empty: there was none.
        randbytes: So many octets that nobody can foresee.

    Raises:
        DisagreementError: Nothing in it can be honoured.
    """
    wanted = _wanted(offered)
    if wanted is None:
        raise DisagreementError("nothing that is offered can be honoured")
    before = _before(own, theirs)
    if before is not None and (before[1].suite, before[1].key) == (wanted.suite, wanted.key):
        secret = before[0].secret
    else:
        secret = randbytes(wanted.suite.key_size + wanted.suite.salt_size)
    return (make(wanted.tag, wanted.suite, secret).write(),)


def is_answerable(offered: Values) -> bool:
    """Whether there is anything in an offer that can be honoured."""
    return _wanted(offered) is not None


def agree(own: Values, theirs: Values) -> Agreement:
    """The keys that an offer and its answer amount to.

    Args:
        own: What our SDP says, be it the offer or the answer.
        theirs: What the other side's says.

    Raises:
        DisagreementError: One of them has none, the answer is not the answer to the offer, or
            somebody sends our own key back to us.
    """
    ours, peer = _chosen(own, theirs)
    if peer.key.master_key in {each.key.master_key for each in _usable(own)}:
        # The same keystream both ways would be worth nothing (section 6.1; RFC 3711 section 9.1).
        raise DisagreementError("the other side sends our own key back")
    return Agreement(ours.suite.name, send=ours.key, receive=peer.key)


def _wanted(offered: Values) -> Crypto | None:
    """The first that can be honoured, and that an answer with its tag would mean."""
    usable = tuple(_usable(offered))
    tags = [each.tag for each in usable]
    return next((each for each in usable if tags.count(each.tag) == 1), None)


def _before(own: Values, theirs: Values) -> tuple[Crypto, Crypto] | None:
    try:
        return _chosen(own, theirs)
    except DisagreementError:
        return None


def _chosen(own: Values, theirs: Values) -> tuple[Crypto, Crypto]:
    """Ours and theirs under the tag that was chosen: the answer has one attribute, and only one."""
    if not own or not theirs:
        raise DisagreementError("one side has a crypto attribute and the other none")
    single = theirs if len(theirs) == 1 else own if len(own) == 1 else ()
    if not single:
        raise DisagreementError("an answer has one crypto attribute, not several")
    try:
        tag = read(single[0]).tag
    except UnusableError as error:
        raise DisagreementError(f"what was chosen cannot be honoured: {error}") from None
    ours, peer = (_with_tag(values, tag) for values in (own, theirs))
    if ours.suite != peer.suite:
        raise DisagreementError("the answer has another suite than the offer under this tag")
    return ours, peer


def _with_tag(values: Values, tag: int) -> Crypto:
    found = [each for each in _usable(values) if each.tag == tag]
    if len(found) != 1:
        raise DisagreementError("the tag that was chosen is not offered, or not once")
    return found[0]


def _usable(values: Iterable[str]) -> Iterator[Crypto]:
    for value in values:
        try:
            yield read(value)
        except UnusableError:
            continue
