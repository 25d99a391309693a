"""Batches: many requests at once, answered in the background."""

from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from reference_server.endpoints import chat, completions, embeddings, images, moderations, responses
from reference_server.endpoints.batch_runs import BATCH, BatchRuns
from reference_server.endpoints.dispatch import dispatched
from reference_server.endpoints.methods import Methods, json_response, unknown_path
from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.shelf import Shelf
from reference_server.errors import NoSuchBatch, Refusal
from reference_server.formatting.identifiers import batch_id
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.lists import list_page
from reference_server.formatting.openai_batches import batch_object
from reference_server.protocol.openai_batches import parse_batch
from reference_server.protocol.paging import parse_page

OPEN = ("validating", "in_progress", "finalizing")
"""States in which a batch can be cancelled."""
_RESOURCES = (chat, completions, embeddings, moderations, responses, images)


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of batches, below the prefix."""
    batches = Batches(rooms)
    return [
        Route("/batches", Methods(POST=batches.create, GET=batches.list)),
        Route("/batches/{id}", Methods(GET=batches.retrieve)),
        Route("/batches/{id}/cancel", Methods(POST=batches.cancel)),
    ]


class Batches:
    """Requests that nobody waits for."""

    def __init__(self, rooms: Rooms) -> None:
        """Build endpoints of our own for the requests of batches."""
        api = [route for resource in _RESOURCES for route in resource.routes(rooms)]
        self._rooms = rooms
        self._shelf = Shelf(rooms)
        self._runs = BatchRuns(rooms, Router(dispatched(api, rooms), redirect_slashes=False, default=unknown_path))
        if rooms.store.lasts:
            rooms.duties.append(self._runs.watch)

    async def create(self, request: Request) -> ASGIApp:
        """Take a batch on."""
        asked = parse_batch(request.scope["body"])
        if (await self._shelf.file(asked.input_file_id))["purpose"] != "batch":
            message = f"The file '{asked.input_file_id}' was not uploaded for a batch: its purpose must be 'batch'."
            raise Refusal(400, message, code="invalid_value", param="input_file_id")
        batch = batch_object(batch_id("batch", self._rooms.entropy), asked, int(self._rooms.clock()))
        await self._runs.start(batch, asked.life, request.scope.get("key", self._rooms.anybody))
        return json_response(to_bytes(batch))

    async def list(self, request: Request) -> ASGIApp:
        """Show a page of the batches, latest first."""
        page = parse_page(request.query_params)
        return json_response(to_bytes(list_page(await self._rooms.store.all(BATCH), page)))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show one batch."""
        identifier = request.path_params["id"]
        batch = await self._rooms.store.get(BATCH, identifier)
        if batch is None:
            raise NoSuchBatch(identifier)
        return json_response(to_bytes(batch))

    async def cancel(self, request: Request) -> ASGIApp:
        """End a batch before it is done."""
        identifier = request.path_params["id"]
        stopped = await self._runs.stop(identifier)
        if stopped is None:
            raise NoSuchBatch(identifier)
        return json_response(to_bytes(stopped))
