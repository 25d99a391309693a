"""What each path does: parse, route, generate, format; one file a resource."""

from collections.abc import Iterable
from typing import cast

from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints import (
    audio,
    batches,
    chat,
    completions,
    conversations,
    embeddings,
    files,
    images,
    models,
    moderations,
    operator,
    responses,
    stored_chat,
)
from reference_server.endpoints.dispatch import dispatched
from reference_server.endpoints.paths import Paths
from reference_server.endpoints.rooms import Rooms

__all__ = ["Rooms", "chat_endpoint", "paths"]

_GENERATING = (chat, completions, embeddings, responses, moderations, images, audio)
_KEEPING = (conversations, files, batches, stored_chat)
"""What is kept is kept here, or at the default engine where that is another server."""


def paths(rooms: Rooms, others: Iterable[Route] = ()) -> Paths:
    """Return the paths: OpenAI's and those of `others` below their prefix, the operator's beside it."""
    compatibility = rooms.settings.openai_compatibility
    api = api_routes(rooms) if compatibility.enabled else []
    return Paths(compatibility.endpoint, [*api, *others], operator.routes(rooms))


def chat_endpoint(rooms: Rooms, operation: str) -> ASGIApp:
    """Return chat completions for another protocol: on record as `operation`, and telling of stop sequences."""
    (route,) = dispatched(chat.routes(rooms, tells_stop=True), rooms, operation)
    return cast("ASGIApp", route.endpoint)


def api_routes(rooms: Rooms) -> list[Route]:
    """Return OpenAI's paths. A configured list of models is shown even where the default engine has its own."""
    generating = [route for resource in _GENERATING for route in resource.routes(rooms)]
    keeping = [route for resource in _KEEPING for route in resource.routes(rooms)]
    shown = models.routes(rooms)
    if rooms.settings.default_engine in rooms.upstreams:
        keeping = dispatched(keeping, rooms)
        shown = shown if "models" in rooms.settings.model_fields_set else dispatched(shown, rooms)
    return [*dispatched(generating, rooms), *keeping, *shown]
