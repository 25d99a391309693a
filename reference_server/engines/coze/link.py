"""Coze over HTTP: calls, uploads and streams."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import httpx2

from reference_server.engines.coze.codes import failure_in, failure_of, log_id
from reference_server.engines.events import Event, events
from reference_server.engines.upstream import EVENTS, client, sent, telling
from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.errors import Refusal
from reference_server.protocol.json_body import read_object
from reference_server.settings import CozeEngine

MOST_JSON = 4 * 1024 * 1024
"""Bytes of an answer that is no stream."""
NO_PARAMS: Mapping[str, str] = {}
Json = dict[str, Any]


class Link:
    """One Coze and the connections to it. What it refuses is a Refusal, and so is what breaks."""

    def __init__(self, settings: CozeEngine, idle: float) -> None:
        """`idle` is how many seconds it may be silent in the midst of an answer."""
        key = settings.api_key()
        self._base_url = settings.base_url
        self._idle = idle
        self._headers = {
            **({"authorization": f"Bearer {key}"} if key else {}),
            "accept-encoding": "identity",
            "user-agent": "coze-server",
        }
        self._client = client(settings)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self, method: str, path: str, params: Mapping[str, str] = NO_PARAMS, body: Json | None = None
    ) -> Json:
        """Return the answer to a call."""
        content = {} if body is None else {"json": body}
        return await self._called(method, path, params=params, **content)

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file; return its id."""
        answer = await self._called("POST", "/v1/files/upload", files={"file": (name, content)})
        data = answer.get("data")
        identifier = data.get("id") if isinstance(data, dict) else None
        if not isinstance(identifier, str | int) or not identifier:
            raise UpstreamBroken("an upload without an id")
        return str(identifier)

    @asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str], body: Json, silence: Callable[[], float]
    ) -> AsyncIterator[AsyncGenerator[Event]]:
        """Ask for events; the connection is given up when the block ends.

        `silence` is how many seconds it may last by now. What fails in the block gets Coze's id of the request, too.
        """
        response = await self._sent("POST", path, params=params, json=body)
        try:
            if not response.is_success or not media_type(response).startswith(EVENTS):
                # An answer that is no stream is a failure, and says of what kind, whatever its status.
                await self._read(response)
                raise UpstreamBroken("no stream of events")
            async with aclosing(events(self._pieces(response, silence))) as stream:
                yield stream
        except Refusal as error:
            error.headers = {**log_id(response.headers), **error.headers}
            raise
        finally:
            with suppress(httpx2.HTTPError):
                await response.aclose()

    async def _called(self, method: str, path: str, **content: Any) -> Json:
        response = await self._sent(method, path, **content)
        try:
            return await self._read(response)
        finally:
            with suppress(httpx2.HTTPError):
                await response.aclose()

    async def _sent(self, method: str, path: str, **content: Any) -> httpx2.Response:
        url = f"{self._base_url}{path}"
        with telling():
            return await sent(
                self._client, lambda: self._client.build_request(method, url, headers=self._headers, **content)
            )

    async def _read(self, response: httpx2.Response) -> Json:
        """Return an envelope that tells of no failure."""
        body = bytearray()
        async for piece in self._pieces(response, lambda: self._idle):
            body += piece
            if len(body) > MOST_JSON:
                raise UpstreamBroken("too large")
        try:
            value = read_object(bytes(body))
        except Refusal as error:
            raise (UpstreamBroken("no JSON object") if response.is_success else bare(response)) from error
        if refused := failure_in(value, response.headers):
            raise refused
        if not response.is_success:
            raise bare(response)
        return value

    async def _pieces(self, response: httpx2.Response, silence: Callable[[], float]) -> AsyncGenerator[bytes]:
        pieces = response.aiter_bytes()
        while True:
            with telling():
                async with asyncio.timeout(silence()):
                    piece = await anext(pieces, b"")
            if not piece:
                return
            yield piece


def media_type(response: httpx2.Response) -> str:
    """Return the type of a response's body."""
    return response.headers.get("content-type", "").strip().lower()


def bare(response: httpx2.Response) -> Refusal:
    """Return what a status without an envelope means."""
    return failure_of(response.status_code, response.headers)


def read_data(event: Event) -> Json:
    """Return what an event carries; UpstreamBroken for what is no object."""
    try:
        return read_object(event.data)
    except Refusal as error:
        raise UpstreamBroken("an event that is no JSON object") from error


def to_json(value: Any) -> str:
    """Write JSON within JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
