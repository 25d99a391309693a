"""Ordered rules from model names to engines: the first match wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from reference_server.errors import ModelNotFound
from reference_server.settings import Route


@dataclass(frozen=True, slots=True)
class Rule:
    """Models whose whole name matches `pattern` go to the engine of this name."""

    pattern: re.Pattern[str]
    engine: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in order."""

    rules: tuple[Rule, ...]

    @classmethod
    def compiled(cls, routes: Iterable[Route], default_engine: str) -> Self:
        """Compile configured routes; one that names no engine goes to the default."""
        return cls(tuple(Rule(re.compile(route.pattern), route.engine or default_engine) for route in routes))

    def engine_for(self, model: str) -> str:
        """Return the engine's name, or refuse the model."""
        for rule in self.rules:
            if rule.pattern.fullmatch(model):
                return rule.engine
        raise ModelNotFound(model)
