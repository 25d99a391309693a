"""Whether an engine is there, by probes that cost no tokens."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class HealthRule:
    """An engine is down after `fall` failed probes in a row, and up again after `rise` good ones."""

    rise: int = 2
    fall: int = 3


class Health(NamedTuple):
    """What probes say of an engine; `against` counts those in a row that say otherwise."""

    healthy: bool = True
    against: int = 0


def probed(health: Health, rule: HealthRule, *, good: bool) -> Health:
    """Return the health after one more probe."""
    if good is health.healthy:
        return Health(health.healthy)
    enough = health.against + 1 >= (rule.rise if good else rule.fall)
    return Health(good) if enough else Health(health.healthy, health.against + 1)
