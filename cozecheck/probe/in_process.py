"""An ASGI app in this process in place of a connection: no socket."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import httpcore2

from cozecheck.probe.line import Wire

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class InProcess:
    """Gives requests to an app as a server does, one after the other; what it sends arrives at the *wire*."""

    def __init__(self, app: App, wire: Wire) -> None:
        self._app = app
        self._wire = wire
        self._task: asyncio.Task[None] | None = None

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """Return when the head of the response is there; raises RemoteProtocolError where the app ends without one."""
        trace = request.extensions["trace"]
        await trace("app.send_request_headers.started", {})
        await trace("app.receive_response_headers.started", {})
        messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._serve(await _body(request), _scope(request), messages))
        head = await messages.get()
        if head is None:
            raise httpcore2.RemoteProtocolError("the app ended without a response")
        self._wire.read(1)
        await trace("app.receive_response_headers.complete", {})
        return httpcore2.Response(
            head["status"],
            headers=list(head.get("headers", ())),
            content=self._pieces(messages),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def _serve(self, body: bytes, scope: Message, messages: "asyncio.Queue[Message | None]") -> None:
        left = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if left:
                return left.pop()
            await asyncio.Event().wait()  # the client stays until its task is cancelled
            raise AssertionError

        with suppress(Exception):  # what a server would log, and close the connection
            await self._app(scope, receive, messages.put)
        await messages.put(None)

    async def _pieces(self, messages: "asyncio.Queue[Message | None]") -> AsyncGenerator[bytes]:
        while message := await messages.get():
            piece: bytes = message.get("body", b"")
            self._wire.read(len(piece) or 1)
            yield piece
            if not message.get("more_body", False):
                return
        raise httpcore2.RemoteProtocolError("the app ended in the middle of a response")

    async def aclose(self) -> None:
        """Leave: what still runs is cancelled."""
        if self._task and not self._task.done():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


async def _body(request: httpcore2.Request) -> bytes:
    assert not isinstance(request.stream, list)
    return b"".join([piece async for piece in request.stream])  # type: ignore[union-attr]


def _scope(request: httpcore2.Request) -> Message:
    path, _, query = request.url.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method.decode("ascii"),
        "headers": [(name.lower(), value) for name, value in request.headers],
        "scheme": request.url.scheme.decode("ascii"),
        "path": path.decode("ascii"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "server": (request.url.host.decode("ascii"), request.url.port or 80),
        "client": ("127.0.0.1", 1),
    }
