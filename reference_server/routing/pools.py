"""Engines that stand in for each other, and where their traffic goes otherwise."""

import math
from dataclasses import dataclass
from functools import cached_property

from reference_server.routing.overflow import Overflow


@dataclass(frozen=True, slots=True)
class Member:
    """An engine of a pool. Weight 0 takes it out of service: nothing new goes there."""

    engine: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a weight that is none."""
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"engine '{self.engine}': a weight is a number from 0 up, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Fallback:
    """An engine to try when those of the pool fail; `model` is what it calls the model, if otherwise."""

    engine: str
    model: str | None = None


@dataclass(frozen=True)
class Pool:
    """Engines that answer for the same models."""

    name: str
    members: tuple[Member, ...]
    overflow: Overflow | None = None
    fallbacks: tuple[Fallback, ...] = ()

    def engines(self) -> tuple[str, ...]:
        """Return the names of all engines that may be asked."""
        return (*(each.engine for each in self.members), *(each.engine for each in self.fallbacks))

    @cached_property
    def is_alone(self) -> bool:
        """Whether there is one engine, and nothing to choose."""
        return len(self.members) == 1 and self.overflow is None and not self.fallbacks

    @property
    def serving(self) -> tuple[Member, ...]:
        """The members that take traffic."""
        return tuple(member for member in self.members if member.weight)
