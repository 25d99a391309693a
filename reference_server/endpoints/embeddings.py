"""Embeddings, those that are kept among them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from reference_server.caching import VectorCache
from reference_server.caching.vectors import Compute
from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.embedding import Embedding, embed, refuse_long
from reference_server.engines.llama import Llama
from reference_server.engines.upstream_embeddings import embedded
from reference_server.errors import Refusal, TimedOut
from reference_server.formatting.openai_embeddings import embeddings
from reference_server.observed import Observed
from reference_server.protocol.openai_embeddings import EmbeddingRequest, Input, parse_embedding

Ask = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Puts fields to an upstream; gives its answer, or raises what the client is told of it."""
BESIDES = frozenset({"encoding_format", "input", "user"})
"""Fields that say nothing of what makes a vector."""
AROUND = frozenset({"no-cache", "no-store"})
TOO_MANY = 429


class There(NamedTuple):
    """An upstream: its name, the fields for it, and a way to ask it."""

    name: str
    fields: Mapping[str, Any]
    ask: Ask

    @property
    def variety(self) -> str:
        """Say which vectors can be compared."""
        decisive = {name: value for name, value in self.fields.items() if name not in BESIDES}
        return f"{self.name} {json.dumps(decisive, sort_keys=True)}"


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of embeddings, below the prefix."""

    async def create(request: Request) -> ASGIApp:
        engine = rooms.engines.get(request.scope.get("engine", ""))
        if isinstance(engine, Llama):
            return await answer_engine(
                parse_embedding(request.scope["body"], any_model=True), engine, request.scope, rooms
            )
        return await answer_here(parse_embedding(request.scope["body"]), request.scope, rooms.vectors)

    return [Route("/embeddings", Methods(POST=create))]


async def answer_here(asked: EmbeddingRequest, scope: Scope, cache: VectorCache | None) -> ASGIApp:
    """Embed without a model, beside the event loop."""

    async def compute(inputs: Sequence[Input]) -> Sequence[Embedding]:
        return await asyncio.to_thread(embed, replace(asked, inputs=tuple(inputs)))

    variety = f"here {asked.model} {asked.dimensions}"
    found, outcome = await looked_up(cache, variety, asked.inputs, compute, scope)
    refuse_long(sum(each.tokens for each in found))
    return await response(asked.model, found, outcome, scope, as_base64=asked.as_base64)


async def answer_engine(asked: EmbeddingRequest, engine: Llama, scope: Scope, rooms: Rooms) -> ASGIApp:
    """Have a model embed."""
    patience = rooms.patience(engine.name, streams=False)

    async def compute(inputs: Sequence[Input]) -> Sequence[Embedding]:
        try:
            async with asyncio.timeout(patience):
                return await engine.embed(scope["model"], inputs)
        except TimeoutError as error:
            raise TimedOut(patience) from error

    found, outcome = await looked_up(rooms.vectors, f"{engine.name} {scope['model']}", asked.inputs, compute, scope)
    return await response(asked.model, found, outcome, scope, as_base64=asked.as_base64)


async def answer_upstream(
    given: Mapping[str, Any], inputs: Sequence[Input], there: There, scope: Scope, cache: VectorCache
) -> ASGIApp:
    """Ask an upstream for what is not kept; `given` is what the client sent, `inputs` what `inputs_of` found in it."""

    async def read(fields: Mapping[str, Any], of: Sequence[Input]) -> Sequence[Embedding]:
        return await asyncio.to_thread(embedded, await there.ask(fields), of)

    async def compute(new: Sequence[Input]) -> Sequence[Embedding]:
        if len(new) == len(inputs):
            return await read(there.fields, new)
        try:
            return await read({**there.fields, "input": new}, new)
        except Refusal as error:
            if not is_about_input(error):
                raise
        # The upstream speaks of places in what it was sent: it is asked again with what the client sent.
        every = dict(zip(inputs, await read(there.fields, inputs), strict=True))
        return [every[each] for each in new]

    found, outcome = await looked_up(cache, there.variety, inputs, compute, scope)
    return await response(given["model"], found, outcome, scope, as_base64=given.get("encoding_format") == "base64")


def is_about_input(error: Refusal) -> bool:
    """Tell whether a refusal may speak of what was sent."""
    return 400 <= error.status < 500 and error.status != TOO_MANY


async def looked_up(
    cache: VectorCache | None, variety: str, inputs: Sequence[Input], compute: Compute, scope: Scope
) -> tuple[Sequence[Embedding], str | None]:
    """Return the embeddings, and how much of them was kept: HIT is all, PARTIAL some, MISS nothing."""
    if cache is None:
        return await compute(inputs), None
    if AROUND & {wish.strip().lower() for wish in Headers(scope=scope).get("cache-control", "").split(",")}:
        return await compute(inputs), "BYPASS"
    found = await cache.embed(variety, inputs, compute)
    return found.embeddings, "HIT" if found.hits == len(inputs) else "PARTIAL" if found.hits else "MISS"


async def response(
    model: str, found: Sequence[Embedding], outcome: str | None, scope: Scope, *, as_base64: bool
) -> ASGIApp:
    """Write an answer, beside the event loop: vectors are many numbers."""
    observed: Observed = scope["observed"]
    observed.cache, observed.tokens_in, observed.tokens_out = outcome, sum(each.tokens for each in found), 0
    return json_response(await asyncio.to_thread(embeddings, model, found, as_base64=as_base64))
