"""Embeddings."""

from starlette.routing import Route

from reference_server.endpoints.rooms import Rooms


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of embeddings, below the prefix."""
    return []
