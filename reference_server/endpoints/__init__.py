"""What each path does: parse, route, generate, format; one file a resource."""

from starlette.routing import Mount, Route, Router

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
)
from reference_server.endpoints.methods import unknown_path
from reference_server.endpoints.relay import with_upstreams
from reference_server.endpoints.rooms import Rooms

__all__ = ["Rooms", "paths"]

_RESOURCES = (
    chat,
    completions,
    embeddings,
    responses,
    conversations,
    moderations,
    images,
    audio,
    files,
    batches,
)


def paths(rooms: Rooms) -> Router:
    """Return the paths: OpenAI's below their prefix, the operator's beside it."""
    compatibility = rooms.settings.openai_compatibility
    api = api_routes(rooms) if compatibility.enabled else []
    below = Router(api, redirect_slashes=False, default=unknown_path)
    return Router(
        [Mount(compatibility.endpoint, below), *operator.routes(rooms)], redirect_slashes=False, default=unknown_path
    )


def api_routes(rooms: Rooms) -> list[Route]:
    """Return OpenAI's paths. A configured list of models is shown even where the default engine has its own."""
    own = models.routes(rooms)
    shown = own if "models" in rooms.settings.model_fields_set else with_upstreams(own, rooms)
    others = [route for resource in _RESOURCES for route in resource.routes(rooms)]
    return [*with_upstreams(others, rooms), *shown]
