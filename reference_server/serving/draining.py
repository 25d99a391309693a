"""One process that serves, and how it ends: told, it drains."""

import asyncio
import logging
import socket
from collections.abc import Awaitable
from typing import Protocol

from starlette.types import Message, Receive, Scope, Send

from reference_server.serving.granian_server import serve_until
from reference_server.serving.listening import let_nobody_in
from reference_server.settings import Settings

log = logging.getLogger(__name__)

SETTLING = 0.1
"""Seconds for the requests of clients that were let in before nobody was any more."""
CLOSING = 5.0


class App(Protocol):
    """An app that is told when its process begins to serve, and to end, and closed when it has answered all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""

    def start(self) -> None:
        """Begin with what is done beside requests."""

    def drain(self) -> None:
        """Say from now on that no more requests are wanted."""

    async def close(self) -> None:
        """Close what is open to others."""


class Leaving:
    """An app whose clients can be asked to leave: each HTTP/1.1 connection ends with its next answer.

    Over HTTP/2 the server asks, once it stops.
    """

    def __init__(self, app: App) -> None:
        """Nobody is asked to leave yet."""
        self._app = app
        self._answer = app.__call__

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Speak ASGI."""
        return self._answer(scope, receive, send)

    def begin(self) -> None:
        """Ask them to leave from now on."""
        self._app.drain()
        self._answer = self._answer_last

    async def _answer_last(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["http_version"] != "2":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, send_last)


async def serve_until_told(told: asyncio.Event, app: App, listener: socket.socket, settings: Settings) -> None:
    """Serve until `told` is set, then drain: no request is lost of a client that was let in.

    For `drain_delay` new connections are still accepted, while the app says that they are not wanted. Then running
    requests have `drain_timeout` to finish. The listener is closed.
    """
    stopping = asyncio.Event()
    leaving = Leaving(app)
    app.start()
    serving = asyncio.ensure_future(serve_until(stopping, leaving, listener, settings))
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not serving.done():
        leaving.begin()
        await asyncio.sleep(settings.drain_delay)
        let_nobody_in(listener)
        await asyncio.sleep(SETTLING)
    listener.close()
    stopping.set()
    if not await serving:
        log.warning("not all requests have finished within drain_timeout: they are cut off")
    async with asyncio.timeout(CLOSING):
        await app.close()
