"""A client's traffic, noted as it goes by: bytes, headers, times."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from cozecheck.exchange import Exchange, Headers, Read, Request, Response

Keep = Callable[[Exchange], None]


def tap(client: Any, keep: Keep) -> Callable[[], None]:
    """Note what a client of openai, or of HTTPX, sends and receives; return what takes the tap away again.

    There is no public way to wrap the transport of a client that is made already; both libraries keep it in one place.
    """
    inner = getattr(client, "_client", client)
    if not hasattr(inner, "_transport"):
        raise TypeError(f"{type(client).__name__} is neither a client of openai nor of HTTPX")
    before, mounts = inner._transport, dict(inner._mounts)
    inner._transport = _tapped(before, keep)
    inner._mounts = {pattern: each and _tapped(each, keep) for pattern, each in mounts.items()}

    def untap() -> None:
        inner._transport, inner._mounts = before, mounts

    return untap


def _tapped(transport: Any, keep: Keep) -> Any:
    """Return a transport of the same library (HTTPX, or its continuation) that notes what goes through it."""
    library = _library(transport)
    plain: Any = library.BaseTransport
    asynchronous: Any = library.AsyncBaseTransport

    class Tapped(plain, asynchronous):  # type: ignore[misc] # of whichever library the client is
        def handle_request(self, request: Any) -> Any:
            note = _Note(request, request.read(), keep)
            response = transport.handle_request(request)
            response.stream = note.of(response, library)
            return response

        async def handle_async_request(self, request: Any) -> Any:
            note = _Note(request, await request.aread(), keep)
            response = await transport.handle_async_request(request)
            response.stream = note.of(response, library)
            return response

        def close(self) -> None:
            transport.close()

        async def aclose(self) -> None:
            await transport.aclose()

    return Tapped()


def _library(transport: Any) -> Any:
    for kind in type(transport).__mro__:
        module = sys.modules.get(kind.__module__.partition(".")[0])
        if hasattr(module, "AsyncBaseTransport"):
            return module
    raise TypeError(f"{type(transport).__name__} is no transport of HTTPX")


class _Note:
    """One exchange while it goes by; it is kept once its response is closed."""

    def __init__(self, request: Any, body: bytes, keep: Keep) -> None:
        lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        self._request = Request(request.method, str(request.url), Headers(lines), body)
        self._keep = keep
        self._asked_at = time.perf_counter()
        self._body = bytearray()
        self._reads: list[Read] = []
        self._is_whole = False

    def of(self, response: Any, library: Any) -> Any:
        """Return the stream of a response, noting what comes of it."""
        note, stream = self, response.stream
        plain: Any = library.SyncByteStream
        asynchronous: Any = library.AsyncByteStream

        class Stream(plain, asynchronous):  # type: ignore[misc] # of whichever library the client is
            def __iter__(self) -> Iterator[bytes]:
                for piece in stream:
                    note.read(piece)
                    yield piece
                note.end()

            async def __aiter__(self) -> AsyncIterator[bytes]:
                async for piece in stream:
                    note.read(piece)
                    yield piece
                note.end()

            def close(self) -> None:
                note.close(response)
                stream.close()

            async def aclose(self) -> None:
                note.close(response)
                await stream.aclose()

        return Stream()

    def read(self, piece: bytes) -> None:
        """Take in a piece of the body."""
        self._body += piece
        self._reads.append(Read(time.perf_counter() - self._asked_at, len(piece)))

    def end(self) -> None:
        """The body came to its end."""
        self._is_whole = True

    def close(self, response: Any) -> None:
        """Keep the exchange; a client that closes before the end has left."""
        lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        version = response.extensions.get("http_version", b"").decode("latin-1")
        told = Response(response.status_code, Headers(lines), bytes(self._body), version, tuple(self._reads))
        self._keep(Exchange(self._request, told, left=not self._is_whole))
