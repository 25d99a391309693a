"""What the server counts, in Prometheus' text format."""

from collections.abc import Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RUNNING = "coze_adapter_num_requests_running"


class Metrics:
    """Gauges by engine."""

    def render(self, running: Mapping[str, int]) -> str:
        """Return the exposition: help, type, one line a sample."""
        lines = [f"# HELP {RUNNING} Requests an engine is working on.", f"# TYPE {RUNNING} gauge"]
        lines += [f'{RUNNING}{{engine="{engine}"}} {count}' for engine, count in running.items()]
        return "\n".join(lines) + "\n"
