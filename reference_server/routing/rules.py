"""Ordered rules from model names to pools of engines: the first match wins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from reference_server.errors import ModelNotFound
from reference_server.routing.balancing import Balancing
from reference_server.routing.patterns import Pattern, PatternError, expanded, shortened


@dataclass(frozen=True, slots=True)
class Alias:
    r"""Another name: whole names that match are read as `model`, where `\1` is the first group."""

    pattern: str
    model: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Models whose whole name matches go to a pool, which calls them `model`; None is the same name.

    `max_tokens` is the most that one answer may have.
    """

    pattern: str
    pool: str
    balancing: Balancing = Balancing.P2C_EWMA
    model: str | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The rule for a name, and the name an engine is asked by. `why` tells how it came to that."""

    model: str
    rule: Rule
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One alias or rule that was held against a name."""

    tried: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every alias and rule that was tried for a name, in order."""

    asked: str
    model: str
    trials: tuple[Trial, ...]
    pool: str | None

    def lines(self) -> Iterator[str]:
        """Yield the explanation, a line at a time."""
        for trial in self.trials:
            yield f"{trial.tried}: {trial.why}"
        end = f"goes to pool '{self.pool}'" if self.pool else "matches no rule: 404 model_not_found"
        yield f"'{shortened(self.model)}' {end}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Aliases and rules, compiled. An alias is applied once: names can't chase each other."""

    rules: tuple[tuple[Pattern, Rule], ...]
    aliases: tuple[tuple[Pattern, Alias], ...] = ()

    @classmethod
    def of(cls, rules: Iterable[Rule], aliases: Iterable[Alias] = ()) -> Self:
        """Compile; PatternError names the pattern that can't be used."""
        return cls(
            tuple((compiled(rule.pattern), rule) for rule in rules),
            tuple((rewriting(alias), alias) for alias in aliases),
        )

    def match(self, asked: str) -> Match:
        """Find the rule for a name; ModelNotFound where there is none."""
        model, why = self._renamed(asked)
        for pattern, rule in self.rules:
            groups = pattern.groups(model)
            if groups is not None:
                named = expanded(rule.model, groups) if rule.model else model
                return Match(named, rule, (*why, f"'{shortened(model)}' matches rule '{rule.pattern}'"))
        raise ModelNotFound(asked)

    def explain(self, asked: str) -> Explanation:
        """Tell which aliases and rules were tried, and why each missed."""
        model, _ = self._renamed(asked)
        aliases, _ = trials("alias", asked, [(pattern, f"read as '{shortened(model)}'") for pattern, _ in self.aliases])
        rules, found = trials("rule", model, [(pattern, f"pool '{rule.pool}'") for pattern, rule in self.rules])
        return Explanation(asked, model, (*aliases, *rules), None if found is None else self.rules[found][1].pool)

    def _renamed(self, asked: str) -> tuple[str, tuple[str, ...]]:
        for pattern, alias in self.aliases:
            groups = pattern.groups(asked)
            if groups is not None:
                model = expanded(alias.model, groups)
                return model, (f"alias '{alias.pattern}' reads '{shortened(asked)}' as '{shortened(model)}'",)
        return asked, ()


def compiled(pattern: str) -> Pattern:
    """Compile, and name the pattern in what goes wrong."""
    try:
        return Pattern.compiled(pattern)
    except PatternError as error:
        raise PatternError(f"'{pattern}': {error}") from error


def rewriting(alias: Alias) -> Pattern:
    """Compile an alias, and hold its groups against the ones it uses."""
    pattern = compiled(alias.pattern)
    pattern.checked(alias.model)
    return pattern


def trials(kind: str, name: str, patterns: list[tuple[Pattern, str]]) -> tuple[list[Trial], int | None]:
    """Hold a name against patterns until one matches; tell which."""
    held: list[Trial] = []
    for number, (pattern, leads) in enumerate(patterns):
        tried = f"{kind} {number + 1} '{pattern.text}'"
        if pattern.groups(name) is not None:
            return [*held, Trial(tried, matched=True, why=f"matches: {leads}")], number
        held.append(Trial(tried, matched=False, why=pattern.missed(name)))
    return held, None
