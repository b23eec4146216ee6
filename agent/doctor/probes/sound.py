"""Looks for the sound cards of a board, and opens them where nobody needs them."""

from agent.doctor.judges.sound import SoundFacts
from hw.handset import AlsaHandset
from hw.handset_trial import opening_faults
from hw.profile import BoardProfile, SoundProfile, SpeakerProfile
from hw.sound_cards import absence, cards, find_card, holders


def look(profile: BoardProfile, *, phone_runs: bool) -> list[SoundFacts]:
    """What there is to know of everything that sounds.

    Args:
        profile: The board.
        phone_runs: Whether a call may need the cards at any moment; then they are not opened.
    """
    found = [_handset("handset", profile.handset, phone_runs=phone_runs)]
    if isinstance(profile.ringer, SpeakerProfile) and profile.ringer.card:
        found.append(_speaker(profile.ringer.card))
    return found


def _handset(part: str, profile: SoundProfile, *, phone_runs: bool) -> SoundFacts:
    handset = AlsaHandset(profile, lambda: None)
    try:
        card = handset.find()
        if handset.wanted and card is None:
            return SoundFacts(part, absence=absence(handset.wanted, cards()))
        held = tuple(holders(card)) if card else ()
        level = handset.level(card) if card else None
        tried = not (phone_runs or held)
        faults = opening_faults(handset.devices) if tried else []
    except ImportError as error:
        return SoundFacts(part, absence=f"{error.name} is not installed")
    control, percent, muted = level or ("", None, False)
    return SoundFacts(
        part=part,
        card=card.name if card else profile.capture,
        holders=held,
        tried=tried,
        faults=tuple(faults),
        control=control,
        percent=percent,
        muted=muted,
    )


def _speaker(wanted: str) -> SoundFacts:
    try:
        card = find_card(wanted, present := cards())
    except ImportError as error:
        return SoundFacts("ringer", absence=f"{error.name} is not installed")
    if card is None:
        return SoundFacts("ringer", absence=absence(wanted, present))
    return SoundFacts("ringer", card=card.name, holders=tuple(holders(card)))
