"""Requests that queue for slots, simulated."""

from collections.abc import Generator, Iterable, Iterator
from random import Random
from typing import Any

import simpy

from cozecheck.histograms import Histogram
from cozecheck.intervals import FEWEST


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


def drawn(times: Histogram, mean: float, random: Random) -> Iterator[float]:
    """Yield service times distributed like those measured, stretched to another *mean*; without end."""
    uppers, counts = zip(*times.buckets(), strict=True) if times.count >= FEWEST else ((1.0,), (1,))
    stretch = mean / (sum(upper * count for upper, count in zip(uppers, counts, strict=True)) / sum(counts))
    while True:
        yield from (upper * stretch for upper in random.choices(uppers, counts, k=1000))
