"""Paths whose requests may belong to an upstream."""

import logging
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.endpoints.embeddings import There, answer_upstream
from reference_server.endpoints.methods import Methods
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.upstream import EVENTS, JSON, Answer, Call, Upstream
from reference_server.engines.upstream_embeddings import inputs_of
from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamFailure
from reference_server.errors import ModelNotFound, NotJson, RequestedModelNotFound, UnknownPath
from reference_server.formatting.event_stream import HEADERS as STREAM_HEADERS
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.relayed_answer import answer_body, ids, kept, parsed, refusal
from reference_server.formatting.relayed_events import relayed
from reference_server.protocol.relayed_request import Relayed, Wanted, caps, parse_relayed, passed_on
from reference_server.protocol.request_limits import refuse_beyond
from reference_server.protocol.urls import refuse_urls
from reference_server.settings import OpenAIEngine

log = logging.getLogger(__name__)
MOST_JSON = 256 * 1024 * 1024
"""Bytes of an answer in JSON; 2048 of the largest embeddings are half of it."""


def with_upstreams(routes: Iterable[Route], rooms: Rooms) -> list[Route]:
    """Return paths that pass on what belongs to an upstream; where there is none, the paths as they are."""
    if not rooms.upstreams:
        return list(routes)
    return [Route(route.path, Relay(cast("Methods", route.endpoint), rooms)) for route in routes]


class Relay:
    """One path: a request goes to the engine of its model, one that names none to the default engine."""

    def __init__(self, here: Methods, rooms: Rooms) -> None:
        """`here` answers what no upstream does."""
        self._here = here
        self._rooms = rooms
        self._engines = {engine.name: engine for engine in rooms.settings.engines}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        request = Request(scope, receive)
        body = await request.body()
        if self._here.serves(scope["method"]):
            asked = parse_relayed(request.headers.get("content-type", ""), body)
            refuse_beyond(asked.said, self._rooms.settings.request_limits)
            path = path_below(scope)
            engine, model, most = self._leading(asked, path)
            wanted = self._wanted(asked, engine, model, caps(path, asked.fields, most))
            if wanted.dropped:
                log.info("%s: engine %s lacks %s", scope["request_id"], engine, ", ".join(wanted.dropped))
            if observed := scope.get("observed"):
                observed.dropped = list(wanted.dropped)
            body = wanted.body if isinstance(wanted.body, bytes) else json_body(wanted.body)
            if upstream := self._rooms.upstreams.get(engine):
                call = self._call(request, path, asked, body)
                if kept := await self._embedded(upstream, call, asked, wanted, scope):
                    await kept(scope, receive, send)
                    return
                await self._pass_on(upstream, call, asked.model if model != asked.model else None, send)
                return

        async def receive_again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._here(scope, receive_again, send)

    def _leading(self, asked: Relayed, path: str) -> tuple[str, str | None, int | None]:
        """Return the engine, what it calls the model, and the most tokens of an answer."""
        settings = self._rooms.settings
        if asked.model is None:
            return settings.default_engine, None, None
        try:
            match = self._rooms.rules.match(asked.model)
        except ModelNotFound as error:
            if len(self._rooms.upstreams) < len(settings.engines):
                return "", None, None
            raise RequestedModelNotFound(asked.model) if path.startswith("/responses") else error from error
        return match.rule.pool, match.model, match.rule.max_tokens

    def _wanted(self, asked: Relayed, name: str, model: str | None, bounds: Mapping[str, int]) -> Wanted:
        """Return what an engine is to be asked; engines that are here know models by the clients' names."""
        engine = self._engines.get(name)
        if not isinstance(engine, OpenAIEngine):
            return asked.asking(None, {}, engine.parameters) if engine else Wanted(asked.body)
        if engine.fetches_urls:
            refuse_urls(asked.said, self._rooms.settings.url_hosts)
        return asked.asking(model, bounds, engine.parameters)

    @staticmethod
    def _call(request: Request, path: str, asked: Relayed, body: bytes) -> Call:
        return Call(
            "GET" if request.method == "HEAD" else request.method,
            path,
            request.scope["query_string"].decode("latin-1"),
            passed_on(request.headers, request.scope["request_id"]),
            body,
            asked.streams,
            holds_files(path),
        )

    async def _embedded(
        self, upstream: Upstream, call: Call, asked: Relayed, wanted: Wanted, scope: Scope
    ) -> ASGIApp | None:
        """Answer with vectors that are kept, as far as there are; None for what is no matter of vectors."""
        cache, given = self._rooms.vectors, asked.fields
        if cache is None or given is None or call.path != "/embeddings" or not (inputs := inputs_of(given)):
            return None

        async def ask(fields: Mapping[str, Any]) -> Mapping[str, Any]:
            return await self._answer(upstream, replace(call, body=json_body(fields)))

        fields = given if isinstance(wanted.body, bytes) else wanted.body
        return await answer_upstream(given, inputs, There(upstream.name, fields, ask), scope, cache)

    async def _answer(self, upstream: Upstream, call: Call) -> Mapping[str, Any]:
        """Return an answer in JSON; a Refusal for any other."""
        async with upstream.asked(call) as answer, aclosing(answer.pieces):
            body = await whole(answer)
            if not 200 <= answer.status < 300:
                raise refusal(answer.status, answer.headers, body)
            return parsed(body)

    async def _pass_on(self, upstream: Upstream, call: Call, model: str | None, send: Send) -> None:
        """Ask the upstream; `model` is the client's name for it where that is another."""
        try:
            with self._rooms.metrics.running(upstream.name):
                async with upstream.asked(call) as answer, aclosing(answer.pieces):
                    await deliver(answer, call.path, model, send)
        except UpstreamFailure as error:
            log.warning("%s: engine %s: %s %s", call.headers["x-request-id"], upstream.name, error.code, error.detail)
            raise


def json_body(fields: Mapping[str, Any]) -> bytes:
    """Return changed fields as a body."""
    try:
        return to_bytes(fields)
    except ValueError as error:
        raise NotJson("a number is out of range") from error


def path_below(scope: Scope) -> str:
    """Return the path below the prefix; one that would lead elsewhere at the upstream is refused."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    if {".", ".."} & set(path.split("/")) or any(character < " " for character in path):
        raise UnknownPath(scope["method"], scope["path"])
    return path


async def deliver(answer: Answer, path: str, model: str | None, send: Send) -> None:
    """Send an answer on: events and files as they come, JSON whole, errors as refusals."""
    if not 200 <= answer.status < 300:
        raise refusal(answer.status, answer.headers, await whole(answer))
    if answer.media_type == EVENTS:
        events = replace(answer, pieces=relayed(answer.pieces, path, model))
        await deliver_pieces(events, [*STREAM_HEADERS, *ids(answer.headers)], send)
    elif answer.media_type != JSON and holds_files(path):
        await deliver_pieces(answer, [*kept(answer.headers), *ids(answer.headers)], send)
    else:
        body = answer_body(await whole(answer), model)
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
