"""Traffic to judge, made afresh for every round: results are cached on it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cozecheck import scenarios
from cozecheck.exchange import ABSENT, Exchange, Headers
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios import Subject
from cozecheck.sse import DONE
from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.servers import running
from tests.suite import MODEL, PATIENCE


@dataclass(frozen=True, slots=True)
class Run:
    """The exchanges of one scenario; recorded traffic has none, and is one run without a name."""

    scenario: str
    exchanges: tuple[Exchange, ...]

    def fresh(self) -> "Run":
        """The same, with nothing worked out yet."""
        return Run(self.scenario, tuple(map(_fresh, self.exchanges)))


def _fresh(exchange: Exchange) -> Exchange:
    request, response = exchange.request, exchange.response
    return replace(
        exchange,
        request=replace(request, headers=Headers(request.headers.lines)),
        response=response and replace(response, headers=Headers(response.headers.lines)),
    )


def of_the_reference_server() -> tuple[Run, ...]:
    """Play every scenario against the reference server, in this process."""
    with running(create_app(settings())) as base_url:
        return asyncio.run(_play_all(Endpoint(base_url, KEY)))


async def _play_all(endpoint: Endpoint) -> tuple[Run, ...]:
    async with Probe(endpoint, Limits.within(PATIENCE)) as probe:
        return tuple([Run(each.id, await _play(probe, each)) for each in scenarios.ALL])


async def _play(probe: Probe, scenario: scenarios.Scenario) -> tuple[Exchange, ...]:
    steps = scenario.steps(Subject(MODEL))
    done: list[Exchange] = []
    try:
        send = next(steps)
        while True:
            done.append(await probe.send(send, scenario=scenario.id))
            send = steps.send(done[-1])
    except StopIteration:
        return tuple(done)


def json_texts(runs: Sequence[Run]) -> Iterator[bytes]:
    """Yield every JSON text in *runs*: request bodies, response bodies, the data of events."""
    for exchange in (exchange for run in runs for exchange in run.fresh().exchanges):
        request, response = exchange.request, exchange.response
        if request.parsed.value is not ABSENT:
            yield request.body
        if response and response.is_stream:
            yield from (event.data.encode() for event in response.stream.events if event.data != DONE)
        elif response and response.parsed.value is not ABSENT:
            yield response.content
