"""Requests for chat completions at random, as `cozecheck conformance` sends and judges them: how many, what failed."""

import asyncio
import json
import sys
import time

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.meeting import meet
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Explorer, prospect
from cozecheck.spending import Budget, Purse

OPERATION, CONCURRENCY, PATIENCE = "chat.completions.create", 8, 30.0


async def explored(endpoint: Endpoint, examples: int, seed: int) -> dict[str, object]:
    """Draw, send and judge so many cases; return how many requests that took, and the causes of failure."""
    async with Probe(endpoint, Limits.within(PATIENCE)) as probe:
        met = await meet(probe, None, seed)
        purse = Purse(probe, Budget(), met)
        planned = prospect(met.subject, examples, seed, Budget(), (OPERATION,))
        explorer = Explorer(purse, Bench(ALL), met.subject, CONCURRENCY, time.monotonic)
        await explorer.explore(planned)
    return {
        "cases": explorer.sent,
        "requests": purse.requests - met.requests,
        "failures": list(map(str, explorer.failing)),
    }


if __name__ == "__main__":
    base_url, key, examples, seed = sys.argv[1:]
    print(json.dumps(asyncio.run(explored(Endpoint(base_url, key), int(examples), int(seed)))))
