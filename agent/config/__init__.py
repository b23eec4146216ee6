"""The configuration: one TOML file, read once at the start."""

from agent.config.describe import describe
from agent.config.errors import ConfigError, Problem
from agent.config.loader import load_config, load_updates, parse_config, parse_document
from agent.config.values import (
    CONTROL_SOCKET,
    SIMULATOR,
    STATE_DIR,
    AccountConfig,
    Config,
    ContactConfig,
    FleetConfig,
    MediaConfig,
    NetworkConfig,
    PhoneConfig,
    RuleConfig,
    SimulatorConfig,
    SipConfig,
    TurnConfig,
    WifiConfig,
    ZrtpConfig,
)

__all__ = [
    "CONTROL_SOCKET",
    "SIMULATOR",
    "STATE_DIR",
    "AccountConfig",
    "Config",
    "ConfigError",
    "ContactConfig",
    "FleetConfig",
    "MediaConfig",
    "NetworkConfig",
    "PhoneConfig",
    "Problem",
    "RuleConfig",
    "SimulatorConfig",
    "SipConfig",
    "TurnConfig",
    "WifiConfig",
    "ZrtpConfig",
    "describe",
    "load_config",
    "load_updates",
    "parse_config",
    "parse_document",
]
