"""What the person at the phone chooses while it runs. Frozen; a change makes a new one."""

from enum import Enum

from agent.frozen import frozen


class Language(Enum):
    """What the display speaks; the value is the code of ISO 639-1."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"


@frozen
class Preferences:
    """The choices of the person; none of them ever keeps an emergency number from working.

    Where a number stands, it is whatever could be dialled: a contact's number, a number of
    the dial plan, or a SIP address.

    Attributes:
        do_not_disturb: Whether calls are turned away unheard.
        ring_through: Who rings all the same: SIP addresses, and numbers of contacts.
        forward_always: Where every call goes instead; empty: it rings here.
        forward_busy: Where a call goes that would get busy; empty: it gets busy.
        forward_no_answer: Where a call goes that nobody answers; empty: it rings on.
        forward_after_s: After so many seconds nobody answers.
        hot_line: What is dialled by lifting the handset and pressing nothing; empty: nothing.
        hot_line_after_s: After so many seconds of that.
        speed_dial: What a digit ("1" to "9") dials when it is held down, as (digit, number).
        call_waiting: Whether a second call is let through with a tone; otherwise it gets busy.
        language: What the display speaks.
        earpiece_volume: In percent of what the sound card has; None: as the card has it.
        ringer_volume: The same for the ringer.
        headset_volume: The same for a headset.
        ring_tone: The name of the ring tone; empty: that of the configuration.
        country: Whose tones are heard in the earpiece, e.g. "de"; empty: as configured.
        brightness: Of the panel, 1 to 100 percent.
        screen_off_after_s: After so many seconds at rest the panel is dark; 0: never.
        lock_after_s: After so many seconds at rest the phone locks itself; 0: never.
    """

    do_not_disturb: bool = False
    ring_through: tuple[str, ...] = ()
    forward_always: str = ""
    forward_busy: str = ""
    forward_no_answer: str = ""
    forward_after_s: float = 20.0
    hot_line: str = ""
    hot_line_after_s: float = 5.0
    speed_dial: tuple[tuple[str, str], ...] = ()
    call_waiting: bool = True
    language: Language = Language.ENGLISH
    earpiece_volume: int | None = None
    ringer_volume: int | None = None
    headset_volume: int | None = None
    ring_tone: str = ""
    country: str = ""
    brightness: int = 100
    screen_off_after_s: int = 600
    lock_after_s: int = 300

    def speed_number(self, digit: str) -> str:
        """What the digit dials when it is held down; empty: nothing."""
        return next((number for key, number in self.speed_dial if key == digit), "")
