"""Every scenario, played once against the clean reference server."""

import asyncio
from dataclasses import dataclass
from functools import cache

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.sdk import Reader
from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.servers import running
from tests.suite import MODEL, PATIENCE

SUBJECT = Subject(MODEL)


@dataclass
class Played:
    """What was sent, what came, and what the checks say of it."""

    steps: list[tuple[Send, Exchange]]
    bench: Bench


@cache
def played() -> dict[str, Played]:
    with running(create_app(settings())) as base_url:
        return asyncio.run(_play_all(base_url))


async def _play_all(base_url: str) -> dict[str, Played]:
    async with Probe(Endpoint(base_url, KEY), Limits.within(PATIENCE)) as probe:
        return {each.id: _judged(each.id, await _play(probe, each)) for each in scenarios.ALL}


async def _play(probe: Probe, scenario: Scenario) -> list[tuple[Send, Exchange]]:
    done: list[tuple[Send, Exchange]] = []
    steps = scenario.steps(SUBJECT)
    send = next(steps, None)
    while send is not None:
        exchange = await probe.send(send, scenario=scenario.id)
        done.append((send, exchange))
        try:
            send = steps.send(exchange)
        except StopIteration:
            send = None
    return done


def _judged(id: str, steps: list[tuple[Send, Exchange]]) -> Played:
    bench, reader = Bench(ALL), Reader()
    read = [(send, reader.read(exchange)) for send, exchange in steps]
    for _, exchange in read:
        bench.judge(exchange)
    bench.relate(id, {exchange.name: exchange for _, exchange in read})
    return Played(read, bench)
