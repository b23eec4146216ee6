"""The words compared whole, and chosen by ear: every state of these two screens, by name."""

from collections.abc import Mapping
from typing import Final

from agent.phone.security import SecurityState
from agent.phone.views import ChooseSas, CompareSas, Half, View

LONG: Final = "Bundesbeauftragte für den Datenschutz und die Informationsfreiheit"
"""Longer than any panel of this size."""
FULL: Final = "Annegret Müller-Lüdenscheidt"
"""As long as a name on a door bell may be."""


def _compare(
    *sas: str,
    state: SecurityState = SecurityState.NOT_VERIFIED,
    name: str = "Bob",
    reads: Half = Half.FIRST,
    confirmable: bool = True,
    holding: bool = False,
    differing: bool = False,
    signalling_verified: bool = True,
    weaker: bool = False,
    relayed_by: str | None = None,
) -> CompareSas:
    return CompareSas(
        name,
        sas,
        reads,
        state,
        confirmable,
        holding,
        not state.is_secure,
        signalling_verified,
        differing,
        weaker,
        relayed_by is not None,
        relayed_by or "",
    )


COMPARE: Final[Mapping[str, View]] = {
    "compare-just-shown": _compare("topmost", "Istanbul", confirmable=False),
    "compare-callee-reads-first": _compare("topmost", "Istanbul"),
    "compare-caller-reads-second": _compare("topmost", "Istanbul", reads=Half.SECOND),
    "compare-holding-match": _compare("topmost", "Istanbul", holding=True),
    "compare-weaker": _compare("topmost", "Istanbul", weaker=True),
    "compare-weaker-signalling-not-verified": _compare(
        "stopwatch",
        "businessman",
        state=SecurityState.SIGNALLING_NOT_VERIFIED,
        signalling_verified=False,
        weaker=True,
    ),
    "compare-weaker-alarm": _compare(
        "topmost", "Istanbul", state=SecurityState.ANOTHER_PHONE, weaker=True
    ),
    "compare-relayed": _compare("topmost", "Istanbul", relayed_by="Office"),
    "compare-relayed-long-names": _compare("glitter", "paperweight", name=LONG, relayed_by=LONG),
    "compare-relayed-signalling-not-verified": _compare(
        "stopwatch",
        "businessman",
        state=SecurityState.SIGNALLING_NOT_VERIFIED,
        signalling_verified=False,
        relayed_by="Office",
    ),
    "compare-relayed-alarm-signalling-not-verified": _compare(
        "ypqj",
        state=SecurityState.CACHE_MISMATCH,
        signalling_verified=False,
        relayed_by="Office",
    ),
    "compare-relayed-again": _compare(
        "topmost", "Istanbul", state=SecurityState.ZRTP_SECURE, relayed_by="Office"
    ),
    "compare-relayed-again-signalling-not-verified": _compare(
        "stopwatch",
        "businessman",
        state=SecurityState.ZRTP_SECURE,
        signalling_verified=False,
        relayed_by="Office",
    ),
    "compare-relayed-no-name": _compare("topmost", "Istanbul", relayed_by=""),
    "compare-holding-differ": _compare("topmost", "Istanbul", differing=True),
    "compare-short-words": _compare("Zulu", "visitor", reads=Half.SECOND),
    "compare-long-words": _compare("glitter", "paperweight"),
    "compare-descenders": _compare("gazelle", "typewriter"),
    "compare-longest-words": _compare("stopwatch", "businessman"),
    "compare-full-name": _compare("topmost", "Istanbul", name=FULL),
    "compare-long-name": _compare("topmost", "Istanbul", name=LONG),
    "compare-no-name": _compare("topmost", "Istanbul", name=""),
    "compare-characters": _compare("q7zn"),
    "compare-characters-caller": _compare("yg1p", reads=Half.SECOND),
    "compare-characters-wide": _compare("mwmw"),
    "compare-characters-longest-spelling": _compare("nnnn", reads=Half.SECOND),
    "compare-characters-holding": _compare("q7zn", holding=True),
    "compare-characters-again": _compare("q7zn", state=SecurityState.ZRTP_SECURE),
    "compare-characters-alarm-signalling-not-verified": _compare(
        "ypqj", state=SecurityState.CACHE_MISMATCH, signalling_verified=False
    ),
    "compare-verified-signalling-not-verified": _compare(
        "gazelle", "typewriter", state=SecurityState.ZRTP_SECURE, signalling_verified=False
    ),
    "compare-alarm-signalling-not-verified": _compare(
        "topmost", "Istanbul", state=SecurityState.ANOTHER_PHONE, signalling_verified=False
    ),
    **{
        f"compare-{state.name.lower()}": _compare(
            "topmost",
            "Istanbul",
            state=state,
            signalling_verified=state is not SecurityState.SIGNALLING_NOT_VERIFIED,
        )
        for state in SecurityState
    },
}

_CHOICES: Final = ("Istanbul", "headwaters", "paperweight", "unravel")


def _choose(
    half: str = "topmost",
    candidates: tuple[str, ...] = _CHOICES,
    *,
    state: SecurityState = SecurityState.NOT_VERIFIED,
    name: str = "Bob",
    choosable: bool = True,
    held: int | None = None,
    differing: bool = False,
    signalling_verified: bool = True,
    weaker: bool = False,
    relayed_by: str | None = None,
) -> ChooseSas:
    return ChooseSas(
        name,
        half,
        candidates,
        state,
        choosable,
        not state.is_secure,
        signalling_verified,
        held,
        differing,
        weaker,
        relayed_by is not None,
        relayed_by or "",
    )


_UNSIGNED: Final = SecurityState.SIGNALLING_NOT_VERIFIED
CHOOSE: Final[Mapping[str, View]] = {
    "choose-just-shown": _choose(choosable=False),
    "choose": _choose(),
    "choose-holding": _choose(held=1),
    "choose-holding-last": _choose(held=3),
    "choose-holding-differ": _choose(differing=True),
    "choose-caller": _choose("Istanbul", ("topmost", "stopwatch", "Zulu", "gazelle")),
    "choose-longest-words": _choose(
        "stopwatch", ("businessman", "miracle", "recipe", "newsletter"), state=_UNSIGNED
    ),
    "choose-direct": _choose(state=_UNSIGNED, signalling_verified=False),
    "choose-hash-missing": _choose(state=SecurityState.HASH_MISSING),
    "choose-cache-mismatch": _choose(state=SecurityState.CACHE_MISMATCH),
    "choose-another-phone-direct": _choose(
        state=SecurityState.ANOTHER_PHONE, signalling_verified=False
    ),
    "choose-hash-differs": _choose(state=SecurityState.HASH_DIFFERS),
    "choose-weaker": _choose(weaker=True),
    "choose-relayed": _choose(relayed_by="Office"),
    "choose-relayed-direct": _choose(
        state=_UNSIGNED, signalling_verified=False, relayed_by="Office"
    ),
    "choose-again": _choose(state=SecurityState.GREEN_SECURE),
    "choose-again-direct": _choose(state=SecurityState.ZRTP_SECURE, signalling_verified=False),
    "choose-full-name": _choose(name=FULL),
    "choose-long-name": _choose(name=LONG),
    "choose-no-name": _choose(name=""),
    "choose-characters": _choose("q7", ("zn", "ab", "mw", "1y")),
    "choose-characters-longest-spelling": _choose(
        "nn", ("zn", "ab", "mw", "1y"), state=_UNSIGNED, signalling_verified=False, relayed_by="PBX"
    ),
    "choose-characters-holding": _choose("q7", ("zn", "ab", "mw", "1y"), held=2),
}
