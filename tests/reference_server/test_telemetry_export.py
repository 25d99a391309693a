"""OpenTelemetry, sent to a receiver of OTLP over HTTP."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from reference_server.observed import Observed
from reference_server.telemetry import Peer, exporter
from tests.reference_server.asking import app, chat
from tests.reference_server.observing import attempt, observed, streamed
from tests.servers import running

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PEERS = {"base": Peer("coze"), "cloud": Peer("openai", "api.example", 443)}


class Receiver(ThreadingHTTPServer):
    """What was received, decoded."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.spans: list[Any] = []
        self.metrics: dict[str, Any] = {}
        self.resources: set[str] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resources.add(attributes(resource.resource)["service.name"])
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        else:
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                found = [metric for scope in measured.scope_metrics for metric in scope.metrics]
                self.metrics |= {metric.name: metric for metric in found}


class Receiving(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            body = gzip.decompress(body)
        self.server.take(self.path, body)
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


def attributes(of: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


def exported(*records: Observed) -> Receiver:
    """What arrives of records once all is sent."""
    with receiving() as receiver:
        exports = exporter(receiver.address, "a-name", PEERS, {"gpt-4o-mini"}, lambda: 11.5)
        exports.start()
        for record in records:
            exports.note(record)
        exports.close()
    return receiver


def points(receiver: Receiver, name: str) -> list[Any]:
    return list(receiver.metrics[f"gen_ai.{name}"].histogram.data_points)


def test_a_request_is_a_span() -> None:
    received = exported(observed(trace=f"00-{TRACE}-{PARENT}-01"))
    (span,) = received.spans
    assert (span.name, span.kind) == ("chat gpt-4o-mini", 2)
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert span.end_time_unix_nano - span.start_time_unix_nano == pytest.approx(1.5e9, rel=0.01)
    said = attributes(span)
    assert (said["gen_ai.operation.name"], said["gen_ai.provider.name"]) == ("chat", "coze")
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (7, 5)
    assert said["gen_ai.request.model"] == "gpt-4o-mini"
    assert said["coze.request.id"] == "req_1"
    assert received.resources == {"a-name"}


def test_a_request_without_a_trace_begins_one() -> None:
    received = exported(observed(), observed(trace="nonsense"))
    assert [span.parent_span_id for span in received.spans] == [b"", b""]


def test_a_failure_is_marked() -> None:
    failed = observed(operation="/embeddings", engine=None, asked=[], status=404, error="model_not_found")
    (span,) = exported(failed).spans
    assert (span.name, span.status.code) == ("embeddings gpt-4o-mini", 2)
    assert attributes(span)["error.type"] == "model_not_found"


def test_requests_and_calls_are_measured() -> None:
    received = exported(streamed(asked=[attempt("base", 503, "overloaded"), attempt("cloud")], engine="cloud"))
    (request,) = points(received, "server.request.duration")
    assert (request.count, request.sum) == (1, 1.5)
    assert list(request.explicit_bounds)[::13] == [0.01, 81.92]
    assert attributes(request)["gen_ai.request.model"] == "gpt-4o-mini"
    (first,) = points(received, "server.time_to_first_token")
    (between,) = points(received, "server.time_per_output_token")
    assert (first.sum, between.sum) == (pytest.approx(1.0), pytest.approx(0.1))
    calls = points(received, "client.operation.duration")
    failed, answered = sorted(calls, key=lambda each: "server.address" in attributes(each))
    assert attributes(failed)["error.type"] == "overloaded"
    assert (attributes(answered)["server.address"], attributes(answered)["server.port"]) == ("api.example", 443)
    tokens = {attributes(each)["gen_ai.token.type"]: each.sum for each in points(received, "client.token.usage")}
    assert tokens == {"input": 7, "output": 5}


def test_a_model_that_nobody_configured_is_no_attribute_of_a_metric() -> None:
    (request,) = points(exported(observed(model="whatever")), "server.request.duration")
    assert attributes(request)["gen_ai.request.model"] == "_OTHER"


def test_a_server_exports_and_sends_the_rest_at_its_end() -> None:
    import httpx2

    with receiving() as receiver, running(app(telemetry={"otlp_endpoint": receiver.address})) as base:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        httpx2.post(f"{base}/chat/completions", json=chat(stream=True), headers=headers)
    assert [span.parent_span_id.hex() for span in receiver.spans] == [PARENT]
    assert "gen_ai.server.request.duration" in receiver.metrics


def test_what_is_off_is_not_imported() -> None:
    code = """
import json, sys
from reference_server.app import create_app
from reference_server.settings import Settings
create_app(Settings())
heavy = ("opentelemetry.exporter", "google.protobuf", "requests")
print(json.dumps([name for name in sys.modules if name.startswith(heavy)]))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
