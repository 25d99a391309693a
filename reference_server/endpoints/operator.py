"""What the operator asks: is it alive, how busy is it?"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.metrics import CONTENT_TYPE


def routes(rooms: Rooms) -> list[Route]:
    """Return the operator's paths, at the root."""

    async def health(_request: Request) -> ASGIApp:
        return json_response(b'{"status":"ok"}')

    async def metrics(_request: Request) -> ASGIApp:
        running = {name: gate.running for name, gate in rooms.gates.items()}
        return Response(rooms.metrics.render(running), headers={"content-type": CONTENT_TYPE})

    return [Route("/healthz", Methods(GET=health)), Route("/metrics", Methods(GET=metrics))]
