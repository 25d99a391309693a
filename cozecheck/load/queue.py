"""The target's queue, sampled once a second while a load runs."""

import asyncio
from collections.abc import Callable
from typing import Final

from cozecheck.exchange import FailureKind
from cozecheck.load.gauges import Gauges, read
from cozecheck.probe import Probe
from cozecheck.scenarios import Send

EVERY: Final = 1.0
METRICS: Final = Send("metrics", "GET", "/metrics", at_root=True)
MODELS: Final = Send("there", "GET", "/models")


async def sample(probe: Probe, clock: Callable[[], float], note: Callable[[float, Gauges], None]) -> None:
    """Tell *note* the time and the gauges, once a second; a target that does not have them is not asked again."""
    while True:
        exchange = await probe.send(METRICS)
        gauges = read(exchange.response.content.decode("utf-8", "replace")) if exchange.response else None
        if gauges is not None:
            if gauges == Gauges():
                return
            note(clock(), gauges)
        await asyncio.sleep(EVERY)


async def is_there(probe: Probe) -> bool:
    """Whether the target still takes connections."""
    exchange = await probe.send(MODELS)
    return exchange.response is not None or (exchange.failure is not None and exchange.failure.kind not in GONE)


GONE: Final = (FailureKind.CONNECT, FailureKind.CUT)
