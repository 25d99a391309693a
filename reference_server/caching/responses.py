"""Whole responses, kept for a few minutes."""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.caching.recording import Header, Recording
from reference_server.caching.values import Values

LARGEST = 1024 * 1024
"""Bytes of a response that is kept."""


def repeatable(body: Mapping[str, Any]) -> bool:
    """Tell whether a request asks for the same answer each time, and leaves nothing behind.

    Whoever asks twice at a temperature wants two answers: so a `seed` or temperature 0 is what says that one will do.
    """
    return (body.get("seed") is not None or body.get("temperature") == 0) and not body.get("store")


def response_key(caller: str, path: str, body: Mapping[str, Any]) -> str:
    """Name a response: who asks, and for what, whatever the order of keys. `caller` is the id of the API key."""
    asked = json.dumps([caller, path, body], sort_keys=True, separators=(",", ":"))
    return sha256(asked.encode()).hexdigest()


class ResponseCache:
    """Responses of status 200 that came to their end; streams with their chunks as they were."""

    def __init__(self, values: Values, largest: int = LARGEST) -> None:
        """Keep them among these values, which say for how long."""
        self._values = values
        self._largest = largest
        self._writing: set[asyncio.Task[None]] = set()

    async def answer(self, key: str, cache_control: str, app: ASGIApp) -> tuple[ASGIApp, str | None]:
        """Return the response that is kept, or the app's, to be kept as it is sent; and what `x-cache` has to say.

        `no-cache` in the request asks for a new one, which is kept; `no-store` for one that is not.
        """
        wishes = {wish.strip().lower() for wish in cache_control.split(",")}
        if "no-store" in wishes:
            return app, None
        recorder = Recorder(app, self._largest, partial(self._keep, key))
        if "no-cache" in wishes:
            return recorder, "BYPASS"
        (kept,) = await self._values.read([key])
        return (Recording.from_bytes(kept), "HIT") if kept else (recorder, "MISS")

    async def written(self) -> None:
        """Wait until all that was answered is kept."""
        await asyncio.gather(*self._writing)

    def _keep(self, key: str, recording: Recording) -> None:
        # A task of its own: a client that has its answer may leave, and takes the request's task with it.
        writing = asyncio.create_task(self._values.write({key: recording.to_bytes()}))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)


class Recorder:
    """Sends an app's response on, and gives its recording to `keep` if it is whole."""

    def __init__(self, app: ASGIApp, largest: int, keep: Callable[[Recording], None]) -> None:
        """A response of more than `largest` bytes is not kept."""
        self._app = app
        self._largest = largest
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        headers: tuple[Header, ...] = ()
        chunks: list[bytes] = []
        keeping, size = True, 0

        async def send_noted(message: Message) -> None:
            nonlocal headers, keeping, size
            if message["type"] == "http.response.start":
                keeping, headers = message["status"] == 200, tuple(message["headers"])
            else:
                chunk = message.get("body", b"")
                size += len(chunk)
                keeping = keeping and size <= self._largest
                if keeping:
                    chunks.append(chunk)
            await send(message)

        await self._app(scope, receive, send_noted)
        recording = Recording(headers, tuple(chunks))
        if keeping and recording.whole:
            self._keep(recording)
