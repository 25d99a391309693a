"""What the server counts and traces, and how others read it."""

from reference_server.telemetry.exporting import Exporter, Peer, exporter
from reference_server.telemetry.gauges import EngineGauges
from reference_server.telemetry.telemetry import Telemetry

__all__ = ["EngineGauges", "Exporter", "Peer", "Telemetry", "exporter"]
