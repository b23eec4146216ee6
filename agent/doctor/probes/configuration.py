"""Looks at the configuration file."""

from pathlib import Path

from agent.config import Config, ConfigError
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.following import refusal, whole_configuration


def look(file: Path) -> tuple[ConfigurationFacts, Config | None]:
    """What there is to know of it, and what it says if it can be used."""
    named = str(file)
    try:
        file.stat()
        file.open("rb").close()
    except (FileNotFoundError, NotADirectoryError):
        return ConfigurationFacts(named, missing=True), None
    except PermissionError:
        return ConfigurationFacts(named, forbidden=True), None
    except OSError:
        pass  # whatever it is, the loader says it in its own words
    try:
        whole = whole_configuration(file)
    except ConfigError as error:
        problems = tuple(line.removesuffix(".") for line in str(error).splitlines())
        return ConfigurationFacts(named, problems=problems), None
    facts = ConfigurationFacts(
        named,
        refusal=refusal(whole).removesuffix("."),
        accounts=len(whole.config.accounts),
        contacts=len(whole.config.contacts),
    )
    return facts, whole.config
