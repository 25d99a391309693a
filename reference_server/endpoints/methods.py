"""One path, its methods, and plain JSON answers."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.errors import MethodNotAllowed, UnknownPath

JSON = (b"content-type", b"application/json")
Endpoint = Callable[[Request], Awaitable[ASGIApp]]


class Methods:
    """The endpoints of one path, by method; any other method is refused."""

    def __init__(self, **endpoints: Endpoint) -> None:
        """Take endpoints by the names of their methods: `GET=...`."""
        self._endpoints = endpoints

    def serves(self, method: str) -> bool:
        """Tell whether a method is answered."""
        return ("GET" if method == "HEAD" else method) in self._endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI; HEAD is GET, whose body the server leaves out."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in self._endpoints:
            raise MethodNotAllowed(method, scope["path"], tuple(self._endpoints))
        response = await self._endpoints[method](Request(scope, receive))
        await response(scope, receive, send)


async def unknown_path(scope: Scope, _receive: Receive, _send: Send) -> None:
    """Refuse a path that leads nowhere."""
    raise UnknownPath(scope["method"], scope["path"])


def json_response(body: bytes) -> ASGIApp:
    """Return a JSON body as a response."""
    return Json(body)


class Json:
    """A JSON body, sent."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        """Take the body as it goes out."""
        self._body = body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        headers = [(b"content-length", b"%d" % len(self._body)), JSON]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})
