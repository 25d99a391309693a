"""Everything that is configured about routing, held together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reference_server.routing.pools import Pool
from reference_server.routing.rules import Rules


@dataclass(frozen=True, slots=True)
class Plan:
    """Rules, and the pools by name. ValueError names what leads nowhere."""

    rules: Rules
    pools: Mapping[str, Pool]

    def __post_init__(self) -> None:
        """Refuse rules and overflows to pools that are not there."""
        for place, name in self._references():
            if name not in self.pools:
                raise ValueError(f"{place} leads to pool '{name}', which is not there")

    def _references(self) -> Iterator[tuple[str, str]]:
        for _, rule in self.rules.rules:
            yield f"rule '{rule.pattern}'", rule.pool
        for pool in self.pools.values():
            if pool.overflow:
                yield f"overflow of pool '{pool.name}'", pool.overflow.pool

    def engines(self) -> frozenset[str]:
        """Return the names of all engines that may be asked."""
        return frozenset(name for pool in self.pools.values() for name in pool.engines())
