"""The target's own word on its queue: Prometheus text to two numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

WAITING: Final = (
    "coze_adapter_num_requests_waiting",
    "vllm:num_requests_waiting",
    "llamacpp:requests_deferred",
)
"""Requests that wait, as coze-server, vLLM and llama.cpp call them."""
RUNNING: Final = (
    "coze_adapter_num_requests_running",
    "vllm:num_requests_running",
    "llamacpp:requests_processing",
    "litellm_in_flight_requests",
)
"""Requests that are worked on, LiteLLM's name for them too."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """Requests that wait and that run, over all engines; None where the target does not say."""

    waiting: float | None = None
    running: float | None = None


def read(text: str) -> Gauges:
    """Read the body of `/metrics`; what is no Prometheus text says nothing."""
    totals: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families(text):
            if family.name in (*WAITING, *RUNNING):
                totals[family.name] = sum(sample.value for sample in family.samples)
    except (ValueError, KeyError, IndexError):  # the parser raises what it comes upon
        return Gauges()
    return Gauges(_first(totals, WAITING), _first(totals, RUNNING))


def _first(totals: Mapping[str, float], names: tuple[str, ...]) -> float | None:
    return next((totals[name] for name in names if name in totals), None)
