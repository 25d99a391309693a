"""How long things take: judging, parsing, commands."""

import json
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

import jiter

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from tests.bench.traffic import Run

PARSERS: dict[str, Callable[[bytes], object]] = {"json.loads": json.loads, "jiter": jiter.from_json}
"""Bare parsers of JSON: Python's own, and the one that the openai SDK brings."""


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of one core: to judge some traffic, and for each parser to read its JSON."""

    judging: float
    parsing: dict[str, float]


def measure(runs: Sequence[Run], texts: Sequence[bytes]) -> Round:
    """Judge *runs*, which must be fresh, and parse their *texts* right after: both meet the same machine."""
    return Round(_judge(runs), {name: _parse(texts, parse) for name, parse in PARSERS.items()})


def _judge(runs: Sequence[Run]) -> float:
    bench = Bench(ALL)
    started = process_time()
    for run in runs:
        for exchange in run.exchanges:
            bench.judge(exchange)
        bench.relate(run.scenario, {exchange.name: exchange for exchange in run.exchanges})
    return process_time() - started


def _parse(texts: Sequence[bytes], parse: Callable[[bytes], object]) -> float:
    started = process_time()
    for text in texts:
        with suppress(ValueError, RecursionError):
            parse(text)
    return process_time() - started


def command(words: Sequence[str], times: int) -> float:
    """Return the seconds that a command takes, the median of so many *times*; raises where it fails."""
    return median(_run(words) for _ in range(times))


def _run(words: Sequence[str]) -> float:
    started = perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return perf_counter() - started
