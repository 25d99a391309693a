from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from reference_server.observed import Observed
from reference_server.telemetry import EngineGauges, Telemetry
from tests.reference_server.observing import attempt, observed, streamed

PREFIX = "coze_adapter_"
OPEN = "application/openmetrics-text; version=1.0.0"
NOW = 100.0
NAMES = {
    "num_requests_running": "gauge",
    "num_requests_waiting": "gauge",
    "queue_depth": "gauge",
    "request_queue_time_seconds": "histogram",
    "e2e_request_latency_seconds": "histogram",
    "time_to_first_token_seconds": "histogram",
    "inter_token_latency_seconds": "histogram",
    "prompt_tokens": "counter",
    "generation_tokens": "counter",
    "request_success": "counter",
    "request_failure": "counter",
    "overhead_seconds": "histogram",
    "upstream_requests": "counter",
    "upstream_latency_seconds": "histogram",
    "engine_utilization_ratio": "gauge",
    "overflow_requests": "counter",
    "overflow_active": "gauge",
    "engine_state": "gauge",
    "circuit_transitions": "counter",
    "fallbacks": "counter",
    "cache_requests": "counter",
    "ratelimit_rejections": "counter",
    "client_disconnects": "counter",
}


def telemetry(gauges: Iterable[EngineGauges] = (), folder: Path | None = None, now: float = NOW) -> Telemetry:
    return Telemetry(lambda: now, lambda: gauges, folder)


def samples(of: Telemetry) -> dict[tuple[Any, ...], float]:
    """Every sample by its name and the values of its labels."""
    text = of.render()[0].decode()
    return {
        (sample.name.removeprefix(PREFIX), *sample.labels.values()): sample.value
        for family in plain_text(text)
        for sample in family.samples
    }


def noted(*records: Observed) -> dict[tuple[Any, ...], float]:
    made = telemetry()
    for record in records:
        made.note(record)
    return samples(made)


@pytest.mark.parametrize(("accept", "parse"), [("", plain_text), ("text/plain", plain_text), (OPEN, open_metrics)])
def test_every_metric_has_its_name_and_its_type_in_both_formats(accept: str, parse: Any) -> None:
    body, content_type = telemetry([EngineGauges("base", 1)]).render(accept)
    assert content_type.startswith("application/openmetrics-text" if accept == OPEN else "text/plain")
    assert {family.name.removeprefix(PREFIX): family.type for family in parse(body.decode())} == NAMES


def test_a_request_is_counted_and_timed() -> None:
    seen = noted(observed())
    assert seen["request_success_total", "stop"] == 1
    assert (seen["prompt_tokens_total",], seen["generation_tokens_total", "engine"]) == (7, 5)
    assert (seen["e2e_request_latency_seconds_sum",], seen["e2e_request_latency_seconds_count",]) == (1.5, 1)
    assert [seen["e2e_request_latency_seconds_bucket", le] for le in ("1.0", "1.5", "+Inf")] == [0, 1, 1]
    assert seen["upstream_requests_total", "base", "200"] == seen["upstream_latency_seconds_count",] == 1
    assert seen["overhead_seconds_count", "parse"] == seen["overhead_seconds_count", "route"] == 1
    assert seen["overhead_seconds_sum", "first_byte"] == pytest.approx(0.0)
    assert seen["time_to_first_token_seconds_count",] == 0


def test_a_stream_adds_each_gap_at_its_mean() -> None:
    seen = noted(streamed())
    assert seen["time_to_first_token_seconds_sum",] == pytest.approx(1.0)
    assert seen["inter_token_latency_seconds_count",] == 4
    assert seen["inter_token_latency_seconds_sum",] == pytest.approx(0.4)
    assert (seen["overhead_seconds_sum", "first_byte"]) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("changes", "sample"),
    [
        ({"status": 429, "error": "rate_limit_exceeded", "limited": "tokens"}, ("ratelimit_rejections_total", "tpm")),
        ({"status": 429, "error": "rate_limit_exceeded"}, ("request_failure_total", "rate_limit_exceeded")),
        ({"error": "upstream_broken"}, ("request_failure_total", "upstream_broken")),
        ({"status": 404}, ("request_failure_total", "status_404")),
        ({"error": "what the client said"}, ("request_failure_total", "other")),
        ({"client_left": True}, ("client_disconnects_total", "true")),
        ({"client_left": True, "engine": None}, ("client_disconnects_total", "false")),
        ({"cache": "HIT"}, ("cache_requests_total", "response", "hit")),
        ({"overflow": "load"}, ("overflow_requests_total", "load")),
        ({"asked": [attempt(status=418)]}, ("upstream_requests_total", "base", "4xx")),
        ({"asked": [attempt(status=None)]}, ("upstream_requests_total", "base", "none")),
        (
            {"asked": [attempt("a", 503, "down"), attempt("b")]},
            ("fallbacks_total", "a", "success", "b"),
        ),
        ({"asked": [attempt("a"), attempt("b", 502, "down")]}, ("fallbacks_total", "a", "failure", "b")),
    ],
)
def test_what_happened_is_counted(changes: dict[str, Any], sample: tuple[str, ...]) -> None:
    assert noted(observed(**changes))[sample] == 1


def test_what_is_not_the_api_is_not_counted() -> None:
    assert noted(observed(operation="")) == noted()


def test_words_in_labels_are_bounded() -> None:
    seen = noted(*(observed(error=f"error_{number}") for number in range(1000)))
    assert len([name for name, *_ in seen if name == "request_failure_total"]) == 65
    assert seen["request_failure_total", "other"] == 1000 - 64


def test_each_cache_is_counted_by_itself() -> None:
    seen = noted(observed(cache="HIT"), observed(operation="/embeddings", cache="PARTIAL"))
    assert seen["cache_requests_total", "response", "hit"] == 1
    assert seen["cache_requests_total", "embedding", "partial"] == 1


def test_gauges_tell_how_engines_are_at_the_moment() -> None:
    seen = samples(
        telemetry([EngineGauges("a", 3, 2, 4, 1, overflow_active=True, transitions=5), EngineGauges("b", 1)])
    )
    assert seen["num_requests_running", "a"] == 3
    assert seen["num_requests_waiting", "a"] == seen["queue_depth", "a"] == 2
    assert seen["engine_utilization_ratio", "a"] == 0.75
    assert ("engine_utilization_ratio", "b") not in seen
    assert (seen["engine_state", "a"], seen["overflow_active", "a"], seen["circuit_transitions_total",]) == (1, 1, 5)


def test_workers_are_shown_together_whichever_is_asked(tmp_path: Path) -> None:
    workers = [telemetry([EngineGauges("a", number, 1, 10)], tmp_path) for number in (1, 2, 3)]
    for worker in workers:
        worker.note(observed())
        worker.render()
    for worker in workers:
        seen = samples(worker)
        assert seen["request_success_total", "stop"] == seen["e2e_request_latency_seconds_count",] == 3
        assert (seen["num_requests_running", "a"], seen["queue_depth", "a"]) == (6, 3)
        assert seen["engine_utilization_ratio", "a"] == 0.2


def test_a_dead_worker_leaves_what_it_counted_and_not_what_it_did(tmp_path: Path) -> None:
    dead = telemetry([EngineGauges("a", 5, transitions=2)], tmp_path, now=NOW)
    dead.note(observed())
    dead.render()
    seen = samples(telemetry([EngineGauges("a", 1)], tmp_path, now=NOW + 60))
    assert seen["request_success_total", "stop"] == 1
    assert (seen["num_requests_running", "a"], seen["circuit_transitions_total",]) == (1, 2)
