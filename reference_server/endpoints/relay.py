"""Paths whose requests may belong to an upstream."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Send

from reference_server.caching import VectorCache
from reference_server.endpoints.embeddings import There, answer_upstream
from reference_server.endpoints.visit import Visit
from reference_server.engines.upstream import EVENTS, JSON, Answer, Call, Upstream
from reference_server.engines.upstream_embeddings import inputs_of
from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamFailure
from reference_server.errors import NotJson
from reference_server.formatting.event_stream import HEADERS as STREAM_HEADERS
from reference_server.formatting.json_text import repeated
from reference_server.formatting.noting import Noting
from reference_server.formatting.relayed_answer import answer_body, ids, kept, parsed, refusal
from reference_server.formatting.relayed_events import relayed
from reference_server.protocol.openai_embeddings import Input
from reference_server.protocol.relayed_request import Wanted, passed_on

log = logging.getLogger(__name__)
EMBEDDINGS = "/embeddings"
MOST_JSON = 256 * 1024 * 1024
"""Bytes of an answer in JSON; 2048 of the largest embeddings are half of it."""


class Relay:
    """Passes requests on to upstreams, and their answers back."""

    def __init__(self, ticks: Callable[[], float], vectors: VectorCache | None) -> None:
        """`ticks` is in seconds."""
        self._ticks = ticks
        self._vectors = vectors

    async def ask(self, upstream: Upstream, visit: Visit, model: str | None, wanted: Wanted, send: Send) -> None:
        """Ask an upstream, which calls the model so; a Refusal for what fails before the response has begun."""
        call = called(visit, body_of(wanted))
        inputs = inputs_of(visit.asked.fields or {}) if self._vectors and call.path == EMBEDDINGS else None
        name = visit.asked.model if model != visit.asked.model else None
        try:
            if self._vectors and inputs:
                answer = await self._embedded(upstream, call, visit, wanted, inputs, self._vectors)
                await answer(visit.scope, visit.receive, send)
            else:
                async with upstream.asked(call) as answered, aclosing(answered.pieces):
                    await deliver(answered, call.path, name, Noting(visit.observed, self._ticks), send)
        except UpstreamFailure as error:
            log.warning("%s: engine %s: %s %s", call.headers["x-request-id"], upstream.name, error.code, error.detail)
            raise

    @staticmethod
    async def _embedded(
        upstream: Upstream, call: Call, visit: Visit, wanted: Wanted, inputs: Sequence[Input], vectors: VectorCache
    ) -> ASGIApp:
        """Answer with the vectors that are kept, and ask for the others."""
        given = visit.asked.fields or {}

        async def ask(fields: Mapping[str, Any]) -> Mapping[str, Any]:
            async with upstream.asked(replace(call, body=json_body(fields))) as answer, aclosing(answer.pieces):
                body = await whole(answer)
            if not 200 <= answer.status < 300:
                raise refusal(answer.status, answer.headers, body)
            return parsed(body)

        there = There(upstream.name, given if isinstance(wanted.body, bytes) else wanted.body, ask)
        return await answer_upstream(given, inputs, there, visit.scope, vectors)


def called(visit: Visit, body: bytes) -> Call:
    """Return a request as an upstream gets it."""
    asked, scope, path = visit.asked, visit.scope, visit.path
    return Call(
        "GET" if scope["method"] == "HEAD" else scope["method"],
        path,
        scope["query_string"].decode("latin-1"),
        passed_on(Headers(scope=scope), scope["request_id"]),
        body,
        asked.streams,
        holds_files(path),
        visit.observed.waited,
    )


def body_of(wanted: Wanted) -> bytes:
    """Return what an engine is to be asked as a body."""
    return wanted.body if isinstance(wanted.body, bytes) else json_body(wanted.body)


def json_body(fields: Mapping[str, Any]) -> bytes:
    """Return changed fields as a body."""
    try:
        return repeated(fields)
    except ValueError as error:
        raise NotJson("a number is out of range") from error


async def deliver(answer: Answer, path: str, model: str | None, noting: Noting, send: Send) -> None:
    """Send an answer on: events and files as they come, JSON whole, errors as refusals."""
    if not 200 <= answer.status < 300:
        raise refusal(answer.status, answer.headers, await whole(answer))
    if answer.media_type == EVENTS:
        events = replace(answer, pieces=relayed(answer.pieces, path, model, noting))
        await deliver_pieces(events, [*STREAM_HEADERS, *ids(answer.headers)], send)
    elif answer.media_type != JSON and holds_files(path):
        await deliver_pieces(answer, [*kept(answer.headers), *ids(answer.headers)], send)
    else:
        body = answer_body(await whole(answer), model, noting.value)
        headers = [*kept(answer.headers), *ids(answer.headers), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def holds_files(path: str) -> bool:
    """Whether answers on this path may be something else than JSON."""
    return path.startswith("/audio/") or path.endswith("/content")


async def deliver_pieces(answer: Answer, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    """Send pieces as they come; what goes wrong before the first is still an ordinary error."""
    async with aclosing(answer.pieces) as pieces:
        first = await anext(pieces, b"")
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def whole(answer: Answer) -> bytes:
    """Return the body; UpstreamBroken for one that is too large."""
    body = bytearray()
    async for piece in answer.pieces:
        body += piece
        if len(body) > MOST_JSON:
            raise UpstreamBroken("too large")
    return bytes(body)
