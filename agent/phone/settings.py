"""What a phone is told once, when it is built."""

from dataclasses import field

from agent.frozen import frozen
from agent.phone.dial_plan import DialPlan
from agent.phone.preferences import Preferences


@frozen
class Timings:
    """How long things take, in seconds.

    Attributes:
        dial_timeout_s: Without a further digit, dialling is complete.
        sas_dwell_s: The words stand at least this long before a verdict counts.
        sas_hold_s: How long the key of a verdict is held.
        alarm_dwell_s: An alarm stands at least this long before a key takes it away.
        call_over_s: Why a call ended is shown this long when the handset is down.
        chord_s: How long a short signal in a call sounds.
        multi_tap_s: After this pause the same key begins a new character.
        speed_dial_s: How long a digit is held to dial what it stands for.
        menu_s: A call's menu goes away after so long without a key.
        offer_s: Whoever wants to put us through gets a no after so long.
    """

    dial_timeout_s: float = 4.0
    sas_dwell_s: float = 1.5
    sas_hold_s: float = 0.5
    alarm_dwell_s: float = 1.0
    call_over_s: float = 4.0
    chord_s: float = 0.6
    multi_tap_s: float = 1.0
    speed_dial_s: float = 1.0
    menu_s: float = 15.0
    offer_s: float = 30.0


@frozen
class PhoneSettings:
    """What a phone is told once.

    Attributes:
        name: Its own name, on the idle screen.
        dial_plan: Who can be dialled.
        timings: How long things take.
        restored: Whether the phone's memory is not the one that was left in it.
        preferences: What the person chose before; `SettingsChanged` brings other choices.
    """

    name: str
    dial_plan: DialPlan = field(default_factory=DialPlan)
    timings: Timings = field(default_factory=Timings)
    restored: bool = False
    preferences: Preferences = field(default_factory=Preferences)
