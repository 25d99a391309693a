"""Our parts tied to Locust's events: in one process, and across master and workers."""

import gc
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import gevent
import locust.runners
import orjson
from gevent.event import Event
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from cozecheck.errors import UsageError
from generator import order as ordering
from generator.collecting import Collector
from generator.health import Health
from generator.order import Order
from generator.result import result
from generator.session import Session

KEY, SHARE, TOLD = "cozecheck", "cozecheck-share", "cozecheck-order"
SECOND, SAVING = 1.0, 5
BREATH = 0.002
"""Seconds for others in the middle of long work: timers do not run within a turn of 0."""
COLLECTING = (7_000, 10, 100)
"""Python's own, ten times as seldom: nothing in a request goes in circles, and a look at all stops the loop."""
LOCAL = "local"
STOPPED = ("missing", "stopped")


def give_up(error: UsageError) -> NoReturn:
    """End the process with one line."""
    sys.stderr.write(f"{error}\n")
    sys.stderr.flush()
    os._exit(UsageError.exit_code)  # Locust would go on: it survives what a greenlet raises


def load() -> Order:
    """Read the order; a wrong one ends the process with one line."""
    try:
        return ordering.read(os.environ)
    except UsageError as error:
        give_up(error)


ORDER = load()


class Run:
    """What one Locust process holds: a session where it sends, a collector where it adds up."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.is_worker = isinstance(environment.runner, WorkerRunner)
        self.is_master = isinstance(environment.runner, MasterRunner)
        self._is_told = Event()
        self.order: Order | None = None if self.is_worker else ORDER
        self.health = Health()
        self.collector = Collector()
        self.share: Mapping[str, Any] | None = None
        self._session: Session | None = None
        self._told: dict[str, Any] = {}
        self._ticking: gevent.Greenlet | None = None
        self._seconds = 0
        self._last = time.perf_counter()

    def session(self) -> Session:
        """Return the process's session, a new one at its first use: only then does a worker know its number."""
        order = self.order or self._asked_order()
        if self._session is None:
            try:
                self._session = self._new_session(order)
            except UsageError as error:
                give_up(error)
            if self.share:
                self._session.share.take(dict(self.share))
            gevent.spawn(self._session.watch)
            gevent.spawn(self.health.watch)
        return self._session

    def drain(self) -> dict[str, Any] | None:
        """Take out what this process measured; None where it has not begun."""
        return {**self._session.drain(), "health": self.health.drain()} if self._session else None

    def take_share(self, said: Mapping[str, Any]) -> None:
        """Take over what the master says, now or when there is a session."""
        self.share = said
        if self._session is not None:
            self._session.share.take(dict(said))

    def take_order(self, said: Mapping[str, Any]) -> None:
        """Take over what the master was told."""
        self.order = ordering.parse(said, "the master's order") if said else ORDER
        self._is_told.set()

    def _asked_order(self) -> Order:
        """Return the order that the master has: a worker on another machine knows nothing of it."""
        assert self.environment.runner is not None
        while self.order is None:
            self.environment.runner.send_message(TOLD)
            self._is_told.wait(SECOND)
        return self.order

    def begin(self) -> None:
        """Start the clock, and add up, tell and write from now on."""
        if self._ticking is None:
            self.collector.begin()
            self._last = time.perf_counter()
            self._ticking = gevent.spawn(self._every_second)

    def _every_second(self) -> None:
        while True:
            gevent.sleep(SECOND - (time.perf_counter() - self._last) % SECOND)
            self.one_second()

    def one_second(self) -> None:
        """Close a second."""
        collector, now = self.collector, time.perf_counter()
        if self.is_master:
            self._look_at_workers()
        elif taken := self.drain():
            collector.take(LOCAL, taken)
        collector.press(ORDER.shape)
        self._last = now
        self.tell_shares()
        assert self.environment.runner is not None
        line = collector.second(self.environment.runner.user_count)
        self._seconds += 1
        if ORDER.folder:
            _append(ORDER.folder / "live.jsonl", [line])
            self._save_samples(ORDER.folder)
            if self._seconds % SAVING == 0:
                self.save(is_last=False)

    def save(self, *, is_last: bool) -> None:
        """Write the result, so that a reader finds a whole one at any time."""
        if ORDER.folder:
            path = ORDER.folder / "result.json"
            fresh = path.with_suffix(".new")
            fresh.write_bytes(orjson.dumps(result(ORDER, self.collector, self._histograms(), is_last=is_last)))
            fresh.replace(path)

    def finish(self) -> None:
        """Write what came since the last second, and the result."""
        if self._ticking is not None:
            self._ticking.kill()
            self.one_second()
            self.save(is_last=True)

    def _histograms(self) -> dict[str, dict[str, str]]:
        """Write every histogram; each takes milliseconds, so what is due must come between."""
        texts: dict[str, dict[str, str]] = {}
        for name, tally in tuple(self.collector.measures.tallies.items()):
            texts[name] = {}
            for metric, histogram in tuple(tally.durations.items()):
                texts[name][metric] = histogram.to_text()
                gevent.sleep(BREATH)
        return texts

    def _new_session(self, order: Order) -> Session:
        environment = self.environment
        index = environment.runner.worker_index + 1 if isinstance(environment.runner, WorkerRunner) else 0

        def fire(method: str, name: str, milliseconds: float, size: int, failure: str | None) -> None:
            environment.events.request.fire(
                request_type=method,
                name=name,
                response_time=milliseconds,
                response_length=size,
                exception=failure,
                context={},
            )

        key, headers = os.environ.get(order.key_variable, ""), ordering.headers(order, os.environ)
        return Session(order, base_url(environment.host), key, headers, index, fire)

    def _look_at_workers(self) -> None:
        assert isinstance(self.environment.runner, MasterRunner)
        clients = self.environment.runner.clients
        self.collector.keep(client.id for client in clients.all if client.state not in STOPPED)

    def tell_shares(self, anew: str = "") -> None:
        """Tell each process its share where that is another than before, or where one asks *anew*."""
        self._told.pop(anew, None)
        for id, share in self.collector.shares().items():
            if self._told.get(id) == share:
                continue
            self._told[id] = share
            if id == LOCAL:
                self.take_share(share)
            elif self.environment.runner is not None:
                self.environment.runner.send_message(SHARE, share, id)

    def _save_samples(self, folder: Path) -> None:
        samples = self.collector.samples
        _append(folder / "samples.jsonl", [samples.popleft() for _ in range(len(samples))])


def run_of(environment: Environment) -> Run:
    """Return what belongs to an environment."""
    run: Run = environment.cozecheck_run  # type: ignore[attr-defined]
    return run


def base_url(host: str | None) -> str:
    """Return the base URL that `--host` means: without a path, that of the API."""
    host = (host or "").rstrip("/")
    return host if host.count("/") > 2 else f"{host}/v1"


@events.init.add_listener
def begin(environment: Environment, **_: Any) -> None:
    """Tie a process to what it is: alone, master or worker."""
    # All that is imported stays: to look through it again and again would stop the loop for 50 ms each time.
    gc.freeze()
    gc.set_threshold(*COLLECTING)
    run = Run(environment)
    environment.cozecheck_run = run  # type: ignore[attr-defined]
    locust.runners.WORKER_REPORT_INTERVAL = SECOND
    assert environment.runner is not None
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(SHARE, lambda msg, **_: run.take_share(msg.data))
        environment.runner.register_message(TOLD, lambda msg, **_: run.take_order(msg.data))
        environment.events.report_to_master.add_listener(lambda data, **_: data.update({KEY: run.drain()}))
        return
    if run.is_master:
        environment.events.worker_connect.add_listener(lambda client_id, **_: run.collector.join(client_id))
        environment.runner.register_message(TOLD, lambda msg, **_: _tell(run, msg.node_id))
        environment.events.worker_report.add_listener(lambda client_id, data, **_: _collect(run, client_id, data))
    # While a shape runs, Locust itself does not listen to SIGTERM, and would leave nothing behind.
    gevent.signal_handler(signal.SIGTERM, environment.runner.quit)
    environment.events.test_start.add_listener(lambda **_: run.begin())
    environment.events.quit.add_listener(lambda **_: run.finish())


def _tell(run: Run, client_id: str) -> None:
    """Tell a worker its share, without which it would take all for its own, and the order, but for the folder."""
    assert run.environment.runner is not None
    run.tell_shares(anew=client_id)
    said = ordering.told(os.environ)
    run.environment.runner.send_message(TOLD, {**said, "folder": None} if said else {}, client_id)


def _collect(run: Run, client_id: str, data: Mapping[str, Any]) -> None:
    if taken := data.get(KEY):
        run.collector.take(client_id, taken)


def collector_of(environment: Environment) -> Collector:
    """Return what adds up in this process."""
    return run_of(environment).collector


def session_of(environment: Environment) -> Session:
    """Return what sends in this process."""
    return run_of(environment).session()


def _append(path: Path, lines: list[dict[str, Any]]) -> None:
    if lines:
        with path.open("ab") as file:
            file.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
