"""One process of a load run: sends, reads, measures."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import gevent

from cozecheck.masking import hidden, secret_values
from generator import sampling, timing, traffic
from generator.address import Address, head, request
from generator.canaries import Canaries
from generator.clock import Clock
from generator.connection import Connection
from generator.failure import Failure, Kind
from generator.lengths import draw
from generator.limits import Limits
from generator.measures import Measures, Tally
from generator.operations import Operation, read
from generator.order import Order
from generator.prompts import Prompter
from generator.reply import Reply
from generator.sampling import Sampler
from generator.sharing import Share
from generator.told import Told
from generator.traffic import Ask, BuiltIn, Given, Traffic

CHECKING = 0.1
"""Seconds between two looks for what is overdue."""
MOST_SAMPLES = 5_000
"""Samples that a process holds until they are taken."""

Headers = tuple[tuple[str, str], ...]
Fire = Callable[[str, str, float, int, str | None], None]
"""Told of every request: method, name, milliseconds, bytes, failure."""


class Session:
    """What the users of one process share."""

    def __init__(self, order: Order, base_url: str, key: str, headers: Headers, process: int, fire: Fire) -> None:
        """*process* tells those of one run apart, in what is drawn by the seed and in canaries."""
        self.order = order
        self.address = Address.of(order.base_url or base_url)
        self.measures = Measures()
        self.share = Share()
        self.in_flight = 0
        self.has_dispatcher = False
        self.samples: list[dict[str, Any]] = []
        self.crossings: list[dict[str, Any]] = []
        self.random = Random(f"{order.seed}/{process}")  # of whom nothing else depends on how fast answers come
        self.traffic = _traffic(order, process)
        self._fire = fire
        self._secrets = hidden((key, *secret_values(base_url, headers)))
        self._headers = (*((("authorization", f"Bearer {key}"),) if key else ()), *headers)
        self._canaries = Canaries(f"{order.seed}", process)
        self._sampler = Sampler(Random(f"samples {order.seed}/{process}"), order.sample)
        self._limits = Limits.within(order.timeout)
        self._clock = Clock()
        self._heads: dict[Operation, bytes] = {}
        self._connections: set[Connection] = set()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection, for as long as the block lasts."""
        connection = self.connect()
        try:
            yield connection
        finally:
            self.disconnect(connection)

    def connect(self) -> Connection:
        """Return a connection, which opens when it is first asked."""
        connection = Connection(self.address, self._limits, self._clock)
        self._connections.add(connection)
        return connection

    def disconnect(self, connection: Connection) -> None:
        """Close it for good."""
        connection.close()
        self._connections.discard(connection)

    def watch(self) -> None:
        """Fail what is overdue, and keep the clocks together, until killed."""
        beat = 0
        while True:
            gevent.sleep(CHECKING)
            now = time.perf_counter()
            for connection in tuple(self._connections):
                connection.check_limits(now)
            beat += 1
            if beat % 10 == 0:
                self._clock.refresh()

    def call(self, connection: Connection, ask: Ask, due: float | None = None) -> Failure | None:
        """Send a request, and measure it; return how it failed. *due* is when it should have been sent."""
        operation = ask.operation
        is_sampled = self._sampler.choose()
        tally = self.measures.tally(operation.name)
        tally.counts["started"] += 1
        self.in_flight += 1
        crowd = self.in_flight
        reply = None
        try:
            reply = connection.ask(request(self._head(operation), ask.body))
        finally:
            self.in_flight -= 1
            if reply is None:
                tally.counts["unfinished"] += 1
        told = read(operation, reply)
        self._look_for_canary(tally, ask, reply, told)
        self._record(tally, reply, told, due)
        tally.crowd(crowd * self.share.count, failed=told.failure is not None)
        if is_sampled and len(self.samples) < MOST_SAMPLES:
            self._sample(ask, reply)
        failure = f"{told.failure.kind}: {told.failure.detail}" if told.failure else None
        self._fire(operation.method, operation.name, (reply.last_at - reply.sent_at) * 1000, len(reply.body), failure)
        return told.failure

    def drain(self) -> dict[str, Any]:
        """Take out all that was measured, as plain values."""
        samples, self.samples = self.samples, []
        crossings, self.crossings = self.crossings, []
        return {
            "measures": self.measures.drain(),
            "in_flight": self.in_flight,
            "is_home": self.share.is_draining and not self.in_flight,
            "samples": samples,
            "crossings": crossings,
        }

    def _head(self, operation: Operation) -> bytes:
        found = self._heads.get(operation)
        if found is None:
            found = self._heads[operation] = head(self.address, operation.method, operation.path, self._headers)
        return found

    def _record(self, tally: Tally, reply: Reply, told: Told, due: float | None) -> None:
        counts = tally.counts
        counts["finished"] += 1
        counts["retried"] += reply.retried
        if told.failure:
            counts["failed"] += 1
            tally.errors[told.failure.kind, told.failure.detail] += 1
            return
        found = timing.durations(reply, told, due)
        for metric, seconds in found.items():
            tally.duration(metric).record(seconds)
        timing.record_gaps(tally, told)
        counts["good"] += timing.is_good(found, self.order.slos)
        counts["tokens_in"] += told.tokens_in
        counts["tokens_out"] += told.output_tokens
        counts["events"] += len(told.token_at)
        counts["coalesced"] += timing.coalesced(reply.reads, told)

    def _look_for_canary(self, tally: Tally, ask: Ask, reply: Reply, told: Told) -> None:
        """An answer that holds another's canary is cross-talk; one without its own says nothing."""
        if not self.order.canaries:
            return
        text = told.text
        if foreign := self._canaries.foreign(ask.canary, text):
            tally.counts["canaries_foreign"] += 1
            told.failure = Failure(Kind.CROSS_TALK, "the answer holds what only another request said")
            self.crossings.append({"operation": ask.operation.name, "own": ask.canary, "foreign": foreign})
            self._sample(ask, reply)
        if ask.canary:
            tally.counts["canaries_sent"] += 1
            tally.counts["canaries_returned" if ask.canary in text else "canaries_absent"] += 1

    def _sample(self, ask: Ask, reply: Reply) -> None:
        url, method = self.address.url + ask.operation.path, ask.operation.method
        kept = sampling.exchange(url, method, self._headers, ask.body, reply, self._secrets)
        self.samples.append({"operation": ask.operation.name, **kept})


def _traffic(order: Order, process: int) -> Traffic:
    if asks := traffic.load(order):
        return Given(asks, process * 7919)  # somewhere else in each process
    prompts = order.prompts
    random = Random(f"traffic {order.seed}/{process}")
    prompter = Prompter(
        random,
        draw(prompts.get("tokens", 64), "prompts.tokens"),
        draw(order.outputs.get("tokens", 64), "outputs.tokens"),
        prompts.get("prefix", "unique"),
    )
    canaries = Canaries(f"{order.seed}", process) if order.canaries else None
    return BuiltIn(random, prompter, canaries, order.model, order.embedding_model)
