"""OpenTelemetry, where it is configured; what is not is not even imported."""

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from reference_server.observed import Observed


class Peer(NamedTuple):
    """Who an engine is: its `gen_ai.provider.name`, and where it is, if it is elsewhere."""

    provider: str
    address: str | None = None
    port: int | None = None


class Exporter(Protocol):
    """Sends what was observed to an OTLP receiver, from a thread of its own."""

    def start(self) -> None:
        """Begin, in the process that serves."""

    def note(self, seen: Observed) -> None:
        """Take a request that has ended."""

    def close(self) -> None:
        """Send what is not sent yet."""


def exporter(
    endpoint: str, service_name: str, peers: Mapping[str, Peer], models: Collection[str], clock: Callable[[], float]
) -> Exporter:
    """Return an exporter to `endpoint`, such as `http://host:4318`.

    `peers` are the engines by name; `models` are those whose names may stand in metrics. The clock is Observed's.
    """
    # The SDK takes a quarter of a second to import: only those pay who use it.
    opentelemetry = import_module("reference_server.telemetry.opentelemetry")
    return cast("Exporter", opentelemetry.OpenTelemetry(endpoint, service_name, peers, models, clock))
