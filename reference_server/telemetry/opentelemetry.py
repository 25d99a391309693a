"""Spans and metrics under OpenTelemetry's names for generative AI, over OTLP/HTTP."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Histogram, Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from reference_server.observed import Observed
from reference_server.telemetry.exporting import Peer

Attributes = dict[str, AttributeValue]
SCOPE = "coze-server"
DURATION = tuple(0.01 * 2**power for power in range(14))
FIRST_TOKEN = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
PER_TOKEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5)
TOKENS = tuple(4**power for power in range(14))
OPERATIONS = {
    "/chat/completions": "chat",
    "/messages": "chat",
    "/responses": "chat",
    "/completions": "text_completion",
    "/embeddings": "embeddings",
}
OTHER = "_OTHER"
LONGEST_MODEL = 128
BILLION = 1_000_000_000
TRACE_CONTEXT = TraceContextTextMapPropagator()


class OpenTelemetry:
    """An exporter: a span for each request, and metrics of it and of the engines it asked."""

    def __init__(
        self,
        endpoint: str,
        service_name: str,
        peers: Mapping[str, Peer],
        models: Collection[str],
        clock: Callable[[], float],
    ) -> None:
        """See `exporter`; nothing begins before `start`."""
        self._endpoint = endpoint.rstrip("/")
        self._resource = Resource.create({"service.name": service_name})
        self._peers = peers
        self._models = frozenset(models)
        self._clock = clock
        self._started = False

    def start(self) -> None:
        """Begin: threads, which would not survive a fork."""
        self._spans = TracerProvider(resource=self._resource, shutdown_on_exit=False)
        self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{self._endpoint}/v1/traces")))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{self._endpoint}/v1/metrics"))
        self._metrics = MeterProvider([reader], self._resource, shutdown_on_exit=False)
        self._tracer = self._spans.get_tracer(SCOPE)
        meter = self._metrics.get_meter(SCOPE)
        self._request = seconds(meter, "gen_ai.server.request.duration", DURATION)
        self._first_token = seconds(meter, "gen_ai.server.time_to_first_token", FIRST_TOKEN)
        self._per_token = seconds(meter, "gen_ai.server.time_per_output_token", PER_TOKEN)
        self._call = seconds(meter, "gen_ai.client.operation.duration", DURATION)
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage", "{token}", explicit_bucket_boundaries_advisory=TOKENS
        )
        self._started = True

    def close(self) -> None:
        """Send what is not sent yet."""
        if self._started:
            self._started = False
            self._spans.shutdown()
            self._metrics.shutdown()

    def note(self, seen: Observed) -> None:
        """Take a request that has ended; one that reached no engine has a span and no times."""
        if not seen.operation or seen.ended is None or not self._started:
            return
        common: Attributes = {"gen_ai.operation.name": operation(seen.operation), **self._provider(seen.engine)}
        self._trace(seen, common, seen.ended)
        if seen.engine is not None:
            bounded = {**common, "gen_ai.request.model": seen.model if seen.model in self._models else OTHER}
            self._measure(seen, {**bounded, **failure(seen)}, seen.ended)
            self._measure_calls(seen, bounded)

    def _trace(self, seen: Observed, common: Attributes, ended: float) -> None:
        now = time.time_ns() - int((self._clock() - ended) * BILLION)
        model = (seen.model or "")[:LONGEST_MODEL]
        name = operation(seen.operation)
        span = self._tracer.start_span(
            f"{name} {model}" if model else name,
            TRACE_CONTEXT.extract({"traceparent": seen.trace}) if seen.trace else None,
            SpanKind.SERVER,
            {**common, **dict(described(seen, model)), **failure(seen)},
            start_time=now - int((ended - seen.began) * BILLION),
        )
        if seen.error is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(now)

    def _measure(self, seen: Observed, attributes: Attributes, ended: float) -> None:
        self._request.record(ended - seen.began, attributes)
        if not seen.streams or seen.first_token is None or seen.last_token is None:
            return
        self._first_token.record(seen.first_token - seen.began, attributes)
        gaps = (seen.tokens_out or seen.pieces) - 1
        if gaps > 0:
            self._per_token.record((seen.last_token - seen.first_token) / gaps, attributes)

    def _measure_calls(self, seen: Observed, bounded: Attributes) -> None:
        for attempt in seen.asked:
            error: Attributes = {"error.type": attempt.error} if attempt.error else {}
            there = {**bounded, **self._provider(attempt.engine), **self._place(attempt.engine)}
            self._call.record(attempt.ended - attempt.began, {**there, **error})
        for kind, tokens in (("input", seen.tokens_in), ("output", seen.tokens_out)):
            if tokens is not None:
                self._tokens.record(tokens, {**bounded, **self._place(seen.engine), "gen_ai.token.type": kind})

    def _provider(self, engine: str | None) -> Attributes:
        peer = self._peers.get(engine or "")
        return {"gen_ai.provider.name": peer.provider if peer else OTHER}

    def _place(self, engine: str | None) -> Attributes:
        peer = self._peers.get(engine or "")
        if not peer or not peer.address:
            return {}
        return {"server.address": peer.address, **({"server.port": peer.port} if peer.port else {})}


def seconds(meter: Meter, name: str, bounds: tuple[float, ...]) -> Histogram:
    """Return a histogram of seconds."""
    return meter.create_histogram(name, "s", explicit_bucket_boundaries_advisory=bounds)


def operation(path: str) -> str:
    """Return OpenTelemetry's word for an operation, or the first step of the path where it has none."""
    return OPERATIONS.get(path) or path.split("/")[1][:32]


def failure(seen: Observed) -> Attributes:
    """Return what went wrong."""
    return {"error.type": seen.error} if seen.error else {}


def described(seen: Observed, model: str) -> Iterator[tuple[str, AttributeValue]]:
    """Yield what else a span says of a request."""
    yield "coze.request.id", seen.request_id
    yield "coze.attempts", seen.attempts
    known = {
        "gen_ai.request.model": model or None,
        "gen_ai.usage.input_tokens": seen.tokens_in,
        "gen_ai.usage.output_tokens": seen.tokens_out,
        "http.response.status_code": seen.status,
        "coze.engine": seen.engine,
        "coze.route": seen.route,
    }
    yield from ((name, value) for name, value in known.items() if value is not None)
    if seen.finish is not None:
        yield "gen_ai.response.finish_reasons", (seen.finish,)
