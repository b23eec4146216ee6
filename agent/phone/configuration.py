"""What the phone hears of its configuration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfigurationRefused:
    """A new configuration came and will not do; `reason` is a sentence, empty when all is well."""

    reason: str
