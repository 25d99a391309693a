"""The simulation, held against Erlang's formula and against a server with two slots."""

import asyncio
from collections.abc import Iterator
from itertools import islice, takewhile
from math import factorial
from pathlib import Path
from random import Random

import pytest

from cozecheck.cli import reports, run
from cozecheck.findings import Report
from cozecheck.histograms import Histogram
from cozecheck.plan import queueing
from cozecheck.plan.curve import curve
from cozecheck.plan.levels import spread
from generator import pacing
from tests.locustfiles.odd import Call, serving, stream
from tests.locustfiles.pressing import pressed

SERVICE, SLOTS, RATE, SECONDS, SEED = 0.08, 2, 17.5, 14.0, 3
POISSON = {"kind": "poisson", "stages": [{"seconds": SECONDS, "rate": RATE}]}
STEPS = """
summary = "As many users as there are slots, then four times as many."
slos = ["error_rate < 50%"]
sample = 0.0
mix = { chat_stream = 1 }

[shape]
kind = "closed"
stages = [{ seconds = 7, users = 2 }, { seconds = 7, users = 8 }]
"""


def erlang_c(slots: int, erlangs: float) -> float:
    """Return the probability of waiting for one of *slots* at so much load (M/M/c)."""
    all_busy = erlangs**slots / factorial(slots) * slots / (slots - erlangs)
    return all_busy / (sum(erlangs**number / factorial(number) for number in range(slots)) + all_busy)


def exponential(mean: float, random: Random) -> Iterator[float]:
    while True:
        yield random.expovariate(1 / mean)


@pytest.mark.parametrize(("slots", "busy"), [(1, 0.5), (2, 0.8), (10, 0.8), (20, 0.8)])
def test_it_agrees_with_erlang(slots: int, busy: float) -> None:
    random = Random(7)
    rate = slots * busy
    found = queueing.waits(queueing.poisson(rate, random, 100_000), exponential(1.0, random), slots)
    waiting = erlang_c(slots, rate)
    assert sum(wait > 0 for wait in found) / len(found) == pytest.approx(waiting, rel=0.05)
    assert sum(found) / len(found) == pytest.approx(waiting / (slots - rate), rel=0.1)


def test_nobody_waits_for_a_slot_that_is_free() -> None:
    assert queueing.waits([0.0, 0.0, 2.0], [1.0, 1.0, 1.0], 2) == [0.0, 0.0, 0.0]
    assert queueing.waits([0.0, 0.0, 0.5], [1.0, 2.0, 1.0], 1) == [0.0, 1.0, 2.5]


def test_service_times_have_the_mean_and_the_spread_asked_for() -> None:
    found = sorted(islice(queueing.drawn(0.4, 0.5, Random(1)), 20_000))
    assert sum(found) / len(found) == pytest.approx(0.4, rel=0.02)
    assert spread(found[10_000], found[19_000]) == pytest.approx(0.5, rel=0.05)
    assert list(islice(queueing.drawn(0.4, 0.0, Random(1)), 9)) == pytest.approx([0.4] * 9)


def test_a_measured_load_predicts_what_another_waits(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        async with slots:
            await asyncio.sleep(SERVICE)
            await stream(call, [call.canary, " so"])

    slots = asyncio.Semaphore(SLOTS)
    with serving(behave) as server:
        report = loaded(tmp_path, server.base_url)
        result = pressed(tmp_path, server.base_url, shape=POISSON, seed=SEED)
    found = curve(report, "load.json")
    assert round(found.crowd) == SLOTS  # eight users were no quicker than two
    times = pacing.poisson(lambda _: RATE, Random(f"{SEED}/0"))
    arrivals = list(takewhile(lambda at: at < SECONDS, times))
    services = queueing.drawn(found.seconds, found.spread, Random(SEED))
    predicted = queueing.waits(arrivals, services, SLOTS)
    mean = sum(predicted) / len(predicted)
    assert mean > SERVICE / 4  # a queue there was
    took = Histogram.from_text(result["operations"]["chat_stream"]["histograms"]["e2e"])
    assert took.count == pytest.approx(len(arrivals), abs=2)
    assert took.mean() == pytest.approx(found.seconds + mean, rel=0.25)


def loaded(folder: Path, base_url: str) -> Report:
    """Measure a server under few users, and under more than it works on at once."""
    profile, told = folder / "steps.toml", folder / "load.json"
    profile.write_text(STEPS)
    run(["load", str(profile), "--base-url", base_url, "--model", "m", "--quiet", "--report", f"json={told}"])
    return reports.read(told)
