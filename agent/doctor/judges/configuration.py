"""Whether the phone has a configuration that it can use. Pure."""

from agent.doctor.findings import Area, Finding, good, watch, wrong
from agent.frozen import frozen

_AREA = Area.CONFIGURATION


@frozen
class ConfigurationFacts:
    """What is known of the configuration file.

    Attributes:
        file: Where it lies.
        problems: What is wrong with it, each in a sentence.
        missing: Whether there is no such file.
        forbidden: Whether whoever asks may not read it.
        refusal: Why a newer one, from a card or from the net, is not in use; empty: there is none.
        accounts: How many accounts it has.
        contacts: How many contacts it has.
    """

    file: str
    problems: tuple[str, ...] = ()
    missing: bool = False
    forbidden: bool = False
    refusal: str = ""
    accounts: int = 0
    contacts: int = 0


def judge(facts: ConfigurationFacts) -> list[Finding]:
    """What to say of it."""
    if facts.missing:
        return [
            wrong(
                _AREA,
                f"There is no configuration at {facts.file}.",
                "Copy systemd/sotto.example.toml there and change it, or name another --config.",
            )
        ]
    if facts.forbidden:
        return [
            wrong(
                _AREA,
                f"{facts.file} may not be read by you.",
                "Run this as root (sudo), or as the phone's user.",
            )
        ]
    if facts.problems:
        mend = "Correct it; sotto check-config says whether it is right."
        return [wrong(_AREA, f"{each}.", mend) for each in facts.problems]
    accounts = _counted(facts.accounts, "account")
    contacts = _counted(facts.contacts, "contact")
    found = [good(_AREA, f"{facts.file} can be used: {accounts}, {contacts}.")]
    if facts.refusal:
        found.append(
            watch(
                _AREA,
                f"A newer configuration is not in use: {facts.refusal}.",
                "The phone goes on with the one that it has: correct the newer one.",
            )
        )
    return found


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
