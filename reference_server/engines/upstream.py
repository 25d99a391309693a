"""Another server of OpenAI's API: requests go there as they are."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import quote

import httpx2

from reference_server.engines.upstream_errors import (
    UpstreamBroken,
    UpstreamFailure,
    UpstreamSilent,
    UpstreamUnreachable,
)
from reference_server.settings import OpenAIEngine, RemoteEngine

KEPT_ALIVE = 4.0
"""Seconds; uvicorn, which vLLM runs on, closes idle connections after 5: we had better be first."""
EVENTS = "text/event-stream"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """A request below the prefix: `path` is not quoted, `query` is as it came.

    `streams`: events are asked for. `files`: the answer may be a file, which takes the time it takes. `waited` are
    the seconds of its patience that are gone already.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    streams: bool = False
    files: bool = False
    waited: float = 0.0


PROBE = Call("GET", "/models", "", {}, b"")
"""What costs no tokens."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `pieces` as they arrive. Headers by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncGenerator[bytes]

    @property
    def media_type(self) -> str:
        """Return the type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def client(settings: RemoteEngine, *, http2: bool = False) -> httpx2.AsyncClient:
    """Return a client of a server, which keeps its connections."""
    encrypted = settings.base_url.startswith("https:")
    # Neither proxies nor keys out of the environment: what is not in the configuration has no effect.
    return httpx2.AsyncClient(
        # Without TLS there is nothing to negotiate: it is HTTP/2 from the first byte.
        http1=encrypted or not http2,
        http2=http2,
        timeout=httpx2.Timeout(None, connect=settings.timeouts.connect),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEPT_ALIVE),
        verify=ssl.create_default_context() if encrypted else False,
        trust_env=False,
    )


async def sent(client: httpx2.AsyncClient, request: Callable[[], httpx2.Request]) -> httpx2.Response:
    """Send a request; the response's body is still to be read."""
    try:
        return await client.send(request(), stream=True)
    except httpx2.RemoteProtocolError:
        # It may have closed a connection in the moment that we used it again. One try on another one tells.
        return await client.send(request(), stream=True)


class Upstream:
    """One server and the connections to it, kept open between requests."""

    def __init__(self, settings: OpenAIEngine, patience: float) -> None:
        """`patience` in seconds stands for the timeouts that the settings leave open."""
        timeouts = settings.timeouts
        self.name = settings.name
        self._first_token = timeouts.first_token or patience
        self._idle = timeouts.idle or patience
        self._total = timeouts.total or patience
        self._base_url = settings.base_url
        key = settings.api_key()
        self._authorization = {"authorization": f"Bearer {key}"} if key else {}
        self._client = client(settings, http2=settings.http2)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def is_there(self) -> bool:
        """Tell whether it answers; what it says matters only if it is a failure of its own."""
        try:
            async with self.asked(PROBE) as answer:
                return answer.status < 500
        except UpstreamFailure:
            return False

    @asynccontextmanager
    async def asked(self, call: Call) -> AsyncIterator[Answer]:
        """Ask; the answer's head is there when the block begins, its connection is given up when the block ends.

        UpstreamUnreachable, UpstreamSilent or UpstreamBroken, here and from the pieces.
        """
        deadline = monotonic() + max((self._first_token if call.streams else self._total) - call.waited, 0.0)
        with telling():
            async with asyncio.timeout(deadline - monotonic()):
                response = await self._sent(call)
        events = response.headers.get("content-type", "").startswith(EVENTS)
        paced = response.is_success and (events or call.files)
        try:
            yield Answer(response.status_code, response.headers, self._pieces(response, deadline, paced=paced))
        finally:
            with suppress(httpx2.HTTPError):
                await response.aclose()

    async def _sent(self, call: Call) -> httpx2.Response:
        return await sent(self._client, lambda: self._request(call))

    def _request(self, call: Call) -> httpx2.Request:
        url = f"{self._base_url}{quote(call.path, safe='/:@')}{'?' if call.query else ''}{call.query}"
        headers = {**call.headers, **self._authorization, "accept-encoding": "identity", "user-agent": "coze-server"}
        encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        return self._client.build_request(call.method, url, headers=encoded, content=call.body)

    async def _pieces(self, response: httpx2.Response, deadline: float, *, paced: bool) -> AsyncGenerator[bytes]:
        """Yield what arrives: all of it by the deadline or, if it is paced, the first piece, and others in time."""
        pieces = response.aiter_bytes()
        left = max(deadline - monotonic(), 0.0)
        while True:
            with telling():
                async with asyncio.timeout(left):
                    piece = await anext(pieces, b"")
            if not piece:
                return
            yield piece
            left = self._idle if paced else max(deadline - monotonic(), 0.0)


class telling:  # noqa: N801  (a context manager is a verb)
    """Tells what goes wrong with an upstream as the client shall hear it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, httpx2.ConnectTimeout | TimeoutError):
            raise UpstreamSilent from error
        if isinstance(error, httpx2.ConnectError):
            raise UpstreamUnreachable from error
        if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL | httpx2.StreamError):
            raise UpstreamBroken(type(error).__name__) from error
