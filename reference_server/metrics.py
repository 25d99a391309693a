"""What the server counts, in Prometheus' text format."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RUNNING = "coze_adapter_num_requests_running"


class Metrics:
    """Gauges by engine."""

    def __init__(self, engines: list[str]) -> None:
        """Start every engine at zero, so that it is listed before its first request."""
        self._running = Counter(dict.fromkeys(engines, 0))

    @contextmanager
    def running(self, engine: str) -> Iterator[None]:
        """Count a request as running on `engine` while the block lasts."""
        self._running[engine] += 1
        try:
            yield
        finally:
            self._running[engine] -= 1

    def render(self) -> str:
        """Return the exposition: help, type, one line a sample."""
        lines = [f"# HELP {RUNNING} Requests an engine is working on.", f"# TYPE {RUNNING} gauge"]
        lines += [f'{RUNNING}{{engine="{engine}"}} {count}' for engine, count in self._running.items()]
        return "\n".join(lines) + "\n"
