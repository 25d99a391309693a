"""Routing as it is configured: settings to plan, capacities and rules."""

import sys
from collections.abc import Iterable

from reference_server.routing.balancing import Balancing
from reference_server.routing.breaker import BreakerRule
from reference_server.routing.fleet import Capacity
from reference_server.routing.health import HealthRule
from reference_server.routing.overflow import Line, Overflow
from reference_server.routing.plan import Plan
from reference_server.routing.pools import Fallback, Member, Pool
from reference_server.routing.retrying import BudgetRule
from reference_server.routing.rules import Alias, Rule, Rules
from reference_server.settings import CircuitBreaker, HealthCheck, Retries, Route, Settings
from reference_server.settings.routes import TAG

NEVER = BreakerRule(min_requests=sys.maxsize)


def plan(settings: Settings) -> Plan:
    """Build the plan; PatternError or ValueError names what can't be used."""
    pools = [pool((engine.name,), settings) for engine in settings.engines]
    pools += [pool(route.pool, settings) for route in settings.routes if route.pool]
    rules = [rule(route, settings.default_engine) for route in settings.routes]
    aliases = [Alias(alias.pattern, alias.model) for alias in settings.aliases]
    return Plan(Rules.of(rules, aliases), {each.name: each for each in pools})


def pool(engines: Iterable[str], settings: Settings) -> Pool:
    """Return the pool of some engines; one engine is the pool of its name."""
    names = tuple(dict.fromkeys(engines))
    weights = {engine.name: engine.weight for engine in settings.engines}
    others = dict.fromkeys(other for name in names for other in settings.fallbacks.get(name, ()) if other not in names)
    return Pool(
        pool_name(names),
        tuple(Member(name, weights[name]) for name in names),
        overflow(names, settings),
        tuple(Fallback(name) for name in others),
    )


def overflow(names: Iterable[str], settings: Settings) -> Overflow | None:
    """Return where a pool's overflow goes: nowhere from the engine that takes it."""
    given = settings.overflow
    if given is None or given.to in names:
        return None
    return Overflow(
        pool=given.to,
        model=given.model,
        start=given.threshold,
        end=given.resume,
        hold_s=given.min_hold,
        local_up_to=given.local_up_to,
        cloud_from=given.cloud_from,
        steady=Line(given.steady),
        signals=frozenset(given.signals),
    )


def rule(route: Route, default_engine: str) -> Rule:
    """Return the rule of a route; one that names no engine goes to the default."""
    names = route.pool or (route.engine or default_engine,)
    model = f"{TAG}{route.tag}" if route.tag else route.model
    return Rule(route.pattern, pool_name(names), Balancing(route.load_balancing), model, route.max_tokens)


def pool_name(engines: Iterable[str]) -> str:
    """Name a pool by its engines."""
    return "+".join(dict.fromkeys(engines))


def capacities(settings: Settings) -> dict[str, Capacity]:
    """Return what each engine can take in this worker."""
    return {
        engine.name: Capacity(engine.max_concurrent or settings.at_once, engine.queue, engine.capacity_qps)
        for engine in settings.engines
    }


def breaker_rule(given: CircuitBreaker | None) -> BreakerRule:
    """Return when engines are left alone; None is never."""
    return BreakerRule(given.failure_ratio, given.min_requests, open_s=given.open_for) if given else NEVER


def health_rule(given: HealthCheck | None) -> HealthRule:
    """Return when probes say that an engine is down."""
    return HealthRule(given.rise, given.fall) if given else HealthRule()


def budget_rule(given: Retries) -> BudgetRule:
    """Return how many retries there may be."""
    return BudgetRule(given.share, given.per_second, given.burst)
