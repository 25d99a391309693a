"""What the operator asks: is it alive, can it serve, how busy is it?"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.llama import Llama
from reference_server.formatting.json_text import to_bytes


def routes(rooms: Rooms) -> list[Route]:
    """Return the operator's paths, at the root and without a key."""

    async def health(_request: Request) -> ASGIApp:
        return json_response(b'{"status":"ok"}')

    async def ready(_request: Request) -> ASGIApp:
        why = hindrance(rooms)
        return json_response(b'{"status":"ready"}') if why is None else refused(why)

    async def metrics(request: Request) -> ASGIApp:
        body, content_type = rooms.telemetry.render(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": content_type})

    paths = {"/healthz": health, "/readyz": ready, "/metrics": metrics}
    return [Route(path, Methods(GET=endpoint)) for path, endpoint in paths.items()]


def hindrance(rooms: Rooms) -> str | None:
    """Return why the server should be sent no more requests, None if it should."""
    if rooms.draining:
        return "draining"
    if not rooms.fleet.serviceable(rooms.ticks()):
        return "no engine is up"
    return next(
        (said for engine in rooms.engines.values() if isinstance(engine, Llama) and (said := engine.preparing())), None
    )


def refused(why: str) -> Response:
    """Return the answer of a server that is not ready."""
    return Response(to_bytes({"status": why}), 503, media_type="application/json")
