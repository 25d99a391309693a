"""What an operator may configure: typed, and strict about unknown keys."""

from reference_server.settings.engines import (
    AnyEngine,
    CozeEngine,
    Engine,
    LlamaEngine,
    OpenAIEngine,
    RemoteEngine,
    SyntheticEngine,
    Timeouts,
)
from reference_server.settings.keys import Key, RateLimits
from reference_server.settings.limits import RequestLimits
from reference_server.settings.models import Model, models_in
from reference_server.settings.parameters import Parameters
from reference_server.settings.reading import changed, load, parse
from reference_server.settings.routes import Alias, CircuitBreaker, HealthCheck, Overflow, Retries, Route
from reference_server.settings.section import SettingsError
from reference_server.settings.server import Cache, OpenAICompatibility, Redis
from reference_server.settings.tls import Tls
from reference_server.settings.whole import Settings

__all__ = [
    "Alias",
    "AnyEngine",
    "Cache",
    "CircuitBreaker",
    "CozeEngine",
    "Engine",
    "HealthCheck",
    "Key",
    "LlamaEngine",
    "Model",
    "OpenAICompatibility",
    "OpenAIEngine",
    "Overflow",
    "Parameters",
    "RateLimits",
    "Redis",
    "RemoteEngine",
    "RequestLimits",
    "Retries",
    "Route",
    "Settings",
    "SettingsError",
    "SyntheticEngine",
    "Timeouts",
    "Tls",
    "changed",
    "load",
    "models_in",
    "parse",
]
