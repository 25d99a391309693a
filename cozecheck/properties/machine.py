"""Hypothesis's state machine: programs drawn by a seed."""

import sys
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from cozecheck.properties.programs import LOOK, MAKE, STRANGE, Program, Step
from cozecheck.properties.resources import RESOURCES, WORDS
from cozecheck.properties.searching import without_local_constants

MOST_STEPS = 12
LIMITS = st.sampled_from((0, 1, 2, 3))
Rule = TypeVar("Rule", bound=Callable[..., None])
STRANGE_VERBS = (LOOK, "drop", "list")


def _can(verb: str) -> Callable[[Rule], Rule]:
    """Offer a rule only where the resource has the verb."""
    guard: Callable[[Rule], Rule] = precondition(lambda machine: verb in RESOURCES[machine.resource].verbs)
    return guard


class Machine(RuleBasedStateMachine):
    """Writes a program down, step by step; what it is for is handed over when it ends."""

    made: Bundle[int] = Bundle("made")
    orders: SearchStrategy[int] = st.integers(0, 2)

    def __init__(self, resource: str, keep: Callable[[Program], None]) -> None:
        super().__init__()
        self.resource = resource
        self._keep = keep
        self._steps: list[Step] = []
        self._count = 0

    def _add(self, verb: str, of: int | None = None, **parts: Any) -> None:
        """Write a step down, but for one that only says again what the last one did."""
        step = Step(verb, of, **parts)
        if step.verb == "make" or step not in self._steps[-1:]:
            self._steps.append(step)

    @initialize(target=made)
    def first(self) -> int:
        """Make the first object."""
        return self.make()

    @precondition(lambda machine: machine._count < len(WORDS))
    @rule(target=made)
    def another(self) -> int:
        """Make another object."""
        return self.make()

    def make(self) -> int:
        """Make an object; return its number."""
        self._add("make")
        self._count += 1
        return self._count - 1

    @rule(of=made)
    def look(self, of: int) -> None:
        """Look at an object, whether it is there or not."""
        self._add(LOOK, of)

    @_can("drop")
    @rule(of=made)
    def drop(self, of: int) -> None:
        """Delete an object, perhaps once more."""
        self._add("drop", of)

    @_can("change")
    @rule(of=made)
    def change(self, of: int) -> None:
        """Give an object other metadata."""
        self._add("change", of)

    @_can("cancel")
    @rule(of=made)
    def cancel(self, of: int) -> None:
        """End what an object does."""
        self._add("cancel", of)

    @_can("content")
    @rule(of=made)
    def content(self, of: int) -> None:
        """Read the bytes of an object."""
        self._add("content", of)

    @_can("list")
    @rule(limit=LIMITS, order=orders)
    def list(self, limit: int, order: int) -> None:
        """List from the beginning."""
        self._add("list", limit=limit, order=self._order(order))

    @_can("list")
    @rule(limit=LIMITS, order=orders, after=made)
    def go_on(self, limit: int, order: int, after: int) -> None:
        """List what comes after an object."""
        self._add("list", limit=limit, order=self._order(order), after=after)

    @_can("inside")
    @rule(of=made, limit=LIMITS, order=orders)
    def inside(self, of: int, limit: int, order: int) -> None:
        """List what an object holds."""
        self._add("inside", of, limit=limit, order=self._order(order))

    @rule(verb=st.sampled_from(STRANGE_VERBS), of=made)
    def strange(self, verb: str, of: int) -> None:
        """Try it with a key that nobody has."""
        known = verb in RESOURCES[self.resource].verbs
        self._add(STRANGE + (verb if known else LOOK), None if known and verb == "list" else of)

    def _order(self, number: int) -> str:
        orders = RESOURCES[self.resource].orders
        return orders[number % len(orders)]

    def teardown(self) -> None:
        """Hand the whole over; what Hypothesis has broken off is none."""
        if sys.exception() is None:
            self._keep(Program(self.resource, tuple(self._steps)))


def whole(resource: str) -> Program:
    """Return a life in which everything is done once while the objects are there, and once when one is gone."""
    verbs, orders = RESOURCES[resource].verbs, RESOURCES[resource].orders
    looks = [Step(LOOK, 0), *(Step(verb, 0) for verb in ("content", "inside") if verb in verbs)]
    looks += [Step("list", order=orders[-1])] if "list" in verbs else []  # the latest first, for there may be many
    turns = [[Step(verb, 0), *looks] for verb in ("change", "cancel", "drop") if verb in verbs]
    return Program(resource, (Step(MAKE), Step(MAKE), *looks, *chain(*turns)))


def drawn(resource: str, count: int, seed: int) -> tuple[Program, ...]:
    """Return *count* programs of a resource, no two alike, or fewer: its whole life, then others at random."""
    found = {whole(resource): None}

    def keep(program: Program) -> None:
        found[program] = None

    class Drawing(Machine):
        def __init__(self) -> None:
            super().__init__(resource, keep)

    with without_local_constants():
        run_state_machine_as_test(seeded(seed)(Drawing), settings=_rules(count))
    return tuple(found)[:count]


def _rules(count: int) -> settings:
    """Say everything, so that no profile and no variable of a CI says anything else."""
    return settings(
        max_examples=count,
        stateful_step_count=MOST_STEPS,
        derandomize=False,
        database=None,
        phases=(Phase.generate,),
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        backend="hypothesis",
        report_multiple_bugs=False,
    )
