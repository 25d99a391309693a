"""A search of the reference server that lies in this folder, told as JSON: run it there, as a process."""

import asyncio
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.meeting import meet
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Explorer, Pursuit, Search, prospect
from cozecheck.spending import Budget, Purse
from tests.properties.searches import DEFAULT, PATIENCE, server
from tests.reference import KEY
from tests.suite import MODEL


async def search(operation: str) -> None:
    """Send what is drawn for one operation of all, as many requests as are usual; keep failures in this folder."""
    async with Probe(Endpoint("http://in.process/v1", KEY), Limits.within(PATIENCE), app=server()) as probe:
        met = await meet(probe, MODEL, 0)
        planned = prospect(met.subject, DEFAULT, 0, Budget())
        planned = replace(planned, pools=tuple(pool for pool in planned.pools if pool.operation == operation))
        explorer = Explorer(Purse(probe, Budget(), met), Bench(ALL), met.subject, 8, time.monotonic)
        pursuit = Pursuit(explorer, planned, Search(DEFAULT, folder=Path()))
        await pursuit.run()
        tuple(pursuit.notes())


if __name__ == "__main__":
    asyncio.run(search(sys.argv[1]))
    print(json.dumps([json.loads(path.read_text("utf-8")) for path in sorted(Path("failures").glob("*.json"))]))
