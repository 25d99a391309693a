"""What each path does: parse, route, generate, format."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from random import Random

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.engines.delta import Delta, Engine
from reference_server.errors import MethodNotAllowed, ModelNotListed, TimedOut, UnknownPath
from reference_server.formatting.event_stream import EventStream
from reference_server.formatting.identifiers import completion_id, fingerprint
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.models import model_list, model_object
from reference_server.formatting.openai_chat import Answer, completion
from reference_server.formatting.openai_chat_stream import chunks
from reference_server.metrics import CONTENT_TYPE, Metrics
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.openai_chat import parse_chat_request
from reference_server.routing.rules import Rules
from reference_server.settings import Settings

Endpoint = Callable[[Request], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the endpoints work with. `clock` is in seconds since 1970."""

    settings: Settings
    rules: Rules
    engines: Mapping[str, Engine]
    metrics: Metrics
    clock: Callable[[], float]
    entropy: Random


class Endpoints:
    """Every endpoint of the API, and two for the operator."""

    def __init__(self, rooms: Rooms) -> None:
        """Serialise once what never changes."""
        models = rooms.settings.models
        self._rooms = rooms
        self._patience = rooms.settings.request_timeout
        self._list = to_bytes(model_list(models))
        self._models = {model.id: to_bytes(model_object(model)) for model in models}
        self._snapshots = {model.id: model.snapshot for model in models if model.snapshot}
        self._fingerprints = {name: fingerprint(name) for name in rooms.engines}

    async def create_chat_completion(self, request: Request) -> ASGIApp:
        """Answer a conversation, whole or as a stream."""
        asked = parse_chat_request(await request.body())
        engine = self._rooms.engines[self._rooms.rules.engine_for(asked.model)]
        deltas = self._generate(engine, asked)
        return await self._respond(deltas, asked, self._answer(asked, engine, request.scope["request_id"]))

    async def list_models(self, _request: Request) -> ASGIApp:
        """Show every model."""
        return json_response(self._list)

    async def retrieve_model(self, request: Request) -> ASGIApp:
        """Show one model, whose id may hold slashes."""
        model = request.path_params["model"]
        if model not in self._models:
            raise ModelNotListed(model)
        return json_response(self._models[model])

    async def health(self, _request: Request) -> ASGIApp:
        """Say that the process lives."""
        return json_response(b'{"status":"ok"}')

    async def metrics(self, _request: Request) -> ASGIApp:
        """Show the metrics to Prometheus."""
        return Response(self._rooms.metrics.render(), headers={"content-type": CONTENT_TYPE})

    async def _generate(self, engine: Engine, asked: ChatRequest) -> AsyncIterator[Delta]:
        with self._rooms.metrics.running(engine.name):
            async with aclosing(engine.generate(asked)) as deltas:
                async for delta in deltas:
                    yield delta

    async def _respond(self, deltas: AsyncIterator[Delta], asked: ChatRequest, answer: Answer) -> ASGIApp:
        if asked.stream:
            return EventStream(chunks(deltas, answer), self._patience)
        try:
            async with asyncio.timeout(self._patience):
                return json_response(await completion(deltas, answer))
        except TimeoutError as error:
            raise TimedOut(self._patience) from error

    def _answer(self, asked: ChatRequest, engine: Engine, request_id: str) -> Answer:
        return Answer(
            id=completion_id(self._rooms.entropy),
            created=int(self._rooms.clock()),
            model=self._snapshots.get(asked.model, asked.model),
            fingerprint=self._fingerprints[engine.name],
            request_id=request_id,
            logprobs=asked.logprobs,
            include_usage=asked.include_usage,
        )


class Methods:
    """The endpoints of one path, by method; any other method is refused."""

    def __init__(self, **endpoints: Endpoint) -> None:
        """Take endpoints by the names of their methods: `GET=...`."""
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI; HEAD is GET, whose body the server leaves out."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in self._endpoints:
            raise MethodNotAllowed(method, scope["path"], tuple(self._endpoints))
        response = await self._endpoints[method](Request(scope, receive))
        await response(scope, receive, send)


async def unknown_path(scope: Scope, _receive: Receive, _send: Send) -> None:
    """Refuse a path that leads nowhere."""
    raise UnknownPath(scope["method"], scope["path"])


def json_response(body: bytes) -> Response:
    """Return a JSON body as a response."""
    return Response(body, media_type="application/json")


def paths(endpoints: Endpoints, settings: Settings) -> Router:
    """Return the paths: OpenAI's below their prefix, the operator's beside it."""
    prefix = settings.openai_compatibility.endpoint
    api = [
        Route(f"{prefix}/chat/completions", Methods(POST=endpoints.create_chat_completion)),
        Route(f"{prefix}/models", Methods(GET=endpoints.list_models)),
        Route(f"{prefix}/models/{{model:path}}", Methods(GET=endpoints.retrieve_model)),
    ]
    own = [Route("/healthz", Methods(GET=endpoints.health)), Route("/metrics", Methods(GET=endpoints.metrics))]
    return Router(
        [*(api if settings.openai_compatibility.enabled else ()), *own],
        redirect_slashes=False,
        default=unknown_path,
    )
