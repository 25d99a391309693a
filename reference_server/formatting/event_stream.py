"""A response of server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.types import Receive, Scope, Send

from reference_server.errors import TimedOut

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """Sends each event as it is made; what goes wrong before the first is still an ordinary error."""

    def __init__(self, events: AsyncGenerator[bytes], first_within: float) -> None:
        """`first_within` is how many seconds the first event may take."""
        self._events = events
        self._first_within = first_within

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        async with aclosing(self._events) as events:
            first = await self._first()
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _first(self) -> bytes:
        try:
            async with asyncio.timeout(self._first_within):
                return await anext(self._events)
        except TimeoutError as error:
            raise TimedOut(self._first_within) from error
