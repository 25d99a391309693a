"""Files: uploaded, listed, read and deleted."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.shelf import Shelf
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.lists import list_page
from reference_server.formatting.openai_files import deleted_file
from reference_server.protocol.openai_files import parse_file
from reference_server.protocol.paging import parse_page

MOST = 10_000
"""Files on one page, which is also what a page holds if nobody asks for less."""


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of files, below the prefix."""
    files = Files(rooms)
    return [
        Route("/files", Methods(POST=files.create, GET=files.list)),
        Route("/files/{id}", Methods(GET=files.retrieve, DELETE=files.delete)),
        Route("/files/{id}/content", Methods(GET=files.content)),
    ]


class Files:
    """What clients put here for later."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._shelf = Shelf(rooms)

    async def create(self, request: Request) -> ASGIApp:
        """Keep an uploaded file."""
        asked = await parse_file(request.headers.get("content-type", ""), request.scope["body"])
        kept = await self._shelf.add(asked.upload.filename, asked.purpose, asked.upload.content, asked.life)
        return json_response(to_bytes(kept))

    async def list(self, request: Request) -> ASGIApp:
        """Show a page of the files, of one purpose if asked, latest first unless asked otherwise."""
        query = {"limit": str(MOST), **request.query_params}
        purpose = query.get("purpose")
        files = [file for file in await self._shelf.all() if purpose in (None, file["purpose"])]
        return json_response(to_bytes(list_page(files, parse_page(query, MOST))))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show one file."""
        return json_response(to_bytes(await self._shelf.file(request.path_params["id"])))

    async def content(self, request: Request) -> ASGIApp:
        """Give back the bytes of a file."""
        file = await self._shelf.file(request.path_params["id"])
        return Response(await self._shelf.content(file["id"]), media_type="application/octet-stream")

    async def delete(self, request: Request) -> ASGIApp:
        """Forget a file."""
        identifier = (await self._shelf.file(request.path_params["id"]))["id"]
        await self._shelf.remove(identifier)
        return json_response(to_bytes(deleted_file(identifier)))
