"""Embeddings."""

import asyncio

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.embedding import embed
from reference_server.formatting.openai_embeddings import embeddings
from reference_server.protocol.openai_embeddings import parse_embedding


def routes(_rooms: Rooms) -> list[Route]:
    """Return the paths of embeddings, below the prefix."""
    return [Route("/embeddings", Methods(POST=create))]


async def create(request: Request) -> ASGIApp:
    """Embed texts, beside the event loop."""
    asked = parse_embedding(await request.body())
    embedded = await asyncio.to_thread(embed, asked)
    return json_response(await asyncio.to_thread(embeddings, asked.model, embedded, as_base64=asked.as_base64))
