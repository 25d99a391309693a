"""Requests that queue for slots, simulated."""

import math
from collections.abc import Generator, Iterable, Iterator
from random import Random
from typing import Any

import simpy


def waits(arrivals: Iterable[float], services: Iterable[float], slots: int) -> list[float]:
    """Return how long each waits that comes at its time and needs so many seconds; first come, first served."""
    world = simpy.Environment()
    desk = simpy.Resource(world, slots)
    found: list[float] = []

    def serve(service: float) -> Generator[Any, Any, None]:
        came = world.now
        with desk.request() as turn:
            yield turn
            found.append(world.now - came)
            yield world.timeout(service)

    def come() -> Generator[Any, Any, None]:
        for at, service in zip(arrivals, services, strict=False):
            yield world.timeout(max(0.0, at - world.now))
            world.process(serve(service))

    world.process(come())
    world.run()
    return found


def poisson(rate: float, random: Random, count: int) -> Iterator[float]:
    """Yield when *count* requests come that do not know of each other."""
    at = 0.0
    for _ in range(count):
        at += random.expovariate(rate)
        yield at


def drawn(mean: float, spread: float, random: Random) -> Iterator[float]:
    """Yield lognormal service times, without end; *spread* is the standard deviation of their logarithm."""
    middle = math.log(mean) - spread**2 / 2
    while True:
        yield random.lognormvariate(middle, spread)
