"""The reference server as most tests have it: its key, its settings."""

from pydantic import SecretStr

from reference_server.settings import Key, Settings, SyntheticEngine

KEY = "sk-test-0123456789abcdef"
PACE = 0.001
"""Seconds between tokens, so that streams can be watched."""


def settings() -> Settings:
    """The bundled server's configuration, with a key of our own."""
    return Settings(engines=(SyntheticEngine(name="base", token_delay=PACE),), keys=(Key(value=SecretStr(KEY)),))
