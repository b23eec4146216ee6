"""What the phone hears of its configuration."""

from agent.frozen import frozen


@frozen
class ConfigurationRefused:
    """A new configuration came and will not do; `reason` is a sentence, empty when all is well."""

    reason: str
