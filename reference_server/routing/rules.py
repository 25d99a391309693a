"""Ordered rules from model names to engines: the first match wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from reference_server.errors import ModelNotFound
from reference_server.settings import Route


@dataclass(frozen=True, slots=True)
class Rule:
    """Models whose whole name matches go to `pool`, which calls them `model`; None is the same name."""

    pattern: re.Pattern[str]
    pool: str
    model: str | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The rule for a name, and the name an engine is asked by."""

    model: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in order."""

    rules: tuple[Rule, ...]

    @classmethod
    def compiled(cls, routes: Iterable[Route], default_engine: str) -> Self:
        """Compile configured routes; one that names no engine goes to the default, a pool is its first engine."""
        return cls(tuple(compiled(route, default_engine) for route in routes))

    def engine_for(self, model: str) -> str:
        """Return the engine's name, or refuse the model."""
        return self.match(model).rule.pool

    def match(self, asked: str) -> Match:
        """Find the rule for a name; ModelNotFound where there is none."""
        for rule in self.rules:
            if found := rule.pattern.fullmatch(asked):
                return Match(found.expand(rule.model) if rule.model else asked, rule)
        raise ModelNotFound(asked)


def compiled(route: Route, default_engine: str) -> Rule:
    """Compile one route."""
    pool = route.engine or (route.pool or (default_engine,))[0]
    return Rule(re.compile(route.pattern), pool, route.model, route.max_tokens)
