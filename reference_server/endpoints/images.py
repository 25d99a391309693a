"""Images, drawn without a model."""

import asyncio

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.pictures import png
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.openai_images import images_object
from reference_server.protocol.openai_images import ImageRequest, parse_image


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of images, below the prefix."""
    images = Images(rooms)
    return [Route("/images/generations", Methods(POST=images.generate))]


class Images:
    """Pictures for prompts."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def generate(self, request: Request) -> ASGIApp:
        """Draw images, beside the event loop."""
        asked = parse_image(request.scope["body"])
        drawn = await asyncio.to_thread(draw, asked)
        return json_response(to_bytes(images_object(asked, drawn, int(self._rooms.clock()))))


def draw(asked: ImageRequest) -> list[bytes]:
    """Return the images that are asked for."""
    return [png(asked.prompt, place, asked.width, asked.height) for place in range(asked.n)]
