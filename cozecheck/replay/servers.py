"""A live server that recorded requests are sent to, and what it calls the ids in them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from cozecheck.exchange import Exchange
from cozecheck.meeting import cost
from cozecheck.probe import Probe, retry_delay
from cozecheck.replay.asking import asking
from cozecheck.replay.ids import paired
from cozecheck.replay.models import ModelMap
from cozecheck.replay.planning import Step
from cozecheck.scenarios import Send

ATTEMPTS: Final = 3
"""How often a request is sent that is refused for want of capacity."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came back, and what it cost: requests sent, tokens used."""

    exchange: Exchange
    requests: int
    tokens: int


@dataclass
class Server:
    """One side of a replay."""

    probe: Probe
    models: ModelMap = field(default_factory=ModelMap)
    silent: int = 0
    """Requests in a row without any response."""
    _names: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return self.probe.endpoint.address

    def lacks(self, step: Step) -> str:
        """Return the first id without which a step makes no sense, and that its source did not give here."""
        return next((id for id, giver in step.needs if id in step.required and (id, giver) not in self._names), "")

    def send(self, recorded: Exchange, step: Step) -> Send:
        """Return what this server is to be sent. Raises UsageError for what cannot be."""
        names = {id: self._names[id, giver] for id, giver in step.needs if (id, giver) in self._names}
        send = asking(recorded, self.models, names)
        self.probe.endpoint.record(send)
        return send

    async def ask(self, send: Send, *, again: bool = False) -> Asked:
        """Send, and again where the server asks for patience; a repetition (*again*) must not be known for one."""
        if again:
            headers = tuple(line for line in send.headers if line[0].lower() != "idempotency-key")
            send = replace(send, headers=headers)
        tokens = 0
        for attempt in range(1, ATTEMPTS + 1):
            exchange = await self.probe.send(send, exchange_id=send.name)
            tokens += cost(exchange, send)
            self.silent = 0 if exchange.response else self.silent + 1
            delay = retry_delay(exchange)
            if delay is None or attempt == ATTEMPTS:
                break
            await asyncio.sleep(delay)
        return Asked(exchange, attempt, tokens)

    def learn(self, position: int, step: Step, recorded: Exchange, live: Exchange) -> dict[str, str]:
        """Return, and keep, what this server calls the ids that others need."""
        if not step.gives:
            return {}
        pairs = paired(recorded.response, live.response)
        gave = {id: pairs[id] for id in step.gives if id in pairs}
        self.recall(position, gave.items())
        return gave

    def recall(self, position: int, gave: Iterable[tuple[str, str]]) -> None:
        """Keep what the answer to a request *gave*."""
        self._names.update({(id, position): name for id, name in gave})
