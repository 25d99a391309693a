"""The simulation, held against Erlang's formula and against a server with two slots."""

import asyncio
from collections.abc import Iterator
from itertools import islice, takewhile
from math import factorial
from pathlib import Path
from random import Random

import pytest

from cozecheck.histograms import Histogram
from cozecheck.plan import queueing
from generator import pacing
from tests.locustfiles.odd import Call, serving, stream
from tests.locustfiles.pressing import pressed

SERVICE, SLOTS, RATE, SECONDS, SEED = 0.04, 2, 35.0, 12.0, 3


def erlang_c(slots: int, erlangs: float) -> float:
    """Return the probability of waiting for one of *slots* at so much load (M/M/c)."""
    all_busy = erlangs**slots / factorial(slots) * slots / (slots - erlangs)
    return all_busy / (sum(erlangs**number / factorial(number) for number in range(slots)) + all_busy)


def exponential(mean: float, random: Random) -> Iterator[float]:
    while True:
        yield random.expovariate(1 / mean)


@pytest.mark.parametrize(("slots", "busy"), [(1, 0.5), (2, 0.8), (10, 0.8), (40, 0.9)])
def test_it_agrees_with_erlang(slots: int, busy: float) -> None:
    random = Random(7)
    rate = slots * busy
    found = queueing.waits(queueing.poisson(rate, random, 200_000), exponential(1.0, random), slots)
    waiting = erlang_c(slots, rate)
    assert sum(wait > 0 for wait in found) / len(found) == pytest.approx(waiting, rel=0.05)
    assert sum(found) / len(found) == pytest.approx(waiting / (slots - rate), rel=0.1)


def test_nobody_waits_for_a_slot_that_is_free() -> None:
    assert queueing.waits([0.0, 0.0, 2.0], [1.0, 1.0, 1.0], 2) == [0.0, 0.0, 0.0]
    assert queueing.waits([0.0, 0.0, 0.5], [1.0, 2.0, 1.0], 1) == [0.0, 1.0, 2.5]


def test_service_times_are_those_measured_stretched() -> None:
    measured = Histogram()
    measured.record_all([0.1] * 75 + [0.5] * 25)
    found = list(islice(queueing.drawn(measured, 0.4, Random(1)), 20_000))
    assert sum(found) / len(found) == pytest.approx(0.4, rel=0.02)
    assert len(set(found)) == 2


def test_it_predicts_what_a_server_with_two_slots_does(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        async with slots:
            await asyncio.sleep(SERVICE)
            await stream(call, [call.canary, " so"])

    slots = asyncio.Semaphore(SLOTS)
    shape = {"kind": "poisson", "stages": [{"seconds": SECONDS, "rate": RATE}]}
    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, shape=shape, seed=SEED)
    took = Histogram.from_text(result["operations"]["chat_stream"]["histograms"]["e2e"])
    own = took.percentile(5)  # the few who come to an idle server
    times = pacing.poisson(lambda _: RATE, Random(f"{SEED}/0"))
    arrivals = list(takewhile(lambda at: at < SECONDS, times))
    assert took.count == pytest.approx(len(arrivals), abs=2)
    predicted = queueing.waits(arrivals, [own] * len(arrivals), SLOTS)
    mean = sum(predicted) / len(predicted)
    assert mean > SERVICE / 4  # a queue there was
    assert took.mean() - own == pytest.approx(mean, rel=0.35, abs=0.005)
