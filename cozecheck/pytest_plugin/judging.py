"""What the clients of a test send and receive, judged when the test has run."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pytest

from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from cozecheck.findings import Outcome, Report, Target
from cozecheck.pytest_plugin.selecting import is_strict, selected
from cozecheck.pytest_plugin.tapping import tap
from cozecheck.render.summary import departures
from cozecheck.render.text import departure
from cozecheck.sdk import Reader

Client = TypeVar("Client")


class Judge:
    """Taps clients, and judges what goes by."""

    def __init__(self, checks: Sequence[Check], *, strict: bool) -> None:
        self._checks = checks
        self._strict = strict
        self._started = time.time()
        self._untap: list[Callable[[], None]] = []
        self.exchanges: list[Exchange] = []

    def __call__(self, client: Client) -> Client:
        """Tap a client of openai or HTTPX, plain or async, and return it."""
        self._untap.append(tap(client, self.exchanges.append))
        return client

    @property
    def report(self) -> Report:
        """What is concluded of everything that has gone by so far."""
        bench, reader = Bench(self._checks), Reader()
        for exchange in self.exchanges:
            bench.judge(reader.read(exchange))
        return conclude(
            bench,
            kind="judge",
            target=Target(files=("traffic of the test",)),
            started=self._started,
            seconds=time.time() - self._started,
            requests=len(self.exchanges),
            strict=self._strict,
            masked=True,
        )

    def settle(self) -> None:
        """Fail the test by what departs, if anything does."""
        bad = (Outcome.FAIL, Outcome.WARN) if self._strict else (Outcome.FAIL,)
        if self._untap and not self.exchanges:
            pytest.fail("cozecheck_judge saw nothing: the clients that it tapped sent no request", pytrace=False)
        told = [departure(group) for group in departures(self.report) if group.first.outcome in bad]
        if told:
            pytest.fail("\n\n".join(told), pytrace=False)

    def end(self) -> None:
        """Leave the clients as they were."""
        for untap in reversed(self._untap):
            untap()


@contextmanager
def judge(config: pytest.Config) -> Iterator[Judge]:
    """Give a judge by the checks that the options select."""
    profile, checks = selected(config)
    made = Judge(checks, strict=is_strict(config, profile))
    try:
        yield made
    finally:
        made.end()
